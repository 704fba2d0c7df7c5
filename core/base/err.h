/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors: a negative errno, and a sentence.
 *
 * A function that can fail takes `struct err *err` last, returns a negative errno and has put a
 * sentence into *err. Each layer on the way up prefixes what it was doing, so that the user reads
 * "scenarios/pay.so: loading: no symbol muster_plugin_v1", not "-2". Only the command line prints.
 * `err` may be NULL where a caller wants the number alone. The owner calls err_free().
 */
#ifndef MUSTER_BASE_ERR_H
#define MUSTER_BASE_ERR_H

#include <stdbool.h>

struct err {
    int code;   /* negative errno, 0 when unset */
    char *text; /* malloc'd, NULL when unset */
};

#define autoerr __attribute__((cleanup(err_free)))

/* Sets *err, replacing what it held; returns `code` (a negative errno; 0 is an assertion failure). */
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same with ": <strerror(-code)>" at the end. */
int err_errno(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Puts "<prefix>: " before the text of *err; returns its code. */
int err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_free(struct err *err);
/* The system has no more of something, or can't read its disk: it lies with nothing that the user gave. */
bool err_is_of_system(int code);
/* The text, or "no error" when unset; valid until *err changes. */
const char *err_text(const struct err *err);

#endif
