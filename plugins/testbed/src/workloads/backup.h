/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backups: a workload's data as it was at one moment, each in a file of its own below the platform's folder:
 * tenants/TENANT/workloads/WORKLOAD/backups/ID.json. The database has what is known about it, its digest above all;
 * what it keeps is in the file alone, so that whoever loses the database's rows still has his data.
 *
 * Backups are made by users, or by a schedule of the workload's, which also lets the oldest of its own go. They go with
 * their workload.
 */
#ifndef TESTBED_BACKUP_H
#define TESTBED_BACKUP_H

#include "workloads/workload.h"

#define BACKUP_KIND_MANUAL    "manual"
#define BACKUP_KIND_SCHEDULED "scheduled"

#define BACKUP_VIEW "SELECT id, workload_id, label, kind, items, bytes, sha256, created_at FROM backups "

/* Makes one, and tells of it. 0, or -1 when file or row could not be written: then nothing is left of it. */
int backup_make(const struct workload *w, const char *label, const char *kind, char ret_id[ID_MAX]);
/* Its file, when its row has not been kept. */
void backup_discard(const struct workload *w, const char *id);
/* Row and file; false: the workload has no such backup. */
bool backup_remove(const struct workload *w, const char *id);

/*
 * What a backup of the same tenant keeps, to put into `w`: an array of {key, value}. NULL with what is wrong:
 * BACKUP_UNKNOWN, or BACKUP_DAMAGED when the file is gone, or not what it was when it was made.
 */
enum backup_problem { BACKUP_UNKNOWN, BACKUP_DAMAGED };
json_t *backup_items(const struct workload *w, const char *id, enum backup_problem *ret_problem);
/* Changes one character of its file, so that it can be seen that a restore finds it. False: there is none. */
bool backup_damage(const struct workload *w, const char *id);

/* backup_schedule.c: from now on schedules are kept, and what an earlier life of the platform missed is made up for. */
void backups_start(struct testbed *tb);
void backups_stop(struct testbed *tb);

/* /v1/workloads/{}/backups and /restore; /backup-schedule */
extern const struct route workload_backup_routes[], backup_schedule_routes[];

#endif
