/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that live as long as the attempt's process. */
#include <muster/kit/data.h>

#include <pthread.h>
#include <stdlib.h>

struct kept {
    struct kept *next;
    char text[];
};

/* A list, not forgotten pointers: what is reachable is no leak to a sanitizer. */
static struct kept *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

static char *keep_room(struct muster_ctx *t, size_t length)
{
    struct kept *k = malloc(sizeof *k + length + 1);
    if (!k)
        ERROR("out of memory for a text of %zu bytes", length);
    pthread_mutex_lock(&all_lock);
    k->next = all;
    all = k;
    pthread_mutex_unlock(&all_lock);
    k->text[length] = '\0';
    return k->text;
}

const char *m_keep(struct muster_ctx *t, const void *bytes, size_t length)
{
    char *text = keep_room(t, length);
    if (length)
        memcpy(text, bytes, length);
    return text;
}

const char *m_vfmt_(struct muster_ctx *t, const char *format, va_list values)
{
    va_list again;
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values);
    char *text = NULL;
    if (length >= 0) {
        text = keep_room(t, (size_t)length);
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    if (!text)
        ERROR("cannot format \"%s\"", format);
    return text;
}

const char *m_fmt(struct muster_ctx *t, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const char *text = m_vfmt_(t, format, values);
    va_end(values);
    return text;
}
