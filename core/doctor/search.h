/* SPDX-License-Identifier: Apache-2.0 */
/* Where programs are. */
#ifndef MUSTER_DOCTOR_SEARCH_H
#define MUSTER_DOCTOR_SEARCH_H

/* Where programs of administrators are, which not every user's PATH has. */
#define SEARCH_SBIN "/usr/local/sbin:/usr/sbin:/sbin"

/* The first that can be run among folders with colons between (NULL: none). malloc'd; NULL: there is none. */
char *search_in(const char *folders, const char *name);
/* The same in PATH. */
char *search_path(const char *name);
/* The higher of two names of versions, "15" or "9.6"; what is none is below all. Either may be NULL. */
const char *search_newer(const char *a, const char *b);

#endif
