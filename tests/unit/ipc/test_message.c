/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: what is encoded decodes to the same, and nothing else decodes: no truncation, no lying length or count. */
#include "testing.h"

#include "ipc/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {"", "a", "two words", "\xc3\xa9"};
/* clang takes no constant of struct type as an initialiser. */
#define LIST                                                                                                           \
    {                                                                                                                  \
        (const char **)words, 4                                                                                        \
    }

/* One of each type, every field different from zero. */
static const struct message samples[] = {
    {.type = MSG_RUN, .run = {"run", UINT64_MAX, LIST, 1, 0}},
    {.type = MSG_PROBE, .probe = {2}},
    {.type = MSG_PROBED, .probed = {"no"}},
    {.type = MSG_HOST_SPAWN, .host_spawn = {UINT32_MAX, "/p.so", 1, 1, LIST}},
    {.type = MSG_HOST_KILL, .host_kill = {7}},
    {.type = MSG_HOST_GONE, .host_gone = {7, -1, STAGE_ENTRY, EAGAIN}},
    {.type = MSG_PLUGIN, .plugin = {"acme", "1.0", "text", 3, 1, {1, 2, 3, 4}, LIST, LIST}},
    {.type = MSG_SCENARIO, .scenario = {1, 2, 3, 4, 5, 6, 7, "id", "summary", "file.c", LIST, LIST, LIST, LIST}},
    {.type = MSG_CATALOGUE_END, .catalogue_end = {9}},
    {.type = MSG_REFUSED, .refused = {"not-elf", "not an ELF file"}},
    {.type = MSG_MONITOR_SPAWN, .monitor_spawn = {1, 2, UINT32_MAX, 17, "/tmp", "/out", {1, 2, 3, 4}}},
    {.type = MSG_MONITOR_READY, .monitor_ready = {"why not"}},
    {.type = MSG_ATTEMPT, .attempt = {1, 2,        3,   4, 1, 1,    1, 1,    "case", 1ull << 63, 4,   5,
                                      6, KEEP_BAD, 100, 1, 7, LIST, 5, LIST, LIST,   LIST,       LIST}},
    {.type = MSG_STARTED, .started = {ENOMEM}},
    {.type = MSG_EXITED, .exited = {-5, 2, 3, 4, 5, 6, 1, 1, 1, 7, 4, LIST, LIST}},
    {.type = MSG_PHASE, .phase = {PHASE_CLEANUP, 2, 30, 31}},
    {.type = MSG_LOG, .log = {3, 14, "f.c", "text"}},
    {.type = MSG_CHECK, .check = {1, 2, 3, "a == b", "1", "2", "m", "f.c"}},
    {.type = MSG_STEP, .step = {2, 1, 1, 1, 99, "step"}},
    {.type = MSG_METRIC, .metric = {0x3ff0000000000000, "p99", "ms"}},
    {.type = MSG_ARTIFACT, .artifact = {1ull << 40, "a.png", "image/png"}},
    {.type = MSG_DEFER, .defer = {1, "tenant.delete", "t1", "/p.so"}},
    {.type = MSG_CLEANED, .cleaned = {1, "no", 1}},
    {.type = MSG_CRASH, .crash = {11, 1, 42, PHASE_BODY, 0xdeadbeef}},
    {.type = MSG_VERDICT, .verdict = {OUTCOME_FAILED, 3, 4, 5, 6, "why", "f.c"}},
    {.type = MSG_GO, .go = {1}},
    {.type = MSG_PAUSE, .pause = {1, "a check failed"}},
    {.type = MSG_TABLE, .table = {1, "rows.csv", LIST, LIST}},
    {.type = MSG_FIXTURE, .fixture = {1, 2, 3, 4, 5, 6, 7, "db", "summary", "file.c", LIST, LIST}},
    {.type = MSG_STEP_FUNCTION, .step_function = {7, 2, 3, "create", "summary", "file.c", LIST, LIST, LIST}},
    {.type = MSG_CLEANUP_FUNCTION, .cleanup_function = {9, "tenant.delete"}},
    {.type = MSG_PUBLISH, .publish = {"url", "http://h"}},
    {.type = MSG_READY, .ready = {1}},
    {.type = MSG_DIED, .died = {"postgres exited with status 1"}},
    {.type = MSG_STOP, .stop = {1}},
    {.type = MSG_WATCH, .watch = {"postgres"}},
    {.type = MSG_RESUME, .resume = {1, 7, 2, 1ull << 40, "/work", "{\"next\":1}"}},
    {.type = MSG_TABLE_READ, .table_read = {"rows.yaml#/a", LIST}},
    {.type = MSG_ROWS, .rows = {1, LIST, LIST}},
    {.type = MSG_FOLDERS,
     .folders = {"/tmp/muster-1/3~7-0", 13, 3, 1, UINT64_C(1) << 40, "3/root: Operation not permitted", LIST}},
    {.type = MSG_BESIDE, .beside = {UINT64_C(1) << 24}},
    {.type = MSG_CAUSE, .cause = {OUTCOME_FAILED, 3, 1, "why", "f.c"}},
    {.type = MSG_TARGET_READ, .target_read = {"shop.yaml"}},
    {.type = MSG_TARGET, .target = {1, "shop", "A shop", "shop", "{}", LIST, LIST}},
    {.type = MSG_SETTINGS_READ, .settings_read = {"muster.yaml"}},
    {.type = MSG_SETTINGS, .settings = {1, LIST}},
    {.type = MSG_CHECKED, .checked = {1}},
    {.type = MSG_THRESHOLD, .threshold = {"max(time) < 5 ms"}},
    {.type = MSG_SECRET, .secret = {"token", "hunter2hunter2"}},
};
enum { N_SAMPLES = sizeof samples / sizeof *samples };

