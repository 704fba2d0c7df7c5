/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt says. */
#ifndef MUSTER_EXEC_SLOT_CHANNEL_H
#define MUSTER_EXEC_SLOT_CHANNEL_H

#include "base/loop.h"

struct slot;

/* Something is in the channel of one of the slot's sets. */
void slot_on_channel(struct source *source, uint32_t events);
/* The current set's turn has come, which may have spoken before. */
void slot_listen_again(struct slot *s);
/* Takes what it said, up to `most` messages. */
void slot_read_channel(struct slot *s, unsigned most);

#endif
