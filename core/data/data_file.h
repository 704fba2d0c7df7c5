/* SPDX-License-Identifier: Apache-2.0 */
/* Which files are scenarios as data: by their names, for who finds them and for who loads them. */
#ifndef MUSTER_DATA_DATA_FILE_H
#define MUSTER_DATA_DATA_FILE_H

#include <stdbool.h>
#include <string.h>

/* *.yaml and *.yml, but none that has nothing before its dot. */
static inline bool is_data_file(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    return dot && dot > name && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

#endif
