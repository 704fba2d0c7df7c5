/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that send mails with curl and read them; what passes, and what is said when none comes. */
#include <muster/kit/data.h>
#include <muster/kit/json.h>
#include <muster/kit/mail.h>
#include <muster/kit/parallel.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* curl's exit status: 0, or 55 when the server refused the recipient. */
static int send_file(struct muster_ctx *t, const char *server, const char *file, const char *to)
{
    const char *argv[] = {"curl",
                          "--silent",
                          "--show-error",
                          m_fixture(t, server, "url"),
                          "--mail-from",
                          "a@b.test",
                          "--mail-rcpt",
                          to,
                          "--upload-file",
                          file,
                          "--crlf",
                          "--max-time",
                          "30",
                          NULL};
    pid_t pid;
    int status = -1;
    REQUIRE_INT(posix_spawnp(&pid, "curl", NULL, NULL, (char *const *)argv, environ), ==, 0);
    REQUIRE_INT(waitpid(pid, &status, 0), ==, pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void send_text(struct muster_ctx *t, const char *to, const char *text)
{
    const char *file = m_fmt(t, "%s/%s.eml", m_attempt(t)->temp_dir, m_unique(t, "mail"));
    FILE *out = fopen(file, "we");
    REQUIRE(out != NULL);
    fputs(text, out);
    REQUIRE_INT(fclose(out), ==, 0);
    REQUIRE_INT(send_file(t, "mail", file, to), ==, 0);
}

SCENARIO(reads_a_mail, .uses = USES("mail"))
{
    struct m_mailbox *box = m_mail_open(t, "mail");
    const char *address = m_fmt(t, "%s@example.test", m_unique(t, "juergen"));
    CHECK_INT(m_mail_count(box, address), ==, 0);
    CHECK(m_mail_try_wait(box, address, 50) == NULL);
    REQUIRE_INT(send_file(t, "mail", m_beside(t, "welcome.eml"), address), ==, 0);
    const struct m_mail *mail = m_mail_wait(box, address, 10000);
    CHECK_STR(mail->from, ==, "a@b.test");
    CHECK_STR(mail->to, ==, address);
    CHECK_STR(mail->subject, ==,
              "Willkommen, J\u00fcrgen: your shop is ready to be opened, and this is a subject that has to be folded");
    CHECK_STR(m_mail_header(mail, "reply-TO"), ==, "J\u00fcrgen <reply@example.test>");
    CHECK_STR(m_mail_header(mail, "X-Twice"), ==, "one");
    CHECK(m_mail_header(mail, "X-Never") == NULL);
    CHECK(strncmp(mail->text, "Gr\u00fc\u00dfe!\n\nPlease activate", 24) == 0);
    CHECK_STR_HAS(mail->text, "a long line a long line a long line a long line a long line a long line a long line a");
    CHECK_STR_HAS(mail->html, "<a href=");
    CHECK_STR(mail->links[0], ==, "https://shop.example.test/activate?token=abc=1&x=2");
    CHECK_STR(mail->links[1], ==, "http://example.test/help");
    CHECK_STR(mail->links[2], ==, "https://shop.example.test/terms?a=1&b=2");
    CHECK(mail->links[3] == NULL);
    CHECK_STR(m_mail_link(mail, "/terms"), ==, mail->links[2]);
    CHECK(m_mail_link(mail, "/nothing") == NULL);
    CHECK_STR(m_json_str(mail->whole, "/attachments/0/name"), ==, "Rechnung-\u00fc.pdf");
    CHECK_INT(m_json_int(mail->whole, "/attachments/0/bytes"), ==, 8);
    CHECK(access(mail->file, R_OK) == 0);
    CHECK_INT(m_mail_count(box, address), ==, 1);
}

/* Each is found once, in order; what came before the mailbox was opened is not. */
SCENARIO(finds_each_once, .uses = USES("mail"))
{
    const char *address = m_fmt(t, "%s@example.test", m_unique(t, "once"));
    send_text(t, address, "Subject: early\n\nx\n");
    struct m_mailbox *box = m_mail_open(t, "mail");
    send_text(t, address, "Subject: one\n\nx\n");
    send_text(t, m_fmt(t, "other-%s", address), "Subject: other\n\nx\n");
    send_text(t, address, "Subject: two\n\nx\n");
    CHECK_STR(m_mail_wait(box, m_fmt(t, "ONCE%s", address + 4), 10000)->subject, ==, "one");
    CHECK_STR(m_mail_wait(box, address, 10000)->subject, ==, "two");
    CHECK_INT(m_mail_count(box, address), ==, 2);
}

static void send_later(struct muster_ctx *t, unsigned user, void *address)
{
    struct m_mailbox *box = m_mail_open(t, "mail");
    m_barrier(t);
    if (user == 0)
        send_text(t, address, "Subject: later\n\nx\n");
    else
        CHECK_STR(m_mail_wait(box, address, 20000)->subject, ==, "later");
}

SCENARIO(waits_for_what_comes, .uses = USES("mail"))
{
    m_parallel(t, 3, send_later, (void *)m_fmt(t, "%s@example.test", m_unique(t, "later")));
}

/* Neither is a proper mail. */
SCENARIO(takes_what_is_broken, .uses = USES("mail"))
{
    struct m_mailbox *box = m_mail_open(t, "mail");
    const char *address = m_fmt(t, "%s@example.test", m_unique(t, "broken"));
    send_text(t, address, "Subject: =?utf-8?b?####?=\nContent-Type: text/plain; charset=klingon\n\nbody \xff\n");
    CHECK_STR_HAS(m_mail_wait(box, address, 10000)->text, "body ");
    send_text(t, address, "\n");
    CHECK_STR(m_mail_wait(box, address, 10000)->subject, ==, "");
}

SCENARIO(is_refused, .uses = USES("mail(refuse='bounce@*', as=strict)"))
{
    struct m_mailbox *box = m_mail_open(t, "strict");
    CHECK_INT(send_file(t, "strict", m_beside(t, "welcome.eml"), "Bounce@example.test"), ==, 55);
    CHECK_INT(send_file(t, "strict", m_beside(t, "welcome.eml"), "good@example.test"), ==, 0);
    CHECK_STR(m_mail_wait(box, NULL, 10000)->to, ==, "good@example.test");
    CHECK_INT(m_mail_count(box, NULL), ==, 1);
}

SCENARIO(is_put_off, .uses = USES("mail(defer='busy@*', as=later)"))
{
    struct m_mailbox *box = m_mail_open(t, "later");
    CHECK_INT(send_file(t, "later", m_beside(t, "welcome.eml"), "good@example.test"), ==, 0);
    CHECK_INT(send_file(t, "later", m_beside(t, "welcome.eml"), "Busy@example.test"), ==, 55);
    CHECK_INT(send_file(t, "later", m_beside(t, "welcome.eml"), "busy@example.test"), ==, 0);
    CHECK_INT(m_mail_count(box, NULL), ==, 2);
}

SCENARIO(no_mail_comes, .uses = USES("mail"))
{
    struct m_mailbox *box = m_mail_open(t, "mail");
    const char *address = m_fmt(t, "%s@example.test", m_unique(t, "wrong"));
    send_text(t, address, "Subject: misled\n\nx\n");
    m_mail_wait(box, address, 10000);
    m_mail_wait(box, "right@example.test", 100); /* no_mail_comes */
}

SCENARIO(mails_are_counted, .uses = USES("mail"))
{
    struct m_mailbox *box = m_mail_open(t, "mail");
    const char *address = m_fmt(t, "%s@example.test", m_unique(t, "count"));
    send_text(t, address, "Subject: counted\n\nx\n");
    REQUIRE(M_UNTIL(t, 100, 10, m_mail_count(box, address) == 2)); /* mails_are_counted */
}

FIXTURE(nothing, MUSTER_SCOPE_RUN)
{
    m_publish(t, "x", "y");
}

SCENARIO(no_mail_server, .uses = USES("nothing"))
{
    m_mail_open(t, "nothing"); /* no_mail_server */
}

MUSTER_PLUGIN("e2e.mail", "1")