static void encode_all(struct buf *out)
{
    for (size_t i = 0; i < N_SAMPLES; i++)
        message_encode(&samples[i], out);
}

static void every_type_has_a_sample_and_a_name(void **state)
{
    (void)state;
    assert_int_equal(N_SAMPLES, MSG_N_TYPES - 1);
    for (size_t i = 0; i < N_SAMPLES; i++) {
        assert_int_equal(samples[i].type, i + 1);
        assert_string_not_equal(message_name(samples[i].type), "unknown");
    }
    assert_string_equal(message_name(0), "unknown");
    assert_string_equal(message_name(MSG_N_TYPES), "unknown");
    assert_string_equal(message_name((enum message_type)255), "unknown");
}

static void every_type_comes_back(void **state)
{
    (void)state;
    autobuf struct buf packet = {0};
    struct arena arena = {0};
    encode_all(&packet);
    const char *p = packet.data, *end = packet.data + packet.len;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        struct message m;
        const char *start = p;
        assert_int_equal(message_decode(&p, end, &arena, &m), 0);
        assert_int_equal(m.type, samples[i].type);
        autobuf struct buf again = {0}; /* equal when it encodes to the same bytes */
        message_encode(&m, &again);
        assert_int_equal(again.len, p - start);
        assert_memory_equal(again.data, start, again.len);
    }
    struct message m;
    assert_int_equal(message_decode(&p, end, &arena, &m), -ENODATA);
    arena_free(&arena);
}

