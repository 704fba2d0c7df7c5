/* SPDX-License-Identifier: Apache-2.0 */
/* Captured output: whole up to the cap, its beginning and end beyond it, and never waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "exec/capture.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

struct fixture {
    char path[40];
    int dir, asked; /* how often the directory was asked for */
    int answer;     /* what it is then: 0 for the directory, or a negative errno */
    int writer;
    struct loop loop;
    struct capture c;
};

static int set_up(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->path, "/tmp/test-capture-XXXXXX");
    assert_non_null(mkdtemp(f->path));
    f->dir = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(loop_init(&f->loop), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    buf_free(&f->c.tail);
    capture_close(&f->c);
    loop_free(&f->loop);
    close(f->dir);
    int r = io_remove_tree(AT_FDCWD, f->path);
    free(f);
    return r;
}

static int give_file(void *data, const char *name)
{
    struct fixture *f = data;
    f->asked++;
    return f->answer < 0 ? f->answer : openat(f->dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static void begin(struct fixture *f, uint64_t cap)
{
    f->c.source = (struct source)SOURCE_INIT;
    assert_int_equal(capture_open(&f->c, &f->loop, &f->writer), 0);
    capture_begin(&f->c, "stdout.log", NULL, cap, give_file, f);
}

/* Writes all while the loop reads, as a scenario and the supervisor would; ends as the slot does. */
static void pump(struct fixture *f, const char *data, size_t len)
{
    assert_int_equal(fcntl(f->writer, F_SETFL, O_WRONLY | O_NONBLOCK), 0);
    capture_watch(&f->c);
    while (len > 0) {
        ssize_t n = write(f->writer, data, len);
        if (n < 0) {
            assert_int_equal(errno, EAGAIN);
            loop_wait(&f->loop, NEVER);
            continue;
        }
        data += n;
        len -= (size_t)n;
    }
    close(f->writer);
    capture_end(&f->c);
}

static void read_file(const struct fixture *f, struct buf *out)
{
    buf_clear(out);
    assert_int_equal(io_read_file(f->dir, "stdout.log", SIZE_MAX, out), 0);
}

static void pattern(struct buf *out, size_t len)
{
    char *p = buf_reserve(out, len);
    for (size_t i = 0; i < len; i++)
        p[i] = (char)(i * 31 + i / 251); /* every byte, the NUL included */
    out->len = len;
}

static void silence_makes_no_file(void **state)
{
    struct fixture *f = *state;
    begin(f, 1000);
    close(f->writer);
    capture_end(&f->c);
    assert_int_equal(f->asked, 0);
    assert_int_equal(f->c.total, 0);
    assert_int_equal(faccessat(f->dir, "stdout.log", F_OK, 0), -1);
}

static void bytes_are_kept_as_they_are(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "a\0b\x1b[31m\xff\xfe\r\nno newline at the end";
    begin(f, 1000);
    pump(f, text, sizeof text - 1);
    autobuf struct buf file = {0};
    read_file(f, &file);
    assert_int_equal(file.len, sizeof text - 1);
    assert_memory_equal(file.data, text, file.len);
    assert_false(capture_is_cut(&f->c));
    assert_int_equal(f->asked, 1);
}

static uint64_t cut_by(const char *mark)
{
    const char *number = strstr(mark, "[muster: ");
    return number ? strtoull(number + 9, NULL, 10) : 0;
}

/* A file with `len` bytes of output under a cap: all of it, or a beginning, a mark that does not lie, and an end. */
static void check_cap(struct fixture *f, uint64_t cap, size_t len)
{
    autobuf struct buf text = {0}, file = {0};
    pattern(&text, len);
    begin(f, cap);
    pump(f, text.data, len);
    assert_int_equal(f->c.total, len);
    read_file(f, &file);
    assert_int_equal(capture_is_cut(&f->c), len > cap);
    if (len <= cap) {
        assert_int_equal(file.len, len);
        assert_memory_equal(file.data, text.data, len);
        return;
    }
    const char *mark = memmem(file.data, file.len, "\n[muster: ", 10);
    assert_non_null(mark);
    size_t head = (size_t)(mark - file.data);
    const char *end = strstr(mark, " bytes cut here]\n");
    assert_non_null(end);
    end += strlen(" bytes cut here]\n");
    size_t tail = file.len - (size_t)(end - file.data);
    assert_int_equal(head + tail, cap);
    assert_int_equal(cut_by(mark), len - cap);
    assert_memory_equal(file.data, text.data, head);
    assert_memory_equal(end, text.data + len - tail, tail);
}

static void caps_keep_beginning_and_end(void **state)
{
    enum { TAIL = CAPTURE_TAIL };
    static const uint64_t caps[] = {0, 1, 2, 100, TAIL, 2 * TAIL, 2 * TAIL + 1, 3 * TAIL};
    static const int64_t beyond[] = {-1, 0, 1, TAIL - 1, TAIL, TAIL + 1, 2 * TAIL, 9 * TAIL};
    for (size_t i = 0; i < ARRAY_LEN(caps); i++)
        for (size_t k = 0; k < ARRAY_LEN(beyond); k++)
            if ((int64_t)caps[i] + beyond[k] > 0)
                check_cap(*state, caps[i], (size_t)((int64_t)caps[i] + beyond[k]));
}

/* What is last is the same before the end, when a part of it is in memory, and after it. */
static void the_end_is_known_before_it_is_in_the_file(void **state)
{
    struct fixture *f = *state;
    enum { MOST = 100, CAP = 400, ROUND = 90 };
    autobuf struct buf text = {0};
    pattern(&text, 10 * ROUND);
    begin(f, CAP);
    for (size_t len = ROUND; len <= text.len; len += ROUND) {
        assert_int_equal(write(f->writer, text.data + len - ROUND, ROUND), ROUND);
        capture_take(&f->c);
        for (size_t since = 0; since <= len + 1; since++) {
            autobuf struct buf end = {0};
            size_t from = len > MOST && len - MOST > since ? len - MOST : since;
            capture_end_of(&f->c, f->dir, since, MOST, &end);
            assert_int_equal(end.len, from < len ? len - from : 0);
            if (end.len > 0)
                assert_memory_equal(end.data, text.data + from, end.len);
        }
    }
    close(f->writer);
    capture_end(&f->c);
    autobuf struct buf end = {0};
    capture_end_of(&f->c, f->dir, 0, MOST, &end);
    assert_int_equal(end.len, MOST);
    assert_memory_equal(end.data, text.data + text.len - MOST, MOST);
}

static void a_flood_takes_little_memory(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf text = {0};
    pattern(&text, 32 << 20);
    begin(f, 1 << 20);
    pump(f, text.data, text.len);
    assert_int_equal(f->c.total, text.len);
    assert_true(f->c.tail.cap <= 4 * CAPTURE_TAIL + 64 * 1024);
}

/* One that never stops writing while the end is taken. */
static void the_end_is_not_waited_for(void **state)
{
    struct fixture *f = *state;
    begin(f, 1000);
    pid_t flood = fork();
    if (flood == 0) {
        static const char noise[64 * 1024];
        close(f->c.source.fd);
        for (;;)
            if (write(f->writer, noise, sizeof noise) < 0)
                _exit(0);
    }
    capture_watch(&f->c);
    loop_wait(&f->loop, NEVER); /* it has begun */
    capture_end(&f->c);         /* comes back, though the writer lives and is never finished */
    assert_true(f->c.total > 0);
    assert_false(f->c.source.watched); /* but the pipe stays, for the slot's next attempt */
    kill(flood, SIGKILL);
    waitpid(flood, NULL, 0);
    close(f->writer);
}

static void a_silent_holder_is_not_waited_for(void **state)
{
    struct fixture *f = *state;
    begin(f, 1000);
    assert_int_equal(write(f->writer, "last words", 10), 10);
    capture_end(&f->c); /* the writing end is open all the time, and the pipe was never watched */
    autobuf struct buf file = {0};
    read_file(f, &file);
    assert_string_equal(buf_str(&file), "last words");
    close(f->writer);
}

static void a_failed_write_is_told_and_the_rest_is_read(void **state)
{
    struct fixture *f = *state;
    f->answer = -ENOSPC;
    begin(f, 1 << 20);
    autobuf struct buf text = {0};
    pattern(&text, 300000); /* more than a pipe holds: it would block for ever if nobody read on */
    pump(f, text.data, text.len);
    assert_int_equal(f->c.error, -ENOSPC);
    assert_int_equal(f->c.total, 300000);
    assert_int_equal(f->asked, 1);
}

static void the_next_attempt_begins_anew(void **state)
{
    struct fixture *f = *state;
    check_cap(f, 100, 5000);
    check_cap(f, 100, 50);
    begin(f, 100);
    close(f->writer);
    capture_end(&f->c);
    assert_int_equal(f->c.total, 0);
    assert_false(capture_is_cut(&f->c));
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(silence_makes_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_are_kept_as_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(caps_keep_beginning_and_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_end_is_known_before_it_is_in_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flood_takes_little_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_end_is_not_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_silent_holder_is_not_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_write_is_told_and_the_rest_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_next_attempt_begins_anew, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
