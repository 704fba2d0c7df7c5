/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts, from the supervisor's side: one for each plugin file.
 *
 * First all are discovered: every file is loaded in a host of its own, a few at a time, each with a deadline; what it
 * says of itself goes into the catalogue, in the order of the files, or it is refused with a reason. Then, during the
 * run, hosts_monitor() has a host fork monitors; a host that was retired or died is started again when it is needed.
 * The first is in hosts_discover.c, the processes and what a run wants of them in hosts.c.
 *
 * Where descriptors are few, fewer are loaded at a time, and one that lives ends for one that is wanted now. Not even
 * one is an error.
 */
#ifndef MUSTER_DISCOVER_HOSTS_H
#define MUSTER_DISCOVER_HOSTS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"
#include "contain/contain.h"
#include "discover/readers.h"
#include "discover/zygote.h"
#include "plan/catalogue.h"

enum { CATALOGUE_MOST = 64 * 1024 * 1024 };

enum host_state {
    HOST_WAITING, /* not asked for yet */
    HOST_LOADING, /* its catalogue is under way */
    HOST_READY,   /* described, and alive */
    HOST_RETIRED, /* described, not alive: started again when needed */
    HOST_REFUSED,
};

struct host {
    struct hosts *hosts;
    uint32_t number;
    char *path;
    enum host_state state;
    struct source sock, output; /* output: what it prints while loading */
    uint32_t stage;             /* enum load_stage: how far it came */
    int64_t deadline_ns;
    struct buf catalogue; /* its packets, until all hosts have spoken; CATALOGUE_MOST bytes at most */
    bool complete;        /* CATALOGUE_END came */
    int32_t wait_status;  /* valid when `gone` */
    int fork_error;       /* when `gone`: errno of the fork that would have made it, or 0 */
    bool gone;
    struct reader *reader; /* which describes it; NULL: a host of its own */
    bool suspect;          /* the reader had plugins before it: a failure proves nothing */
    bool late;             /* did not load in time, and was told to end */
    bool fresh;
    struct file_identity file; /* when it was discovered */
    char *reason, *text;       /* why it was refused */
    uint32_t plugin;           /* index in the catalogue */
    bool provider;             /* nobody asked for it: it may have fixtures and steps that others want */
    bool yields;               /* what it provides is for those who find it nowhere else */
    bool incidental;           /* it stood in a folder: a file of data without scenarios, or a library, is no mistake */
};

struct hosts {
    struct loop *loop;
    struct zygote *zygote;
    struct source zygote_sock; /* HOST_GONE */
    struct source signals;     /* the caller's; only looked at while plugins are loaded */
    bool interrupted;
    struct host **items;
    size_t n, cap;
    int64_t load_timeout_ns;
    size_t next;     /* the next one to load */
    size_t admitted; /* those before it are in the catalogue, or refused */
    bool providing;  /* what is added now is a provider */
    bool yielding;   /* ... one that yields to others */
    const char *
        *step_providers; /* of the catalogue: "PATH\nNAME\nSTEP...", with a * before the name of one that yields */
    uint32_t n_step_providers;
    size_t loading, alive;
    size_t alive_most; /* hosts kept between discovery and run; each is a process and a descriptor */
    bool zygote_gone;
    bool serve;             /* hosts stay for a run */
    struct readers readers; /* when they don't */
    int document;           /* the target's, in a sealed file; -1: the run has none */
    uint32_t document_size;
};

void hosts_init(struct hosts *h, struct loop *loop, struct zygote *zygote, int64_t load_timeout_ns);
void hosts_free(struct hosts *h);
/* Adds a file; one that is already there (the same file under any name) is passed over. */
void hosts_add(struct hosts *h, const char *path);
/* hosts_discover() ends when this signalfd has something to read, which stays unread. The descriptor remains the
 * caller's. */
void hosts_watch(struct hosts *h, int signals);
/* Not any longer. */
void hosts_unwatch(struct hosts *h);
/* Loads all that were added since the last time and adds them to the catalogue. `keep`: they stay alive for a run (as
 * many as is reasonable). An error is one of the runner's own; a refused plugin is none. -EINTR: a signal came. */
int hosts_discover(struct hosts *h, unsigned parallel, bool keep, struct catalogue *ret_catalogue, struct err *err);

/* From now on hosts are told which plugins have step functions, and of the run's target: its canonical JSON, or NULL.
 */
void hosts_offer_steps(struct hosts *h, struct catalogue *c, const char *target);

/* What monitors from now on give their attempts as the target's document. */
int hosts_give_document(struct hosts *h, const char *json, struct err *err);

/* Has the plugin's host fork a monitor for the slot, starting the host when it isn't there. `outputs` are the writing
 * ends of what its attempts print to stdout and stderr; they stay the caller's. The monitor's socket is the caller's
 * too.
 */
int hosts_monitor(struct hosts *h, uint32_t plugin, const struct containment *containment, uint32_t slot,
                  const char *temp_dir, const char *artifacts_dir, const int ends[ENDS_FDS], int *ret_sock,
                  struct err *err);
/* Why attempts of the plugin can't begin, where its file has to be loaded again and is gone; NULL: they can. malloc'd.
 */
char *hosts_missing(const struct hosts *h, uint32_t plugin);
/* The plugin's host will be needed soon: it is started, so that it loads meanwhile. What goes wrong with that shows
 * when it is needed. */
void hosts_prepare(struct hosts *h, uint32_t plugin);
/* The plugin's host is not needed any more. */
void hosts_retire(struct hosts *h, uint32_t plugin);
/* How the host of the plugin ended, as a sentence for an error ("" when it is alive). malloc'd. */
char *hosts_end(const struct hosts *h, uint32_t plugin);

/* hosts.c, for hosts_discover.c: a process for the host, alone or in a reader. */
int host_start(struct host *host, struct err *err);
/* Whether this error says that there are no more descriptors. */
bool hosts_lack_descriptors(int error);
/* Its socket closes, which ends it. */
void host_let_go(struct host *host);
/* hosts_discover.c, for hosts.c: takes what one that is loading has said. */
void host_hear(struct host *host);
/* Its process has ended, or its reader. */
void host_died_loading(struct host *host);

#endif
