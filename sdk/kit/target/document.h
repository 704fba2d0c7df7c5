/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run's target as the runner hands it over: canonical JSON, checked already. Parsed once in a process; everything
 * in it is shared by all threads and never changed, but for the values, which are found when they are first asked for.
 */
#ifndef MUSTER_KIT_TARGET_DOCUMENT_H
#define MUSTER_KIT_TARGET_DOCUMENT_H

#include "template.h"

#include <muster/kit/target.h>

struct document {
    json_t *root;
    const char *name;
    struct m_operation *table; /* of m_target_operations() */
    uint64_t n;
    const char **identities;
    struct m_role *roles;
    uint64_t n_roles;
};

/* Without a target the scenario is skipped. */
const struct document *target_document_of(struct muster_ctx *t);
/* A member of the root's object `part`: "operations", "logins", "words", ...; NULL: there is none. */
json_t *target_document_part(const struct document *d, const char *part, const char *name);
/* Whether there is a target at all. */
int target_document_is_there(struct muster_ctx *t);
/* The operation; one that the target lacks, or that the scenario does not declare, ends the scenario as an error. */
json_t *target_document_operation(struct muster_ctx *t, const struct document *d, const char *name);
/* Whether the running scenario may use it. */
int target_document_declared(struct muster_ctx *t, const char *operation);
/* A value of the target, kept; NULL: nothing gives it. One that is secret is hidden from now on. */
json_t *target_document_value(struct muster_ctx *t, const struct document *d, const char *name);
/* The closest of an object's keys, or NULL: what a mistyped name may have meant. */
const char *target_document_nearest(const json_t *object, const char *name);

/* "; did you mean X?", or nothing. */
const char *target_document_hint(struct muster_ctx *t, const json_t *object, const char *name);

/* What names in templates stand for: the first of these that has it. Each may be NULL. */
struct scope {
    struct muster_ctx *t;
    const struct document *document;
    json_t *saved;       /* by the requests before */
    const json_t *takes; /* what may have been given */
    json_t *arguments;   /* what was */
    const json_t *login_takes;
    json_t *login_arguments, *login_result; /* in `send` */
    json_t *signing;                        /* in `hmac`: method, path, ... */
    json_t *result;                         /* result.X */
};

/* For templates; `scope` is one. What nothing sets ends the scenario as an error. */
struct template_names target_scope_names(const struct scope *scope);

/* From now on this text is in no message or evidence, in none of the forms in which requests carry it. */
void target_secret_hide_all(struct muster_ctx *t, const char *text);
void target_secret_hide_value(struct muster_ctx *t, const json_t *value);

#endif
