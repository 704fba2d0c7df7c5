/* SPDX-License-Identifier: Apache-2.0 */
/* Ids: a prefix that says of what, an underscore, 16 hex digits. */
#ifndef TESTBED_ID_H
#define TESTBED_ID_H

#define ID_MAX 24 /* the NUL included */

#endif
