/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-list-one PLUGIN: maps one plugin and prints its scenarios. Spawned once per plugin by bench-list-each:
 * how a runner lists that executes each test binary to ask what is in it.
 */
#include <dlfcn.h>
#include <muster/plugin.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    void *plugin = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!plugin) {
        fprintf(stderr, "bench-list-one: %s\n", argc == 2 ? dlerror() : "usage: bench-list-one PLUGIN");
        return 4;
    }
    const struct muster_plugin *(*entry)(uint32_t) = NULL;
    *(void **)&entry = dlsym(plugin, "muster_plugin_v1");
    const struct muster_plugin *table = entry ? entry(MUSTER_ABI_MINOR) : NULL;
    if (!table)
        return 3;
    for (uint64_t i = 0; i < table->n_scenarios; i++)
        if (table->scenarios[i])
            printf("%s.%s\n", table->name, table->scenarios[i]->id);
    return 0;
}
