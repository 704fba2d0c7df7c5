/* SPDX-License-Identifier: Apache-2.0 */
/* Topics and their patterns: pure. Segments joined by dots; `*` stands for one, as the last one for one or more. */
#ifndef TESTBED_TOPIC_H
#define TESTBED_TOPIC_H

#include <stdbool.h>

#define TOPIC_MAX 200

bool topic_pattern_valid(const char *pattern);
bool topic_matches(const char *pattern, const char *topic);

#endif
