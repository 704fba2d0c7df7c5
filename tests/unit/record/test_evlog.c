/* SPDX-License-Identifier: Apache-2.0 */
/* The event log: what is written verifies, and nothing can be changed in it unnoticed. */
#include "sample.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "record/evlog.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

struct fixture {
    char dir[32];
    int dirfd;
};

static int set_up(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/test-evlog-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->dirfd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(f->dirfd >= 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    close(f->dirfd);
    io_remove_tree(AT_FDCWD, f->dir);
    free(f);
    return 0;
}

/* A log of one event of each type; the head that its writer reports goes to ret_head. */
static void write_log(struct fixture *f, struct buf *ret_text, char *ret_head)
{
    struct evlog *log;
    assert_int_equal(evlog_open(f->dirfd, EVLOG_NAME, &log, NULL), 0);
    for (int type = 0; type < EVENT_N_TYPES; type++) {
        struct event e = sample_event((enum event_type)type, "some \"text\"\n\x01", type);
        evlog_add(log, &e);
    }
    memcpy(ret_head, evlog_head(log), EVLOG_HASH_SIZE);
    assert_int_equal(evlog_close(log, NULL), 0);
    assert_int_equal(io_read_file(f->dirfd, EVLOG_NAME, SIZE_MAX, ret_text), 0);
}

static int verify(const struct buf *text, struct evlog_summary *ret, struct err *err)
{
    const struct evlog_input input = evlog_input_mem(text);
    return evlog_read(&input, ret, err, NULL, NULL);
}

static int count_event(void *data, const struct event *event, struct err *err)
{
    (void)err;
    int *n = data;
    assert_int_equal(event->type, *n);
    (*n)++;
    return 0;
}

static void a_written_log_verifies(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);

    int n = 0;
    struct evlog_summary summary;
    autoerr struct err err = {0};
    autoclose int fd = openat(f->dirfd, EVLOG_NAME, O_RDONLY | O_CLOEXEC);
    const struct evlog_input input = evlog_input_file(&fd);
    if (evlog_read(&input, &summary, &err, count_event, &n) < 0)
        fail_msg("%s", err_text(&err));
    assert_int_equal(n, EVENT_N_TYPES);
    assert_int_equal(summary.lines, EVENT_N_TYPES);
    assert_int_equal(summary.cut_bytes, 0);
    assert_string_equal(summary.head, head);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void an_existing_log_is_not_continued(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(io_write_file(f->dirfd, EVLOG_NAME, "x", 1), 0);
    struct evlog *log;
    autoerr struct err err = {0};
    assert_int_equal(evlog_open(f->dirfd, EVLOG_NAME, &log, &err), -EEXIST);
    assert_non_null(strstr(err_text(&err), EVLOG_NAME));
}

static void an_empty_log_has_a_head_of_zeros(void **state)
{
    (void)state;
    struct evlog_summary summary;
    assert_int_equal(verify(&(struct buf){0}, &summary, NULL), 0);
    assert_int_equal(summary.lines, 0);
    assert_string_equal(summary.head, "0000000000000000000000000000000000000000000000000000000000000000");
}

/* Every byte but those of the last line is held by the chain; the last line is held by the head. */
static void no_byte_can_change_unnoticed(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    for (size_t i = 0; i < text.len; i++) {
        text.data[i] ^= 0x04;
        struct evlog_summary summary;
        int r = verify(&text, &summary, NULL);
        if (r == 0 && summary.cut_bytes == 0 && strcmp(summary.head, head) == 0)
            fail_msg("a change of byte %zu was not found", i);
        text.data[i] ^= 0x04;
    }
}

static size_t line_start(const struct buf *text, int line)
{
    size_t at = 0;
    for (int i = 1; i < line; i++)
        at = (size_t)((char *)memchr(text->data + at, '\n', text->len - at) - text->data) + 1;
    return at;
}

static void expect_broken(const struct buf *text, const char *says)
{
    autoerr struct err err = {0};
    struct evlog_summary summary;
    assert_true(verify(text, &summary, &err) < 0);
    if (!strstr(err_text(&err), says))
        fail_msg("\"%s\" does not say \"%s\"", err_text(&err), says);
}

static void a_changed_line_is_named(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    char *word = strstr(buf_str(&text) + line_start(&text, 4), "some");
    word[0] = 'S';
    expect_broken(&text, "line 5: hash of line 4 is ");
    expect_broken(&text, ", expected ");
}

/* A change after which a line can't be read is no sign of a newer muster. */
static void a_changed_key_is_a_change(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    char *key = strstr(buf_str(&text) + line_start(&text, 4), "\"t\":");
    assert_non_null(key);
    key[1] = 'u';
    expect_broken(&text, "line 4: it was changed: its hash is ");
    expect_broken(&text, "and the next line has ");
    /* The last one has none behind it. */
    key[1] = 't';
    key = strstr(buf_str(&text) + line_start(&text, EVENT_N_TYPES), "\"exit_status\"");
    assert_non_null(key);
    key[1] = 'E';
    expect_broken(
        &text, "\"Exit_status\" of run.ended is not known: a newer muster has written it, or somebody has changed it");
}

static void a_removed_line_is_named(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    size_t from = line_start(&text, 3), to = line_start(&text, 4);
    memmove(text.data + from, text.data + to, text.len - to);
    text.len -= to - from;
    expect_broken(&text, "line 3: hash of line 2 is ");
}

static void a_removed_first_line_is_named(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    buf_consume(&text, line_start(&text, 2));
    expect_broken(&text, "line 1: the first line's \"prev\"");
}

static void swapped_and_doubled_lines_are_named(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0}, swapped = {0}, doubled = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    size_t a = line_start(&text, 3), b = line_start(&text, 4), c = line_start(&text, 5);
    buf_add(&swapped, text.data, a);
    buf_add(&swapped, text.data + b, c - b);
    buf_add(&swapped, text.data + a, b - a);
    buf_add(&swapped, text.data + c, text.len - c);
    expect_broken(&swapped, "line 3: hash of line 2 is ");
    buf_add(&doubled, text.data, b);
    buf_add(&doubled, text.data + a, text.len - a);
    expect_broken(&doubled, "line 4: hash of line 3 is ");
}

