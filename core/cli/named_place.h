/* SPDX-License-Identifier: Apache-2.0 */
/* "RUN", "RUN/CASE", "RUN/CASE/STEP", and "CASE" alone, which is of the latest run: for verbs that look into runs. */
#ifndef MUSTER_CLI_NAMED_PLACE_H
#define MUSTER_CLI_NAMED_PLACE_H

struct named_place {
    char *path;       /* of the run; malloc'd */
    const char *rest; /* CASE or CASE/STEP, within what was given; NULL: the run as a whole */
};

#define PLACE_TEXT                                                                                                     \
    "CASE is a scenario's id, or as much of it as fits no other: 'refund_twice'.\n"                                    \
    "Without a RUN it is one of the latest.\n"

/* NULL stands for the latest run. EXIT_OK, or a status after a complaint. */
int named_place_find(const char *text, const char *out, struct named_place *ret_place);
void named_place_free(struct named_place *place);

#endif
