/* SPDX-License-Identifier: Apache-2.0 */
/* muster-data.so: the one function that a host looks up in it. */
#include "data/data.h"

/* data_load(), under its name: the library's is hidden in the module. */
__attribute__((visibility("default"))) __typeof__(data_load) muster_data_load_1;

int muster_data_load_1(const char *path, const struct loader_environment *around, load_progress progress,
                       void *progress_data, struct plugin *ret_plugin, const char **ret_reason, struct err *err)
{
    return data_load(path, around, progress, progress_data, ret_plugin, ret_reason, err);
}
