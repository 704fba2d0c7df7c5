/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks the target. */
#include "people.h"

#include <muster/kit/data.h>

#include <pthread.h>
#include <stdlib.h>

struct seat {
    struct seat *next;
    struct m_session *session;
    pthread_t holder;
    int taken;
};

struct person {
    struct person *next;
    const char *identity; /* NULL: the first, or one with a number */
    int64_t number;       /* 0: none */
    const char *login;
    const struct m_json *arguments;
    struct seat *seats;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct person *all; /* of the attempt, whose process this is */
static int64_t last_number;

static int same(const struct person *p, const char *identity, int64_t number)
{
    if (p->number != number)
        return 0;
    return p->identity && identity ? strcmp(p->identity, identity) == 0 : p->identity == identity;
}

/* With the lock held. */
static struct person *find(const char *identity, int64_t number)
{
    struct person *p = all;
    while (p && !same(p, identity, number))
        p = p->next;
    return p;
}

/* With the lock held; NULL: there is no memory. */
static struct person *add(const char *identity, int64_t number)
{
    struct person *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->identity = identity;
    p->number = number;
    p->next = all;
    all = p;
    return p;
}

int64_t people_add(struct muster_ctx *t, const char *login, const struct m_json *arguments)
{
    const char *kept = m_keep(t, login, strlen(login));
    pthread_mutex_lock(&lock);
    int64_t number = ++last_number;
    struct person *p = add(NULL, number);
    if (p) {
        p->login = kept;
        p->arguments = arguments;
    }
    pthread_mutex_unlock(&lock);
    if (!p)
        ERROR("out of memory for a session");
    return number;
}

static struct m_session *open_session(struct muster_ctx *t, struct m_site at, const struct person *p)
{
    if (p->login)
        return m_log_in_(t, at, p->login, M_ARGS_LIST_(ARGS(p->arguments)));
    if (p->identity && strcmp(p->identity, "nobody") == 0)
        return m_nobody_at_(at.file, at.line, t);
    return m_login_at_(at.file, at.line, t, p->identity);
}

/* A free one of the person's, now the caller's; NULL: there is none. */
static struct seat *take_seat(const struct person *p)
{
    struct seat *s;
    pthread_mutex_lock(&lock);
    for (s = p->seats; s; s = s->next)
        if (!s->taken || pthread_equal(s->holder, pthread_self()))
            break;
    if (s) {
        s->taken = 1;
        s->holder = pthread_self();
    }
    pthread_mutex_unlock(&lock);
    return s;
}

static struct seat *add_seat(struct muster_ctx *t, struct m_site at, struct person *p)
{
    struct m_session *session = open_session(t, at, p);
    struct seat *s = calloc(1, sizeof *s);
    if (!s)
        ERROR("out of memory for a session");
    s->session = session;
    s->holder = pthread_self();
    s->taken = 1;
    pthread_mutex_lock(&lock);
    s->next = p->seats;
    p->seats = s;
    pthread_mutex_unlock(&lock);
    return s;
}

/* The person who is meant; the process that knew a number may be gone. */
static struct person *who(struct muster_ctx *t, struct m_site at, const struct m_json *by)
{
    int numbered = m_json_at(by, "/session") != NULL;
    int64_t number = numbered ? m_json_int(by, "/session") : 0;
    const char *identity = numbered ? NULL : m_json_str(by, "");
    if (!numbered && !identity && by && !m_json_is_null(by, ""))
        m_stop_(t, MUSTER_STOP_ERROR, at.file, at.line, "by: wants an identity of the target, or what log_in gave");
    identity = identity ? m_keep(t, identity, strlen(identity)) : NULL;
    pthread_mutex_lock(&lock);
    struct person *p = find(identity, number);
    if (!p && !numbered)
        p = add(identity, 0);
    pthread_mutex_unlock(&lock);
    if (!p && numbered)
        m_stop_(t, MUSTER_STOP_ERROR, at.file, at.line,
                "by: the session ended with the process that a step was left behind in: log in again");
    else if (!p)
        m_stop_(t, MUSTER_STOP_ERROR, at.file, at.line, "out of memory for a session");
    return p;
}

struct seat *people_borrow(struct muster_ctx *t, struct m_site at, const struct m_json *by)
{
    struct person *p = who(t, at, by);
    struct seat *s = take_seat(p);
    return s ? s : add_seat(t, at, p);
}

struct m_session *people_session(const struct seat *seat)
{
    return seat->session;
}

void people_give_back(struct seat *seat)
{
    pthread_mutex_lock(&lock);
    seat->taken = 0;
    pthread_mutex_unlock(&lock);
}
