/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/target.h: operations of the system under test, by name. What each of them is on this system, its requests,
 * where in the answers the results are, and which answers are refusals, is in the run's target file; no scenario knows
 * a path.
 *
 *     SCENARIO(names_are_taken_once, .needs = OPERATIONS("tenant.create", "tenant.get"))
 *     {
 *         struct m_session *admin = m_login(t, "admin");
 *         struct m_json *shop = DO(admin, "tenant.create", ARG("subdomain", "shop"), ARG("plan", "starter"));
 *         CHECK_STR(m_json_str(shop, "/state"), ==, "active");
 *         REFUSED("conflict", admin, "tenant.create", ARG("subdomain", "shop"));
 *     }
 *
 * Sessions: who asks. Each is one login, with its own connections; open several to be several users, or the same one
 * twice. A session belongs to the context that opened it, to one thread at a time, and lives until the attempt ends.
 *
 * Arguments are those that the operation takes in the target file: text, numbers, 1 or 0 and true or false, JSON
 * values. One that it does not take, and one that is missing, ends the scenario as an error; NULL is as good as not
 * given. In C++ that is nullptr.
 *
 * Results are JSON objects with the names that the target file gives, for all of json.h: m_json_free() them in loops,
 * elsewhere they end with the attempt.
 *
 * Failure: DO, START, OPEN and LOGIN require that the system does it; a refusal fails the scenario at their line, and
 * so does an answer that lacks a result. REFUSED checks that it is refused, by the name that the target file gives to
 * such an answer, and the scenario goes on. TRY judges nothing. That there is no answer at all is an error, as in
 * http.h, unless TRY is told of it. Messages have the operation, the request line, the status and the answer's start;
 * what the target file marks as secret is never in them, nor in the evidence of the http and ws kits.
 *
 * An operation that the scenario has not declared in .needs is an error, so that a target that lacks one skips it
 * before it starts. Fixtures and cleanups declare nothing and may use all.
 */
#ifndef MUSTER_KIT_TARGET_H
#define MUSTER_KIT_TARGET_H

#if defined(__GNUC__)
#pragma GCC system_header /* the macros expand in the author's code */
#endif

#include <muster/kit/json.h>
#include <muster/kit/ws.h>
#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_session;

/* What came of an operation, whatever it was. Texts hold until the session's next operation. */
struct m_tried {
    const char *refused;    /* the refusal's name in the target file; "unnamed": it has none there; NULL: it was done */
    struct m_json *result;  /* NULL: it was not done, or see error */
    struct m_json *details; /* of a refusal, where the target file says what there is; else NULL */
    int32_t status;         /* of the last answer; 0: there was none */
    int32_t reserved;
    const char *request; /* "POST /v1/tenants", without secrets; never NULL */
    const char *answer;  /* the body of the last answer; never NULL */
    const char *error;   /* why there was no answer, or what is missing in one of success; NULL: nothing is wrong */
};

/* An argument: see ARG. */
struct m_arg {
    const char *name; /* NULL: all members of a JSON object, or nothing at all */
    int32_t kind;     /* of M_ARG_x_ */
    int32_t reserved;
    union {
        const char *text;
        int64_t integer;
        uint64_t natural;
        double number;
        const struct m_json *json;
    } is;
};

#define M_ARG_NONE_    0
#define M_ARG_TEXT_    1
#define M_ARG_INTEGER_ 2
#define M_ARG_NATURAL_ 3
#define M_ARG_NUMBER_  4
#define M_ARG_BOOL_    5
#define M_ARG_JSON_    6
#define M_ARG_FIRST_   7 /* of each list: none */

static inline struct m_arg m_arg_(const char *name, int32_t kind)
{
    struct m_arg a;
    memset(&a, 0, sizeof a);
    a.name = name;
    a.kind = kind;
    return a;
}

static inline struct m_arg m_arg_text_(const char *name, const char *value)
{
    struct m_arg a = m_arg_(name, value ? M_ARG_TEXT_ : M_ARG_NONE_);
    a.is.text = value;
    return a;
}

static inline struct m_arg m_arg_integer_(const char *name, int64_t value)
{
    struct m_arg a = m_arg_(name, M_ARG_INTEGER_);
    a.is.integer = value;
    return a;
}

