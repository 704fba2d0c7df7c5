/* SPDX-License-Identifier: Apache-2.0 */
/* Services that a run has kept. */
#include "cli/cleanup_services.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "cli/cli.h"

#include <errno.h>
#include <string.h>

static void say_service(struct cleaning *c, const char *word, const char *label, const char *more)
{
    autobuf struct buf line = {0};
    buf_addf(&line, "%12s service ", word);
    terminal_add(&line, label, strlen(label));
    if (*more) {
        buf_adds(&line, ": ");
        terminal_add(&line, more, strlen(more));
    }
    buf_addc(&line, '\n');
    cli_print(&line);
    c->has_spoken = true;
}

static void say_shown(const char *shown)
{
    autobuf struct buf line = {0};
    if (!*shown)
        return;
    buf_adds(&line, "             ");
    terminal_add(&line, shown, strlen(shown));
    buf_addc(&line, '\n');
    cli_print(&line);
}

static bool lives(const struct cleaning *c, const char *label)
{
    for (size_t i = 0; i < c->kept.n_services; i++)
        if (strcmp(c->kept.services[i].label, label) == 0)
            return true;
    return false;
}

const char *cleanup_services_lost(const struct cleaning *c, const char *user)
{
    for (size_t i = 0; i + 1 < c->facts.n_kept; i += 2)
        if (strcmp(c->facts.kept[i + 1], user) == 0 && !lives(c, c->facts.kept[i]))
            return c->facts.kept[i];
    return NULL;
}

/* In the state each is once without a user. */
static void say_lost(struct cleaning *c, const char *word)
{
    for (size_t i = 0; i + 1 < c->facts.n_kept; i += 2)
        if (!*c->facts.kept[i + 1] && !lives(c, c->facts.kept[i]))
            say_service(c, word, c->facts.kept[i], "it has ended since the run, and what was in it went with it");
}

int cleanup_services_leave(struct cleaning *c, int error)
{
    c->live = true;
    if (error == -EINTR)
        return EXIT_INTERRUPTED;
    cli_complain("%s: what keeps its services (muster-keep) does not answer: they are left as they are", c->path);
    return EXIT_RUNNER;
}

int cleanup_services_open(struct cleaning *c)
{
    int r = kept_open(&c->kept, &c->facts, c->dir, c->signals);
    if (r >= 0)
        say_lost(c, "GONE");
    return r;
}

int cleanup_services_list(struct cleaning *c)
{
    int r = kept_open(&c->kept, &c->facts, c->dir, -1);
    if (r < 0)
        return cleanup_services_leave(c, r);
    for (size_t i = 0; i < c->kept.n_services; i++) {
        say_service(c, "kept", c->kept.services[i].label, "it runs, and ends with muster cleanup");
        say_shown(c->kept.services[i].shown);
    }
    say_lost(c, "gone");
    return EXIT_OK;
}

static void on_ended(void *data, const char *label, const char *trouble)
{
    struct cleaning *c = data;
    c->torn |= *trouble != '\0';
    say_service(c, "ENDED", label, trouble);
}

int cleanup_services_end(struct cleaning *c)
{
    int r = kept_end(&c->kept, on_ended, c);
    if (r < 0)
        return cleanup_services_leave(c, r);
    c->live = false;
    c->all_ended = r == 1;
    c->facts.n_kept = 0;
    if (!c->left) /* else more is noted than we know */
        run_lock_note(&c->run_lock, &c->facts, NULL);
    if (r == 0)
        cli_complain("%s: what kept its services was lost, and they with it", c->path);
    return EXIT_OK;
}
