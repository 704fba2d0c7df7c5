/* SPDX-License-Identifier: Apache-2.0 */
/* muster doctor: what this machine offers to runs, and what to do about what it lacks. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/descriptor_limit.h"
#include "cli/plugins.h"
#include "doctor/doctor.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>

struct doctor_settings {
    bool json;
};

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_FLAG, 0, "json", NULL, "As JSON.", offsetof(struct doctor_settings, json), NULL},
    OPTIONS_END,
};

/* As many attempts as `muster run` has at a time. */
static unsigned usual_jobs(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

/* "postgres" is named by "postgres", "postgres(version=15)" and "muster.postgres.postgres". Values of parameters, which
 * a use may have among its arguments, are not known here, so that use_parse() is no help. */
static bool names(const char *use, const char *fixture)
{
    size_t len = strcspn(use, "( ");
    const char *dot = memrchr(use, '.', len), *name = dot ? dot + 1 : use;
    len -= (size_t)(name - use);
    return strlen(fixture) == len && memcmp(name, fixture, len) == 0;
}

/* Directly, or by a fixture that is used: `depth` ends what a circle of them would go on with. */
static bool lead_to(const struct catalogue *c, const char *const *uses, const char *fixture, int depth)
{
    for (; *uses; uses++) {
        if (names(*uses, fixture))
            return true;
        for (size_t i = 0; depth > 0 && i < c->n_fixtures; i++)
            if (names(*uses, c->fixtures[i].name) && lead_to(c, c->fixtures[i].uses, fixture, depth - 1))
                return true;
    }
    return false;
}

static bool plugin_uses(const struct catalogue *c, const struct plugin_info *p, const char *fixture)
{
    enum { DEPTH = 8 };
    for (uint32_t i = p->first; i < p->first + p->count; i++)
        if (lead_to(c, c->scenarios[i].uses, fixture, DEPTH))
            return true;
    for (uint32_t i = p->first_fixture; i < p->first_fixture + p->n_fixtures; i++)
        if (lead_to(c, c->fixtures[i].uses, fixture, DEPTH))
            return true;
    return false;
}

static bool any_uses(const struct catalogue *c, const char *fixture)
{
    for (size_t i = 0; i < c->n_plugins; i++)
        if (!c->plugins[i].provider && plugin_uses(c, &c->plugins[i], fixture))
            return true;
    return false;
}

static void look_at_plugins(struct findings *out, const struct found *f)
{
    for (size_t i = 0; i < f->catalogue.n_plugins; i++) {
        const struct plugin_info *p = &f->catalogue.plugins[i];
        if (!p->provider)
            findings_add(out, FINDING_OK, "plugin",
                         xasprintf("%s: %u scenario%s", p->path, p->count, p->count == 1 ? "" : "s"), NULL);
    }
    for (size_t i = 0; i < f->hosts.n; i++)
        if (find_is_refused(f->hosts.items[i]))
            findings_add(out, FINDING_NEEDS, "plugin",
                         xasprintf("%s is refused: %s [%s]", f->hosts.items[i]->path, f->hosts.items[i]->text,
                                   f->hosts.items[i]->reason),
                         xasprintf("`muster inspect` shows all that is wrong with it."));
}

/* Those that the named plugins use; all when none is named. */
static void look_at_services(struct findings *out, const struct catalogue *plugins)
{
    for (const struct doctor_service *s = doctor_services; s->name; s++)
        if (!plugins || any_uses(plugins, s->name))
            s->look(out, s->name);
}

/* What takes the zygote, as a run does. 0, or the status of operands that are no plugins. */
static int look_with_zygote(struct findings *out, const struct option_list *operands)
{
    autoerr struct err err = {0};
    const struct find_options find = {.run_id = "doctor", .load_timeout_ns = 10 * NS_PER_S};
    struct found found;
    int status = EXIT_OK, r = find_start(&found, &find, &err);
    if (r < 0) {
        findings_add(out, FINDING_NEEDS, "containment", xasprintf("%s", err_text(&err)), NULL);
        found_free(&found);
        look_at_services(out, NULL);
        return EXIT_OK;
    }
    doctor_containment(out, zygote_probe, &found.zygote);
    if (operands->n > 0) {
        r = cli_find_plugins(&found, &find, operands, &status, &err);
        if (r == 0 && found.ids.n > 0) {
            r = err_set(&err, -ENOENT, "%s: no such file", found.ids.items[0]);
            status = EXIT_USAGE;
        }
    }
    if (r < 0) {
        cli_complain("%s", err_text(&err));
    } else {
        status = EXIT_OK;
        look_at_services(out, operands->n > 0 ? &found.catalogue : NULL);
        look_at_plugins(out, &found);
    }
    found_free(&found);
    return status;
}

static void print(const struct findings *f, bool json)
{
    autobuf struct buf out = {0};
    if (json) {
        findings_add_json(f, &out);
        cli_print_data(&out);
    } else {
        findings_show(f, &out);
        cli_print(&out);
    }
}

static int look(const struct doctor_settings *s, const struct option_list *operands)
{
    struct findings findings = {0};
    descriptor_limit_raise();
    doctor_programs(&findings);
    doctor_machine(&findings, usual_jobs());
    int status = look_with_zygote(&findings, operands);
    if (status == EXIT_OK) {
        print(&findings, s->json);
        status = findings_needs(&findings) > 0 ? EXIT_USAGE : EXIT_OK;
    }
    findings_free(&findings);
    return status;
}

static int main_doctor(const struct verb *verb, int argc, char **argv)
{
    struct doctor_settings s = {0};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status))
        status = look(&s, &operands);
    option_list_free(&operands);
    return status;
}

static const char details[] = "Each line says what there is (ok), what is good to know (note), or what is\n"
                              "missing (lacks), why, what that means and what to do. With a PLUGIN, it is\n"
                              "loaded, and only the services that it uses are looked for.\n\n"
                              "Status 0: a plain run has all it needs; else 4. What only some scenarios want\n"
                              "never changes the status.\n";

const struct verb verb_doctor = {.name = "doctor",
                                 .usage = "doctor [OPTION]... [PLUGIN]...",
                                 .summary = "Tell what this machine lacks for runs, and what to do.",
                                 .details = details,
                                 .options = options,
                                 .main = main_doctor};
