/* SPDX-License-Identifier: Apache-2.0 */
/* The attempt's state, and what it says: for the files that make up an attempt. */
#ifndef MUSTER_HOST_ATTEMPT_STATE_H
#define MUSTER_HOST_ATTEMPT_STATE_H

#include "host/attempt_spec.h"

#include <muster/ext/attempt.h>
#include <muster/plugin.h>
#include <pthread.h>
#include <stdatomic.h>

enum { STEPS_MAX_OPEN = 64 };

struct open_step {
    uint32_t number, parent;
    int64_t began_ns;
    bool failed; /* a check in it did */
};

/* The steps that one thread has open. */
struct step_stack {
    struct step_stack *next, *next_spare;
    uint64_t ticket; /* of the thread whose it is, 0: nobody's */
    uint32_t n;
    struct open_step open[STEPS_MAX_OPEN];
};

struct deferred {
    struct deferred *next; /* what was deferred before it */
    uint32_t id;
    const struct muster_cleanup *cleanup;
    char *payload;
};

struct attempt {
    struct muster_ctx ctx; /* first: a plugin's ctx is this attempt */
    struct muster_host host;
    const struct attempt_spec *spec;
    const struct plugin_entry *entry;     /* NULL in a janitor and in a fixture */
    const struct plugin_fixture *fixture; /* which this process is; NULL: it is none */
    bool begun;                           /* the first function of entry or fixture was called: tear-down follows */
    bool janitor;
    struct local_fixture *locals; /* of attempt scope, in the order of their set-up */
    uint32_t n_locals, n_locals_begun;
    uint32_t local_step;   /* of the one that is being set up or torn down; 0: none is open */
    uint32_t user;         /* whose function runs: a local fixture's, from 1; 0: the scenario's, or the fixture's */
    const char *user_name; /* of that local fixture; NULL: it is none */
    bool stopped;          /* a fixture's last user has ended */
    uint32_t keep;         /* enum keep */
    const struct plugin_params *params; /* whose values can be asked for */
    const char *const *values;          /* of them, as text */
    uint32_t n_values;
    struct muster_attempt_info info;
    const char *on_failure;          /* path of slotdir/on_failure.h */
    void (*end)(const char *reason); /* goes on with the phases that are left: attempt.c */
    pid_t pid;
    bool is_child;           /* not the attempt, but a process that it forked */
    bool child_told;         /* ... which has told that a check passed in it */
    const void *main_thread; /* attempt_threads.h */
    _Atomic(enum phase) phase;
    _Atomic(int64_t) deadline_ns; /* of the phase, NEVER without */
    _Atomic(uint64_t) checks, failed_checks;
    atomic_uint generation; /* how often a phase was ended: see take_over() */
    unsigned era_of_main;   /* the main thread's own: from 1 */
    pthread_mutex_t lock;   /* of everything below, and of the socket; kept for good by the one who sends the verdict */
    enum outcome outcome;
    char reason[512], file[256];
    uint32_t line;
    struct deferred *deferred; /* newest first */
    uint32_t n_deferred;
    _Atomic(struct deferred *) cleaning; /* the one that is being run */
    bool others_run;                     /* ... with threads around that are not its own: the scenario's */
    uint32_t cleaned;                    /* the one that was done, and is to be told of; 0: none */
    bool cleanup_began;
    _Atomic bool lacked;     /* the cleanup that runs has asked for what nobody is there to have published */
    bool leaves_cleanups;    /* one of them failed, or the process is not fit for them: a janitor does the rest */
    struct step_stack steps; /* of the main thread */
    uint32_t n_steps;
    const void *streams; /* stdio's list when it began */
    atomic_uint n_late;  /* threads that nobody waits for any more (data/data.h) */
    uint32_t images;     /* how many there were before this one (resume.h) */
    char **environment;  /* as it was before the first function of a scenario as data; else NULL */
};

extern struct attempt attempt;

/* Sends a message; strings are cut to MESSAGE_STRING_MAX by the caller. A connection that the scenario closed is
 * noticed at the end. */
void attempt_send(const struct message *m);
/* The same with a descriptor, which stays the caller's. */
void attempt_send_with(const struct message *m, int fd);
/* The same for one who holds the lock. 0, or a negative errno. */
int attempt_send_locked(const struct message *m);
/* Sends and waits for GO. False when the connection is gone. */
bool attempt_ask(const struct message *m);
/* A packet that came from the supervisor, with the lock held: whether it is the order to stop, which is then kept. */
bool attempt_note_stop(const char *packet, size_t len);
/* Begins a phase, with a budget (0: none), and tells of it. */
void attempt_enter(enum phase phase, uint64_t budget_ns);
/* The same without a word. */
void attempt_be_in(enum phase phase, uint64_t budget_ns, int64_t now_ns);
/* Records the first thing that went wrong; a worse outcome replaces a better one. False: it had something as bad. */
bool attempt_blame(enum outcome outcome, const char *file, uint32_t line, const char *reason);
/* Goes on with the phases that are left and ends the process. */
_Noreturn void attempt_end(void);
/* The same for a reason of the runner's own, at the line of the call that is running (place_ext.h). Where something as
 * bad was found before, the reason is a line of the log. */
_Noreturn void attempt_end_by_error(const char *text);
/* `text` or a copy of its first MESSAGE_STRING_MAX bytes with a mark; NULL is "". Valid until the process ends. */
const char *attempt_cut(const char *text);
/* The same with another bound. */
const char *attempt_cut_to(const char *text, size_t most);
/* A copy, malloc'd, of a text of which `length` bytes can be read. */
char *attempt_copy_cut(const char *text, size_t length, size_t most);

#endif
