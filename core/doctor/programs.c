/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to the installation, and gdb. */
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/program.h"
#include "doctor/doctor.h"
#include "doctor/search.h"
#include "scaffold/scaffold.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct helper {
    const char *name, *what;
    bool needed;
    int mode; /* of access(2) */
} helpers[] = {
    {"muster-host", "it loads plugins and runs their scenarios", true, X_OK},
    {"muster-bundle", "it packs and verifies the evidence of runs", true, X_OK},
    {"muster-sweep", "it removes temporary files while a run goes on; without it that comes last", false, X_OK},
    {"muster-stack", "it shows where an attempt stood that crashed or ran out of time", false, X_OK},
    {"muster-table", "it reads tables of parameters", false, X_OK},
    {"muster-data.so", "it reads scenarios that are written as data", false, R_OK},
};

static void look_at_helper(struct findings *f, const struct helper *h)
{
    autofree char *path = helper_path(h->name);
    if (path && access(path, h->mode) == 0) {
        findings_add(f, FINDING_OK, h->name, xasprintf("%s", path), NULL);
        return;
    }
    findings_add(f, h->needed ? FINDING_NEEDS : FINDING_LACKS, h->name,
                 xasprintf("%s: %s; %s.", path ? path : "the folder of muster is not known",
                           strerror(path ? errno : ENOENT), h->what),
                 xasprintf("Install muster as a whole: its helpers go with it."));
}

static void look_for_templates(struct findings *f)
{
    autofree char *folder = scaffold_templates();
    if (folder)
        findings_add(f, FINDING_OK, "templates", xasprintf("%s", folder), NULL);
    else
        findings_add(f, FINDING_LACKS, "templates",
                     xasprintf("There is no share/muster/template/ beside the bin/ of muster: `muster new` has nothing "
                               "to make a project from."),
                     xasprintf("Install muster as a whole."));
}

static void look_for_gdb(struct findings *f)
{
    char *path = search_path("gdb");
    if (path)
        findings_add(f, FINDING_OK, "gdb", path, NULL);
    else
        findings_add(f, FINDING_LACKS, "gdb",
                     xasprintf("There is no gdb in PATH: `muster run --debugger gdb` can't be had."),
                     xasprintf("Install it (Debian has it in gdb)."));
}

void doctor_programs(struct findings *f)
{
    for (size_t i = 0; i < ARRAY_LEN(helpers); i++)
        look_at_helper(f, &helpers[i]);
    look_for_templates(f);
    look_for_gdb(f);
}
