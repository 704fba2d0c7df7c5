/* SPDX-License-Identifier: Apache-2.0 */
#include "house.h"

#include "http.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct resident {
    struct resident *next;
    struct house *house;
    char *name, *url;
    struct player *player;
    struct http *http;
};

struct house {
    const struct script *script;
    struct house_options options;
    pthread_mutex_t lock;
    struct resident *residents;
};

static void play(void *data, const struct asked *asked, struct outcome *ret_outcome)
{
    struct resident *r = data;
    pthread_mutex_lock(&r->house->lock);
    player_play(r->player, asked, ret_outcome);
    pthread_mutex_unlock(&r->house->lock);
}

static void resident_free(struct resident *r)
{
    if (r->http)
        http_close(r->http);
    if (r->player)
        player_free(r->player);
    free(r->name);
    free(r->url);
    free(r);
}

static int open_record(const struct house *h, const char *name)
{
    char *path;
    int n = strcmp(name, SHARED) == 0 ? asprintf(&path, "%s/requests.jsonl", h->options.folder)
                                      : asprintf(&path, "%s/requests-%s.jsonl", h->options.folder, name);
    if (n < 0)
        needed(NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), e = errno;
    free(path);
    return fd < 0 ? -e : fd;
}

/* With the lock held; NULL: none. */
static struct resident *find(struct house *h, const char *name)
{
    struct resident *r = h->residents;
    while (r && strcmp(r->name, name) != 0)
        r = r->next;
    return r;
}

int house_add(struct house *h, const char *name, uint16_t port, char **ret_url)
{
    struct resident *r = needed(calloc(1, sizeof *r));
    r->house = h;
    r->name = needed(strdup(name));
    int fd = open_record(h, name), e = fd < 0 ? fd : 0;
    if (e == 0) {
        r->player = player_new(h->script, fd);
        e = http_open(h->options.address, port, play, r, &r->http);
    }
    pthread_mutex_lock(&h->lock);
    if (e == 0 && find(h, name))
        e = -EEXIST;
    if (e == 0) {
        if (asprintf(&r->url, "http://%s:%u", h->options.address, (unsigned)http_port(r->http)) < 0)
            needed(NULL);
        *ret_url = needed(strdup(r->url));
        r->next = h->residents;
        h->residents = r;
    }
    pthread_mutex_unlock(&h->lock);
    if (e < 0)
        resident_free(r);
    return e;
}

int house_remove(struct house *h, const char *name)
{
    struct resident **at = &h->residents, *r;
    pthread_mutex_lock(&h->lock);
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    if ((r = *at))
        *at = r->next;
    pthread_mutex_unlock(&h->lock);
    if (!r)
        return -ENOENT;
    resident_free(r); /* without the lock: what it is answering may want it */
    return 0;
}

struct house *house_open(const struct script *script, const struct house_options *options)
{
    struct house *h = needed(calloc(1, sizeof *h));
    char *url;
    *h = (struct house){.script = script, .options = *options, .lock = PTHREAD_MUTEX_INITIALIZER};
    int e = house_add(h, SHARED, options->port, &url);
    if (e < 0) {
        fprintf(stderr, "muster-double: %s port %u, recording in %s: %s\n", options->address, (unsigned)options->port,
                options->folder, strerror(-e));
        free(h);
        return NULL;
    }
    free(url);
    return h;
}

void house_close(struct house *h)
{
    while (h->residents)
        house_remove(h, h->residents->name);
    free(h);
}

const struct script *house_script(const struct house *h)
{
    return h->script;
}

int house_url(struct house *h, const char *name, char **ret_url)
{
    pthread_mutex_lock(&h->lock);
    const struct resident *r = find(h, name);
    if (r)
        *ret_url = needed(strdup(r->url));
    pthread_mutex_unlock(&h->lock);
    return r ? 0 : -ENOENT;
}

int house_reset(struct house *h, const char *name)
{
    pthread_mutex_lock(&h->lock);
    struct resident *r = find(h, name);
    if (r)
        player_reset(r->player);
    pthread_mutex_unlock(&h->lock);
    return r ? 0 : -ENOENT;
}

int house_add_rule(struct house *h, const char *name, const char *session, const char *text, size_t length,
                   char **ret_mistakes)
{
    pthread_mutex_lock(&h->lock);
    struct resident *r = find(h, name);
    int e = !r ? -ENOENT : player_add_rule(r->player, session, text, length, ret_mistakes) < 0 ? -EINVAL : 0;
    pthread_mutex_unlock(&h->lock);
    return e;
}

int house_end_session(struct house *h, const char *name, const char *session)
{
    pthread_mutex_lock(&h->lock);
    struct resident *r = find(h, name);
    if (r)
        player_end_session(r->player, session);
    pthread_mutex_unlock(&h->lock);
    return r ? 0 : -ENOENT;
}

int house_requests(struct house *h, const char *name, json_int_t after, json_t **ret_requests)
{
    pthread_mutex_lock(&h->lock);
    const struct resident *r = find(h, name);
    if (r)
        *ret_requests = needed(
            json_pack("{s:I, s:o}", "last", player_last(r->player), "requests", player_requests(r->player, after)));
    pthread_mutex_unlock(&h->lock);
    return r ? 0 : -ENOENT;
}
