/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One life of the platform after another, on the same store: what POST /v1/platform/restart does.
 *
 * The program executes itself anew, so that it keeps its process id and whoever looks after it notices nothing. What it
 * hands on is what somebody outside would have to find again: the listening socket, on which clients wait meanwhile;
 * the connection of who asked for it, who is answered by the next life; the private folder; and an image of a database
 * that is in memory, which stands for the disk. All else has to come from the store, as after a power cut.
 */
#ifndef TESTBED_LIFE_H
#define TESTBED_LIFE_H

#include <stdbool.h>
#include <stdint.h>

enum life_end {
    LIFE_GOES_ON,
    LIFE_KILLED,  /* as by SIGKILL: not a word to anybody */
    LIFE_STOPPED, /* as by SIGTERM */
};

struct life {
    int64_t number;    /* the store's count of lives, from 1 */
    enum life_end end; /* how this one ends, when another one follows */
    int64_t away_ms;   /* from this one's end to the next one's begin */
    bool inherited;    /* there was one before, in this process */
    bool has_trail;    /* something was written into the audit chain */
    int listener;      /* -1: there is none to take over */
    int caller;        /* who asked for the restart; -1: nobody */
    char *folder;      /* the private one; NULL: make one */
    char *image;       /* of the database in memory; NULL: there is none */
};

/* What the life before has left, if there was one. */
void life_inherit(struct life *l);
/* `fd` is the connection of who asks; it stays its owner's. */
void life_ask(struct life *l, enum life_end end, int64_t away_ms, int fd);
/* Begins the next one; comes back when that was not possible, after a message on stderr. */
void life_begin_next(struct life *l, char *const argv[]);
/* Tells who asked that it is done. */
void life_answer(struct life *l);
void life_free(struct life *l);

#endif
