/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Browsers as a service: `uses = USES("browser")`, and m_browser_open() of the kit opens one after another with it.
 * It is one ChromeDriver for the run, which has each browser in a profile of its own: side by side, and so that one
 * outlives the attempt that crashed over it until its picture has been taken.
 *
 * It publishes `webdriver`, its URL. Of a driver that it has started itself also `profiles`, the folder for profiles,
 * `arguments`, a JSON array for Chromium, and `binary`, where one was given.
 *
 * Where no driver is installed, and none was named, it publishes `missing`, which says so: scenarios that open a
 * browser are skipped for that reason.
 *
 * --set webdriver=URL is somebody's WebDriver (geckodriver, a Selenium grid) instead, with --set capabilities=JSON.
 * --set chromedriver=PATH and chromium=PATH say where the programs are; --set chromium_arguments="--lang=de --a=b"
 * adds.
 */
#include <muster/kit/data.h>
#include <muster/kit/json.h>
#include <muster/kit/process.h>
#include <muster/muster.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Nothing that a test did not ask for: no questions, no news from the network, no graphics card, no shared memory of a
 * container's 64 MiB. QUIC goes around what a test puts in between. */
static const char *const arguments[] = {
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-breakpad",
    "--password-store=basic",
    "--mute-audio",
};

static const char *add(struct muster_ctx *t, const char *list, const char *argument)
{
    const char *quoted = m_json_pack(t, "[s]", argument);
    return m_fmt(t, "%s%s%.*s", list, *list ? "," : "", (int)strlen(quoted) - 2, quoted + 1);
}

static const char *all_arguments(struct muster_ctx *t)
{
    const char *list = "", *more = m_target(t, "chromium_arguments");
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++)
        list = add(t, list, arguments[i]);
    if (geteuid() == 0) /* as root its sandbox refuses to start */
        list = add(t, list, "--no-sandbox");
    while (more && *(more += strspn(more, " "))) {
        size_t n = strcspn(more, " ");
        list = add(t, list, m_keep(t, more, n));
        more += n;
    }
    return m_fmt(t, "[%s]", list);
}

static void publish_given(struct muster_ctx *t, const char *webdriver)
{
    m_publish(t, "webdriver", webdriver);
    if (m_target(t, "capabilities"))
        m_publish(t, "capabilities", m_target(t, "capabilities"));
}

/* Whether there is a program of this name in PATH. */
static int is_installed(struct muster_ctx *t, const char *program)
{
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t n = strcspn(path, ":");
        if (access(m_fmt(t, "%.*s/%s", (int)n, path, program), X_OK) == 0)
            return 1;
        path += n + (path[n] == ':');
    }
    return 0;
}

/* What Chromium writes beside its profile goes where everything else is that ends with the run. */
static void start(struct muster_ctx *t, const char *folder)
{
    const char *given = m_target(t, "chromedriver"), *program = given ? given : "chromedriver", *why;
    int port = m_port(t);
    const char *url = m_fmt(t, "http://127.0.0.1:%d", port);
    const struct m_process_options options = {
        .argv = ARGV(program, m_fmt(t, "--port=%d", port)),
        .env = ENV(m_fmt(t, "HOME=%s", folder), m_fmt(t, "XDG_CONFIG_HOME=%s/config", folder),
                   m_fmt(t, "XDG_CACHE_HOME=%s/cache", folder), "DBUS_SESSION_BUS_ADDRESS=disabled:"),
        .name = "chromedriver",
        .ready_url = m_fmt(t, "%s/status", url),
        .ready_ms = 30000,
    };
    if (!m_process_try_start(t, &options, &why))
        ERROR("%s (Debian's package is chromium-driver; --set chromedriver=PATH says where it is, --set webdriver=URL "
              "that there is another)",
              why);
    m_publish(t, "webdriver", url);
}

FIXTURE(browser, MUSTER_SCOPE_RUN, .summary = "Chromium by its WebDriver, for the kit's browser",
        .setup_timeout_ms = 40000, .teardown_timeout_ms = 15000)
{
    const char *folder = m_attempt(t)->temp_dir;
    if (!m_target(t, "webdriver") && !m_target(t, "chromedriver") && !is_installed(t, "chromedriver")) {
        m_publish(t, "missing", "chromedriver is not installed (Debian: chromium-driver)");
        return;
    }
    if (m_target(t, "webdriver")) {
        publish_given(t, m_target(t, "webdriver"));
        return;
    }
    start(t, folder);
    m_publish(t, "profiles", folder);
    m_publish(t, "arguments", all_arguments(t));
    if (m_target(t, "chromium"))
        m_publish(t, "binary", m_target(t, "chromium"));
}

MUSTER_PLUGIN("muster.browser", "1.0.0", .summary = "Browsers as a service")
