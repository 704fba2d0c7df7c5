/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A DNS server as a service: `uses = USES("dns")` gives a scenario one zone of the run's own, on 127.0.0.1, which
 * whoever has its key may change by dynamic updates (RFC 2136, signed as in RFC 8945). muster/kit/dns.h asks it.
 *
 * It publishes server ("127.0.0.1:5353"), host, port, zone, key_name and key_file: a file of one line,
 * "hmac-sha256:NAME:SECRET", as knsupdate -k and kdig -k read it. The secret itself is nowhere else but in the server's
 * own file, both for the run's user alone, and goes with the run.
 */
#include <muster/kit/data.h>
#include <muster/kit/dns.h>
#include <muster/kit/process.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVER   "knotd"
#define DEBIAN   "/usr/sbin/knotd" /* where not every user's PATH leads to */
#define KEY_NAME "muster"
#define READY_MS 20000

static struct m_dns *dns;
static const char *zone;

static int has_zone(struct muster_ctx *t)
{
    const struct m_dns_answer *answer = m_dns_try_query(dns, zone, "SOA", NULL);
    (void)t;
    return answer && answer->n == 1 && answer->authoritative;
}

static int32_t is_healthy(struct muster_ctx *t)
{
    return has_zone(t);
}

/* ---- its files --------------------------------------------------------------------------------------------------- */

static void write_file(struct muster_ctx *t, const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    size_t n = strlen(text);
    if (fd < 0 || write(fd, text, n) != (ssize_t)n || close(fd) < 0)
        ERROR("%s: %s", path, strerror(errno));
}

/* Hex digits are base64 too, which is what a TSIG secret is written in: 48 bytes, of which 32 are chance. */
static const char *make_secret(struct muster_ctx *t)
{
    uint64_t random[4];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        ERROR("no random bytes: %s", strerror(errno));
    const char *secret =
        m_fmt(t, "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64, random[0], random[1], random[2], random[3]);
    m_secret(t, secret);
    return secret;
}

static void write_zone(struct muster_ctx *t, const char *folder)
{
    write_file(
        t, m_fmt(t, "%s/zone", folder),
        m_fmt(t, "$TTL 1\n$ORIGIN %s.\n@ IN SOA ns admin 1 3600 600 86400 1\n@ IN NS ns\nns IN A 127.0.0.1\n", zone));
}

/* Nothing has to outlast the run: no journal, and the zone's file is never written again. */
static const char *write_settings(struct muster_ctx *t, const char *folder, int port, const char *secret)
{
    const char *path = m_fmt(t, "%s/knot.conf", folder);
    write_file(t, path,
               m_fmt(t,
                     "server:\n"
                     "    rundir: \"%s\"\n"
                     "    listen: 127.0.0.1@%d\n"
                     "    udp-workers: 1\n"
                     "    tcp-workers: 1\n"
                     "    background-workers: 1\n"
                     "database:\n"
                     "    storage: \"%s\"\n"
                     "log:\n"
                     "  - target: stdout\n"
                     "    any: info\n"
                     "key:\n"
                     "  - id: %s\n"
                     "    algorithm: hmac-sha256\n"
                     "    secret: %s\n"
                     "acl:\n"
                     "  - id: update\n"
                     "    key: %s\n"
                     "    action: update\n"
                     "zone:\n"
                     "  - domain: %s\n"
                     "    file: \"%s/zone\"\n"
                     "    acl: update\n"
                     "    zonefile-load: whole\n"
                     "    zonefile-sync: -1\n"
                     "    journal-content: none\n",
                     folder, port, folder, KEY_NAME, secret, KEY_NAME, zone, folder));
    return path;
}

static const char *own_folder(struct muster_ctx *t)
{
    return m_fmt(t, "%s/dns", m_attempt(t)->temp_dir);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

/* Behind the server, which writes a last time as it ends: whoever counts what fixtures leave finds nothing of it. After
 * a crash the files go with the run's temporary folder, and this one is another process's, which has none. */
CLEANUP(remove_files, "dns_files")
{
    (void)payload;
    if (access(own_folder(t), F_OK) == 0 && nftw(own_folder(t), remove_entry, 8, FTW_DEPTH | FTW_PHYS) != 0)
        FAIL("%s cannot be removed: %s", own_folder(t), strerror(errno));
}

/* ---- the fixture ------------------------------------------------------------------------------------------------- */

static const char *find_program(struct muster_ctx *t)
{
    const char *given = m_target(t, "dns_knotd");
    return given && *given ? given : access(DEBIAN, X_OK) == 0 ? DEBIAN : SERVER;
}

static void start_server(struct muster_ctx *t, const char *settings, int port)
{
    const char *program = find_program(t), *why = NULL;
    const struct m_process_options o = {
        .argv = ARGV(program, "-c", settings), .name = SERVER, .dir = "/", .ready_port = port, .ready_ms = READY_MS};
    if (!m_process_try_start(t, &o, &why))
        ERROR("%s: %s: install Knot DNS (Debian has it in knot), or say where it is: --set dns_knotd=PATH", program,
              why);
}

static const char *choose_zone(struct muster_ctx *t)
{
    const char *wanted = m_param(t, "zone");
    return *wanted ? wanted : m_fmt(t, "%s.test", m_unique(t, "run"));
}

FIXTURE(dns, MUSTER_SCOPE_RUN, PARAMS((str, zone, "", "the zone, as \"example.test\"; else one of the run's own")),
        .summary = "A DNS server with a zone that its key may change", .ready = is_healthy, .setup_timeout_ms = 30000,
        .health_interval_ms = 2000, .teardown_timeout_ms = 15000)
{
    const char *folder = own_folder(t), *secret = make_secret(t);
    int port = m_port(t);
    zone = choose_zone(t);
    DEFER("dns_files", "");
    if (mkdir(folder, 0700) < 0)
        ERROR("%s: %s", folder, strerror(errno));
    write_zone(t, folder);
    const char *key_file = m_fmt(t, "%s/key", folder);
    write_file(t, key_file, m_fmt(t, "hmac-sha256:%s:%s\n", KEY_NAME, secret));
    start_server(t, write_settings(t, folder, port, secret), port);
    const char *server = m_fmt(t, "127.0.0.1:%d", port);
    dns = m_dns_at(t, server);
    if (!M_UNTIL(t, READY_MS, 20, has_zone(t)))
        ERROR(SERVER " does not answer for %s: what it said is in " SERVER ".log", zone);
    m_publish(t, "server", server);
    m_publish(t, "host", "127.0.0.1");
    m_publish(t, "port", m_fmt(t, "%d", port));
    m_publish(t, "zone", zone);
    m_publish(t, "key_name", KEY_NAME);
    m_publish(t, "key_file", key_file);
}

MUSTER_PLUGIN("muster.dns", "1.0.0", .summary = "A DNS server as a service")
