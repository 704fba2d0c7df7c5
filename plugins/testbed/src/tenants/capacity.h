/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a region has, and what was promised of it. A tenant's quotas are a promise: they are taken out of its region
 * when it is made, and come back when it goes. The pools are finite, so the last tenant that fits is followed by one
 * that does not.
 */
#ifndef TESTBED_CAPACITY_H
#define TESTBED_CAPACITY_H

#include "server/router.h"

#define CAPACITY_REGIONS "local, eu-central, us-east, edge"

/* What there was too little of. */
struct capacity_lack {
    const char *what; /* "replicas", "storage_bytes" */
    int64_t left, wanted;
};

/* Takes what these quotas promise, or, when the tenant has something already, takes that instead. False: too little. */
bool capacity_take(struct testbed *tb, const char *tenant_id, const char *region, const json_t *quotas,
                   struct capacity_lack *ret_lack);
/* Whether it would fit. */
bool capacity_fits(struct testbed *tb, const char *tenant_id, const char *region, const json_t *quotas,
                   struct capacity_lack *ret_lack);
void capacity_give_back(struct testbed *tb, const char *tenant_id);
bool capacity_has_taken(struct testbed *tb, const char *tenant_id);

/* 409 */
void capacity_refuse(struct request *r, const char *region, const struct capacity_lack *lack);

/* /v1/capacity */
extern const struct route capacity_routes[];

#endif
