/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine gives to every process. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "doctor/doctor.h"
#include "doctor/temp_folder.h"
#include "exec/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

static void look_at_descriptors(struct findings *f, unsigned jobs)
{
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) < 0)
        return;
    unsigned long long limit = l.rlim_cur;
    unsigned most = descriptors_jobs_within(l.rlim_cur, jobs, 0);
    if (most >= jobs)
        findings_add(f, FINDING_OK, "open files", xasprintf("%llu, enough for -j %u", limit, jobs), NULL);
    else
        findings_add(f, most == 0 ? FINDING_NEEDS : FINDING_NOTE, "open files",
                     most == 0 ? xasprintf("The limit is %llu, too few for a single attempt.", limit)
                               : xasprintf("The limit is %llu, enough for -j %u, not for -j %u.", limit, most, jobs),
                     xasprintf("Raise the hard limit: ulimit -Hn, or LimitNOFILE= of a service."));
}

/* As workspace_choose() takes it. */
static void look_at_temp_folder(struct findings *f)
{
    const char *given = getenv("TMPDIR");
    bool taken = given && *given == '/';
    struct temp_folder t = {.path = taken ? given : "/tmp", .ignored = given && *given && !taken ? given : NULL};
    struct statfs fs;
    struct statvfs flags;
    if (access(t.path, W_OK | X_OK) < 0 || statfs(t.path, &fs) < 0 || statvfs(t.path, &flags) < 0) {
        t.error = errno;
    } else {
        t.kind = (uint32_t)fs.f_type; /* which is signed, and as wide as the machine */
        t.noexec = flags.f_flag & ST_NOEXEC;
        t.free_bytes = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
    }
    temp_folder_judge(f, &t);
}

/* As muster-stack and gdb do: a process traces another that is neither its child nor its parent. 0 or a positive errno.
 */
static int try_ptrace(void)
{
    pid_t traced = fork();
    if (traced == 0) {
        for (;;)
            pause();
    }
    pid_t tracer = traced < 0 ? -1 : fork();
    if (tracer == 0)
        _exit(ptrace(PTRACE_SEIZE, traced, NULL, NULL) == 0 ? 0 : errno);
    int status = 0, result = tracer < 0 ? errno : 0;
    if (tracer > 0 && waitpid(tracer, &status, 0) == tracer)
        result = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
    if (traced > 0) {
        kill(traced, SIGKILL);
        waitpid(traced, NULL, 0);
    }
    return result;
}

static void look_at_ptrace(struct findings *f)
{
    autobuf struct buf scope = {0};
    int error = try_ptrace();
    if (error == 0) {
        findings_add(f, FINDING_OK, "ptrace", xasprintf("Stacks of attempts can be read, and gdb attached."), NULL);
        return;
    }
    bool yama = io_read_file(AT_FDCWD, "/proc/sys/kernel/yama/ptrace_scope", 16, &scope) == 0 && *buf_str(&scope) > '0';
    findings_add(f, FINDING_LACKS, "ptrace",
                 xasprintf("%s%s%.1s: stacks of crashed and stuck attempts are missing in reports, and gdb can't be "
                           "attached.",
                           strerror(error), yama ? ", with kernel.yama.ptrace_scope at " : "",
                           yama ? buf_str(&scope) : ""),
                 yama ? xasprintf("sysctl kernel.yama.ptrace_scope=0, or run muster as root.")
                      : xasprintf("In a container: --cap-add SYS_PTRACE, and a seccomp profile that allows it."));
}

void doctor_machine(struct findings *f, unsigned jobs)
{
    look_at_temp_folder(f);
    look_at_descriptors(f, jobs);
    look_at_ptrace(f);
}
