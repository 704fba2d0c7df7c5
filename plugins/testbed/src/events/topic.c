/* SPDX-License-Identifier: Apache-2.0 */
/* Matching topics. */
#include "events/topic.h"

#include <ctype.h>
#include <string.h>

bool topic_pattern_valid(const char *pattern)
{
    size_t len = strlen(pattern), in_segment = 0;

    if (len == 0 || len > TOPIC_MAX)
        return false;
    for (const char *p = pattern;; p++) {
        if (*p == '.' || *p == '\0') {
            if (in_segment == 0)
                return false;
            in_segment = 0;
            if (*p == '\0')
                return true;
            continue;
        }
        /* A star is a segment of its own. */
        bool star_alone = *p == '*' && in_segment == 0 && (p[1] == '.' || p[1] == '\0');
        if (!star_alone && !isalnum((unsigned char)*p) && *p != '_' && *p != '-')
            return false;
        in_segment++;
    }
}

bool topic_matches(const char *pattern, const char *topic)
{
    for (;;) {
        size_t p = strcspn(pattern, "."), t = strcspn(topic, ".");
        bool star = p == 1 && *pattern == '*';

        if (star && pattern[p] == '\0')
            return t > 0;
        if (!star && (p != t || memcmp(pattern, topic, p) != 0))
            return false;
        if (pattern[p] == '\0' || topic[t] == '\0')
            return pattern[p] == topic[t];
        pattern += p + 1;
        topic += t + 1;
    }
}
