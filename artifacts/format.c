/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of bundle. */
#include "artifacts/format.h"

#include "base/mem.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *name, *file, *magic;
    size_t magic_len;
} FORMATS[BUNDLE_N_FORMATS] = {
    [BUNDLE_TAR_ZST] = {"tar.zst", "bundle.tar.zst", "\x28\xb5\x2f\xfd", 4},
    [BUNDLE_TAR_GZ] = {"tar.gz", "bundle.tar.gz", "\x1f\x8b", 2},
    [BUNDLE_ZIP] = {"zip", "bundle.zip", "PK\x03\x04", 4},
};

const char *bundle_format_name(enum bundle_format format)
{
    return FORMATS[format].name;
}

const char *bundle_file_name(enum bundle_format format)
{
    return FORMATS[format].file;
}

int bundle_format_parse(const char *name, enum bundle_format *ret_format)
{
    for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++) {
        if (strcmp(name, FORMATS[i].name) == 0) {
            *ret_format = (enum bundle_format)i;
            return 0;
        }
    }
    return -EINVAL;
}

int bundle_format_sniff(const void *data, size_t len, enum bundle_format *ret_format)
{
    for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++) {
        if (len >= FORMATS[i].magic_len && memcmp(data, FORMATS[i].magic, FORMATS[i].magic_len) == 0) {
            *ret_format = (enum bundle_format)i;
            return 0;
        }
    }
    return -EINVAL;
}
