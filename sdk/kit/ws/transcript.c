/* SPDX-License-Identifier: Apache-2.0 */
/* What is written into ws-frames.txt, the evidence of the frames of a bad attempt. */
#include "transcript.h"

#include "evidence.h"

#include <stdlib.h>

#define TEXT_SHOWN  120u
#define BYTES_SHOWN 32u

static struct evidence frames = EVIDENCE("ws-frames.txt");

unsigned ws_transcript_number(void)
{
    return evidence_number(&frames);
}

struct line {
    FILE *out;
    char *text;
    size_t length;
};

static int begin(struct line *l, unsigned number)
{
    *l = (struct line){0};
    l->out = open_memstream(&l->text, &l->length);
    if (l->out)
        fprintf(l->out, "ws%u %10.1f ms ", number, evidence_time_ms(&frames));
    return l->out ? 0 : -1;
}

static void end(struct muster_ctx *t, struct line *l)
{
    fputc('\n', l->out);
    if (fclose(l->out) == 0)
        evidence_add(t, &frames, l->text, l->length);
    free(l->text);
}

static void put_hex(FILE *out, const uint8_t *bytes, uint64_t length)
{
    for (uint64_t i = 0; i < length && i < BYTES_SHOWN; i++)
        fprintf(out, " %02x", bytes[i]);
    if (length > BYTES_SHOWN)
        fputs(" ...", out);
}

void ws_transcript_note(struct muster_ctx *t, unsigned number, const char *what, const char *words)
{
    struct line l;
    if (begin(&l, number) < 0)
        return;
    fprintf(l.out, "%s", what);
    if (*words)
        fputc(' ', l.out);
    evidence_line(l.out, words, strlen(words), 1024);
    end(t, &l);
}

static void put_payload(FILE *out, const struct frame_head *h, const uint8_t *bytes, uint64_t length)
{
    int text =
        h->opcode == M_WS_TEXT || h->opcode == M_WS_PING || h->opcode == M_WS_PONG || h->opcode == M_WS_CONTINUATION;
    if (h->opcode == M_WS_CLOSE && length >= 2) {
        fprintf(out, " %d", bytes[0] * 256 + bytes[1]);
        bytes += 2;
        length -= 2;
        text = 1;
    }
    if (!length)
        return;
    if (!text || h->rsv) {
        put_hex(out, bytes, length);
        return;
    }
    fputs(" \"", out);
    evidence_line(out, bytes, (size_t)length, TEXT_SHOWN);
    fputc('"', out);
}

void ws_transcript_frame(struct muster_ctx *t, unsigned number, int sent, const struct frame_head *head,
                         const void *payload, uint64_t came)
{
    struct line l;
    if (begin(&l, number) < 0)
        return;
    fprintf(l.out, "%c %s", sent ? '>' : '<', ws_frame_name(head->opcode));
    if (*ws_frame_name(head->opcode) == 'r')
        fprintf(l.out, " %d", head->opcode);
    fprintf(l.out, "%s%s%s%s%s, %" PRIu64 " bytes", head->fin ? " fin" : "", head->rsv & 4 ? " rsv1" : "",
            head->rsv & 2 ? " rsv2" : "", head->rsv & 1 ? " rsv3" : "", head->masked ? " masked" : "", head->length);
    if (came < head->length)
        fprintf(l.out, " of which %" PRIu64 " came", came);
    put_payload(l.out, head, payload, came < TRANSCRIPT_START ? came : TRANSCRIPT_START);
    end(t, &l);
}

void ws_transcript_raw(struct muster_ctx *t, unsigned number, const void *bytes, uint64_t length)
{
    struct line l;
    if (begin(&l, number) < 0)
        return;
    fprintf(l.out, "> %" PRIu64 " raw bytes", length);
    put_hex(l.out, bytes, length);
    end(t, &l);
}
