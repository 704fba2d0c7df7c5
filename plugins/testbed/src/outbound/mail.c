/* SPDX-License-Identifier: Apache-2.0 */
/* Mails: their headers, and the text as a part that libcurl encodes. */
#include "outbound/mail.h"

#include "common/crypto.h"
#include "outbound/call.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* RFC 2047: an encoded word has 75 characters at most, so this many bytes as base64. */
#define WORD_BYTES  45
#define WORD_CHARS  61
#define SUBJECT_MAX 200

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

/* As many bytes as one word takes, whole characters only. */
static size_t word_length(const char *text)
{
    size_t n = strnlen(text, WORD_BYTES + 1);

    if (n <= WORD_BYTES)
        return n;
    n = WORD_BYTES;
    while (n > 1 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* A line end in a subject would begin another header: encoded, it is none. */
static bool add_subject(struct outbound_call *call, const char *subject)
{
    char line[SUBJECT_MAX * 4];
    int used = snprintf(line, sizeof line, "Subject:");

    if (is_plain(subject)) {
        snprintf(line + used, sizeof line - (size_t)used, " %.*s", SUBJECT_MAX, subject);
        return call_header(call, line);
    }
    for (size_t n; *subject && sizeof line - (size_t)used > WORD_CHARS + 16; subject += n) {
        unsigned char word[WORD_CHARS + 4];
        n = word_length(subject);
        EVP_EncodeBlock(word, (const unsigned char *)subject, (int)n);
        used += snprintf(line + used, sizeof line - (size_t)used, " =?UTF-8?B?%s?=", (const char *)word);
    }
    return call_header(call, line);
}

static bool add_headers(struct outbound_call *call, const struct outbound_mail *mail)
{
    char from[320], to[320], date[80], id[160], random[33];
    time_t now = time(NULL);
    struct tm utc;

    crypto_random_hex(16, random);
    snprintf(from, sizeof from, "From: <%s>", mail->from);
    snprintf(to, sizeof to, "To: <%s>", mail->to);
    strftime(date, sizeof date, "Date: %a, %d %b %Y %H:%M:%S +0000", gmtime_r(&now, &utc));
    const char *host = strchr(mail->from, '@');
    snprintf(id, sizeof id, "Message-ID: <%s%.100s>", random, host ? host : "@localhost");
    return call_header(call, date) && call_header(call, from) && call_header(call, to) && call_header(call, id) &&
           add_subject(call, mail->subject);
}

static bool add_text(struct outbound_call *call, const char *text)
{
    call->mime = curl_mime_init(call->easy);
    curl_mimepart *part = call->mime ? curl_mime_addpart(call->mime) : NULL;

    return part && curl_mime_data(part, text, CURL_ZERO_TERMINATED) == CURLE_OK &&
           curl_mime_type(part, "text/plain; charset=utf-8") == CURLE_OK &&
           curl_mime_encoder(part, "quoted-printable") == CURLE_OK;
}

struct outbound_call *outbound_mail(struct testbed *tb, const struct outbound_mail *mail, outbound_fn *done,
                                    void *payload)
{
    struct outbound_call *call = call_new(tb, "smtp,smtps", mail->server, mail->timeout_ms);

    if (!call)
        return NULL;
    call->recipients = curl_slist_append(NULL, mail->to);
    if (!call->recipients || !add_headers(call, mail) || !add_text(call, mail->text)) {
        call_free(call);
        return NULL;
    }
    curl_easy_setopt(call->easy, CURLOPT_MAIL_FROM, mail->from);
    curl_easy_setopt(call->easy, CURLOPT_MAIL_RCPT, call->recipients);
    curl_easy_setopt(call->easy, CURLOPT_MIMEPOST, call->mime);
    return call_begin(call, done, payload);
}
