/* SPDX-License-Identifier: Apache-2.0 */
/* Making contenders, and holding them against their bounds. */
#include "bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ARGS = 16 };

const char *const jobs_option[2] = {"-j1", "-j2"};
static bool all_good = true;

/* Names, arguments and contenders live until the process ends, and stay reachable: nothing is a leak. */
void *keep(void *memory)
{
    static struct kept {
        struct kept *next;
        void *memory;
    } * all;
    struct kept *one = malloc(sizeof(*one));
    if (!one || !memory)
        abort();
    *one = (struct kept){all, memory};
    all = one;
    return memory;
}

char *text(const char *format, ...)
{
    char *result;
    va_list args;
    va_start(args, format);
    if (vasprintf(&result, format, args) < 0)
        abort();
    va_end(args);
    return keep(result);
}

struct command command(const char *first, ...)
{
    const char **argv = keep(calloc(MAX_ARGS + 1, sizeof(*argv)));
    va_list args;
    size_t n = 0;
    va_start(args, first);
    for (const char *arg = first; arg && n < MAX_ARGS; arg = va_arg(args, const char *))
        argv[n++] = arg;
    va_end(args);
    return (struct command){.argv = argv, .cwd = work, .log = text("%s/log", work)};
}

struct contender *contender(const char *name, unsigned units, unsigned rounds, const char *proof, struct command run)
{
    struct contender *c = keep(calloc(1, sizeof(*c)));
    c->name = name;
    c->units = units;
    c->rounds = rounds;
    c->command = run;
    c->command.proof = proof;
    return c;
}

char *muster_proof(unsigned n)
{
    return text("%u scenario%s run: %u passed", n, n == 1 ? "" : "s", n);
}

struct contender *muster_run(const char *plugin, unsigned n, const char *jobs, unsigned rounds)
{
    char *out = text("%s/out", work);
    struct contender *c = contender(text("muster run %s, %u", jobs, n), n, rounds, muster_proof(n),
                                    command(MUSTER, "run", plugin, jobs, "--out", out, (char *)NULL));
    c->scratch = out;
    return c;
}

void prepare(const char *kind, const char *a, const char *b, const char *c)
{
    struct command inputs = command(INPUTS, kind, a, b, c, (char *)NULL);
    measure_run(&inputs);
}

struct contender *ctest(const char *mode, unsigned n, unsigned rounds)
{
    bool lists = strcmp(mode, "-N") == 0;
    char *folder = text("%s/ctest-%u", work, n);
    prepare("ctest", folder, text("%u", n), TRIVIAL);
    return contender(text("ctest %s, %u", mode, n), n, rounds,
                     text(lists ? "Total Tests: %u" : "tests passed, 0 tests failed out of %u", n),
                     command(CTEST, "--test-dir", folder, mode, (char *)NULL));
}

const char *copies_of(const char *name, const char *plugin, unsigned n)
{
    char *folder = text("%s/%s", work, name);
    prepare("copies", plugin, folder, text("%u", n));
    return folder;
}

void check(const char *name, const struct contender *time, const struct contender *over, double scale,
           const struct bound *bound)
{
    all_good &= ratio_print(&(struct ratio){name, time, over, scale, is_quick ? (struct bound){0} : *bound});
}

void check_value(const char *name, double value, const char *unit, const struct bound *bound)
{
    all_good &= bound_print(name, value, unit, is_quick ? &(struct bound){0} : bound);
}

bool all_checks_held(void)
{
    return all_good;
}
