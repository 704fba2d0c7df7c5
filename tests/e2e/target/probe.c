/* SPDX-License-Identifier: Apache-2.0 */
/* Tells what reaches attempts, fixtures and cleanups of the run's target, by the interface alone. */
#include <muster/ext/target.h>
#include <muster/muster.h>

#include <stdio.h>

static const struct muster_ext_target *target(struct muster_ctx *t)
{
    return t->host->extension(t, MUSTER_EXT_TARGET, sizeof(struct muster_ext_target));
}

/* "word has-document operations". */
static void tell(struct muster_ctx *t, const char *word)
{
    const char *json = target(t)->document(t);
    const char *const *operations = target(t)->operations(t);
    char text[512];
    int n = snprintf(text, sizeof text, "%s: %s:", word,
                     !json                           ? "no document"
                     : json[strlen(json) - 1] == '}' ? "a whole document"
                                                     : "half a document");
    for (; operations && *operations; operations++)
        n += snprintf(text + n, sizeof text - (size_t)n, " %s", *operations);
    if (!target(t)->operations(t))
        snprintf(text + n, sizeof text - (size_t)n, " anything");
    LOG("%s", text);
}

FIXTURE(engine, MUSTER_SCOPE_RUN)
{
    m_publish(t, "url", "http://engine");
    tell(t, "engine");
}

CLEANUP(forget, "probe.forget")
{
    FILE *f = fopen(payload, "a");
    if (f) {
        fprintf(f, "cleanup: %s\n", target(t)->document(t) ? "a document" : "no document");
        fclose(f);
    }
}

/* For scenarios written as data. */
DATA_STEP(none, leave, PARAMS((str, note)))
{
    DEFER("probe.forget", note);
}

SCENARIO(declares, .summary = "Declares what it asks for", .needs = OPERATIONS("tenant.create", "tenant.get(id)"))
{
    CHECK_STR(m_fixture(t, "target", "url"), ==, "http://engine");
    tell(t, "declares");
}

SCENARIO(sweeps, .needs = OPERATIONS("*"))
{
    tell(t, "sweeps");
}

SCENARIO(declares_nothing)
{
    tell(t, "declares_nothing");
}

SCENARIO(lacks_operation, .needs = OPERATIONS("tenant.creat", "backup.restore"))
{
    FAIL("it ran");
}

SCENARIO(lacks_argument, .needs = OPERATIONS("tenant.create(plan, limits, color)"))
{
    FAIL("it ran");
}

SCENARIO(leaves, .markers = MARKERS("leaves"), .needs = OPERATIONS("tenant.create"))
{
    DEFER("probe.forget", m_target(t, "note"));
    tell(t, "leaves");
    FAIL("so that what it left is kept");
}

MUSTER_PLUGIN("e2e.probe", "1.0.0")
