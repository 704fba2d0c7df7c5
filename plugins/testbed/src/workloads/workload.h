/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workloads: what should run, and what does.
 *
 * A workload is a specification (its row in the database) and the replicas that were started for it (child processes).
 * Whoever changes the specification calls reconcile(); so does the end of a process. Nothing else starts or stops
 * replicas (reconciler.c).
 */
#ifndef TESTBED_WORKLOAD_H
#define TESTBED_WORKLOAD_H

#include "common/clock.h"
#include "server/router.h"

struct replica;

#define VERSION_MAX  32
#define NAME_MAX_LEN 64
#define IMAGE_MAX    160

enum workload_status {
    W_PENDING,
    W_RUNNING,
    W_SCALING,
    W_UPDATING,
    W_DEGRADED,
    W_STOPPING,
    W_STOPPED,
    W_FAILED,
    W_DELETING
};

const char *workload_status_name(enum workload_status status);

struct workload_spec {
    const char *tenant_id, *name, *image, *version;
    int replicas, memory_mb, nofile;
    bool system;
};

struct workload {
    struct workload *next;
    struct testbed *tb;
    char id[ID_MAX], tenant_id[ID_MAX];
    char name[NAME_MAX_LEN], image[IMAGE_MAX];
    char version[VERSION_MAX], previous_version[VERSION_MAX]; /* the latter empty when there is none */
    char actual_version[VERSION_MAX];                         /* what new replicas are started with */
    char broken_version[VERSION_MAX];                         /* its replicas die at once; empty for none */
    int replicas;                                             /* as many as wanted */
    int memory_mb, nofile;
    int schema_version, previous_schema_version; /* of the tenant's tables, with `version`; 0: as they happen to be */
    bool system, stopped, deleting;
    bool scaling, updating, was_running, failed;
    int failed_starts; /* in a row */
    int lost;          /* replicas that are not replaced: only with stopped-stays-stopped */
    int short_by;      /* replicas that are not started: only with scale-miscount */
    int64_t restarts;
    enum workload_status status;
    char last_error[160];
    char created_at[TIME_TEXT_MAX], updated_at[TIME_TEXT_MAX];
    struct replica *processes;
    unsigned turn; /* of the replicas, for requests */
    lws_sorted_usec_list_t retry;
};

/*
 * What runs, as one text, which is the workload's `image`: one of our own images, a container's image, or the folder or
 * the repository of a composition behind one of these. One of our own images stands in for all that is not ours.
 */
#define IMAGE_COMPOSE "compose:"
#define IMAGE_GIT     "git:"
const char *image_type(const char *image);     /* "process", "docker-container", "docker-compose", "git-compose" */
const char *image_stand_in(const char *image); /* what a replica is started as */

/* 0, STORE_UNIQUE when the name is taken, STORE_ERROR. */
int workload_create(struct testbed *tb, const struct workload_spec *spec, struct workload **ret_workload);
struct workload *workload_find(struct testbed *tb, const char *id);
struct workload *workload_find_named(struct testbed *tb, const char *tenant_id, const char *name);

/* Marks all of a tenant's for deletion; how many are not gone yet. */
int workload_delete_all(struct testbed *tb, const char *tenant_id);
void workload_delete(struct workload *w);

/* Writes the specification to the database. */
void workload_save(struct workload *w);
/* The last process has ended: forgets the workload. */
void workload_gone(struct workload *w);

json_t *workload_view(const struct workload *w);
json_t *workload_pids_of_tenant(struct testbed *tb, const char *tenant_id);
int workload_ready_count(const struct workload *w);

/* Starts what an earlier life of this platform left specified. */
void workloads_load(struct testbed *tb);
/* A change was not kept: what is specified is what the database says again. A deletion that has begun goes on. */
void workloads_resync(struct testbed *tb);
/* Ends all processes, at once, and frees everything. */
void workloads_stop_all(struct testbed *tb);

/* The owner function of routes with a workload's id, and what it has found. */
const char *route_of_workload(struct request *r);
static inline struct workload *request_workload(const struct request *r)
{
    return r->target;
}

/* From now on `changed` is called whenever the status of one of this tenant's workloads changes, or it is gone. */
void workloads_listen(void (*changed)(struct testbed *tb, const char *tenant_id));
void workload_changed(struct testbed *tb, const char *tenant_id);

/* /v1/tenants/{}/workloads and /v1/workloads: the specification, single processes, data, backups */
extern const struct route workloads_routes[], workload_process_routes[], workload_data_routes[],
    workload_backup_routes[];

/* workload_process.c: finds a ready replica for a request, or answers 503. */
void workload_route_request(struct workload *w, struct request *r);

/* reconciler.c: brings the processes nearer to the specification, and sets the status. */
void reconcile(struct workload *w);
/* SIGCHLD: collects the dead. */
void reconcile_children(struct testbed *tb);

#endif
