/* SPDX-License-Identifier: Apache-2.0 */
/* What is filtered for twenty secrets: against who seeks the same bytes, and against one who only reads them. */
#include "bench.h"

static double mib_a_second(const struct contender *c, unsigned mib)
{
    double best = c->seconds[0];
    for (unsigned i = 1; i < c->n; i++)
        best = c->seconds[i] < best ? c->seconds[i] : best;
    return best > 0 ? mib / best : 0;
}

void secrets(void)
{
    const unsigned mib = is_quick ? 4 : 256;
    const char *log = text("%s/secrets.log", work), *patterns = text("%s/secrets.txt", work);
    struct command make = command(HIDE, "--make", text("%u", mib), log, patterns, (char *)NULL);
    measure_run(&make);
    struct contender *all[] = {
        contender("grep -cFf of their spellings", mib, slow_rounds, "1",
                  command("env", "LC_ALL=C", "grep", "-cFf", patterns, log, (char *)NULL)),
        contender("sha256sum", mib, slow_rounds, "secrets.log", command("sha256sum", log, (char *)NULL)),
        contender("a stream without twenty secrets", mib, slow_rounds, "bytes are left",
                  command(HIDE, log, (char *)NULL)),
    };
    contest_run(all, 3);
    contest_print("secrets", all, 3);
    check("secrets: time / of grep -F", all[2], all[0], 1, &bounds.secrets);
    check("secrets: time / of sha256sum", all[2], all[1], 1, &(struct bound){0});
    check_value("secrets hidden", mib_a_second(all[2], mib), "MiB/s", &bounds.secrets_rate);
}