static void fields_land_where_they_belong(void **state)
{
    (void)state;
    autobuf struct buf packet = {0};
    struct arena arena = {0};
    struct message m;
    message_encode(&samples[MSG_SCENARIO - 1], &packet);
    const char *p = packet.data;
    assert_int_equal(message_decode(&p, packet.data + packet.len, &arena, &m), 0);
    const struct msg_scenario *s = &m.scenario;
    assert_true(s->index == 1 && s->line == 2 && s->timeout_ms == 3 && s->setup_timeout_ms == 4);
    assert_true(s->teardown_timeout_ms == 5 && s->reruns == 6 && s->rerun_delay_ms == 7);
    assert_string_equal(s->id, "id");
    assert_string_equal(s->file, "file.c");
    assert_int_equal(s->needs.n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(s->markers.items[i], words[i]);
    arena_free(&arena);
}

static void null_is_the_empty_string(void **state)
{
    (void)state;
    autobuf struct buf packet = {0};
    struct arena arena = {0};
    struct message m = {.type = MSG_LOG};
    message_encode(&m, &packet);
    const char *p = packet.data;
    assert_int_equal(message_decode(&p, packet.data + packet.len, &arena, &m), 0);
    assert_string_equal(m.log.file, "");
    assert_string_equal(m.log.text, "");
    arena_free(&arena);
}

/* In memory of exactly that size, so that a sanitizer sees a read beyond it. */
static int decode_exactly(const char *bytes, size_t len)
{
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    struct arena arena = {0};
    struct message m = {.type = 0};
    const char *p = copy;
    int r = message_decode(&p, copy + len, &arena, &m);
    if (r < 0)
        assert_int_equal(m.type, 0); /* untouched on failure */
    arena_free(&arena);
    free(copy);
    return r;
}

static void no_truncation_decodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        autobuf struct buf packet = {0};
        message_encode(&samples[i], &packet);
        assert_int_equal(decode_exactly(packet.data, 0), -ENODATA);
        for (size_t len = 1; len < packet.len; len++)
            assert_int_equal(decode_exactly(packet.data, len), -EBADMSG);
        assert_int_equal(decode_exactly(packet.data, packet.len), 0);
    }
}

static void unknown_types_are_refused(void **state)
{
    (void)state;
    autobuf struct buf packet = {0};
    encode_all(&packet);
    packet.data[0] = 0;
    assert_int_equal(decode_exactly(packet.data, packet.len), -EBADMSG);
    for (int type = MSG_N_TYPES; type < 256; type++) {
        packet.data[0] = (char)type;
        assert_int_equal(decode_exactly(packet.data, packet.len), -EBADMSG);
    }
}

static void put_u32(char *at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (char)(value >> (8 * i));
}

static void lying_lengths_are_refused(void **state)
{
    (void)state;
    const uint32_t lies[] = {0, 1, 2, 4, 5, 6, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    const uint32_t truth = 3; /* "no" and its NUL */
    autobuf struct buf packet = {0};
    message_encode(&samples[MSG_PROBED - 1], &packet);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        put_u32(packet.data + 1, lies[i]);
        assert_int_equal(decode_exactly(packet.data, packet.len), -EBADMSG);
    }
    put_u32(packet.data + 1, truth);
    assert_int_equal(decode_exactly(packet.data, packet.len), 0);
    packet.data[packet.len - 1] = 'x'; /* no NUL */
    assert_int_equal(decode_exactly(packet.data, packet.len), -EBADMSG);
    packet.data[packet.len - 1] = '\0';
    packet.data[packet.len - 2] = '\0'; /* a second one */
    assert_int_equal(decode_exactly(packet.data, packet.len), -EBADMSG);
}

static void lying_counts_allocate_nothing(void **state)
{
    (void)state;
    static const struct message m = {.type = MSG_RUN, .run = {"", 0, {(const char **)words, 4}, 0, 1}};
    autobuf struct buf packet = {0};
    message_encode(&m, &packet);
    size_t count_at = 1 + 5 + 8;
    struct arena arena = {0};
    for (uint32_t shift = 0; shift < 32; shift++) {
        put_u32(packet.data + count_at, UINT32_MAX >> shift);
        if (UINT32_MAX >> shift <= 4)
            continue;
        struct message back;
        const char *p = packet.data;
        assert_int_equal(message_decode(&p, packet.data + packet.len, &arena, &back), -EBADMSG);
    }
    assert_true(arena.left <= 64 * 1024); /* one block at most */
    arena_free(&arena);
}

static void phases_have_names(void **state)
{
    (void)state;
    assert_string_equal(phase_name(PHASE_SETUP), "setup");
    assert_string_equal(phase_name(PHASE_CLEANUP), "cleanup");
    assert_string_equal(phase_name(PHASE_N), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_a_sample_and_a_name),
        cmocka_unit_test(every_type_comes_back),
        cmocka_unit_test(fields_land_where_they_belong),
        cmocka_unit_test(null_is_the_empty_string),
        cmocka_unit_test(no_truncation_decodes),
        cmocka_unit_test(unknown_types_are_refused),
        cmocka_unit_test(lying_lengths_are_refused),
        cmocka_unit_test(lying_counts_allocate_nothing),
        cmocka_unit_test(phases_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
