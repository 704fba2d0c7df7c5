/* SPDX-License-Identifier: Apache-2.0 */
#include "tally.h"

#include <math.h>
#include <string.h>

static void count_reason(struct tally *y, const char *reason)
{
    unsigned i = 0;
    while (i < y->n_reasons && strcmp(y->reasons[i].text, reason) != 0)
        i++;
    if (i == TALLY_REASONS) {
        y->reasons[--i].n++;
        snprintf(y->reasons[i].text, sizeof y->reasons[i].text, "others");
        return;
    }
    if (i == y->n_reasons)
        snprintf(y->reasons[y->n_reasons++].text, sizeof y->reasons[i].text, "%s", reason);
    y->reasons[i].n++;
}

static void count_status(struct tally *y, int32_t status)
{
    unsigned i = 0;
    while (i < y->n_statuses && y->statuses[i].status != status)
        i++;
    if (i == TALLY_STATUSES)
        y->statuses[--i].status = -1; /* others */
    else if (i == y->n_statuses)
        y->statuses[y->n_statuses++].status = status;
    y->statuses[i].n++;
}

static void add_failure(struct tally *y, const struct tally_sent *sent)
{
    struct tally_failure f = {
        .at_ms = sent->at_ms, .latency_ms = sent->latency_ms, .client = sent->client, .status = sent->result.status};
    snprintf(f.reason, sizeof f.reason, "%s", sent->result.failed);
    if (y->failed < TALLY_FAILURES)
        y->failures[y->failed] = f;
    y->failed++;
    count_reason(y, f.reason);
}

static void add_latency(struct tally *y, double ms)
{
    load_histogram_add(&y->latencies, ms > 0 ? (uint64_t)(ms * 1e3) : 0);
}

void load_tally_add(struct tally *y, const struct tally_sent *sent)
{
    add_latency(y, sent->latency_ms);
    count_status(y, sent->result.status);
    if (sent->result.failed)
        add_failure(y, sent);
    else
        y->done++;
}

void load_tally_add_unsent(struct tally *y, double waited_ms)
{
    add_latency(y, waited_ms);
    y->unsent++;
}

static double percentile(const struct tally *y, double percent)
{
    return y->latencies.n ? (double)load_histogram_percentile(&y->latencies, percent) / 1e3 : NAN;
}

struct m_load_stats load_tally_stats(const struct tally *y, double seconds)
{
    const struct load_histogram *h = &y->latencies;
    double sent = (double)(y->done + y->failed);
    return (struct m_load_stats){.seconds = seconds,
                                 .sent = sent,
                                 .done = (double)y->done,
                                 .failed = (double)y->failed,
                                 .unsent = (double)y->unsent,
                                 .rate = seconds > 0 ? sent / seconds : 0,
                                 .min_ms = h->n ? (double)h->least / 1e3 : NAN,
                                 .mean_ms = h->n ? h->sum / (double)h->n / 1e3 : NAN,
                                 .max_ms = h->n ? (double)h->most / 1e3 : NAN,
                                 .p50_ms = percentile(y, 50),
                                 .p90_ms = percentile(y, 90),
                                 .p95_ms = percentile(y, 95),
                                 .p99_ms = percentile(y, 99)};
}

/* Reasons are a system's words: quotes and controls become what JSON has for them. */
static void write_text(const char *text, FILE *out)
{
    fputc('"', out);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else if (*p < 0x20 || *p == 0x7f)
            fprintf(out, "\\u%04x", *p);
        else
            fputc(*p, out);
    }
    fputc('"', out);
}

static void write_number(const char *key, double value, FILE *out)
{
    char text[40];
    snprintf(text, sizeof text, "%.3f", value);
    m_plain_number_(text);
    fprintf(out, "\"%s\":%s,", key, isnan(value) ? "null" : text);
}

static void write_latencies(const struct tally *y, const struct m_load_stats *s, FILE *out)
{
    fputs("\"latency_ms\":{", out);
    write_number("min", s->min_ms, out);
    write_number("mean", s->mean_ms, out);
    write_number("p50", s->p50_ms, out);
    write_number("p90", s->p90_ms, out);
    write_number("p95", s->p95_ms, out);
    write_number("p99", s->p99_ms, out);
    write_number("p99.9", percentile(y, 99.9), out);
    write_number("max", s->max_ms, out);
    fputs("\"histogram\":[", out);
    const char *comma = "";
    for (unsigned i = 0; i < HISTOGRAM_SLOTS; i++) {
        if (y->latencies.counts[i] == 0)
            continue;
        char end[40];
        snprintf(end, sizeof end, "%.3f", (double)load_histogram_end_of(i) / 1e3);
        m_plain_number_(end);
        fprintf(out, "%s[%s,%" PRIu64 "]", comma, end, y->latencies.counts[i]);
        comma = ",";
    }
    fputs("]}", out);
}

static void write_failures(const struct tally *y, FILE *out)
{
    fputs("\"reasons\":{", out);
    for (unsigned i = 0; i < y->n_reasons; i++) {
        fputs(i ? "," : "", out);
        write_text(y->reasons[i].text, out);
        fprintf(out, ":%" PRIu64, y->reasons[i].n);
    }
    fputs("},\n\"failures\":[", out);
    for (uint64_t i = 0; i < y->failed && i < TALLY_FAILURES; i++) {
        const struct tally_failure *f = &y->failures[i];
        fputs(i ? ",\n{" : "\n{", out);
        write_number("at_ms", f->at_ms, out);
        write_number("latency_ms", f->latency_ms, out);
        fprintf(out, "\"client\":%u,\"status\":%d,\"reason\":", f->client, f->status);
        write_text(f->reason, out);
        fputc('}', out);
    }
    fputs("]", out);
}

void load_tally_write(const struct tally *y, const struct m_load_options *o, double seconds, FILE *out)
{
    struct m_load_stats s = load_tally_stats(y, seconds);
    fputs("{\"name\":", out);
    write_text(o->name, out);
    fprintf(out, ",\"clients\":%u,", o->clients);
    write_number("wanted_rate", o->rate < 0 ? NAN : o->rate, out);
    write_number("seconds", seconds, out);
    write_number("rate", s.rate, out);
    fprintf(out, "\"done\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"unsent\":%" PRIu64 ",\n\"statuses\":{", y->done,
            y->failed, y->unsent);
    for (unsigned i = 0; i < y->n_statuses; i++)
        fprintf(out, "%s\"%d\":%" PRIu64, i ? "," : "", y->statuses[i].status, y->statuses[i].n);
    fputs("},\n", out);
    write_latencies(y, &s, out);
    fputs(",\n", out);
    write_failures(y, out);
    fputs("}\n", out);
}

void load_tally_describe(const struct tally *y, char *text, size_t size)
{
    uint64_t sent = y->done + y->failed;
    if (sent == 0)
        snprintf(text, size, "no request was sent%s", y->unsent ? ", and some were due" : "");
    else if (y->failed > 0)
        snprintf(text, size, "%" PRIu64 " of %" PRIu64 " failed; the first, after %.0f ms: status %d, %s", y->failed,
                 sent, y->failures[0].at_ms, y->failures[0].status, y->failures[0].reason);
    else
        snprintf(text, size, "%" PRIu64 " were sent, %" PRIu64 " were due and could not be", sent, y->unsent);
}
