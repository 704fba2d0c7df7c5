/* SPDX-License-Identifier: Apache-2.0 */
/* The attempts' output files, read from a bundle. */
#include "artifacts/read.h"
#include "report/output_reader.h"

#include <errno.h>

static int read_bundle_file(void *data, const char *path, size_t max_tail, struct buf *out, int64_t *ret_size)
{
    size_t before = out->len;
    int64_t cut = 0;
    int r = data ? bundle_read(data, path, max_tail, out, &cut, NULL) : -ENOENT;
    if (r < 0) {
        out->len = before;
        return r;
    }
    *ret_size = cut + (int64_t)(out->len - before);
    return 0;
}

struct output_reader output_reader_bundle(struct bundle_reader *bundle)
{
    return (struct output_reader){read_bundle_file, bundle};
}
