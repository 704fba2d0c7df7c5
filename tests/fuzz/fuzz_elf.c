/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the check that a file passes before dlopen sees it. The input is the file; it is also shown as the head of a
 * larger one, as files above 64 KiB are.
 */
#include "load/elf.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const uint8_t *data, size_t len, uint64_t size)
{
    static const char *const reasons[] = {"not-elf", "other-machine", "not-shared", "truncated"};
    struct err err = {0};
    const char *reason = NULL;
    int r = elf_check(data, len, size, &reason, &err);
    if (r > 0 || (r == 0) != (err.text == NULL) || (r == 0) != (reason == NULL))
        abort();
    bool known = r == 0;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons && !known; i++)
        known = strcmp(reasons[i], reason) == 0;
    if (!known)
        abort();
    err_free(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(data, size, size);
    check(data, size, (uint64_t)size << 20);
    check(data, size, UINT64_MAX);
    return 0;
}
