/* SPDX-License-Identifier: Apache-2.0 */
/* What is written into ws-frames.txt, the evidence of the frames of a bad attempt. */
#ifndef MUSTER_KIT_WS_TRANSCRIPT_H
#define MUSTER_KIT_WS_TRANSCRIPT_H

#include "frame.h"

/* So much of a payload is looked at, for secrets; less is shown. */
#define TRANSCRIPT_START 4096u

/* A number for a connection. */
unsigned ws_transcript_number(void);
/* "ws1 opened ws://..."; words is more to say, or "". */
void ws_transcript_note(struct muster_ctx *t, unsigned number, const char *what, const char *words);
/* A frame, with the start of its payload, unmasked; `came` of its bytes were there. */
void ws_transcript_frame(struct muster_ctx *t, unsigned number, int sent, const struct frame_head *head,
                         const void *payload, uint64_t came);
/* Bytes that were sent as they are. */
void ws_transcript_raw(struct muster_ctx *t, unsigned number, const void *bytes, uint64_t length);

#endif
