/* SPDX-License-Identifier: Apache-2.0 */
/* One platform in a process. */
#include "target_scene.h"

#include "local_server.h"
#include "target_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct local_server server;
static char base[64], *document, folder[] = "/tmp/muster-kit-target-XXXXXX";

void target_scene_init(struct fake_host *h)
{
    fake_host_init(h);
    h->info.artifacts_dir = folder;
    h->document = document;
    fake_host_fixture(h, "target", "url", base);
    fake_host_fixture(h, "target", "admin_password", "open sesame");
    fake_host_fixture(h, "target", "other_word", "xyzzy/1");
}

static const char *const kept[] = {"on-failure/http-exchanges.txt", "on-failure/ws-frames.txt", "on-failure"};

int target_scene_start(void **state)
{
    FILE *in = fopen(TARGET_DOCUMENT, "re");
    (void)state;
    document = calloc(1, 64 * 1024);
    if (!mkdtemp(folder) || !in || !fread(document, 1, 64 * 1024 - 1, in) || fclose(in))
        return -1;
    server = local_server_start(target_serve);
    snprintf(base, sizeof base, "http://127.0.0.1:%d", server.port);
    return 0;
}

int target_scene_stop(void **state)
{
    (void)state;
    char path[128];
    local_server_stop(&server);
    free(document);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, kept[i]);
        remove(path);
    }
    return remove(folder);
}

const char *target_scene_folder(void)
{
    return folder;
}

const char *target_scene_url(void)
{
    return base;
}

const char *target_scene_document(void)
{
    return document;
}

const char *target_scene_echoed(struct m_session *by, const struct m_arg *args, const char *name)
{
    return m_json_str(m_do_((struct m_site){__FILE__, "", __LINE__, 1}, by, 1, "echo", args), name);
}
