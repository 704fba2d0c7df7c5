/* SPDX-License-Identifier: Apache-2.0 */
/* The model's strings, each kept once, and its cases by name. */
#include "report/interner.h"

#include "base/text.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_text(const char *text)
{
    uint64_t h = hash_add(HASH_START, text, strlen(text));
    return h ^ h >> 32;
}

static const char *string_key(const void *item)
{
    return item;
}

static const char *case_key(const void *item)
{
    return ((const struct model_case *)item)->id;
}

typedef const char *(*key_of)(const void *item);

/* The slot that holds `key`, or the free one where it belongs. The table has room. */
static size_t find_slot(const struct table *t, const char *key, key_of of)
{
    size_t at = hash_text(key) & (t->cap - 1);
    while (t->slots[at] && strcmp(of(t->slots[at]), key) != 0)
        at = (at + 1) & (t->cap - 1);
    return at;
}

static void make_room(struct table *t, key_of of)
{
    if (t->n * 3 < t->cap * 2)
        return;
    struct table bigger = {.n = t->n, .cap = t->cap ? t->cap * 2 : 64};
    bigger.slots = xcalloc(bigger.cap, sizeof *bigger.slots);
    for (size_t i = 0; i < t->cap; i++)
        if (t->slots[i])
            bigger.slots[find_slot(&bigger, of(t->slots[i]), of)] = t->slots[i];
    free(t->slots);
    *t = bigger;
}

static const char *make_valid(struct interner *index, const char *text)
{
    size_t len = strlen(text);
    if (utf8_valid(text, len))
        return text;
    struct buf *b = &index->scratch;
    buf_clear(b);
    for (const char *p = text, *end = text + len; p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        utf8_encode(b, code);
    }
    return buf_str(b);
}

const char *interner_copy(struct run_model *model, const char *text)
{
    return *text ? arena_strdup(&model->arena, make_valid(model->index, text)) : "";
}

const char *interner_share(struct run_model *model, const char *text)
{
    if (!*text)
        return "";
    text = make_valid(model->index, text);
    struct table *t = &model->index->strings;
    make_room(t, string_key);
    size_t at = find_slot(t, text, string_key);
    if (!t->slots[at]) {
        t->slots[at] = arena_strdup(&model->arena, text);
        t->n++;
    }
    return t->slots[at];
}

char *interner_valid(struct run_model *model, const char *text)
{
    return xstrdup(make_valid(model->index, text));
}

struct string_list interner_list(struct run_model *model, const struct string_list *list)
{
    if (list->n == 0)
        return (struct string_list){0};
    const char **items = arena_alloc(&model->arena, list->n * sizeof *items);
    for (size_t i = 0; i < list->n; i++)
        items[i] = interner_share(model, list->items[i]);
    return (struct string_list){items, list->n};
}

struct model_case *interner_case(const struct run_model *model, const char *id)
{
    const struct table *t = &model->index->cases;
    if (t->cap == 0)
        return NULL;
    return (struct model_case *)(uintptr_t)t->slots[find_slot(t, make_valid(model->index, id), case_key)];
}

void interner_add_case(struct run_model *model, struct model_case *c)
{
    struct table *t = &model->index->cases;
    make_room(t, case_key);
    t->slots[find_slot(t, c->id, case_key)] = c;
    t->n++;
}

void interner_free(struct interner *index)
{
    free(index->strings.slots);
    free(index->cases.slots);
    buf_free(&index->scratch);
}
