/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt says. */
#ifndef MUSTER_EXEC_SLOT_CHANNEL_H
#define MUSTER_EXEC_SLOT_CHANNEL_H

struct slot;

/* From now on it is listened to. */
void slot_open_channel(struct slot *s, int channel);
/* Takes what it said, up to `most` messages. */
void slot_read_channel(struct slot *s, unsigned most);

#endif
