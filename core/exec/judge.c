/* SPDX-License-Identifier: Apache-2.0 */
/* From what was seen of an attempt to its verdict. */
#include "exec/judge.h"

#include "base/clock.h"
#include "base/wait_status.h"

#include <signal.h>
#include <sys/wait.h>

static enum verdict judge_by_its_word(const struct observed *o, struct buf *ret_reason)
{
    static const enum verdict verdicts[] = {[OUTCOME_PASSED] = VERDICT_PASSED,
                                            [OUTCOME_FAILED] = VERDICT_FAILED,
                                            [OUTCOME_SKIPPED] = VERDICT_SKIPPED,
                                            [OUTCOME_ERROR] = VERDICT_ERROR};
    bool good = o->outcome == OUTCOME_PASSED || o->outcome == OUTCOME_SKIPPED;
    if (good && o->foreign_cause) {
        buf_addf(ret_reason,
                 o->exit_counts ? "in a process that it forked, or behind its verdict: %s"
                                : "in a process that it forked: %s",
                 o->foreign_cause);
        return verdicts[o->foreign_outcome];
    }
    buf_adds(ret_reason, o->reason);
    return verdicts[o->outcome];
}

/* How a process ends whose verdict is good, and whose exit handlers are part of it. */
static enum verdict judge_exit_handlers(const struct observed *o, struct buf *ret_reason)
{
    int signo = o->crashed ? o->signal : WIFSIGNALED(o->wait_status) ? WTERMSIG(o->wait_status) : 0;
    int status = signo ? 0 : WEXITSTATUS(o->wait_status);
    if (!signo && (status == 0 || status == EXIT_QUIET))
        return judge_by_its_word(o, ret_reason);
    if (signo == SIGKILL) { /* ours, by all that is known: nothing else of it is */
        buf_adds(ret_reason, "its exit handlers took too long, or it was killed in them");
        return VERDICT_TIMEOUT;
    }
    if (signo)
        buf_addf(ret_reason, "%s in its exit handlers", describe_signal(signo));
    else
        buf_addf(ret_reason, "exited with status %d from its exit handlers", status);
    return VERDICT_CRASHED;
}

static void add_budget(struct buf *out, int64_t ns)
{
    if (ns < NS_PER_MS)
        buf_addf(out, "%.6g us", (double)ns / NS_PER_US);
    else if (ns < NS_PER_S)
        buf_addf(out, "%lld ms", (long long)(ns / NS_PER_MS));
    else
        buf_addf(out, "%.6g s", (double)ns / NS_PER_S);
}

static void add_size(struct buf *out, uint64_t bytes)
{
    if (bytes % (1 << 20) == 0)
        buf_addf(out, "%llu MiB", (unsigned long long)(bytes >> 20));
    else if (bytes % (1 << 10) == 0)
        buf_addf(out, "%llu KiB", (unsigned long long)(bytes >> 10));
    else
        buf_addf(out, "%llu bytes", (unsigned long long)bytes);
}

static const char *part_name(const struct observed *o)
{
    return o->part ? o->part : phase_name(o->phase);
}

static enum verdict judge_crash(const struct observed *o, struct buf *ret_reason)
{
    int signo = o->crashed ? o->signal : WTERMSIG(o->wait_status);
    buf_addf(ret_reason, "%s", describe_signal(signo));
    if (o->has_address)
        buf_addf(ret_reason, " at address 0x%llx", (unsigned long long)o->address);
    buf_addf(ret_reason, " in %s", part_name(o));
    return VERDICT_CRASHED;
}

static enum verdict judge_out_of_memory(const struct observed *o, struct buf *ret_reason)
{
    buf_adds(ret_reason, "killed by the kernel: out of memory (limit ");
    add_size(ret_reason, o->memory_limit);
    buf_addf(ret_reason, ") in %s", part_name(o));
    return VERDICT_CRASHED;
}

static enum verdict judge_exit(const struct observed *o, struct buf *ret_reason)
{
    int status = WEXITSTATUS(o->wait_status);
    if (status == EXIT_CONNECTION_LOST) {
        buf_adds(ret_reason, "lost its connection to the runner: it closed a descriptor that was not its own");
        return VERDICT_ERROR;
    }
    buf_addf(ret_reason, "exited with status %d before its verdict", status);
    return VERDICT_CRASHED;
}

int64_t judge_sent_at(uint64_t claimed_ns, int64_t ordered_ns, int64_t now_ns)
{
    if (claimed_ns > (uint64_t)now_ns)
        return now_ns;
    return (int64_t)claimed_ns > ordered_ns ? (int64_t)claimed_ns : ordered_ns;
}

bool judge_is_in_time(const struct observed *o, int64_t at_ns, int64_t limit_ns)
{
    return !o->timed_out && !o->interrupted && at_ns <= limit_ns;
}

static enum verdict judge_last(const struct observed *o, struct buf *ret_reason)
{
    if (o->setup_error) {
        buf_adds(ret_reason, o->setup_error);
        return VERDICT_ERROR;
    }
    if (o->malformed) {
        buf_adds(ret_reason, "sent a malformed message to the runner: it wrote to a descriptor that was not its own");
        return VERDICT_ERROR;
    }
    if (o->has_verdict && o->exit_counts && o->has_status &&
        (o->outcome == OUTCOME_PASSED || o->outcome == OUTCOME_SKIPPED))
        return judge_exit_handlers(o, ret_reason);
    if (o->has_verdict)
        return judge_by_its_word(o, ret_reason);
    if (o->interrupted) {
        buf_adds(ret_reason, "interrupted");
        return VERDICT_ERROR;
    }
    if (o->timed_out) {
        buf_addf(ret_reason, "%s took longer than ", part_name(o));
        add_budget(ret_reason, o->budget_ns);
        return VERDICT_TIMEOUT;
    }
    if (o->memory_limit && o->has_status && WIFSIGNALED(o->wait_status) && WTERMSIG(o->wait_status) == SIGKILL)
        return judge_out_of_memory(o, ret_reason);
    if (o->crashed || (o->has_status && WIFSIGNALED(o->wait_status)))
        return judge_crash(o, ret_reason);
    if (o->has_status)
        return judge_exit(o, ret_reason);
    buf_adds(ret_reason, "ended without a verdict, and nobody saw how");
    return VERDICT_ERROR;
}

/* The first cause comes first: what follows it is often its consequence. Where it came to a verdict, that has the
 * cause; and what weighs more than it, such as a service that died, is the cause of both, whether it came to one or
 * not. */
enum verdict judge(const struct observed *o, struct buf *ret_reason)
{
    const char *first = o->cause ? o->cause : o->foreign_cause;
    bool told = first && !o->has_verdict && !o->setup_error;
    if (told && !o->cause_is_late)
        buf_addf(ret_reason, "%s; then ", first);
    enum verdict verdict = judge_last(o, ret_reason);
    if (told && o->cause_is_late)
        buf_addf(ret_reason, "; then %s", first);
    return verdict;
}
