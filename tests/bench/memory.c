/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of the supervisor, and of all processes of a run. */
#include "bench.h"

#include <stdio.h>

/* At the same number of tests at a time as the limit, whose processes are the least that a test needs. */
static void whole_tree(void)
{
    char *out = text("%s/out", work);
    struct command run = command(MUSTER, "run", size->large_plugin, "-j8", "--out", out, (char *)NULL);
    struct command limit = command(LIMIT, text("%u", size->large), "8", (char *)NULL);
    check_value("all processes of muster run -j8 (PSS)", measure_tree_mib(&run), "MiB", &bounds.tree);
    check_value("all processes of the limit with 8 jobs (PSS)", measure_tree_mib(&limit), "MiB", &(struct bound){0});
}

void memory(void)
{
    unsigned n = size->large * size->memory_copies;
    const char *folder = copies_of("huge", size->large_plugin, size->memory_copies);
    struct command run = command(MUSTER, "run", folder, "-j2", "--out", text("%s/out-huge", work), (char *)NULL);
    run.proof = text("%u scenarios run: %u passed", n, n);
    printf("\nmemory\n");
    double mib = (double)measure_peak_kib(&run) / 1024;
    check_value(text("supervisor's peak, %u scenarios", n), mib, "MiB", &bounds.peak);
    whole_tree();
}
