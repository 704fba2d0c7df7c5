/* SPDX-License-Identifier: Apache-2.0 */
/* The folder on-failure/ among an attempt's artifacts. */
#include "slotdir/on_failure.h"

#include "base/cleanup.h"
#include "base/remove_tree.h"
#include "slotdir/survey.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES_MOST = 100 };

bool on_failure_is(const char *name)
{
    return strncmp(name, ON_FAILURE "/", sizeof ON_FAILURE) == 0;
}

static int open_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

void on_failure_drop(const char *artifacts_dir)
{
    struct removal removal = {0};
    autoclose int fd = open_folder(artifacts_dir);
    if (fd >= 0)
        remove_tree(fd, ON_FAILURE, &removal);
    free(removal.left);
}

size_t on_failure_list(const char *artifacts_dir, struct arena *arena, struct on_failure_file *ret, size_t most)
{
    size_t n = 0;
    struct survey survey = {0};
    autofree char *path = xasprintf("%s/" ON_FAILURE, artifacts_dir);
    autoclose int fd = open_folder(path);
    if (fd >= 0)
        survey_folder(fd, ENTRIES_MOST, arena, &survey);
    for (size_t i = 0; i < survey.n_names && n < most; i++) {
        struct stat st;
        if (fstatat(fd, survey.names[i], &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
            continue;
        autofree char *name = xasprintf(ON_FAILURE "/%s", survey.names[i]);
        ret[n++] = (struct on_failure_file){arena_strdup(arena, name), (uint64_t)st.st_size};
    }
    return n;
}
