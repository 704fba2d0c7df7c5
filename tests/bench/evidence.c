/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of a run that is over: against reading its bytes. */
#include "bench.h"

#include <stdio.h>

/* A run with its bundle, untimed. Its folder. */
static const char *recorded(const char *name, const char *shard)
{
    const char *out = text("%s/%s", work, name);
    struct command run = command(MUSTER, "run", size->large_plugin, "-j2", "--out", out, "--history", "none", "--shard",
                                 shard, (char *)NULL);
    measure_run(&run);
    return text("%s/latest", out);
}

static struct contender *shell(const char *name, const char *proof, const char *script)
{
    return contender(name, size->large, slow_rounds, proof, command("sh", "-c", script, (char *)NULL));
}

static void report_and_verify(void)
{
    const char *run = recorded("recorded", "1/1");
    struct contender *all[] = {
        shell("sha256sum of the log", "events.jsonl", text("sha256sum %s/events.jsonl", run)),
        contender("muster report -f junit", size->large, slow_rounds, "</testsuites>",
                  command(MUSTER, "report", run, "-f", "junit", (char *)NULL)),
        shell("zstd -dc of the bundle | sha256sum", "-", text("zstd -dc %s/bundle.tar.zst | sha256sum", run)),
        contender("muster verify", size->large, slow_rounds, NULL,
                  command(MUSTER, "verify", text("%s/bundle.tar.zst", run), (char *)NULL)),
    };
    contest_run(all, 4);
    contest_print("evidence", all, 4);
    check("report: time / of sha256sum of the log", all[1], all[0], 1, &bounds.report);
    check("verify: time / of zstd -dc | sha256sum", all[3], all[2], 1, &bounds.verify);
}

static void merge(void)
{
    const char *one = recorded("shard-1", "1/2"), *two = recorded("shard-2", "2/2");
    const char *out = text("%s/merged", work);
    struct contender *all[] = {
        shell("the bundles' bytes, read and packed", "-",
              text("cat %s/bundle.tar.zst %s/bundle.tar.zst | zstd -dc | zstd -3 -T2 -c | sha256sum", one, two)),
        contender("muster merge", size->large, slow_rounds, NULL,
                  command(MUSTER, "merge", "--history", "none", "--out", out, one, two, (char *)NULL)),
    };
    all[1]->scratch = out;
    contest_run(all, 2);
    contest_print("merge", all, 2);
    check("merge: time / of reading and packing the bytes", all[1], all[0], 1, &bounds.merge);
}

void evidence(void)
{
    report_and_verify();
    merge();
}
