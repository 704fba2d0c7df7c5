/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which cases begin. */
#include "plan/order.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int order_parse(const char *name, int *ret_order)
{
    static const char *const names[] = {[ORDER_SOURCE] = "source",
                                        [ORDER_RANDOM] = "random",
                                        [ORDER_LONGEST] = "longest",
                                        [ORDER_FAILED_FIRST] = "failed-first"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_order = (int)i;
            return 0;
        }
    }
    return -EINVAL;
}

/* SplitMix64: the same numbers on every machine. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* From 0 up to, not including, `n`: the high half of the product, whose bias is n in 2^64. */
static size_t random_below(uint64_t *state, size_t n)
{
    return (size_t)((unsigned __int128)next_random(state) * n >> 64);
}

static void shuffle(uint32_t *items, size_t n, uint64_t seed)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = random_below(&seed, i);
        uint32_t last = items[i - 1];
        items[i - 1] = items[j];
        items[j] = last;
    }
}

bool order_wants_past(enum order order)
{
    return order == ORDER_LONGEST || order == ORDER_FAILED_FIRST;
}

/* qsort_r() is not stable: equal ones are compared by their place. */
static int by_place(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int by_length(const void *a, const void *b, void *data)
{
    const struct case_past *past = data;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    int64_t x = past[i].known ? past[i].mean_ns : INT64_MAX, y = past[j].known ? past[j].mean_ns : INT64_MAX;
    return x != y ? (x < y) - (x > y) : by_place(i, j);
}

static int by_badness(const void *a, const void *b, void *data)
{
    const struct case_past *past = data;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    return past[i].bad != past[j].bad ? past[j].bad - past[i].bad : by_place(i, j);
}

static bool is_serial(const struct catalogue *c, const struct selection *selection, uint32_t i)
{
    const struct scenario_info *s = &c->scenarios[selection->cases[i].scenario];
    return s->n_markers > 0 && marker_find(s->markers, s->n_markers, "serial");
}

/* Keeps the order among the serial ones, and among the others. */
static void put_serial_last(const struct catalogue *c, const struct selection *selection, uint32_t *sequence)
{
    uint32_t *serial = NULL;
    size_t n_serial = 0, cap_serial = 0, n = 0;
    for (size_t i = 0; i < selection->n_cases; i++) {
        if (is_serial(c, selection, sequence[i])) {
            GROW(serial, n_serial, cap_serial);
            serial[n_serial++] = sequence[i];
        } else {
            sequence[n++] = sequence[i];
        }
    }
    if (n_serial > 0)
        memcpy(sequence + n, serial, n_serial * sizeof *serial);
    free(serial);
}

void order_cases(const struct catalogue *c, const struct selection *selection, enum order order, uint64_t seed,
                 const struct case_past *past, uint32_t *ret_sequence)
{
    size_t n = selection->n_cases;
    for (size_t i = 0; i < n; i++)
        ret_sequence[i] = (uint32_t)i;
    if (order == ORDER_RANDOM)
        shuffle(ret_sequence, n, seed);
    else if (order_wants_past(order) && past && n > 0)
        qsort_r(ret_sequence, n, sizeof *ret_sequence, order == ORDER_LONGEST ? by_length : by_badness,
                (void *)(uintptr_t)past);
    put_serial_last(c, selection, ret_sequence);
}