static inline struct m_arg m_arg_natural_(const char *name, uint64_t value)
{
    struct m_arg a = m_arg_(name, M_ARG_NATURAL_);
    a.is.natural = value;
    return a;
}

static inline struct m_arg m_arg_number_(const char *name, double value)
{
    struct m_arg a = m_arg_(name, M_ARG_NUMBER_);
    a.is.number = value;
    return a;
}

static inline struct m_arg m_arg_bool_(const char *name, int value)
{
    struct m_arg a = m_arg_(name, M_ARG_BOOL_);
    a.is.integer = value;
    return a;
}

static inline struct m_arg m_arg_json_(const char *name, const struct m_json *value)
{
    struct m_arg a = m_arg_(name, value || !name ? M_ARG_JSON_ : M_ARG_NONE_);
    a.is.json = value;
    return a;
}

/* What an operation takes, for those who go through all of them. Holds until the attempt ends. */
struct m_taken {
    const char *name, *type; /* str, int, float, bool, json */
    const char *of;          /* the kind of thing that it names, as "tenant"; NULL: none */
    int32_t optional, secret;
};

struct m_operation {
    const char *name, *summary;  /* summary: may be "" */
    const struct m_taken *takes; /* n_takes of them */
    uint64_t n_takes;
    int32_t safe;               /* 1: it changes nothing */
    int32_t websocket;          /* 1: it is for OPEN */
    const char *const *allowed; /* the roles that may do it, and NULL; NULL: the file does not say */
    int32_t anyone;             /* 1: so may who has not logged in */
    int32_t page;               /* 1: it is for a browser, as pages.h opens it */
    int32_t reserved;
    uint32_t line; /* where the target file says it */
    const char *file;
};

/* A role that users have. */
struct m_role {
    const char *name, *summary; /* summary: may be "" */
    int32_t of_tenant;          /* 1: who has it belongs to a tenant */
    int32_t reserved;
};

M_KIT_BEGIN_

/* Somebody whom the target file knows by name: the first one where `identity` is NULL. */
struct m_session *m_login(struct muster_ctx *t, const char *identity);
/* Somebody who has not logged in. */
struct m_session *m_nobody(struct muster_ctx *t);
/* Of the login: one of its results, or what it was given; NULL: neither has it. Kept until the attempt ends. */
const char *m_session_value(const struct m_session *session, const char *name);

/* A value of the target, from --set, the fixture, or the target file; NULL: nothing gives it. */
const char *m_target_value(struct muster_ctx *t, const char *name);
/* 1 when all values are known that the target file wants. In a cleanup: 0 when the fixture that gave them has gone,
 * with all that was on it. */
int m_target_is_there(struct muster_ctx *t);
/* 1 when the target has the operation; "workload.create(limits)": and it takes this. */
int m_target_has(struct muster_ctx *t, const char *operation);
/* All of them, in the order of the target file; NULL: no such operation. */
const struct m_operation *m_target_operations(struct muster_ctx *t, uint64_t *ret_n);
const struct m_operation *m_target_operation(struct muster_ctx *t, const char *name);
/* The roles that users of the target have, in the order of the target file. */
const struct m_role *m_target_roles(struct muster_ctx *t, uint64_t *ret_n);
/* Those whom m_login() knows, in the order of the target file, and NULL. */
const char *const *m_target_identities(struct muster_ctx *t);

M_KIT_END_

/* For the macros: `args` ends with one that has neither a name nor a kind. */
struct m_json *m_do_(struct m_site at, struct m_session *by, int wait, const char *operation, const struct m_arg *args);
struct m_tried m_try_(struct m_site at, struct m_session *by, const char *operation, const struct m_arg *args);
int m_refused_(struct m_site at, const char *refusal, struct m_session *by, const char *operation,
               const struct m_arg *args);
struct m_json *m_wait_for_(struct m_site at, struct m_session *by, const char *operation, const char *pointer,
                           struct m_arg value, uint64_t timeout_ms, const struct m_arg *args);
struct m_session *m_log_in_(struct muster_ctx *t, struct m_site at, const char *login, const struct m_arg *args);
struct m_ws *m_open_(struct m_site at, struct m_session *by, const char *operation, const struct m_arg *args);

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus

