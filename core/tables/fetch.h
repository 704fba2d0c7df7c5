/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables, target files and muster.yaml, read by muster-table: a process of the supervisor's that is started for the
 * first file and answers for one after the other. What a stranger's file does to a parser, it does to that process.
 * While the supervisor waits it sees signals, and a limit of time. From the supervisor's thread.
 */
#ifndef MUSTER_TABLES_FETCH_H
#define MUSTER_TABLES_FETCH_H

#include "base/err.h"
#include "plan/catalogue.h"
#include "plan/target_info.h"
#include "settings/settings_file.h"
#include "tables/table_helper.h"

/* A table_reader; `helper` is one. Errors besides the file's own, -EINVAL: -EINTR, -ETIMEDOUT, -EPIPE when the helper
 * died, -EPROTO when it said what makes no sense. After these it is ended: the next file gets another. */
int table_fetch(void *helper, const char *what, const struct param_list *params, struct arena *arena,
                struct table_info *ret_table, struct err *err);
/* A target file, checked (target/target_file.h), with the same errors: -EINVAL has all of its mistakes, each in its
 * line. */
int target_fetch(struct table_helper *h, const char *path, struct arena *arena, struct target_info *ret_target,
                 struct err *err);
/* muster.yaml, with the same errors. */
int settings_fetch(struct table_helper *h, const char *path, struct arena *arena, struct settings *ret_settings,
                   struct err *err);

#endif
