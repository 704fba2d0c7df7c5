/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports: files made from a run's model.
 *
 * A report is a function of the model and of the attempts' output files, so the one written at a run's end and
 * the one made later from its log or its bundle are the same byte for byte. It is written as it is made: its
 * size costs no memory. A failure to write is a negative errno with a sentence; output files that can't be read
 * are left out, since they may not have been kept.
 */
#ifndef MUSTER_REPORT_REPORT_H
#define MUSTER_REPORT_REPORT_H

#include "base/err.h"
#include "report/model.h"
#include "report/output_reader.h"
#include "report/report_options.h"

enum report_format {
    REPORT_JUNIT, /* JUnit XML: docs/reference/reports.md */
    REPORT_JSON,  /* results.json */
    REPORT_HUMAN, /* the console's final text */
    REPORT_TAP,
    REPORT_HTML, /* a page for a browser: docs/internals/html-report.md */
    REPORT_N_FORMATS
};

/* "junit", "json", "human", "tap", "html"; 0 or -EINVAL. */
int report_format_parse(const char *name, enum report_format *ret_format);
const char *report_format_name(enum report_format format);
/* "jenkins", "surefire", "full"; 0 or -EINVAL. Types as OPTION_CHOICE wants them. */
int report_choose_family(const char *text, int *ret_choice);
/* "13", "14"; 0 or -EINVAL. */
int report_choose_tap_version(const char *text, int *ret_choice);
/* The file's name in a run's folder: "junit.xml", "results.json", "summary.txt", "results.tap", "report.html". */
const char *report_file_name(enum report_format format);

/* Does what writing reports takes once: for when there is nothing else to do. */
void report_prepare(void);
/* `source` may be NULL: no output files. `options` may be NULL: the usual. */
int report_write(const struct run_model *model, enum report_format format, const struct output_reader *source,
                 const struct report_options *options, int fd, struct err *err);
/* The same into a file: under a temporary name first, so that readers see a whole one or none. */
int report_write_file(const struct run_model *model, enum report_format format, const struct output_reader *source,
                      const struct report_options *options, int dirfd, const char *name, struct err *err);

#endif
