/* SPDX-License-Identifier: Apache-2.0 */
/* Which shard a case belongs to. */
#include "plan/shard.h"

#include "base/hash.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What one shard has to do so far. */
struct load {
    unsigned __int128 ns; /* a file may claim any durations: their sum has to have room */
    uint32_t n_cases, shard;
};

struct weighed {
    uint64_t ns;
    const char *id;
    uint32_t at; /* in the selection */
};

const char *shard_method_name(enum shard_method method)
{
    return method == SHARD_BY_TIME ? "time" : "hash";
}

/* Digits alone, and no more than can be counted. */
static bool read_number(const char **text, uint32_t *ret_number)
{
    const char *p = *text;
    uint64_t n = 0;
    while (*p >= '0' && *p <= '9' && n <= SHARDS_MAX)
        n = n * 10 + (uint64_t)(*p++ - '0');
    bool read = p > *text && n <= SHARDS_MAX;
    *text = p;
    *ret_number = (uint32_t)n;
    return read;
}

int shard_parse(const char *text, struct shard *ret_shard, struct err *err)
{
    struct shard s;
    const char *p = text;
    if (!read_number(&p, &s.index) || *p++ != '/' || !read_number(&p, &s.total) || *p)
        return err_set(err, -EINVAL, "%s: it takes I/N, as in 2/5, or auto", text);
    if (s.total == 0 || s.index == 0 || s.index > s.total)
        return err_set(err, -EINVAL, "%s: shards are counted from 1/N to N/N", text);
    *ret_shard = s;
    return 0;
}

static uint64_t hash_id(const char *id)
{
    /* Unmixed, its lowest bit is the parity of the bytes' lowest bits: names that differ in every other letter would
     * all be in one of two shards. */
    return hash_mix(hash_add(HASH_START, id, strlen(id)));
}

static void assign_by_hash(const struct selection *selection, uint32_t total, uint32_t *ret_shards)
{
    for (size_t i = 0; i < selection->n_cases; i++)
        ret_shards[i] = (uint32_t)(hash_id(selection->cases[i].id) % total) + 1;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* A case takes some time whatever its record says: without that, all that take none would go to one shard. */
static uint64_t weight_of(int64_t recorded_ns)
{
    return recorded_ns > 1 ? (uint64_t)recorded_ns : 1;
}

/* Of those that are known, the lower of two in the middle; 0 when nothing is known. */
static uint64_t median(const struct case_past *past, size_t n)
{
    uint64_t *known = xcalloc(n, sizeof *known);
    size_t n_known = 0;
    for (size_t i = 0; i < n; i++)
        if (past[i].known)
            known[n_known++] = weight_of(past[i].mean_ns);
    if (n_known > 0)
        qsort(known, n_known, sizeof *known, by_number);
    uint64_t middle = n_known > 0 ? known[(n_known - 1) / 2] : 0;
    free(known);
    return middle;
}

static int longest_first(const void *a, const void *b)
{
    const struct weighed *x = a, *y = b;
    return x->ns != y->ns ? (x->ns < y->ns) - (x->ns > y->ns) : strcmp(x->id, y->id);
}

/* Of shards that have as much to do the one with fewer cases, then the first. */
static bool has_less(const struct load *a, const struct load *b)
{
    if (a->ns != b->ns)
        return a->ns < b->ns;
    return a->n_cases != b->n_cases ? a->n_cases < b->n_cases : a->shard < b->shard;
}

/* The first of a heap has got more to do: moves it to its place. */
static void sink_first(struct load *heap, uint32_t n)
{
    for (uint32_t at = 0, least;; at = least) {
        uint32_t left = 2 * at + 1, right = left + 1;
        least = at;
        if (left < n && has_less(&heap[left], &heap[least]))
            least = left;
        if (right < n && has_less(&heap[right], &heap[least]))
            least = right;
        if (least == at)
            return;
        struct load moved = heap[at];
        heap[at] = heap[least];
        heap[least] = moved;
    }
}

static struct weighed *weigh(const struct selection *selection, const struct case_past *past, uint64_t unknown_ns)
{
    struct weighed *cases = xcalloc(selection->n_cases, sizeof *cases);
    for (size_t i = 0; i < selection->n_cases; i++) {
        const struct case_plan *plan = &selection->cases[i];
        uint64_t ns = past[i].known ? weight_of(past[i].mean_ns) : unknown_ns;
        cases[i] = (struct weighed){plan->skip_reason ? 1 : ns, plan->id, (uint32_t)i};
    }
    qsort(cases, selection->n_cases, sizeof *cases, longest_first);
    return cases;
}

static void assign_by_time(const struct selection *selection, const struct case_past *past, uint64_t unknown_ns,
                           uint32_t total, uint32_t *ret_shards)
{
    struct weighed *cases = weigh(selection, past, unknown_ns);
    struct load *heap = xcalloc(total, sizeof *heap);
    for (uint32_t s = 0; s < total; s++)
        heap[s].shard = s + 1; /* all have nothing to do: in this order it is a heap */
    for (size_t i = 0; i < selection->n_cases; i++) {
        ret_shards[cases[i].at] = heap[0].shard;
        heap[0].ns += cases[i].ns;
        heap[0].n_cases++;
        sink_first(heap, total);
    }
    free(heap);
    free(cases);
}

enum shard_method shard_assign(const struct selection *selection, const struct case_past *past, uint32_t total,
                               uint32_t *ret_shards)
{
    assert(total > 0);
    uint64_t unknown_ns = past ? median(past, selection->n_cases) : 0;
    if (unknown_ns == 0) {
        assign_by_hash(selection, total, ret_shards);
        return SHARD_BY_HASH;
    }
    assign_by_time(selection, past, unknown_ns, total, ret_shards);
    return SHARD_BY_TIME;
}

void shard_take(struct selection *selection, const uint32_t *shards, uint32_t index)
{
    size_t n = 0;
    for (size_t i = 0; i < selection->n_cases; i++) {
        if (shards[i] != index)
            continue;
        selection->cases[n] = selection->cases[i];
        selection->cases[n++].position = (uint32_t)i + 1;
    }
    selection->n_cases = n;
}
