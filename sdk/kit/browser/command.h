/* SPDX-License-Identifier: Apache-2.0 */
/* One command of WebDriver, and what its errors mean. Internal to the kit. */
#ifndef MUSTER_KIT_BROWSER_COMMAND_H
#define MUSTER_KIT_BROWSER_COMMAND_H

#include "state.h"

enum command_error {
    COMMAND_OK,
    COMMAND_NO_ANSWER, /* within its time, or no connection: nobody answers from now on */
    COMMAND_AGAIN,     /* what may pass: no such element, not yet usable, replaced meanwhile */
    COMMAND_FAILED,    /* an alert in between, no alert: the product's */
    COMMAND_UNKNOWN,   /* this driver does not have it */
    COMMAND_WRONG,     /* anything else: says nothing about the product */
};

struct answer {
    enum command_error error;
    struct m_json *doc; /* the value is at "/value"; NULL without an answer */
    char words[512];    /* of an error, as a sentence's end */
};

/* `path` is what stands behind the session: "/url". `body` is JSON, "{}" for none; NULL: a GET. browser_answer_free()
 * it. */
struct answer browser_command_run(struct m_browser *b, const char *path, const char *body);
struct answer browser_command_delete(struct m_browser *b, const char *path);
/* Within this time, and without a look at the limits: for what must be over soon. */
struct answer browser_command_within(struct m_browser *b, const char *method, const char *path, const char *body,
                                     uint64_t timeout_ms);
void browser_answer_free(struct answer *a);
/* A browser that was closed ends the scenario as an error. */
void browser_command_require_open(struct m_browser *b);

#endif