inline struct m_arg m_arg_of_(const char *name, const char *value)
{
    return m_arg_text_(name, value);
}
inline struct m_arg m_arg_of_(const char *name, decltype(nullptr))
{
    return m_arg_text_(name, nullptr);
}
inline struct m_arg m_arg_of_(const char *name, bool value)
{
    return m_arg_bool_(name, value);
}
inline struct m_arg m_arg_of_(const char *name, double value)
{
    return m_arg_number_(name, value);
}
inline struct m_arg m_arg_of_(const char *name, int value)
{
    return m_arg_integer_(name, value);
}
inline struct m_arg m_arg_of_(const char *name, long value)
{
    return m_arg_integer_(name, value);
}
inline struct m_arg m_arg_of_(const char *name, long long value)
{
    return m_arg_integer_(name, value);
}
inline struct m_arg m_arg_of_(const char *name, unsigned value)
{
    return m_arg_natural_(name, value);
}
inline struct m_arg m_arg_of_(const char *name, unsigned long value)
{
    return m_arg_natural_(name, value);
}
inline struct m_arg m_arg_of_(const char *name, unsigned long long value)
{
    return m_arg_natural_(name, value);
}
inline struct m_arg m_arg_of_(const char *name, const struct m_json *value)
{
    return m_arg_json_(name, value);
}
#define M_ARG(name_, value_) m_arg_of_((name_), (value_))
/* Lives as long as the call that it is an argument of; zeros behind the last are the end. */
struct m_args_list_ {
    struct m_arg all[26];

    template <typename... arguments> m_args_list_(const arguments &...given) : all{given...}
    {
    }
};
#define M_ARGS_LIST_(...) (m_args_list_{m_arg_(nullptr, M_ARG_FIRST_), __VA_ARGS__}.all)

#else

/* ARG("replicas", 3) */
#define M_ARG(name_, value_)                                                                                           \
    (_Generic((value_),                                                                                                \
         char *: m_arg_text_,                                                                                          \
         const char *: m_arg_text_,                                                                                    \
         void *: m_arg_text_,                                                                                          \
         struct m_json *: m_arg_json_,                                                                                 \
         const struct m_json *: m_arg_json_,                                                                           \
         float: m_arg_number_,                                                                                         \
         double: m_arg_number_,                                                                                        \
         _Bool: m_arg_bool_,                                                                                           \
         unsigned: m_arg_natural_,                                                                                     \
         unsigned long: m_arg_natural_,                                                                                \
         unsigned long long: m_arg_natural_,                                                                           \
         default: m_arg_integer_)((name_), (value_)))
/* The first is none, so that there may be no other; zeros are the end. */
#define M_ARGS_LIST_(...) ((const struct m_arg[26]){{.kind = M_ARG_FIRST_}, __VA_ARGS__})

#endif

/* All members of a JSON object, each an argument. */
#define M_ARGS(object_) m_arg_json_(NULL, (object_))

/* DO(session, "operation", ARG(name, value), ...): the result, once what it begins has come to its end. */
#define M_DO(...)                      M_DO_(__VA_ARGS__, )
#define M_DO_(by_, operation_, ...)    m_do_(M_SITE(1, ""), (by_), 1, (operation_), M_ARGS_LIST_(__VA_ARGS__))
/* The same without waiting for what it begins. */
#define M_START(...)                   M_START_(__VA_ARGS__, )
#define M_START_(by_, operation_, ...) m_do_(M_SITE(1, ""), (by_), 0, (operation_), M_ARGS_LIST_(__VA_ARGS__))
/* What comes of it, waiting for nothing: a struct m_tried. */
#define M_TRY(...)                     M_TRY_(__VA_ARGS__, )
#define M_TRY_(by_, operation_, ...)   m_try_(M_SITE(0, ""), (by_), (operation_), M_ARGS_LIST_(__VA_ARGS__))
/* REFUSED("forbidden", session, "operation", ARG(...)): checks that it is refused, and as that. */
#define M_REFUSED(...)                 M_REFUSED_(__VA_ARGS__, )
#define M_REFUSED_(name_, by_, operation_, ...)                                                                        \
    m_refused_(M_SITE(0, ""), (name_), (by_), (operation_), M_ARGS_LIST_(__VA_ARGS__))
