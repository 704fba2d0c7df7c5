/* SPDX-License-Identifier: Apache-2.0 */
/* Mails as the service `mail` keeps them: N.json is there once N.eml is, and they come in the order of their numbers.
 */
#include <muster/kit/data.h>
#include <muster/kit/json.h>
#include <muster/kit/mail.h>
#include <muster/kit/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOLD_MOST 8 /* mails in a message */
#define FILE_MOST ((off_t)256 << 20)

struct found {
    struct m_mail mail;
    int taken; /* a wait has returned it */
    struct found *next;
};

struct m_mailbox {
    struct muster_ctx *t;
    const char *folder;
    int watch; /* inotify: something has come */
    int64_t next;
    struct found *first, **last;
};

static const char *path_of(const struct m_mailbox *box, int64_t number, const char *ending)
{
    return m_fmt(box->t, "%s/%06lld.%s", box->folder, (long long)number, ending);
}

static int64_t first_free(const struct m_mailbox *box)
{
    int64_t n = 1;
    while (access(path_of(box, n, "json"), F_OK) == 0)
        n++;
    return n;
}

struct m_mailbox *m_mail_open(struct muster_ctx *t, const char *fixture)
{
    const char *folder = m_fixture(t, fixture, "folder");
    if (!folder)
        ERROR("the fixture %s publishes no `folder`: it is no mail server", fixture);
    struct m_mailbox *box = calloc(1, sizeof *box);
    if (!box)
        ERROR("out of memory for a mailbox");
    *box = (struct m_mailbox){.t = t, .folder = m_keep(t, folder, strlen(folder)), .last = &box->first};
    box->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (box->watch < 0 || inotify_add_watch(box->watch, folder, IN_MOVED_TO) < 0)
        ERROR("watching %s: %s", folder, strerror(errno));
    box->next = first_free(box);
    return box;
}

/* To be freed; NULL: it is not there. */
static char *read_file(struct muster_ctx *t, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return NULL;
    if (fd < 0 || fstat(fd, &st) < 0 || st.st_size > FILE_MOST)
        ERROR("%s: %s", path, fd < 0 ? strerror(errno) : "it is too large");
    char *text = malloc((size_t)st.st_size + 1);
    off_t n = 0;
    for (ssize_t r; text && n < st.st_size; n += r)
        if ((r = read(fd, text + n, (size_t)(st.st_size - n))) <= 0)
            break;
    close(fd);
    if (!text || n < st.st_size)
        ERROR("%s: %s", path, text ? "it can't be read" : "out of memory");
    text[n] = '\0';
    return text;
}

static const char *text_at(const struct m_json *doc, const char *pointer)
{
    const char *text = m_json_str(doc, pointer); /* the document is never freed */
    return text ? text : "";
}

static const char *const *list_at(struct muster_ctx *t, const struct m_json *doc, const char *pointer)
{
    const struct m_json *list = m_json_at(doc, pointer);
    int64_t n = m_json_count(list, "");
    const char **texts = calloc((size_t)(n > 0 ? n : 0) + 1, sizeof *texts);
    if (!texts)
        ERROR("out of memory for a mail");
    for (int64_t i = 0; i < n; i++)
        texts[i] = text_at(m_json_item(list, (uint64_t)i), "");
    return texts;
}

static const char *join(struct muster_ctx *t, const char *const *texts)
{
    const char *all = *texts ? *texts : "";
    while (*texts && *++texts)
        all = m_fmt(t, "%s, %s", all, *texts);
    return all;
}

