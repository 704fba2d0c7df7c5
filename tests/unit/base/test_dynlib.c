/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries on demand: all of their symbols or none, and by name what is missing. */
#include "testing.h"

#include "base/dynlib.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

#define LIBM "libm.so.6"

static void functions_can_be_called(void **state)
{
    (void)state;
    void *library = NULL;
    double (*cosine)(double) = NULL, (*root)(double) = NULL;
    const struct library_symbol symbols[] = {{"cos", &cosine}, {"sqrt", &root}};
    assert_int_equal(library_load(LIBM, symbols, ARRAY_LEN(symbols), &library, NULL), 0);
    assert_non_null(library);
    assert_true(root(4.0) == 2.0 && cosine(0.0) == 1.0);
    void *first = library;
    root = NULL;
    assert_int_equal(library_load(LIBM, symbols, ARRAY_LEN(symbols), &library, NULL), 0); /* it is there */
    assert_ptr_equal(library, first);
    assert_null(root);
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    autoerr struct err err = {0}, other = {0};
    void *library = NULL, *place;
    const struct library_symbol symbols[] = {{"cos", &place}, {"muster_has_no_such", &place}};
    assert_int_equal(library_load(LIBM, symbols, ARRAY_LEN(symbols), &library, &err), -ENOSYS);
    assert_string_equal(err_text(&err), LIBM " has no muster_has_no_such");
    assert_null(library);
    assert_int_equal(library_load("libmuster-nowhere.so.1", symbols, 1, &library, &other), -ENOSYS);
    assert_non_null(strstr(err_text(&other), "loading libmuster-nowhere.so.1: "));
    assert_null(library);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_can_be_called),
        cmocka_unit_test(what_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
