/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target for a run's state, which tells `muster cleanup` what a killed runner left outside of its folder. Whatever
 * the text is, every field is there, and what was read is written and read again as the same.
 */
#include "base/buf.h"
#include "base/io.h"
#include "record/run_lock.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_state(const struct run_state *state, struct buf *out)
{
    int fd = memfd_create("run-state", MFD_CLOEXEC);
    struct run_lock lock = {.dir = -1, .file = fd};
    if (fd < 0 || run_lock_note(&lock, state, NULL) < 0 || lseek(fd, 0, SEEK_SET) < 0 ||
        io_read_fd(fd, SIZE_MAX, out) < 0)
        abort();
    close(fd);
}

static void compare_lists(const char *const *a, size_t n_a, const char *const *b, size_t n_b, const char *end)
{
    if (n_a != n_b)
        abort();
    for (size_t i = 0; i < n_a; i++) {
        size_t len = strcspn(a[i], end);
        if (strncmp(a[i], b[i], len) != 0 || b[i][len])
            abort();
    }
}

static void compare(const struct run_state *a, const struct run_state *b)
{
    if (strcmp(a->run_id, b->run_id) != 0 || a->pid != b->pid)
        abort();
    compare_lists(a->temps, a->n_temps, b->temps, b->n_temps, "");
    compare_lists(a->groups, a->n_groups, b->groups, b->n_groups, "");
    compare_lists(a->target, a->n_target, b->target, b->n_target, "="); /* a key ends there */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct run_state state, again;
    struct buf text = {0};
    run_state_parse((const char *)data, size, &arena, &state);
    write_state(&state, &text);
    run_state_parse(text.data, text.len, &arena, &again);
    compare(&state, &again);
    buf_free(&text);
    arena_free(&arena);
    return 0;
}
