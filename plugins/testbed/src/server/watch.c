/* SPDX-License-Identifier: Apache-2.0 */
/* Watched descriptors, as libwebsockets' raw files. */
#include "server/watch.h"

#include <stdlib.h>
#include <unistd.h>

struct watch *watch_open(struct testbed *tb, int fd, watch_fn *on_readable, void *payload)
{
    struct watch *w = calloc(1, sizeof *w);

    if (!w) {
        close(fd);
        return NULL;
    }
    *w = (struct watch){.fd = fd, .on_readable = on_readable, .payload = payload};
    lws_adopt_desc_t desc = {
        .vh = tb->vhost,
        .type = LWS_ADOPT_RAW_FILE_DESC,
        .fd.filefd = fd,
        .vh_prot_name = WATCH_PROTOCOL,
        .opaque = w,
    };
    w->wsi = lws_adopt_descriptor_vhost_via_info(&desc);
    if (!w->wsi) { /* it has closed fd */
        free(w);
        return NULL;
    }
    return w;
}

void watch_close(struct watch *w)
{
    if (!w)
        return;
    /* The loop may be in the middle of this very connection: it is closed when the loop comes round, and is nobody's
     * until then. */
    if (w->wsi) {
        lws_set_opaque_user_data(w->wsi, NULL);
        lws_set_timeout(w->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
    }
    free(w);
}

int watch_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct watch *w = lws_get_opaque_user_data(wsi);

    (void)user;
    (void)in;
    (void)len;
    if (reason == LWS_CALLBACK_RAW_CLOSE_FILE && w) {
        /* The other side ended it: the watch stays its owner's, and is nothing to whoever hears of the connection's
         * end. */
        w->wsi = NULL;
        lws_set_opaque_user_data(wsi, NULL);
        /* A hang-up with nothing to read ends the connection without having been readable: the owner must hear of it.
         */
        w->on_readable(w->fd, w->payload);
        return 0;
    }
    if (reason != LWS_CALLBACK_RAW_RX_FILE)
        return 0;
    if (!w)
        return -1;
    return w->on_readable(w->fd, w->payload) ? 0 : -1;
}
