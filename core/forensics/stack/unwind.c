/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a held thread to a list of frames.
 *
 * A call through a bad pointer leaves the thread at an address where no code is: there is nothing to
 * unwind by, and libdwfl ends there or guesses and loses the caller. What the call instruction just did is
 * known, though: the registers that the kernel saved for the handler, with the call undone, are the
 * caller's, and unwinding starts again from these.
 */
#include "forensics/stack/unwind.h"

#include "forensics/stack/registers.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum where {
    IN_PROGRAM,
    IN_HANDLER,   /* of the signal handler and what it called */
    AT_TRAMPOLINE /* the next frame is where the signal struck */
};

struct walk {
    const struct unwind *how;
    struct stack *stack;
    enum where where;
    Dwarf_Word handler_sp; /* stack pointer of the newest frame of the handler: the trampoline's in the end */
    bool nowhere;          /* the signal struck where no code is */
    size_t seen;
};

/* Where unwinding starts when it doesn't start from what the kernel says. */
struct start {
    pid_t tid;
    struct registers registers;
};

static int64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static bool no_code_at(Dwfl *session, Dwarf_Addr pc)
{
    return dwfl_addrmodule(session, pc) == NULL;
}

static void stack_add(struct stack *stack, struct frame frame)
{
    if (stack->n < STACK_INNER)
        stack->inner[stack->n++] = frame;
    else
        stack->outer[stack->n++ % STACK_OUTER] = frame;
}

/* A frame before the place where the signal struck. libdwfl calls exact both the trampoline, which no call
 * leads to, and the frame that was interrupted. */
static void on_handler_frame(struct walk *walk, Dwfl_Frame *state, bool exact)
{
    if (dwfl_frame_reg(state, REGISTER_SP, &walk->handler_sp) != 0)
        walk->handler_sp = 0;
    if (exact && walk->seen > 0)
        walk->where = AT_TRAMPOLINE;
}

static void on_interrupted_frame(struct walk *walk, Dwfl_Frame *state, Dwarf_Addr pc)
{
    walk->where = IN_PROGRAM;
    memset(walk->stack, 0, sizeof *walk->stack);
    walk->nowhere = no_code_at(dwfl_thread_dwfl(dwfl_frame_thread(state)), pc);
}

static int on_frame(Dwfl_Frame *state, void *data)
{
    struct walk *walk = data;
    struct frame frame;
    if (!dwfl_frame_pc(state, &frame.pc, &frame.exact))
        return DWARF_CB_ABORT;
    if (walk->where == AT_TRAMPOLINE)
        on_interrupted_frame(walk, state, frame.pc);
    else if (walk->where == IN_HANDLER)
        on_handler_frame(walk, state, frame.exact);
    walk->seen++;
    stack_add(walk->stack, frame);
    if (walk->nowhere)
        return DWARF_CB_ABORT;
    if (walk->seen % 1024 == 0 && now_ns() > walk->how->deadline_ns) {
        walk->stack->cut = true;
        return DWARF_CB_ABORT;
    }
    return DWARF_CB_OK;
}

/* ---- starting from given registers ---------------------------------------------------------------------- */