/* Adds a line that links to the log's head and says what `fields` says. */
static void add_linked(struct buf *text, const char *head, const char *fields)
{
    buf_addf(text, "{%s,\"prev\":\"%s\"}\n", fields, head);
}

static void lines_that_link_must_count_and_conform(void **state)
{
    static const struct {
        const char *fields, *says;
    } rows[] = {
        {"\"v\":1,\"seq\":3,\"type\":\"run.ended\",\"t\":0", "line 27: field \"seq\" is not 27"},
        {"\"v\":1,\"type\":\"run.ended\",\"t\":0", "line 27: field \"seq\" is not 27"},
        {"\"v\":4,\"seq\":27,\"type\":\"run.ended\",\"t\":0", "line 27: version 4 of the log is not known"},
        {"\"seq\":27,\"type\":\"run.ended\",\"t\":0", "line 27: field \"v\""},
        {"\"v\":1,\"seq\":27,\"type\":\"run.paused\",\"t\":0", "line 27: unknown event type \"run.paused\""},
        {"\"v\":1,\"seq\":27,\"type\":\"run.ended\",\"t\":0", "line 27: field \"exit_status\" of run.ended is missing"},
        {"\"v\":2,\"seq\":27,\"type\":\"case.ended\",\"t\":0,\"case\":\"a\",\"verdict\":\"passed\",\"attempts\":1,"
         "\"duration_ns\":1,\"reason\":\"\"",
         "line 27: field \"v\" of case.ended is not 1"},
        {" \"v\":1,\"seq\":27,\"type\":\"run.ended\",\"t\":0", "line 27: field \"v\""},
        {"\"v\":1,\"seq\":27,\"seq\":27,\"type\":\"run.ended\",\"t\":0", "line 27: field \"type\""},
    };
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    assert_int_equal(EVENT_N_TYPES, 26);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autobuf struct buf longer = {0};
        buf_add(&longer, text.data, text.len);
        add_linked(&longer, head, rows[i].fields);
        expect_broken(&longer, rows[i].says);
    }
}

