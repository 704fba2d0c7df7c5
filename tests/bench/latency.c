/* SPDX-License-Identifier: Apache-2.0 */
/* From a deadline to the verdict: muster against a parent that does nothing but kill and wait. */
#include "bench.h"
#include "makespan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEADLINE_MS = 1000 }; /* of the scenarios of HANGS and HANGS_THREADS (inputs.sh) */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of how long the attempts went on behind their deadline. */
static double lateness_of(const struct contender *c)
{
    struct durations d;
    makespan_read(text("%s/latest/events.jsonl", c->scratch), &d);
    assert(d.n > 0);
    qsort(d.seconds, d.n, sizeof(d.seconds[0]), by_value);
    return d.seconds[d.n / 2] - DEADLINE_MS * 1e-3;
}

/* It says so itself. */
static double told_by(const struct contender *c)
{
    double us = 0;
    FILE *log = fopen(c->command.log, "re");
    if (!log || fscanf(log, "median %lf us", &us) != 1)
        abort();
    fclose(log);
    return us * 1e-6;
}

static struct contender *muster_kills(const char *plugin, const char *what)
{
    char *out = text("%s/out", work);
    struct contender *c = contender(text("muster, %s", what), 1, slow_rounds, text("%u timed out", size->kills),
                                    command(MUSTER, "run", plugin, "-j1", "--repeat", text("%u", size->kills), "--out",
                                            out, "--history", "none", (char *)NULL));
    c->command.status = 1;
    c->scratch = out;
    c->seconds_of = lateness_of;
    return c;
}

static struct contender *bare_parent(unsigned threads, const char *what)
{
    struct contender *c = contender(text("bare parent, %s", what), 1, slow_rounds, "median ",
                                    command(KILL, text("%u", size->kills), text("%u", threads), (char *)NULL));
    c->seconds_of = told_by;
    return c;
}

void latency(void)
{
    unsigned threads = is_quick ? 50 : 5000;
    struct contender *all[] = {
        bare_parent(0, "a process that waits"),
        muster_kills(HANGS, "a scenario that waits"),
        bare_parent(threads, text("%u threads", threads)),
        muster_kills(is_quick ? HANGS_THREADS_50 : HANGS_THREADS_5000, text("%u threads", threads)),
    };
    contest_run(all, 4);
    contest_print("from the deadline to the end", all, 4);
    check("kill latency: muster's / a bare parent's", all[1], all[0], 1, &bounds.kill);
    check(text("kill latency, %u threads: muster's / a bare parent's", threads), all[3], all[2], 1,
          &bounds.kill_threads);
}
