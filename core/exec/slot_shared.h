/* SPDX-License-Identifier: Apache-2.0 */
/* Settings and services that all slots share, and what they tell a person. */
#ifndef MUSTER_EXEC_SLOT_SHARED_H
#define MUSTER_EXEC_SLOT_SHARED_H

#include "base/loop.h"
#include "contain/contain.h"
#include "discover/hosts.h"
#include "exec/leaks.h"
#include "exec/slot_task.h"
#include "forensics/stack_reader.h"
#include "plan/catalogue.h"
#include "record/event.h"
#include "record/ledger.h"
#include "secrets/secrets.h"
#include "slotdir/slotdir.h"
#include "slotdir/sweeper.h"

struct slot;

/* Something of an attempt that a person wants to hear at once. Valid during the call. */
enum news_kind { NEWS_NOTHING, NEWS_RUNNING, NEWS_PAUSED };
struct slot_news {
    enum news_kind kind;
    const char *text; /* RUNNING: its stacks; PAUSED: why */
    pid_t pid;        /* 0 when it isn't known */
    /* The rest is the slot's: slot_news() fills it in. */
    const struct slot_task *task;
    uint32_t slot;
    uint32_t step; /* the innermost open one, 0 for none */
    const char *phase, *temp_dir;
    bool own_pids; /* other numbers inside: contain/rung.h */
    int64_t elapsed_ns;
};

/* Settings and services that all slots share. */
struct slot_shared {
    struct loop *loop;
    struct hosts *hosts;
    const struct catalogue *catalogue;
    const struct containment_set *containment;
    const struct workspace *workspace;
    struct ledger *ledger;
    struct secrets *secrets; /* of the run, which attempts may add to; NULL: none are hidden */
    struct event_sink sink;
    int64_t epoch_ns;   /* the run's start, monotonic */
    int64_t grace_ns;   /* between SIGTERM and SIGKILL */
    int64_t cleanup_ns; /* default budget of one cleanup */
    bool exit_handlers; /* an attempt that gave a good verdict must end well, too */
    uint64_t output_cap;
    uint64_t artifacts_cap;  /* of an attempt, in the bundle; 0: none */
    struct sweeper *sweeper; /* NULL: what is set aside goes with the workspace */
    bool keep_output;        /* false: --artifacts=never */
    enum leaks_policy leaks;
    int64_t settle_ns;           /* what ends this soon after its attempt is no leak */
    struct resources *resources; /* NULL when no case has limits of memory or pids */
    bool no_capture;             /* attempts print to the runner's own stdout and stderr */
    bool pause_on_failure;       /* a bad attempt stands still before anything of it is undone */
    bool debugger;               /* each stands still at its start, for gdb */
    void (*news)(void *news_data, const struct slot_news *news);
    void *news_data;
    struct slot **slots;
    unsigned n_slots;
    struct stack_reader reader; /* for whichever attempt is late first */
    const char *failure;        /* of the runner, which ends the attempts; NULL: none */
    pid_t own_children[2];      /* of the supervisor, that are none of the scenarios' */
    struct {
        uint64_t turn; /* of the loop, in which they were ended last; 0: that does not count any more */
        bool are_gone;
    } orphans; /* slot_sweep.c's */
    enum keep keep;
    uint64_t cleanups_failed, cleanups_kept;
};

#endif