/* WAIT_FOR(session, "operation", "/state", "running", timeout_ms, ARG(...)): asks until the result has the value there,
 * which it requires; that result. It asks as often as the target file's waits ask this operation, or every 20 ms. */
#define M_WAIT_FOR(...) M_WAIT_FOR_(__VA_ARGS__, )
#define M_WAIT_FOR_(by_, operation_, pointer_, value_, timeout_ms_, ...)                                               \
    m_wait_for_(M_SITE(1, ""), (by_), (operation_), (pointer_), M_ARG((pointer_), (value_)), (timeout_ms_),            \
                M_ARGS_LIST_(__VA_ARGS__))
/* LOGIN(t, "password", ARG("username", name), ...): by one of the target's ways to log in. */
#define M_LOGIN(...)                  M_LOGIN_(__VA_ARGS__, )
#define M_LOGIN_(t_, login_, ...)     m_log_in_((t_), M_SITE(1, ""), (login_), M_ARGS_LIST_(__VA_ARGS__))
/* OPEN(session, "events.watch", ARG(...)): the open WebSocket. */
#define M_OPEN(...)                   M_OPEN_(__VA_ARGS__, )
#define M_OPEN_(by_, operation_, ...) m_open_(M_SITE(1, ""), (by_), (operation_), M_ARGS_LIST_(__VA_ARGS__))

#ifndef MUSTER_NO_SHORT_NAMES
#define ARG(...)      M_ARG(__VA_ARGS__)
#define ARGS(...)     M_ARGS(__VA_ARGS__)
#define DO(...)       M_DO(__VA_ARGS__)
#define START(...)    M_START(__VA_ARGS__)
#define TRY(...)      M_TRY(__VA_ARGS__)
#define REFUSED(...)  M_REFUSED(__VA_ARGS__)
#define WAIT_FOR(...) M_WAIT_FOR(__VA_ARGS__)
#define LOGIN(...)    M_LOGIN(__VA_ARGS__)
#define OPEN(...)     M_OPEN(__VA_ARGS__)
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_session *, m_login, (t, identity), struct muster_ctx *t, const char *identity)
M_PLACED_(struct m_session *, m_nobody, (t), struct muster_ctx *t)
M_PLACED_(const char *, m_session_value, (session, name), const struct m_session *session, const char *name)
M_PLACED_(const char *, m_target_value, (t, name), struct muster_ctx *t, const char *name)
M_PLACED_(int, m_target_is_there, (t), struct muster_ctx *t)
M_PLACED_(int, m_target_has, (t, operation), struct muster_ctx *t, const char *operation)
M_PLACED_(const struct m_operation *, m_target_operations, (t, ret_n), struct muster_ctx *t, uint64_t *ret_n)
M_PLACED_(const struct m_operation *, m_target_operation, (t, name), struct muster_ctx *t, const char *name)
M_PLACED_(const struct m_role *, m_target_roles, (t, ret_n), struct muster_ctx *t, uint64_t *ret_n)
M_PLACED_(const char *const *, m_target_identities, (t), struct muster_ctx *t)
#ifdef M_PLACED_IN_C_
#define m_login(...)             m_login_at_(M_HERE_, __VA_ARGS__)
#define m_nobody(...)            m_nobody_at_(M_HERE_, __VA_ARGS__)
#define m_session_value(...)     m_session_value_at_(M_HERE_, __VA_ARGS__)
#define m_target_value(...)      m_target_value_at_(M_HERE_, __VA_ARGS__)
#define m_target_is_there(...)   m_target_is_there_at_(M_HERE_, __VA_ARGS__)
#define m_target_has(...)        m_target_has_at_(M_HERE_, __VA_ARGS__)
#define m_target_operations(...) m_target_operations_at_(M_HERE_, __VA_ARGS__)
#define m_target_operation(...)  m_target_operation_at_(M_HERE_, __VA_ARGS__)
#define m_target_roles(...)      m_target_roles_at_(M_HERE_, __VA_ARGS__)
#define m_target_identities(...) m_target_identities_at_(M_HERE_, __VA_ARGS__)
#endif

#endif
