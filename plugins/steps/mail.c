/* SPDX-License-Identifier: Apache-2.0 */
/* Mails that have come: in the folder that the service `mail` keeps, whenever they came. */
#include "steps.h"

#include <dirent.h>
#include <strings.h>

struct mail_call {
    const char *folder, *to, *from, *subject, *contains;
};

struct found {
    const char *whole; /* the mail as JSON; NULL: none */
    const char *others;
    unsigned n;
};

static int has(const struct m_json *mail, const char *pointer, const char *wanted)
{
    const char *text = m_json_str(mail, pointer);
    return !*wanted || (text && strstr(text, wanted));
}

static int is_for(const struct m_json *mail, const char *address)
{
    const struct m_json *to = m_json_at(mail, "/to"), *one;
    for (uint64_t i = 0; (one = m_json_item(to, i)); i++)
        if (m_json_str(one, "") && strcasecmp(m_json_str(one, ""), address) == 0)
            return 1;
    return !*address;
}

static int is_wanted(const struct mail_call *c, const struct m_json *mail)
{
    const char *from = m_json_str(mail, "/from");
    return is_for(mail, c->to) && (!*c->from || (from && strcasecmp(from, c->from) == 0)) &&
           has(mail, "/subject", c->subject) && (has(mail, "/text", c->contains) || has(mail, "/html", c->contains));
}

static int is_record(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0 && entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
}

/* A mail's record is there once it is whole. */
static struct found search(struct muster_ctx *t, const struct mail_call *c)
{
    struct found f = {.others = ""};
    struct dirent **names;
    int n = scandir(c->folder, &names, is_record, alphasort);
    for (int i = 0; i < n; i++) {
        size_t length = 0;
        const char *text = f.whole ? NULL : steps_read_file(t, m_fmt(t, "%s/%s", c->folder, names[i]->d_name), &length);
        struct m_json *mail = text ? m_json_try_parse(text) : NULL;
        free(names[i]);
        if (!mail)
            continue;
        const char *subject = m_json_str(mail, "/subject"), *to = m_json_text(t, mail, "/to");
        if (is_wanted(c, mail))
            f.whole = m_json_text(t, mail, "");
        else if (f.n++ < 5)
            f.others =
                m_fmt(t, "%s%s\"%s\" to %s", f.others, *f.others ? ", " : "", subject ? subject : "", to ? to : "");
        m_json_free(mail);
    }
    if (n >= 0)
        free(names);
    return f;
}

static const char *describe(struct muster_ctx *t, const struct mail_call *c)
{
    const char *to = *c->to ? m_fmt(t, " to %s", c->to) : "", *from = *c->from ? m_fmt(t, " from %s", c->from) : "";
    const char *subject = *c->subject ? m_fmt(t, " with \"%s\" in its subject", c->subject) : "";
    const char *contains = *c->contains ? m_fmt(t, " with \"%s\" in it", c->contains) : "";
    return m_fmt(t, "a mail%s%s%s%s", to, from, subject, contains);
}

DATA_STEP(json, mail,
          PARAMS((str, folder, NULL, "Of the service mail: ${mail.folder}"),
                 (str, to, "", "Whom it was handed over for, the whole address"), (str, from, "", "Likewise"),
                 (str, subject, "", "A text in its subject"), (str, contains, "", "A text in its text or HTML"),
                 (str, within, "10s"), STEP_AT),
          .summary = "A mail that has come, or comes: {n, from, to, subject, headers, text, html, links, attachments}")
{
    struct m_site site = steps_site(t, at);
    const struct mail_call c = {folder, to, from, subject, contains};
    uint64_t ms = steps_ms(t, site, "within", within);
    struct m_deadline end = m_deadline_in(t, ms);
    struct found f = search(t, &c);
    while (!f.whole && m_deadline_pause(end, 50))
        f = search(t, &c);
    steps_check(t, site, f.whole != NULL, m_fmt(t, "%s within %s", describe(t, &c), steps_time(t, ms)),
                f.whole ? ""
                : f.n   ? m_fmt(t, "%u other mail%s: %s", f.n, f.n == 1 ? "" : "s", f.others)
                        : "no mail at all",
                NULL, NULL);
    const char *members = m_keep(t, f.whole + 1, strlen(f.whole) - 2);
    return steps_value(t, members, m_fmt(t, "%s: %s", describe(t, &c), steps_start(t, f.whole, strlen(f.whole))));
}
