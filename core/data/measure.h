/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much there is in a text of YAML or JSON, counted from the parser's events: one pass, in time that grows with the
 * text. What makes a document of it looks up anchors one by one, and nests as deep as the text does, so nothing is
 * handed to it that has not been measured.
 */
#ifndef MUSTER_DATA_MEASURE_H
#define MUSTER_DATA_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct yaml_bounds {
    uint32_t values;  /* scalars, lists, maps and aliases */
    uint32_t anchors; /* &name */
    uint32_t depth;
};

/* Blank lines: those before the first line of a block scalar, of which the scanner's time is the square. */
enum { YAML_ANCHORS_MAX = 1000, YAML_DEPTH_READ = 128, YAML_BLANK_LINES_MAX = 1000 };

struct yaml_excess {
    char text[64]; /* "more than 1000 anchors" */
    uint32_t line, column;
};

/* -E2BIG with what there is too much of, and where; 0 also for what is no YAML: who reads it says so. -ENOMEM. */
int yaml_measure(const char *text, size_t len, bool json, const struct yaml_bounds *most,
                 struct yaml_excess *ret_excess);

#endif
