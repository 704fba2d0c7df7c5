/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt is given by its monitor, or by the image of its process before. */
#ifndef MUSTER_HOST_ATTEMPT_SPEC_H
#define MUSTER_HOST_ATTEMPT_SPEC_H

#include "host/run_facts.h"
#include "ipc/message.h"
#include "load/plugin.h"

struct attempt_spec {
    int sock; /* to the supervisor; becomes the attempt's */
    const struct plugin *plugin;
    const struct file_identity *file; /* the plugin's when it was discovered */
    const struct msg_attempt *order;
    const struct run_facts *run;
    uint32_t slot;
    const char *temp_dir, *artifacts_dir;
    const char *path; /* of the plugin, and what loading it again takes */
    const char *work_dir;
    const struct message_list *providers;
};

#endif
