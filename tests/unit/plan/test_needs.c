/* SPDX-License-Identifier: Apache-2.0 */
/* What scenarios need, held against capabilities and a target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "plan/needs.h"

#include <errno.h>
#include <string.h>

static const struct target_argument takes[] = {{"plan", "str", true}, {"limits", "json", false}};
static const struct target_operation operations[] = {{"tenant.create", false, takes, 2}, {"tenant.get", true, NULL, 0}};
static const struct target_info shop = {.name = "shop", .operations = operations, .n_operations = 2};
static const char *const no_uses[] = {NULL};

/* NULL: all is there. */
static void expect(const struct target_info *target, const char *const *needs, const char *const *uses,
                   const char *reason)
{
    static const char *const capabilities[] = {"muster.steps/1"};
    const struct scenario_info s = {.id = "a.b", .file = "a.c", .line = 3, .needs = needs, .uses = uses};
    struct arena arena = {0};
    autoerr struct err err = {0};
    const char *said = "not set";
    assert_int_equal(needs_unmet(&s, capabilities, 1, target, &arena, &said, &err), 0);
    if (reason)
        assert_string_equal(said, reason);
    else
        assert_null(said);
    arena_free(&arena);
}
#define NEEDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void all_is_there(void **state)
{
    (void)state;
    expect(NULL, no_uses, no_uses, NULL);
    expect(NULL, NEEDS("muster.steps/1"), no_uses, NULL);
    expect(&shop, NEEDS("operation:tenant.create", "operation:tenant.get"), no_uses, NULL);
    expect(&shop, NEEDS("operation:tenant.create(plan, limits)"), no_uses, NULL);
    expect(&shop, NEEDS("operation:*"), NEEDS("target"), NULL);
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    expect(&shop, NEEDS("muster.pigs/1", "operation:a.b"), no_uses, "unsupported: needs muster.pigs/1");
    expect(&shop, NEEDS("operation:backup.restore"), no_uses,
           "unsupported: the target shop has no operation backup.restore");
    expect(&shop, NEEDS("operation:tenant.creat", "operation:backup.restore"), no_uses,
           "unsupported: the target shop has no operation tenant.creat (nearest: tenant.create), no backup.restore");
    expect(&shop, NEEDS("operation:a.b", "operation:a.b(c)", "operation:a.bc", "operation:a.b(d)"), no_uses,
           "unsupported: the target shop has no operation a.b, no a.bc");
    expect(&shop, NEEDS("operation:tenant.set"), no_uses,
           "unsupported: the target shop has no operation tenant.set (nearest: tenant.get)");
    expect(&shop, NEEDS("operation:tenant.steps"), no_uses,
           "unsupported: the target shop has no operation tenant.steps");
    expect(&shop, NEEDS("operation:tenant.create(limits, color)"), no_uses,
           "unsupported: tenant.create of the target shop takes no color");
}

static void without_a_target(void **state)
{
    (void)state;
    expect(NULL, NEEDS("operation:tenant.create"), no_uses, "no target: give --target FILE");
    expect(NULL, NEEDS("operation:*"), no_uses, "no target: give --target FILE");
    expect(NULL, no_uses, NEEDS("target(as=it)"), "no target: give --target FILE");
    expect(NULL, no_uses, NEEDS("targets"), NULL);
}

static void what_is_written_wrongly(void **state)
{
    (void)state;
    static const char *const wrong[] = {"operation:", "operation:a.b(", "operation:a.b()", "operation:a.b(c)d",
                                        "operation:*(c)"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        const char *const needs[] = {wrong[i], NULL};
        const struct scenario_info s = {.id = "a.b", .file = "a.c", .line = 3, .needs = needs, .uses = no_uses};
        struct arena arena = {0};
        autoerr struct err err = {0};
        const char *said = NULL;
        assert_int_equal(needs_unmet(&s, NULL, 0, &shop, &arena, &said, &err), -EINVAL);
        assert_non_null(strstr(err_text(&err), "a.c:3: scenario a.b needs \""));
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_there),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(without_a_target),
        cmocka_unit_test(what_is_written_wrongly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
