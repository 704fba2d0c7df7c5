/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One double at work: its script, how far it has come, and what it was asked. Pure but for the file of requests. Its
 * caller holds a lock around each call.
 */
#ifndef DOUBLE_PLAYER_H
#define DOUBLE_PLAYER_H

#include "rules.h"

struct player;

/* What to answer: all of it is its own. */
struct outcome {
    unsigned status;
    size_t n_headers;
    char **names, **headers;
    char *body; /* never NULL */
    size_t length;
    uint32_t delay_ms, slow_ms;
    size_t slow_bytes;
    bool reset;
    int64_t cut, content_length; /* as in struct answer */
};

/* The script has to outlive it. `requests_fd` is where a line for each request is appended, and is the player's. */
struct player *player_new(const struct script *script, int requests_fd);
void player_free(struct player *player);
/* Decides, and records. */
void player_play(struct player *player, const struct asked *asked, struct outcome *ret_outcome);
void outcome_free(struct outcome *outcome);

/* A rule of YAML that comes before the file's, until its session ends; 0, or -1 and the mistakes (to be freed). */
int player_add_rule(struct player *player, const char *session, const char *text, size_t length, char **ret_mistakes);
void player_end_session(struct player *player, const char *session);
/* As it was at the start, but for what was recorded. */
void player_reset(struct player *player);
/* The number of the last request, from 1. */
json_int_t player_last(const struct player *player);
/* Those behind that number, as a new list. */
json_t *player_requests(const struct player *player, json_int_t after);

#endif