static void the_link_is_the_last_field(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\n",
        "{}\n",
        "{\"v\":1,\"seq\":1}\n",
        "{\"v\":1,\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"seq\":1}\n",
        "{\"v\":1,\"seq\":1,\"prev\":\"000000000000000000000000000000000000000000000000000000000000000G\"}\n",
        "{\"v\":1,\"seq\":1,\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\"} \n",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        autobuf struct buf text = {0};
        buf_adds(&text, lines[i]);
        expect_broken(&text, i < 2 ? "line 1: field \"v\"" : "line 1: field \"prev\"");
    }
}

/* Gives a byte at a time, or three, or fails: an input is not asked for more than it has. */
struct drip {
    const struct buf *text;
    size_t most;
    int64_t fails_at;
};

static ssize_t read_drop(void *data, void *bytes, size_t len, int64_t offset)
{
    const struct drip *d = data;
    if (d->fails_at >= 0 && offset >= d->fails_at)
        return -EIO;
    size_t left = d->text->len - (size_t)offset;
    len = len < d->most ? len : d->most;
    len = len < left ? len : left;
    memcpy(bytes, d->text->data + offset, len);
    return (ssize_t)len;
}

static void an_input_may_give_little_at_a_time_or_fail(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    for (size_t most = 1; most < 200; most = most * 3 + 1) {
        struct drip drip = {&text, most, -1};
        const struct evlog_input input = {read_drop, &drip};
        struct evlog_summary summary;
        assert_int_equal(evlog_read(&input, &summary, NULL, NULL, NULL), 0);
        assert_string_equal(summary.head, head);
        drip.fails_at = 2000;
        autoerr struct err err = {0};
        assert_int_equal(evlog_read(&input, &summary, &err, NULL, NULL), -EIO);
        assert_non_null(strstr(err_text(&err), "reading the event log"));
    }
}

static void an_event_is_found_again_by_its_place(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    const struct evlog_input input = evlog_input_mem(&text);
    struct evlog_reader *r = evlog_reader_open(&input);
    struct event event, again;
    struct arena arena = {0};
    int n = 0;
    for (; evlog_reader_next(r, &event, NULL) > 0; n++) {
        assert_int_equal(evlog_read_at(&input, evlog_reader_place(r), &arena, &again, NULL), 0);
        assert_int_equal(again.type, event.type);
        assert_true(again.t_ns == event.t_ns);
    }
    assert_int_equal(n, EVENT_N_TYPES);
    const struct evlog_place beyond = {(int64_t)text.len - 10, 40};
    assert_int_equal(evlog_read_at(&input, beyond, &arena, &again, NULL), -ESTALE);
    evlog_reader_close(r);
    arena_free(&arena);
}

/* A stranger's file without a newline must not fill the memory. */
static ssize_t read_endless(void *data, void *bytes, size_t len, int64_t offset)
{
    (void)data;
    (void)offset;
    memset(bytes, 'x', len);
    return (ssize_t)len;
}

static void a_line_without_an_end_is_refused(void **state)
{
    (void)state;
    const struct evlog_input input = {read_endless, NULL};
    autoerr struct err err = {0};
    assert_int_equal(evlog_read(&input, NULL, &err, NULL, NULL), -EMSGSIZE);
    assert_string_equal(err_text(&err), "line 1 is longer than any event");
}

static void a_log_cut_anywhere_is_readable(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    size_t whole = text.len;
    for (text.len = 0; text.len <= whole; text.len++) {
        size_t last = 0;
        int lines = 0;
        for (size_t i = 0; i < text.len; i++) {
            if (text.data[i] == '\n') {
                last = i + 1;
                lines++;
            }
        }
        struct evlog_summary summary;
        assert_int_equal(verify(&text, &summary, NULL), 0);
        assert_int_equal(summary.lines, lines);
        assert_int_equal(summary.cut_bytes, text.len - last);
    }
}

