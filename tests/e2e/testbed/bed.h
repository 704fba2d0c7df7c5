/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A running muster-testbed and ways to talk to it.
 *
 * A bed is started with the defects it should have and stopped by the test; helpers fail the test (cmocka) when the
 * platform cannot even be talked to, and return what it answered otherwise.
 */
#ifndef TEST_BED_H
#define TEST_BED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <curl/curl.h>
#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#define TOKEN_MAX 1024
#define PASSWORD  "password12"

struct bed {
    pid_t pid;
    int input; /* its stdin: closing it stops a bed that was asked to watch it */
    char url[64];
    int port;
    char admin_password[80];
    char admin[TOKEN_MAX]; /* the administrator's token */
    CURL *curl;
    struct curl_slist *extra; /* headers for the next call only */
};

extern const char *bed_program;

/* The main() of a program of such tests: PROGRAM MUSTER-TESTBED. What platforms that a test kills leave is in a folder
 * of the program's own (TMPDIR), which goes with it. setup and teardown are the group's, or NULL. */
int bed_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n, CMFixtureFunction setup,
             CMFixtureFunction teardown);

/* defects: NULL-terminated list of further arguments; may be NULL. */
void bed_start(struct bed *b, const char *const *arguments);
void bed_stop(struct bed *b); /* SIGTERM, and it must exit with 0 */

/* The status of the answer; its body in *ret_json (decref it; NULL for none) unless that is NULL. body may be NULL. */
int call(struct bed *b, const char *token, const char *method, const char *body, json_t **ret_json, const char *path,
         ...) __attribute__((format(printf, 6, 7)));
void next_header(struct bed *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The status of a login, and the token when it is 200. */
int login(struct bed *b, const char *username, const char *password, char *ret_token);

struct tenant {
    char id[32], subdomain[32], admin_name[32];
    char token[TOKEN_MAX]; /* its administrator's; empty when the login failed */
};
void unique(char *buf, size_t size, const char *prefix);
void make_tenant(struct bed *b, struct tenant *t);
void make_user(struct bed *b, const struct tenant *t, const char *role, char *ret_name, char *ret_id, char *ret_token);

/* Id of a new workload. */
void make_workload(struct bed *b, const struct tenant *t, const char *fields, char *ret_id);
/* Waits until it has this status; false after five seconds. */
bool workload_becomes(struct bed *b, const char *id, const char *status);
bool tenant_becomes(struct bed *b, const char *id, const char *status);

/* The code of an answered error; "" without one. */
const char *error_code(const json_t *answer);
const char *text_at(const json_t *object, const char *name);
int number_at(const json_t *object, const char *name);
bool pid_alive(int pid);
void pause_ms(int ms);
void remove_tree(const char *path);

/* A question that the honest platform answers with true and the one with this defect with false. */
struct probe {
    const char *defect;
    bool (*honest)(struct bed *b);
};
extern const struct probe probes_provisioning[], probes_lifecycle[], probes_security[], probes_audit[],
    probes_websocket[], probes_pages[];

#endif
