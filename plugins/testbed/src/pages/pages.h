/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages for a browser: the platform's, for those who administer it, and each tenant's, for its users. They are made
 * here from what the API answers, and work without script.
 */
#ifndef TESTBED_PAGES_H
#define TESTBED_PAGES_H

#include "server/router.h"

/* /admin/... and /t/{}/...; and what all pages are made with */
extern const struct route login_pages[], password_pages[], session_pages[], tenant_new_pages[], tenant_pages[],
    own_pages[], page_assets[];

/* The error of a route with ROUTE_PAGE, as a page. */
void page_show_error(struct request *r);

/* Routes of the platform's place, of a tenant's, of both. */
#define ADMIN_PAGE(method_, path_, handler_)                                                                           \
    {                                                                                                                  \
        method_, "/admin" path_, 0, ROUTE_ANYONE | ROUTE_PAGE, NULL, handler_                                          \
    }
#define TENANT_PAGE(method_, path_, handler_)                                                                          \
    {                                                                                                                  \
        method_, "/t/{}" path_, 0, ROUTE_ANYONE | ROUTE_PAGE, NULL, handler_                                           \
    }
#define ANY_PAGE(method_, path_, handler_) ADMIN_PAGE(method_, path_, handler_), TENANT_PAGE(method_, path_, handler_)

#endif
