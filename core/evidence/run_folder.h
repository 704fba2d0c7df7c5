/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of a run, <out>/<run>, and what is made in it at the end; `<out>/latest` is a link to the newest run. */
#ifndef MUSTER_EVIDENCE_RUN_FOLDER_H
#define MUSTER_EVIDENCE_RUN_FOLDER_H

#include "base/buf.h"
#include "base/err.h"
#include "report/model.h"
#include "report/report.h"

enum { BUNDLE_NONE = -1 }; /* beside enum bundle_format */

/* Makes and opens <out>/<name>, and the folders above it; -EEXIST when there is one, unless we have made it: a run
 * never takes another's. *ret_shown, malloc'd, is its path as the user knows it. */
int run_folder_make(const char *out, const char *name, bool is_there, char **ret_shown, int *ret_dir, struct err *err);
/* Opens a run's folder and its event log, both for reading. */
int run_folder_open(const char *path, int *ret_dir, int *ret_log, struct err *err);
/* -EEXIST: <out>/latest is no link of ours, and would show an old run for the new one. */
int run_folder_check_latest(const char *out, struct err *err);
/* <out>/latest becomes a link to the run; what has the name and is no link stays. Whether it did. */
bool run_folder_link_latest(const char *out, const char *run_id);
/* What is wrong with a link that was made, malloc'd; NULL: it points to the run, or to one that began later. */
char *run_folder_judge_latest(const char *out, const char *run_id);
struct report_settings {
    int junit_family;  /* enum junit_family */
    const char *junit; /* where JUnit's is written besides; NULL: nowhere */
};
#define OPTIONS_JUNIT(type_, member_)                                                                                  \
    {OPTION_STRING, 0, "junit", "FILE", "Write junit.xml there, too.", offsetof(type_, member_.junit), NULL},          \
    {                                                                                                                  \
        OPTION_CHOICE, 0, "junit-family", "FAMILY",                                                                    \
            "Whose schema junit.xml passes: jenkins (the default), surefire, or full: nobody's, but with file, "       \
            "line, markers and parameters.",                                                                           \
            offsetof(type_, member_.junit_family), report_choose_family                                                \
    }
/* Before a long run: whether the file can be written at its end. Negative with a sentence. */
int run_folder_check_junit(const struct report_settings *settings, struct err *err);
/* Writes the reports that every run leaves. */
int run_folder_reports(int dir, const struct run_model *model, const struct report_settings *settings, struct err *err);
/* Says where all of it is, in lines for the console. `bundle`: enum bundle_format, or BUNDLE_NONE. */
void run_folder_say(int dir, const char *shown, int bundle, struct buf *out);

#endif
