/* SPDX-License-Identifier: Apache-2.0 */
/* The options by which a verb is told what is configured: who has them in its table takes it (configured.h). */
#ifndef MUSTER_CLI_CONFIGURING_H
#define MUSTER_CLI_CONFIGURING_H

#include "config/options.h"

#include <stddef.h>

struct configuring {
    const char *config;  /* --config; NULL: look for it */
    const char *profile; /* --profile; NULL: none */
};

/* The verb takes what is configured. */
#define OPTIONS_CONFIGURING(type_, member_)                                                                            \
    {OPTION_STRING,                                                                                                    \
     0,                                                                                                                \
     "profile",                                                                                                        \
     "NAME",                                                                                                           \
     "What the profile NAME of muster.yaml sets, too. Default: MUSTER_PROFILE, if set.",                               \
     offsetof(type_, member_.profile),                                                                                 \
     NULL},                                                                                                            \
    {                                                                                                                  \
        OPTION_STRING, 0, "config", "FILE",                                                                            \
            "In place of the muster.yaml that is found upwards from here; none: without one.",                         \
            offsetof(type_, member_.config), NULL                                                                      \
    }

#endif
