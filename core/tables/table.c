/* SPDX-License-Identifier: Apache-2.0 */
/* From a file to a table. */
#include "tables/table.h"

#include "base/cleanup.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static bool ends_in(const char *path, const char *tail)
{
    size_t n = strlen(path), k = strlen(tail);
    return n > k && strcmp(path + n - k, tail) == 0;
}

static int format_of(const char *path, enum table_format *ret_format, struct err *err)
{
    if (ends_in(path, ".yaml") || ends_in(path, ".yml"))
        *ret_format = TABLE_YAML;
    else if (ends_in(path, ".json"))
        *ret_format = TABLE_JSON;
    else if (ends_in(path, ".csv"))
        *ret_format = TABLE_CSV;
    else
        return err_set(err, -EINVAL, "%s: a table is a file *.yaml, *.yml, *.json or *.csv", path);
    return 0;
}

int table_parse(enum table_format format, const char *name, const char *bytes, size_t len, const char *pointer,
                const struct param_list *params, struct arena *arena, struct table_info *ret_table, struct err *err)
{
    if (format == TABLE_CSV && *pointer)
        return err_set(err, -EINVAL, "%s#%s: a CSV file is one table: it takes no pointer", name, pointer);
    autobuilder struct builder b;
    builder_init(&b, name, params, arena, err);
    int e = format == TABLE_CSV ? csv_read(&b, bytes, len) : yaml_read(&b, format == TABLE_JSON, bytes, len, pointer);
    return e < 0 ? e : builder_finish(&b, ret_table);
}

static int read_bytes(const char *path, struct buf *out, struct err *err)
{
    const char *what;
    autoclose int fd = io_open_regular(AT_FDCWD, path, &what);
    if (fd < 0)
        return what ? err_set(err, fd, "reading %s: it is %s, not a regular file", path, what)
                    : err_errno(err, fd, "reading %s", path);
    int e = io_read_fd(fd, TABLE_FILE_MAX, out);
    if (e == -EFBIG)
        return err_set(err, e, "reading %s: it is larger than %d MiB", path, TABLE_FILE_MAX >> 20);
    return e < 0 ? err_errno(err, e, "reading %s", path) : 0;
}

int table_read(const char *what, const struct param_list *params, struct arena *arena, struct table_info *ret_table,
               struct err *err)
{
    const char *hash = strstr(what, "#/");
    autofree char *path = hash ? xstrndup(what, (size_t)(hash - what)) : xstrdup(what);
    enum table_format format;
    autobuf struct buf bytes = {0};
    int e = format_of(path, &format, err);
    if (e == 0)
        e = read_bytes(path, &bytes, err);
    if (e == 0)
        e = table_parse(format, path, buf_str(&bytes), bytes.len, hash ? hash + 1 : "", params, arena, ret_table, err);
    return e;
}
