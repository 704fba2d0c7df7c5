/* SPDX-License-Identifier: Apache-2.0 */
/* A store that is empty at the begin of each test, and what the tests put into it. */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include "store/migrate.h"
#include "store/migrations.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TENANT_A "ten_00000000000000aa"
#define TENANT_B "ten_00000000000000bb"

/* Takes the store's name from the command line; false after a message. */
bool store_name_given(int argc, char **argv);
extern const char *store_name;
bool on_postgres(void);

/* Opened with nothing in it but the platform's tables; opened as it was left. */
struct store *opened(void);
struct store *reopened(void);

/* At the latest version. */
void make_tenant_schema(struct store *s, const char *tenant_id);
/* Into the tenant that was entered. */
void insert_customer(struct store *s, const char *id, const char *email);

#endif
