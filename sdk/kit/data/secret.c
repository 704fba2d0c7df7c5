/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that must not be in what the kit writes as evidence. */
#include "secret.h"

#include <muster/kit/data.h>

#include <pthread.h>
#include <stdlib.h>

/* A shorter one would hide half of everything. */
#define LENGTH_LEAST 4

struct secret {
    struct secret *next;
    size_t length;
    char text[];
};

static struct secret *all; /* the longest first: one may begin with another */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* 0: it is there already. */
static int insert(struct secret *s)
{
    struct secret **at = &all;
    while (*at && (*at)->length > s->length)
        at = &(*at)->next;
    for (const struct secret *other = *at; other && other->length == s->length; other = other->next)
        if (memcmp(other->text, s->text, s->length) == 0)
            return 0;
    s->next = *at;
    *at = s;
    return 1;
}

static void keep(struct muster_ctx *t, const char *text, size_t length)
{
    struct secret *s = malloc(sizeof *s + length + 1);
    if (!s)
        ERROR("out of memory for a secret");
    s->length = length;
    memcpy(s->text, text, length + 1);
    pthread_mutex_lock(&lock);
    int added = insert(s);
    pthread_mutex_unlock(&lock);
    if (!added)
        free(s);
}

/* As pages spell it: what stands for & < > " ' there; NULL: itself. */
static const char *const spellings[][5] = {
    {"&amp;", "&lt;", "&gt;", NULL, NULL}, /* browsers, of texts */
    {"&amp;", NULL, NULL, "&quot;", NULL}, /* browsers, of attributes */
    {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}, {"&amp;", "&lt;", "&gt;", "&quot;", "&#x27;"},
    {"&amp;", "&lt;", "&gt;", "&#34;", "&#39;"},
};

static void keep_spelt(struct muster_ctx *t, const char *text, const char *const *spelling)
{
    static const char special[] = "&<>\"'";
    char *spelt = malloc(strlen(text) * strlen("&quot;") + 1), *to = spelt;
    if (!spelt)
        ERROR("out of memory for a secret");
    for (; *text; text++) {
        const char *one = strchr(special, *text), *as = one ? spelling[one - special] : NULL;
        if (as)
            to = stpcpy(to, as);
        else
            *to++ = *text;
    }
    *to = '\0';
    keep(t, spelt, (size_t)(to - spelt));
    free(spelt);
}

void m_secret(struct muster_ctx *t, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length < LENGTH_LEAST)
        return;
    keep(t, text, length);
    for (size_t i = 0; strpbrk(text, "&<>\"'") && i < sizeof spellings / sizeof *spellings; i++)
        keep_spelt(t, text, spellings[i]);
}

static size_t hide_one(char *text, size_t length, const struct secret *s)
{
    static const char stars[] = "***";
    char *at = text, *end = text + length;
    while ((at = memmem(at, (size_t)(end - at), s->text, s->length))) {
        memcpy(at, stars, sizeof stars - 1);
        at += sizeof stars - 1;
        size_t less = s->length - (sizeof stars - 1);
        memmove(at, at + less, (size_t)(end - at) - less);
        end -= less;
    }
    return (size_t)(end - text);
}

size_t data_secret_hide(char *text, size_t length)
{
    pthread_mutex_lock(&lock);
    for (const struct secret *s = all; s; s = s->next)
        length = hide_one(text, length, s);
    pthread_mutex_unlock(&lock);
    return length;
}
