/* SPDX-License-Identifier: Apache-2.0 */
/* The C library's streams, whose buffers _exit() does not write. */
#ifndef MUSTER_HOST_STREAMS_H
#define MUSTER_HOST_STREAMS_H

/* Which streams there are before the scenario begins. */
void attempt_note_streams(void);
/* Flushes what was printed, as _exit() does not. */
void attempt_flush(void);
/* Flushes stdout and stderr, but where a thread holds them. */
void attempt_flush_outputs(void);

#endif
