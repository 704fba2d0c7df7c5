/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/mail.h: the mails that the system under test has sent to the service `mail`.
 *
 *     SCENARIO(a_tenant_is_welcomed, .uses = USES("mail"))
 *     {
 *         struct m_mailbox *box = m_mail_open(t, "mail");
 *         const char *address = m_fmt(t, "%s@example.test", m_unique(t, "owner"));
 *         create_tenant(t, address);
 *         const struct m_mail *welcome = m_mail_wait(box, address, 10000);
 *         CHECK_STR_HAS(welcome->subject, "Welcome");
 *         const char *link = m_mail_link(welcome, "/activate");
 *     }
 *
 * Model
 *   m_mail_open() looks at the mails from now on: those that came before do not count. Attempts that run at the same
 * time share the server, so a scenario goes by addresses of its own (m_unique()). Each mail is found once by each
 * mailbox: the next wait for the address gives the next mail. A recipient is who the mail was handed over for (RCPT
 * TO), whatever its `To:` says. Addresses are compared without regard to case.
 *
 * Ownership and threads
 *   Everything returned is the kit's, and holds until the attempt's process ends. A mailbox belongs to one thread at a
 * time.
 *
 * Failure
 *   That no mail comes is the product's fault: m_mail_wait() ends the scenario as failed, and says which mails there
 * were. That there is no mail server is an error.
 *
 * Time
 *   In milliseconds. No wait outlives the attempt: see muster/kit/wait.h.
 */
#ifndef MUSTER_KIT_MAIL_H
#define MUSTER_KIT_MAIL_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_mailbox;
struct m_json;

/* Decoded: UTF-8, lines end with "\n". Never NULL, but "" where there is none. */
struct m_mail {
    const char *from; /* of the envelope (MAIL FROM) */
    const char *to;   /* all recipients of the envelope, with ", " in between */
    const char *subject;
    const char *text;           /* the part that is text/plain */
    const char *html;           /* the one that is text/html */
    const char *file;           /* where it is kept as it came */
    const char *const *links;   /* of the text, and of the anchors of the HTML, each once; NULL ends them */
    int64_t number;             /* from 1, in the order in which the server took them */
    const struct m_json *whole; /* all that is known of it: /headers/NAME/0 in lower case, /attachments/0/name */
};

M_KIT_BEGIN_

/* Of the fixture of this name, which publishes `folder`. */
struct m_mailbox *m_mail_open(struct muster_ctx *t, const char *fixture);
/* The next mail to the address; NULL: to anybody. Never NULL. */
const struct m_mail *m_mail_wait(struct m_mailbox *box, const char *to, uint64_t timeout_ms);
/* The same, but NULL when there is none in time. */
const struct m_mail *m_mail_try_wait(struct m_mailbox *box, const char *to, uint64_t timeout_ms);
/* How many have come to the address, those that were found included. */
int64_t m_mail_count(struct m_mailbox *box, const char *to);
/* The first header of that name, whatever its case; NULL: none. */
const char *m_mail_header(const struct m_mail *mail, const char *name);
/* The first link with this text in it; NULL: none. */
const char *m_mail_link(const struct m_mail *mail, const char *text);

M_KIT_END_

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_mailbox *, m_mail_open, (t, fixture), struct muster_ctx *t, const char *fixture)
M_PLACED_(const struct m_mail *, m_mail_wait, (box, to, timeout_ms), struct m_mailbox *box, const char *to,
          uint64_t timeout_ms)
M_PLACED_(const struct m_mail *, m_mail_try_wait, (box, to, timeout_ms), struct m_mailbox *box, const char *to,
          uint64_t timeout_ms)
M_PLACED_(int64_t, m_mail_count, (box, to), struct m_mailbox *box, const char *to)
M_PLACED_(const char *, m_mail_header, (mail, name), const struct m_mail *mail, const char *name)
M_PLACED_(const char *, m_mail_link, (mail, text), const struct m_mail *mail, const char *text)
#ifdef M_PLACED_IN_C_
#define m_mail_open(...)     m_mail_open_at_(M_HERE_, __VA_ARGS__)
#define m_mail_wait(...)     m_mail_wait_at_(M_HERE_, __VA_ARGS__)
#define m_mail_try_wait(...) m_mail_try_wait_at_(M_HERE_, __VA_ARGS__)
#define m_mail_count(...)    m_mail_count_at_(M_HERE_, __VA_ARGS__)
#define m_mail_header(...)   m_mail_header_at_(M_HERE_, __VA_ARGS__)
#define m_mail_link(...)     m_mail_link_at_(M_HERE_, __VA_ARGS__)
#endif

#endif