static bool read_memory(pid_t tid, Dwarf_Addr address, void *ret_data, size_t size)
{
    struct iovec here = {ret_data, size};
    struct iovec there = {(void *)(uintptr_t)address, size};
    return process_vm_readv(tid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

static pid_t start_next(Dwfl *session, void *data, void **thread)
{
    (void)session;
    struct start *start = data;
    bool first = *thread == NULL;
    *thread = start;
    return first ? start->tid : 0;
}

static bool start_memory(Dwfl *session, Dwarf_Addr address, Dwarf_Word *ret_word, void *data)
{
    (void)session;
    const struct start *start = data;
    return read_memory(start->tid, address, ret_word, sizeof *ret_word);
}

static bool start_registers(Dwfl_Thread *thread, void *data)
{
    const struct start *start = data;
    if (!dwfl_thread_state_registers(thread, 0, N_REGISTERS, start->registers.values))
        return false;
    dwfl_thread_state_register_pc(thread, start->registers.pc);
    return true;
}

static const Dwfl_Thread_Callbacks start_callbacks = {
    .next_thread = start_next,
    .memory_read = start_memory,
    .set_initial_registers = start_registers,
};

static int on_caller_frame(Dwfl_Frame *state, void *data)
{
    struct walk *walk = data;
    struct frame frame;
    if (!dwfl_frame_pc(state, &frame.pc, &frame.exact))
        return DWARF_CB_ABORT;
    /* libdwfl takes its first frame for an interrupted one; here it is a caller. */
    frame.exact = frame.exact && walk->seen > 0;
    walk->seen++;
    stack_add(walk->stack, frame);
    return walk->seen > STACK_INNER ? DWARF_CB_ABORT : DWARF_CB_OK;
}

/* The file that the object's link names, or OBJECT.debug, beside the object or in .debug/ there. */
static bool has_debug_file(const char *object, const char *link)
{
    const char *slash = object ? strrchr(object, '/') : NULL;
    if (!slash)
        return false;
    const char *name = link ? link : slash + 1, *end = link ? "" : ".debug";
    char path[PATH_MAX];
    for (int i = 0; i < 2; i++) {
        int n =
            snprintf(path, sizeof path, "%.*s/%s%s%s", (int)(slash - object), object, i ? ".debug/" : "", name, end);
        if (n < (int)sizeof path && access(path, F_OK) == 0)
            return true;
    }
    return false;
}

/* Where the library's own search finds nothing, it maps libdebuginfod and the thirty libraries of its HTTP client, only
 * to be told that no server is named. That takes longer than all the rest, and the attempt stands still meanwhile. */
static int find_debuginfo(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base, const char *object,
                          const char *link, GElf_Word crc, char **ret_name)
{
    if (!has_debug_file(object, link))
        return -1;
    return dwfl_standard_find_debuginfo(module, user, name, base, object, link, crc, ret_name);
}

static Dwfl *session_begin(pid_t pid)
{
    /* Lines come from the object itself or a file beside it. The system's debug packages are passed over:
     * lines inside libc help nobody, and reading them takes longer than all the rest. */
    static char path[] = ":.debug";
    static char *path_pointer = path;
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_linux_proc_find_elf,
        .find_debuginfo = find_debuginfo,
        .debuginfo_path = &path_pointer,
    };
    Dwfl *session = dwfl_begin(&callbacks);
    if (session && dwfl_linux_proc_report(session, pid) == 0 && dwfl_report_end(session, NULL, NULL) == 0)
        return session;
    if (session)
        dwfl_end(session);
    return NULL;
}

/* The registers that the kernel saved, if they stand where no code is, with the call that led there undone. */
static bool find_caller(const struct walk *walk, Dwfl *session, struct start *start)
{
    ucontext_t saved;
    Dwarf_Word top;
    if (!read_memory(start->tid, walk->handler_sp + SAVED_CONTEXT_OFFSET, &saved, SAVED_CONTEXT_SIZE))
        return false;
    registers_load(&saved, &start->registers);
    if (!no_code_at(session, start->registers.pc) ||
        !read_memory(start->tid, start->registers.values[REGISTER_SP], &top, sizeof top))
        return false;
    registers_undo_call(&start->registers, top);
    return !no_code_at(session, start->registers.pc);
}

static void walk_from_caller(struct walk *walk, Dwfl *session, pid_t tid)
{
    struct start start = {.tid = tid};
    if (!find_caller(walk, session, &start))
        return;
    pid_t pid = dwfl_pid(session);
    Dwfl *from_caller = session_begin(pid);
    if (!from_caller)
        return;
    if (walk->where != IN_PROGRAM) /* libdwfl ended before it */
        *walk->stack = (struct stack){.inner = {{.pc = 0, .exact = true}}, .n = 1};
    walk->seen = 0;
    if (dwfl_attach_state(from_caller, NULL, pid, &start_callbacks, &start))
        dwfl_getthread_frames(from_caller, tid, on_caller_frame, walk);
    dwfl_end(from_caller);
}

/* ---- the session -------------------------------------------------------------------------------------- */

Dwfl *session_open(pid_t pid)
{
    Dwfl *session = session_begin(pid);
    if (session && dwfl_linux_proc_attach(session, pid, true) != 0) {
        dwfl_end(session);
        return NULL;
    }
    return session;
}

int session_unwind(Dwfl *session, pid_t tid, const struct unwind *how, struct stack *ret_stack)
{
    struct walk walk = {.how = how, .stack = ret_stack, .where = how->past_handler ? IN_HANDLER : IN_PROGRAM};
    memset(ret_stack, 0, sizeof *ret_stack);
    dwfl_getthread_frames(session, tid, on_frame, &walk);
    if (walk.nowhere || walk.where != IN_PROGRAM)
        walk_from_caller(&walk, session, tid);
    return ret_stack->n > 0 ? 0 : -1;
}
