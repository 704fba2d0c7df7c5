/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: data within the page, packed.
 *
 * A chunk is a <script> element that no browser runs: base64 of a zlib stream of JSON, unpacked by the page when it is
 * looked at. It is written as it is made: what was added to `json` goes with chunk_step(), so that a chunk of any size
 * takes little memory. One writer serves one chunk after the other. zlib is loaded at the first use.
 */
#ifndef MUSTER_REPORT_HTML_CHUNK_H
#define MUSTER_REPORT_HTML_CHUNK_H

#include "base/err.h"
#include "base/json_out.h"
#include "report/output.h"

struct chunk_writer;

/* Loads zlib while there is nothing else to do; a failure is told by chunk_writer_new(). */
void chunk_prepare(void);
/* -ENOSYS when zlib can't be loaded, -ENOMEM when it can't begin. */
int chunk_writer_new(struct output *out, struct chunk_writer **ret_writer, struct err *err);
void chunk_writer_free(struct chunk_writer *w);

/* What is added to the JSON is the chunk's content; valid until chunk_end(). */
struct json_out *chunk_begin(struct chunk_writer *w, const char *id);
void chunk_step(struct chunk_writer *w);
void chunk_end(struct chunk_writer *w);

/* Base64 of a few bytes, as the page's policy has its hashes. */
void base64_add(struct buf *out, const unsigned char *data, size_t len);

#endif
