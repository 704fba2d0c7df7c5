/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workloads: what should run, and what does.
 *
 * A workload is a specification (its row in the database) and the replicas that were started for it (replica.h).
 * Whoever changes the specification calls reconcile(); so does whatever happens to a replica. Nothing else starts or
 * stops replicas (reconciler.c).
 */
#ifndef TESTBED_WORKLOAD_H
#define TESTBED_WORKLOAD_H

#include "common/clock.h"
#include "server/fields.h"
#include "server/router.h"
#include "workloads/load.h"
#include "workloads/replica.h"
#include "workloads/rules.h"

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
    int replicas, grace_ms;
    struct limits limits;
    struct health_rule health;
    bool system, stopped;
    const json_t *settings; /* of an earlier life, in place of the usual; NULL: none */
};

/* One that says nothing else than its names. */
struct workload_spec workload_spec_usual(const char *tenant_id, const char *name, const char *image);

#define RESTARTS_KEPT 32

/* Since when a rule's condition holds (0: it does not), and the alert that was raised for it (empty: none). */
struct alert_state {
    int64_t since_ms;
    char id[ID_MAX];
};

/* What passes through the platform: bytes that may still pass, as of a moment. */
struct traffic {
    int64_t bytes_left, as_of_ms;
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
    int grace_ms;                                             /* from SIGTERM to SIGKILL */
    struct limits limits;
    struct health_rule health;
    int schema_version, previous_schema_version; /* of the tenant's tables, with `version`; 0: as they happen to be */
    bool system, stopped, deleting;
    bool scaling, updating, was_running, failed;
    int failed_starts; /* in a row */
    int quick_ends;    /* replicas that ended soon after they were ready, in a row */
    int pause_ms;      /* before the next start, after any of these; 0: none */
    struct traffic traffic;
    struct load_meter meter;
    int64_t requests, requests_failed; /* answered, and not */
    struct autoscale_rule autoscale;
    int64_t autoscaled_ms; /* when it last changed the size; 0: never */
    struct alert_rules alert_rules;
    struct alert_state alert[ALERT_RULES_MAX]; /* of the rules, in their order */
    bool alerts_known;                         /* those of before are looked for at the first look */
    int64_t restarted_ms[RESTARTS_KEPT];       /* when, in no order */
    int64_t limit_told_ms[LIMIT_COUNT];        /* when an event last told of it */
    int lost;                                  /* replicas that are not replaced: only with stopped-stays-stopped */
    int short_by;                              /* replicas that are not started: only with scale-miscount */
    int64_t restarts;
    enum workload_status status;
    char last_error[200];
    char created_at[TIME_TEXT_MAX], updated_at[TIME_TEXT_MAX];
    struct replica *processes;
    unsigned turn; /* of the replicas, for requests (balancer.h) */
    lws_sorted_usec_list_t retry;
};

/* Our own, which the program muster-workload plays (its --image). For field_choice(). */
#define WORKLOAD_IMAGES "web, worker, slow, stubborn, abrupt, flapping, crash"

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
/* The same, and their processes are killed at once. */
int workload_kill_all(struct testbed *tb, const char *tenant_id);
void workload_delete(struct workload *w);

/* Writes the specification to the database. */
void workload_save(struct workload *w);
/* The last replica has ended: forgets the workload. */
void workload_gone(struct workload *w);
/* Only by a seeded bug: a replica that nobody looks after any more. */
void workload_leave(struct workload *w, struct replica *p);

json_t *workload_view(const struct workload *w);
json_t *workload_pids_of_tenant(struct testbed *tb, const char *tenant_id);
int workload_ready_count(const struct workload *w);
/* Requests that its replicas are answering now. */
int workload_in_flight(const struct workload *w);

/* Opens the driver, and starts what an earlier life of this platform left specified; -1 after a message on stderr. */
int workloads_load(struct testbed *tb);
/* SIGCHLD has come. */
void workloads_children(struct testbed *tb);
/* A change was not kept: what is specified is what the database says again. A deletion that has begun goes on. */
void workloads_resync(struct testbed *tb);
/* Ends all replicas, at once, and frees everything. */
void workloads_stop_all(struct testbed *tb);

/* The owner function of routes with a workload's id, and what it has found. */
const char *route_of_workload(struct request *r);
static inline struct workload *request_workload(const struct request *r)
{
    return r->target;
}

/* Whether users may change it: false after a 409. */
bool workload_changeable(struct request *r);
/* A change of the specification by a request: written, recorded, brought about, answered with 202. */
void workload_specified(struct request *r, const char *action, const char *detail);

/* From now on `changed` is called whenever the status of one of this tenant's workloads changes, or it is gone. */
void workloads_listen(void (*changed)(struct testbed *tb, const char *tenant_id));
void workload_changed(struct testbed *tb, const char *tenant_id);

/*
 * A replica, or all of them, would have needed more than a limit allows: last_error says so, and an event, once a
 * second at most.
 */
void workload_limit_reached(struct workload *w, enum limit limit, const char *detail);
/* Reads the body's limits into *limits: those that are given. */
void limits_take(struct fields *f, struct limits *limits);

/* /v1/tenants/{}/workloads and /v1/workloads: the specification, single processes, data, limits; backup.h has the
 * backups
 */
extern const struct route workloads_routes[], workload_process_routes[], workload_data_routes[],
    workload_limits_routes[];

/* reconciler.c: brings the processes nearer to the specification, and sets the status. */
void reconcile(struct workload *w);

#endif