static int refuse(void *data, const struct event *event, struct err *err)
{
    (void)data;
    return event->type == EVENT_PLUGIN_REFUSED ? err_set(err, -ECANCELED, "enough") : 0;
}

static void a_callback_can_end_the_reading(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    char head[EVLOG_HASH_SIZE];
    write_log(f, &text, head);
    autoerr struct err err = {0};
    const struct evlog_input input = evlog_input_mem(&text);
    assert_int_equal(evlog_read(&input, NULL, &err, refuse, NULL), -ECANCELED);
    assert_string_equal(err_text(&err), "line 3: enough");
}

static void lines_of_any_length_are_read(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    for (int i = 0; i < 3 * 1000 * 1000; i++)
        buf_addc(&text, (char)('a' + i % 26));
    struct evlog *log;
    assert_int_equal(evlog_open(f->dirfd, EVLOG_NAME, &log, NULL), 0);
    for (int i = 0; i < 3; i++) {
        struct event e = sample_event(EVENT_ATTEMPT_LOG, i == 1 ? buf_str(&text) : "short", 1);
        evlog_add(log, &e);
    }
    assert_int_equal(evlog_close(log, NULL), 0);
    autoclose int fd = openat(f->dirfd, EVLOG_NAME, O_RDONLY | O_CLOEXEC);
    struct evlog_summary summary;
    const struct evlog_input input = evlog_input_file(&fd);
    assert_int_equal(evlog_read(&input, &summary, NULL, NULL, NULL), 0);
    assert_int_equal(summary.lines, 3);
}

/* RLIMIT_FSIZE makes write() fall short and then fail, as a full disk does. */
static void a_full_disk_is_told_once_and_leaves_a_valid_log(void **state)
{
    struct fixture *f = *state;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    struct rlimit small = {1000, before.rlim_max};

    struct evlog *log;
    assert_int_equal(evlog_open(f->dirfd, EVLOG_NAME, &log, NULL), 0);
    setrlimit(RLIMIT_FSIZE, &small);
    for (int i = 0; i < 100; i++) {
        struct event e = sample_event(EVENT_ATTEMPT_LOG, "some text", i);
        evlog_add(log, &e);
    }
    autoerr struct err err = {0};
    int first = evlog_flush(log, &err), again = evlog_flush(log, NULL);
    bool failed = evlog_failed(log);
    int closed = evlog_close(log, NULL);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(first, -EFBIG);
    assert_non_null(strstr(err_text(&err), EVLOG_NAME));
    assert_int_equal(again, 0);
    assert_true(failed);
    assert_int_equal(closed, 0);

    autobuf struct buf text = {0};
    assert_int_equal(io_read_file(f->dirfd, EVLOG_NAME, SIZE_MAX, &text), 0);
    struct evlog_summary summary;
    assert_int_equal(verify(&text, &summary, NULL), 0);
    assert_true(summary.lines > 0 && summary.lines < 100);
    assert_true(summary.cut_bytes > 0);
}

int main(void)
{
#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_DIR(a_written_log_verifies),
        WITH_DIR(an_existing_log_is_not_continued),
        cmocka_unit_test(an_empty_log_has_a_head_of_zeros),
        WITH_DIR(no_byte_can_change_unnoticed),
        WITH_DIR(a_changed_line_is_named),
        WITH_DIR(a_changed_key_is_a_change),
        WITH_DIR(a_removed_line_is_named),
        WITH_DIR(a_removed_first_line_is_named),
        WITH_DIR(swapped_and_doubled_lines_are_named),
        WITH_DIR(lines_that_link_must_count_and_conform),
        cmocka_unit_test(the_link_is_the_last_field),
        WITH_DIR(an_input_may_give_little_at_a_time_or_fail),
        WITH_DIR(an_event_is_found_again_by_its_place),
        cmocka_unit_test(a_line_without_an_end_is_refused),
        WITH_DIR(a_log_cut_anywhere_is_readable),
        WITH_DIR(a_callback_can_end_the_reading),
        WITH_DIR(lines_of_any_length_are_read),
        WITH_DIR(a_full_disk_is_told_once_and_leaves_a_valid_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