/* Reads what has come, in order. */
static void look(struct m_mailbox *box)
{
    struct muster_ctx *t = box->t;
    for (char *text; (text = read_file(t, path_of(box, box->next, "json"))); box->next++) {
        struct m_json *doc = m_json_try_parse(text);
        free(text);
        if (!doc)
            ERROR("mail %lld: its description is no JSON", (long long)box->next);
        struct found *f = calloc(1, sizeof *f);
        if (!f)
            ERROR("out of memory for a mail");
        const char *const *to = list_at(t, doc, "/to");
        f->mail = (struct m_mail){.from = text_at(doc, "/from"),
                                  .to = join(t, to),
                                  .subject = text_at(doc, "/subject"),
                                  .text = text_at(doc, "/text"),
                                  .html = text_at(doc, "/html"),
                                  .file = path_of(box, box->next, "eml"),
                                  .links = list_at(t, doc, "/links"),
                                  .number = box->next,
                                  .whole = doc};
        free((void *)to);
        *box->last = f;
        box->last = &f->next;
    }
}

static int is_to(const struct m_mail *mail, const char *address)
{
    const struct m_json *to = m_json_at(mail->whole, "/to");
    for (int64_t i = 0; address && i < m_json_count(to, ""); i++)
        if (strcasecmp(text_at(m_json_item(to, (uint64_t)i), ""), address) == 0)
            return 1;
    return !address;
}

static const struct m_mail *take(struct m_mailbox *box, const char *address)
{
    for (struct found *f = box->first; f; f = f->next)
        if (!f->taken && is_to(&f->mail, address)) {
            f->taken = 1;
            return &f->mail;
        }
    return NULL;
}

static void drain(int watch)
{
    char events[4096];
    while (read(watch, events, sizeof events) > 0)
        ;
}

const struct m_mail *m_mail_try_wait(struct m_mailbox *box, const char *to, uint64_t timeout_ms)
{
    struct m_deadline until = m_deadline_in(box->t, timeout_ms);
    struct pollfd p = {.fd = box->watch, .events = POLLIN};
    for (;;) {
        drain(box->watch); /* before the look: what comes after it is a new event */
        look(box);
        const struct m_mail *mail = take(box, to);
        if (mail || !m_deadline_left_ms(until))
            return mail;
        poll(&p, 1, m_deadline_poll_ms(until));
    }
}

/* "2 to a@b.test: \"Welcome\" (found before), ..." */
static const char *tell(const struct m_mailbox *box)
{
    struct muster_ctx *t = box->t;
    const char *text = NULL;
    int told = 0;
    for (const struct found *f = box->first; f && told < TOLD_MOST; f = f->next, told++)
        text = m_fmt(t, "%s%sto %s: \"%s\"%s", text ? text : "", text ? ", " : "", f->mail.to, f->mail.subject,
                     f->taken ? " (found before)" : "");
    return text ? text : "none at all";
}

const struct m_mail *m_mail_wait(struct m_mailbox *box, const char *to, uint64_t timeout_ms)
{
    struct muster_ctx *t = box->t;
    uint64_t began = m_now_ms();
    const struct m_mail *mail = m_mail_try_wait(box, to, timeout_ms);
    if (!mail)
        FAIL("no mail to %s within %llu ms; there were: %s", to ? to : "anybody",
             (unsigned long long)(m_now_ms() - began), tell(box));
    return mail;
}

int64_t m_mail_count(struct m_mailbox *box, const char *to)
{
    int64_t n = 0;
    look(box);
    for (const struct found *f = box->first; f; f = f->next)
        n += is_to(&f->mail, to);
    if (m_waits_())
        m_saw(box->t, "mails: %s", tell(box));
    return n;
}

const char *m_mail_header(const struct m_mail *mail, const char *name)
{
    char pointer[256] = "/headers/", *to = pointer + strlen(pointer);
    for (; *name && to < pointer + sizeof pointer - 4; name++)
        *to++ =
            *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name; /* a header's name has neither ~ nor / */
    memcpy(to, "/0", 3);
    return m_json_str(mail->whole, pointer);
}

const char *m_mail_link(const struct m_mail *mail, const char *text)
{
    for (const char *const *link = mail->links; *link; link++)
        if (strstr(*link, text))
            return *link;
    return NULL;
}
