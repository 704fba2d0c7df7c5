/* SPDX-License-Identifier: Apache-2.0 */
/* The plugins in a folder. */
#include "discover/plugin_files.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "data/data_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST = 64 }; /* each level holds a descriptor */

bool is_plugin_file(const char *name)
{
    size_t n = strlen(name);
    return n > 3 && strcmp(name + n - 3, ".so") == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_folder(DIR *dir, const struct dirent *e)
{
    struct stat st;
    if (e->d_type != DT_UNKNOWN)
        return e->d_type == DT_DIR;
    return fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static bool is_run(DIR *dir)
{
    return faccessat(dirfd(dir), "events.jsonl", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool is_wanted(const struct folder_search *search, const char *name)
{
    return is_plugin_file(name) || (is_data_file(name) && !search->without_data);
}

static int search_folder(struct plugin_files *files, const char *folder, const struct folder_search *search, int depth,
                         struct err *err)
{
    if (depth > DEEPEST)
        return err_set(err, -ELOOP, "%s: more than %d folders deep", folder, DEEPEST);
    autoclosedir DIR *dir = opendir(folder);
    if (!dir)
        return err_errno(err, -errno, "%s", folder);
    int r = 0;
    for (struct dirent *e; r == 0 && !(depth > 0 && is_run(dir)) && (e = readdir(dir));) {
        if (e->d_name[0] == '.')
            continue;
        size_t len = strlen(folder);
        autofree char *path = xasprintf("%s%s%s", folder, len > 0 && folder[len - 1] == '/' ? "" : "/", e->d_name);
        if (is_folder(dir, e)) {
            r = search->in_depth ? search_folder(files, path, search, depth + 1, err) : 0;
        } else if (is_wanted(search, e->d_name)) {
            GROW(files->paths, files->n, files->cap);
            files->paths[files->n++] = steal_ptr(&path);
        }
    }
    return r;
}

int plugin_files_find(struct plugin_files *files, const char *folder, const struct folder_search *search,
                      struct err *err)
{
    *files = (struct plugin_files){0};
    int r = search_folder(files, folder, search, 0, err);
    if (files->n > 0)
        qsort(files->paths, files->n, sizeof *files->paths, by_name);
    return r;
}

void plugin_files_free(struct plugin_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        free(files->paths[i]);
    free(files->paths);
    *files = (struct plugin_files){0};
}
