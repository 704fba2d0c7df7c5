/* SPDX-License-Identifier: Apache-2.0 */
/* Mail, handed to a server by SMTP. */
#ifndef TESTBED_MAIL_H
#define TESTBED_MAIL_H

#include "outbound/outbound.h"

struct outbound_mail {
    const char *server;         /* smtp://HOST[:PORT] or smtps:// */
    const char *from, *to;      /* addresses alone */
    const char *subject, *text; /* UTF-8 */
    int64_t timeout_ms;         /* 0: OUTBOUND_TIMEOUT_MS */
};

/* Sent when `done` hears of no error. The texts are copied. NULL only when memory is short. */
struct outbound_call *outbound_mail(struct testbed *tb, const struct outbound_mail *mail, outbound_fn *done,
                                    void *payload);

#endif
