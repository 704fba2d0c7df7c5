/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a bundle, and hearing who does not want to: a signal that is to end the run ends the waiting. */
#ifndef MUSTER_EVIDENCE_BUNDLE_WAIT_H
#define MUSTER_EVIDENCE_BUNDLE_WAIT_H

#include "artifacts/bundle.h"

#include <stdbool.h>

struct bundle_wait {
    int signals;                      /* base/signals.h; not owned */
    bool interrupted;                 /* a signal has ended the run already: its echoes are no further ones */
    void (*tell)(int64_t elapsed_ns); /* called now and then, when it takes long; NULL: nobody wants to know */
};

/* 0: bundle_finish() will not wait. -EINTR: *err names the signal, and the bundle is the caller's to cancel. */
int bundle_wait(const struct bundle_writer *w, const struct bundle_wait *wait, struct err *err);

#endif
