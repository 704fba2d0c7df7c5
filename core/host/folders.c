/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt left in its folders is looked at, and made to go. */
#include "host/folders.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "slotdir/survey.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { NAMED_FILES_MOST = 1000, MEASURED_FILES_MOST = 10 * 1000 };

static int make_ready(struct folder *f)
{
    struct folder_rest rest = {0};
    int r = f->is_there ? 0 : folder_open(f, &rest);
    free(rest.aside);
    free(rest.stuck);
    return r;
}

int folders_make_ready(struct folders *f)
{
    int r = make_ready(&f->temp);
    return r < 0 ? r : make_ready(&f->artifacts);
}

static void survey(const struct folder *f, uint64_t most, struct arena *arena, struct survey *ret)
{
    autoclose int fd = open(f->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    *ret = (struct survey){0};
    if (fd >= 0)
        survey_folder(fd, most, arena, ret);
}

static void name_all(struct folders *f, struct arena *arena, struct msg_folders *ret)
{
    struct survey s;
    survey(&f->temp, NAMED_FILES_MOST, arena, &s);
    const char **names = arena_alloc(arena, (s.n_names + 1) * sizeof *names);
    for (size_t i = 0; i < s.n_names; i++)
        names[i] = s.names[i];
    ret->files = (struct message_list){names, (uint32_t)s.n_names};
    ret->n_files = (uint32_t)s.n;
}

static void renew(struct folder *temp, struct arena *arena, struct msg_folders *ret)
{
    struct folder_rest rest = {0};
    int r = folder_renew(temp, &rest);
    if (rest.aside)
        ret->aside = arena_strdup(arena, rest.aside);
    ret->worn = r < 0 ? (uint32_t)-r : 0;
    if (rest.stuck)
        ret->stuck = arena_strdup(arena, rest.stuck);
    free(rest.aside);
    free(rest.stuck);
}

bool folders_look(struct folders *f, bool left, bool name_files, struct arena *arena, struct msg_folders *ret)
{
    *ret = (struct msg_folders){.aside = "", .stuck = ""};
    bool temp = folder_is_used(&f->temp), artifacts = folder_is_used(&f->artifacts);
    if (temp && name_files)
        name_all(f, arena, ret);
    if (temp && !left)
        renew(&f->temp, arena, ret);
    if (artifacts) {
        struct survey s;
        survey(&f->artifacts, MEASURED_FILES_MOST, arena, &s);
        ret->artifact_bytes = s.bytes;
        ret->barred = s.barred;
        f->artifacts.is_there = false; /* it is made anew when the supervisor has this one */
    }
    return *ret->aside || ret->worn || *ret->stuck || ret->n_files > 0 || ret->barred || ret->artifact_bytes > 0;
}

bool folders_hold_artifacts(const struct folders *f)
{
    return !f->artifacts.is_there;
}
