/* SPDX-License-Identifier: Apache-2.0 */
/* What a temporary folder is worth. */
#include "doctor/temp_folder.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <linux/magic.h>
#include <string.h>

#define NAME "temporary folder"

/* Below the first no log of a run has room; below the second a run of many scenarios may not. */
enum { MIB = 1 << 20, TOO_LITTLE_MIB = 16, LITTLE_MIB = 256, LONG_PATH = 60 };

static const struct kind {
    uint64_t magic;
    const char *name;
    bool remote;
} kinds[] = {
    {TMPFS_MAGIC, "tmpfs, which is memory", false},
    {EXT4_SUPER_MAGIC, "ext4", false},
    {XFS_SUPER_MAGIC, "xfs", false},
    {BTRFS_SUPER_MAGIC, "btrfs", false},
    {OVERLAYFS_SUPER_MAGIC, "overlay, of a container", false},
    {F2FS_SUPER_MAGIC, "f2fs", false},
    {0x2fc12fc1, "zfs", false},
    {FUSE_SUPER_MAGIC, "fuse", true},
    {NFS_SUPER_MAGIC, "nfs", true},
    {SMB_SUPER_MAGIC, "smb", true},
    {CIFS_SUPER_MAGIC, "cifs", true},
    {SMB2_SUPER_MAGIC, "smb", true},
    {V9FS_MAGIC, "9p", true},
};

static struct kind kind_of(uint64_t magic)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (kinds[i].magic == magic)
            return kinds[i];
    return (struct kind){.name = "of an unknown kind"};
}

static void judge_room(struct findings *f, const struct temp_folder *t)
{
    unsigned long long free_mib = t->free_bytes / MIB;
    if (free_mib >= LITTLE_MIB)
        return;
    findings_add(f, free_mib < TOO_LITTLE_MIB ? FINDING_NEEDS : FINDING_NOTE, NAME,
                 xasprintf("Only %llu MiB are free in %s: attempts may meet a full disk.", free_mib, t->path),
                 xasprintf("Make room there, or have TMPDIR say where there is some."));
}

void temp_folder_judge(struct findings *f, const struct temp_folder *t)
{
    if (t->ignored)
        findings_add(f, FINDING_NOTE, NAME,
                     xasprintf("TMPDIR is \"%s\", which is no absolute path: %s is taken.", t->ignored, t->path),
                     xasprintf("Have TMPDIR begin with /."));
    if (t->error) {
        findings_add(
            f, FINDING_NEEDS, NAME,
            xasprintf("Nothing can be made in %s: %s. Each attempt gets a folder there.", t->path, strerror(t->error)),
            xasprintf("Make it, with the right to write to it, or have TMPDIR name another."));
        return;
    }
    struct kind kind = kind_of(t->kind);
    findings_add(f, FINDING_OK, NAME,
                 xasprintf("%s (%s, %llu MiB free)", t->path, kind.name, (unsigned long long)t->free_bytes / MIB),
                 NULL);
    judge_room(f, t);
    if (t->noexec)
        findings_add(f, FINDING_LACKS, NAME,
                     xasprintf("%s is mounted noexec: scenarios can't run programs that they write there.", t->path),
                     xasprintf("Have TMPDIR name a folder elsewhere."));
    if (kind.remote)
        findings_add(f, FINDING_NOTE, NAME,
                     xasprintf("%s may be on another machine (%s): attempts begin slowly, and sockets and locks there "
                               "may not work.",
                               t->path, kind.name),
                     xasprintf("Have TMPDIR name a folder on a local disk."));
    if (strlen(t->path) > LONG_PATH)
        findings_add(
            f, FINDING_NOTE, NAME,
            xasprintf("The path of %zu bytes leaves little of the 107 that a Unix socket's may have.", strlen(t->path)),
            xasprintf("Have TMPDIR name one with a short path."));
}
