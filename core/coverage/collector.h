/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: what the two collectors are given, and give. */
#ifndef MUSTER_COVERAGE_COLLECTOR_H
#define MUSTER_COVERAGE_COLLECTOR_H

#include "coverage/cobertura.h"
#include "coverage/counters.h"
#include "coverage/tool.h"

struct collector {
    const char *objects; /* a folder to search, "" or NULL */
    const char *const *plugins;
    size_t n_plugins;
    struct tool_run tools;
    char *root;     /* the working folder */
    char *counters; /* both absolute */
    const char *to; /* the folder of cobertura.xml and html/, there already */
};

/* Each makes cobertura.xml and html/index.html below c->to. */
int collect_gcov(const struct collector *c, const struct paths *gcda, struct line_counts *ret, struct err *err);
int collect_llvm(const struct collector *c, const struct paths *profraw, struct line_counts *ret, struct err *err);

#endif
