/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the manifest of a bundle that came by mail. There is exactly one text for a manifest: what is taken must
 * render to the very bytes that it was parsed from. Since the seal at the end, a hash, keeps mutations out, the input
 * is tried as it is and once more with the right seal put in its place.
 */
#include "artifacts/manifest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *text, size_t len)
{
    struct manifest m = {0};
    struct err err = {0};
    int r = manifest_parse(text, len, &m, &err);
    if (r > 0 || (r < 0) != (err.text != NULL))
        abort();
    if (r == 0) {
        struct buf again = {0};
        manifest_render(&m, &again);
        if (again.len != len || memcmp(again.data, text, len) != 0)
            abort();
        buf_free(&again);
        manifest_free(&m);
    }
    err_free(&err);
}

/* The input with the seal that its text demands. */
static void parse_sealed(const char *text, size_t len)
{
    static const char mark[] = "\"seal\":\"";
    const char *seal = memmem(text, len, mark, sizeof mark - 1);
    if (!seal)
        return;
    struct buf sealed = {0};
    char hex[DIGEST_HEX];
    buf_add(&sealed, text, (size_t)(seal - text));
    struct digest *d = digest_new();
    digest_add(d, sealed.data ? sealed.data : "", sealed.len);
    digest_end(d, hex);
    digest_free(d);
    buf_addf(&sealed, "%s%s\"}\n", mark, hex);
    parse(sealed.data, sealed.len);
    buf_free(&sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    parse((const char *)data, size);
    parse_sealed((const char *)data, size);
    return 0;
}
