/* SPDX-License-Identifier: Apache-2.0 */
/* Where the plugin is: each has this library for itself, so an address in it is one in the plugin. */
#include <muster/kit/data.h>

#include <dlfcn.h>
#include <string.h>

static const char here;

const char *m_plugin_dir(struct muster_ctx *t)
{
    Dl_info self;
    if (!dladdr(&here, &self) || !self.dli_fname)
        ERROR("the plugin's file is not known");
    const char *slash = strrchr(self.dli_fname, '/');
    if (!slash)
        return ".";
    return slash == self.dli_fname ? "/" : m_keep(t, self.dli_fname, (size_t)(slash - self.dli_fname));
}

const char *m_beside(struct muster_ctx *t, const char *file)
{
    return *file == '/' ? file : m_fmt(t, "%s/%s", m_plugin_dir(t), file);
}
