/* SPDX-License-Identifier: Apache-2.0 */
/* Test data by rules: the same for the same seed, in the order of the fields, and what may be given instead. */
#include "fake_host.h"

#include <muster/kit/factory.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

FACTORY(customer, TEXT("name", "Customer ${n}"), CHOICE("segment", "home|business|public"));
FACTORY(tenant, TEXT("company", "E2E \"Test\" ISP ${n}"), CHOICE("plan", "starter|professional|enterprise"),
        NUMBER("seats", 5, 500), TEXT("admin", "${plan}-${seats}@${company}"), NESTED("contact", customer),
        SEVERAL("customers", customer, 2));
FACTORY(named, UNIQUE("subdomain", "e2e"), TEXT("url", "https://${subdomain}.test/$x${"));
FACTORY(wrong, TEXT("a", "${b}"), TEXT("b", "x"));
FACTORY(turned, NUMBER("n", 5, 4));
FACTORY(wide, NUMBER("n", INT64_MIN, INT64_MAX), NUMBER("one", 7, 7));

/* Numbers go on within a process: each seed has one of its own. */
static void make_in_child(uint64_t seed, const char *case_id, char *out, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct fake_host h;
        struct muster_ctx *t = &h.ctx;
        fake_host_init(&h);
        h.info.seed = seed;
        h.info.case_id = case_id;
        for (int i = 0; i < 2; i++)
            dprintf(ends[1], "%s\n", MAKE(tenant));
        _exit(0);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t n; (n = read(ends[0], out + used, size - 1 - used)) > 0;)
        used += (size_t)n;
    out[used] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void the_same_seed_makes_the_same(void **state)
{
    static char first[4096], again[4096], other[4096], elsewhere[4096];
    (void)state;
    make_in_child(1, "a.b", first, sizeof first);
    make_in_child(1, "a.b", again, sizeof again);
    make_in_child(2, "a.b", other, sizeof other);
    make_in_child(1, "a.c", elsewhere, sizeof elsewhere);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_string_not_equal(first, elsewhere);
    assert_non_null(strstr(first, "{\"company\":\"E2E \\\"Test\\\" ISP 1\",\"plan\":\""));
    assert_non_null(strstr(first, "\n{\"company\":\"E2E \\\"Test\\\" ISP 2\","));
    assert_non_null(strstr(first, "\"contact\":{\"name\":\"Customer 1\",\"segment\":\""));
    assert_non_null(strstr(first, "\"customers\":[{\"name\":\"Customer 2\","));
    assert_non_null(strstr(first, "{\"name\":\"Customer 6\","));
}

static void values_spread(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    int plans = 0, low = 0;
    (void)state;
    fake_host_init(&h);
    for (int i = 0; i < 60; i++) {
        const char *made = MAKE(tenant);
        plans |= strstr(made, "\"starter\"") ? 1 : strstr(made, "\"professional\"") ? 2 : 4;
        long seats = strtol(strstr(made, "\"seats\":") + 8, NULL, 10);
        assert_true(seats >= 5 && seats <= 500);
        low += seats < 250;
    }
    assert_int_equal(plans, 7);
    assert_true(low > 5 && low < 55);
    assert_non_null(strstr(MAKE(wide), "\"one\":7}"));
}

static void what_is_given_stands_instead(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    const char *made = MAKE(tenant, "plan=gold", "seats=7.5", "contact.name=A=nn", "customers.1.segment=none");
    assert_non_null(strstr(made, "\"plan\":\"gold\",\"seats\":7.5,\"admin\":\"gold-7.5@E2E "));
    assert_non_null(strstr(made, "\"contact\":{\"name\":\"A=nn\","));
    assert_non_null(strstr(made, "\"segment\":\"none\"}]}"));
    RUN(&h, MAKE(tenant, "plam=gold"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_string_equal(h.reason,
                        "MAKE(tenant): there is no field plam: it has company, plan, seats, admin, contact, customers");
    RUN(&h, MAKE(tenant, "contact=Ann"));
    assert_string_equal(h.reason,
                        "MAKE(tenant): no field takes \"contact=Ann\": they are given as \"field=value\", those "
                        "of contact as \"contact.field=value\"");
    RUN(&h, MAKE(tenant, "seats=many"));
    assert_string_equal(h.reason, "MAKE(tenant): seats is a number, and \"many\" is none");
    RUN(&h, MAKE(wrong));
    assert_string_equal(h.reason, "MAKE(wrong): a: no field before it is called b");
    RUN(&h, MAKE(turned));
    assert_string_equal(h.reason, "MAKE(turned): n is to be from 5 to 4");
}

static void unique_values_are_nobody_elses(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    const char *one = MAKE(named), *two = MAKE(named);
    assert_string_not_equal(one, two);
    assert_int_equal(strncmp(one, "{\"subdomain\":\"e2e-", 18), 0);
    char subdomain[64];
    assert_int_equal(sscanf(one, "{\"subdomain\":\"%63[^\"]", subdomain), 1);
    char url[128];
    snprintf(url, sizeof url, "\"url\":\"https://%s.test/$x${\"}", subdomain);
    assert_non_null(strstr(one, url));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_makes_the_same),
        cmocka_unit_test(values_spread),
        cmocka_unit_test(what_is_given_stands_instead),
        cmocka_unit_test(unique_values_are_nobody_elses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
