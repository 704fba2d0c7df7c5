/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a bundle. */
#include "evidence/bundle_wait.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

static const int64_t first_word_ns = 5 * NS_PER_S, next_word_ns = 30 * NS_PER_S;

/* The next signal that is to end the run, if there is one. What follows the one that interrupted it at once is its
 * echo: timeout(1) and others signal their child, and then its group. */
static int ending_signal(int signals, bool echoes)
{
    struct signal_news news;
    while (signals_read(signals, &news)) {
        bool ends = news.signo != SIGUSR1 && news.signo != SIGCONT;
        if (ends && !(echoes && news.sender != 0))
            return news.signo;
    }
    return 0;
}

int bundle_wait(const struct bundle_writer *w, const struct bundle_wait *wait, struct err *err)
{
    const int64_t began = clock_mono();
    const int64_t echo_until = wait->interrupted ? began + NS_PER_S : 0;
    int64_t word_at = began + first_word_ns;
    struct pollfd fds[] = {{.fd = bundle_fd(w), .events = POLLIN}, {.fd = wait->signals, .events = POLLIN}};
    for (;;) {
        int64_t now = clock_mono();
        if (now >= word_at) {
            kill(bundle_pid(w), SIGCONT); /* a scenario of our user may have stopped it */
            if (wait->tell)
                wait->tell(now - began);
            word_at = now + next_word_ns;
        }
        int n = poll(fds, ARRAY_LEN(fds), (int)((word_at - now) / NS_PER_MS) + 1);
        if (n <= 0) /* a handler, or time for a word */
            continue;
        if (fds[0].revents)
            return 0;
        int signo = ending_signal(wait->signals, clock_mono() < echo_until);
        if (signo)
            return err_set(err, -EINTR, "interrupted (SIG%s) while the bundle was written", sigabbrev_np(signo));
    }
}
