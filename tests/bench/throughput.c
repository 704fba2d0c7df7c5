/* SPDX-License-Identifier: Apache-2.0 */
/* Trivially passing tests: muster, the limits, and peers. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEAT_MAX = 12 };

/* The contenders for one number of tests; NULL: not taking part. */
struct heat {
    struct contender *pinned[2]; /* the limit, -j1, -j2: a supervisor on each CPU */
    struct contender *limit[2];  /* one supervisor for all, not pinned: the easier one, for information */
    struct contender *fixed;     /* pinned and linked statically, -j2: how far tricks would go, for information */
    struct contender *muster[2];
    struct contender *ctest[2];
    struct contender *check;
    struct contender *pytest;
};

static const char *const jobs_number[2] = {"1", "2"};

static struct heat heat_of_limits(const char *plugin, unsigned n, unsigned rounds)
{
    struct heat h = {0};
    char *number = text("%u", n);
    char *proof = text("%u tests, %u passed", n, n);
    for (int j = 0; j < 2; j++) {
        h.pinned[j] = contender(text("limit %s, %u", jobs_option[j], n), n, rounds, proof,
                                command(LIMIT, number, jobs_number[j], "pinned", (char *)NULL));
        h.limit[j] = contender(text("one supervisor, not pinned, %s, %u", jobs_option[j], n), n, rounds, proof,
                               command(LIMIT, number, jobs_number[j], (char *)NULL));
        h.muster[j] = muster_run(plugin, n, jobs_option[j], rounds);
    }
    return h;
}

static struct heat heat_of(const char *plugin, unsigned n)
{
    struct heat h = heat_of_limits(plugin, n, fast_rounds);
    for (int j = 0; j < 2; j++)
        h.ctest[j] = ctest(jobs_option[j], n, slow_rounds);
    h.fixed = contender(text("limit -j2, linked statically, %u", n), n, fast_rounds, h.pinned[1]->command.proof,
                        command(LIMIT_STATIC, text("%u", n), "2", "pinned", (char *)NULL));
    return h;
}

/* Both take far too long for the large number, and show no more there. */
static void add_slow_peers(struct heat *h, unsigned n)
{
    char *number = text("%u", n);
#ifdef CHECK_FORK
    h->check = contender(text("Check, fork mode, %u", n), n, slow_rounds, text("Checks: %u,", n),
                         command(CHECK_FORK, number, (char *)NULL));
#else
    printf("Check is not installed: left out\n");
#endif
    if (system("pytest --forked --version >/dev/null 2>&1") != 0) {
        printf("pytest --forked is not installed: left out\n");
        return;
    }
    char *module = text("%s/test_trivial.py", work);
    prepare("pytest", module, number, NULL);
    h->pytest = contender(text("pytest --forked, %u", n), n, slow_rounds, text("%u passed", n),
                          command("pytest", "--forked", "-q", "-p", "no:cacheprovider", module, (char *)NULL));
}

static size_t list_heat(const struct heat *h, struct contender **ret_list)
{
    struct contender *const order[HEAT_MAX] = {h->pinned[0], h->pinned[1], h->limit[0],  h->limit[1],
                                               h->fixed,     h->muster[0], h->muster[1], h->ctest[0],
                                               h->ctest[1],  h->check,     h->pytest};
    size_t n = 0;
    for (size_t i = 0; i < HEAT_MAX; i++)
        if (order[i])
            ret_list[n++] = order[i];
    return n;
}

static void check_limits(const struct heat *h)
{
    for (int j = 0; j < 2; j++) {
        check(text("%s: limit's time / muster's", h->muster[j]->name), h->pinned[j], h->muster[j], 1,
              &bounds.pinned_limit);
        check(text("%s: one supervisor's time / muster's", h->muster[j]->name), h->limit[j], h->muster[j], 1,
              &bounds.limit);
    }
}

static void check_heat(const struct heat *h, const struct bound *over_ctest)
{
    static const struct bound none = {0};
    check_limits(h);
    check(text("%s: ctest -j2's time / muster's", h->muster[1]->name), h->ctest[1], h->muster[1], 1, over_ctest);
    if (h->check)
        check("muster -j1: Check's time / muster's", h->check, h->muster[0], 1, &none);
    if (h->pytest)
        check("muster -j1: pytest's time / muster's", h->pytest, h->muster[0], 1, &none);
}

void throughput(void)
{
    struct heat heats[2] = {heat_of(size->small_plugin, size->small), heat_of(size->large_plugin, size->large)};
    struct contender *all[2 * HEAT_MAX];
    size_t n = 0;
    add_slow_peers(&heats[0], size->small);
    for (int i = 0; i < 2; i++)
        n += list_heat(&heats[i], &all[n]);
    contest_run(all, n);
    contest_print("throughput", all, n);
    check_heat(&heats[0], &bounds.ctest_small);
    check_heat(&heats[1], &bounds.ctest_large);
    for (int j = 0; j < 2; j++)
        check(text("muster %s: cost of one at %u / at %u", jobs_option[j], size->large, size->small),
              heats[1].muster[j], heats[0].muster[j], (double)size->small / size->large, &bounds.growth);
}

void huge(void)
{
    const char *folder = copies_of("huge", size->large_plugin, size->memory_copies);
    struct heat h = heat_of_limits(folder, size->large * size->memory_copies, slow_rounds);
    struct contender *all[HEAT_MAX];
    size_t n = list_heat(&h, all);
    contest_run(all, n);
    contest_print("throughput of a huge run", all, n);
    check_limits(&h);
}
