/* SPDX-License-Identifier: Apache-2.0 */
/* What `muster flaky` and `muster slow` have in common: the history of some cases is read, and printed. */
#ifndef MUSTER_CLI_HISTORY_VIEW_H
#define MUSTER_CLI_HISTORY_VIEW_H

#include "base/buf.h"
#include "base/json_out.h"
#include "cli/configuring.h"
#include "config/options.h"
#include "record/history.h"

struct verb;

struct history_view {
    const char *history;
    int64_t window, limit;
    bool json;
    struct configuring configuring;
};
#define HISTORY_VIEW_INIT(window_)                                                                                     \
    {                                                                                                                  \
        .history = HISTORY_DEFAULT, .window = (window_), .limit = 20                                                   \
    }
#define OPTIONS_HISTORY_VIEW(type_, member_, window_help_)                                                             \
    {OPTION_INT, 0, "window", "N", window_help_, offsetof(type_, member_.window), NULL},                               \
        {OPTION_INT,                                                                                                   \
         'n',                                                                                                          \
         "limit",                                                                                                      \
         "N",                                                                                                          \
         "The first N of a list, 0 for all. Default: 20.",                                                             \
         offsetof(type_, member_.limit),                                                                               \
         NULL},                                                                                                        \
        {OPTION_FLAG, 0, "json", NULL, "As JSON; all of them.", offsetof(type_, member_.json), NULL},                  \
        {OPTION_STRING,                                                                                                \
         0,                                                                                                            \
         "history",                                                                                                    \
         "FILE",                                                                                                       \
         "What is remembered from run to run. Default: .muster/history.db.",                                           \
         offsetof(type_, member_.history),                                                                             \
         NULL},                                                                                                        \
        OPTIONS_CONFIGURING(type_, member_.configuring)

/* Of the cases read: as text, or members of a JSON object. */
struct history_printing {
    void (*text)(void *data, const struct history_case *cases, size_t n, struct buf *out);
    void (*json)(void *data, const struct history_case *cases, size_t n, struct json_out *j);
    void *data;
};

/* `ids`: of the operands; none: all cases. `most`: how much is remembered. */
int history_view(const struct verb *verb, const struct history_view *view, const struct option_list *ids, int64_t most,
                 const struct history_printing *printing);

#endif
