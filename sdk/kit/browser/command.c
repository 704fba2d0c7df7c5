/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of WebDriver: sent, and their errors put into words. */
#include "command.h"

#include <muster/kit/data.h>
#include <muster/kit/wait.h>

/* libcurl's CURLE_OPERATION_TIMEDOUT, as muster/kit/http.h gives it. */
enum { TIMED_OUT = 28 };
/* The driver tells of what takes too long itself; when it does not, nobody asks it any more. */
enum { ANSWER_MS = 3000 };

/* The words of WebDriver's errors (W3C WebDriver, 6.6); NULL: those of the driver are told. */
static const struct {
    const char *code;
    enum command_error error;
    const char *words;
} meanings[] = {
    {"no such element", COMMAND_AGAIN, "there is no such element"},
    {"stale element reference", COMMAND_AGAIN, "the page replaced the element meanwhile"},
    {"element not interactable", COMMAND_AGAIN,
     "the element is there, but can't be used: it is hidden, or has no size"},
    {"invalid element state", COMMAND_AGAIN, "the element is there, but can't be used: it is disabled, or read-only"},
    {"element click intercepted", COMMAND_AGAIN, NULL},
    {"move target out of bounds", COMMAND_AGAIN, NULL},
    {"no such frame", COMMAND_AGAIN, "the element is no frame, or its frame is gone"},
    {"no such alert", COMMAND_AGAIN, "no alert is open"},
    {"unexpected alert open", COMMAND_FAILED, NULL},
    {"no such window", COMMAND_FAILED, "its window is closed"},
    {"unknown command", COMMAND_UNKNOWN, NULL},
    {"unknown method", COMMAND_UNKNOWN, NULL},
    {"invalid session id", COMMAND_WRONG, "its session is gone: the browser was ended, or has crashed"},
};

void browser_answer_free(struct answer *a)
{
    m_json_free(a->doc);
    a->doc = NULL;
}

/* The first line of what the driver says, without its own name of the error in front. */
static void put_message(const struct m_json *doc, const char *code, char *out, size_t size)
{
    const char *message = m_json_str(doc, "/value/message");
    message = message ? message : "";
    if (strncmp(message, code, strlen(code)) == 0 && strncmp(message + strlen(code), ": ", 2) == 0)
        message += strlen(code) + 2;
    int n = (int)strcspn(message, "\n");
    snprintf(out, size, "%s%s%.*s", code, n ? ": " : "", n, message);
}

/* What a driver says of these begins in its own way. */
static const struct {
    const char *code, *behind, *words;
} sayings[] = {
    {"element click intercepted", "would receive the click: ", "another element is in front of it: "},
    {"unexpected alert open", "Alert text : ", "an alert is open, which has to be answered first: "},
    {"unknown error", "net::ERR_", "there is no page: net::ERR_"},
};

/* Whether it is one of them. */
static int put_saying(const char *code, struct answer *a)
{
    const char *message = m_json_str(a->doc, "/value/message");
    for (size_t i = 0; message && i < sizeof sayings / sizeof *sayings; i++) {
        const char *at = strcmp(sayings[i].code, code) == 0 ? strstr(message, sayings[i].behind) : NULL;
        if (!at)
            continue;
        at += strlen(sayings[i].behind);
        int n = (int)strcspn(at, "\n");
        n -= n > 0 && at[n - 1] == '}' && strcmp(code, "unexpected alert open") == 0; /* it stands in braces */
        snprintf(a->words, sizeof a->words, "%s%.*s", sayings[i].words, n, at);
        return 1;
    }
    return 0;
}

static void put_words(struct m_browser *b, const char *code, struct answer *a)
{
    a->error = COMMAND_WRONG;
    if (strcmp(code, "timeout") == 0 || strcmp(code, "script timeout") == 0) {
        snprintf(a->words, sizeof a->words, "the %s not ended within %" PRIu64 " ms",
                 *code == 's' ? "script has" : "loading of the page has", b->limit_ms);
        return;
    }
    const char *words = NULL;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (strcmp(meanings[i].code, code) != 0)
            continue;
        a->error = meanings[i].error;
        words = meanings[i].words;
    }
    if (words)
        snprintf(a->words, sizeof a->words, "%s", words);
    else if (!put_saying(code, a))
        put_message(a->doc, code, a->words, sizeof a->words);
}

static void put_no_answer(struct m_browser *b, const struct m_http_reply *r, uint64_t timeout_ms)
{
    b->hangs = r->error_code == TIMED_OUT;
    if (b->hangs)
        snprintf(b->stuck, sizeof b->stuck, "the browser has not answered within %" PRIu64 " ms: its page is busy",
                 timeout_ms);
    else
        snprintf(b->stuck, sizeof b->stuck, "no answer of the WebDriver at %s: %s", b->webdriver,
                 r->error ? r->error : "it speaks no WebDriver");
}

static struct answer ask(struct m_browser *b, const struct m_http_request *request)
{
    struct answer a = {COMMAND_OK, NULL, ""};
    uint64_t budget = m_budget_ms(b->t, request->timeout_ms);
    struct m_http_reply r = m_try_request(b->http, request);
    a.doc = r.error ? NULL : m_json_try_parse(r.body);
    const char *code = m_json_str(a.doc, "/value/error");
    if (!m_json_at(a.doc, "/value")) {
        put_no_answer(b, &r, budget);
        a.error = COMMAND_NO_ANSWER;
        snprintf(a.words, sizeof a.words, "%s", b->stuck);
    } else if (r.status >= 400) {
        put_words(b, code ? code : "error", &a);
    }
    return a;
}

struct answer browser_command_within(struct m_browser *b, const char *method, const char *path, const char *body,
                                     uint64_t timeout_ms)
{
    char whole[512];
    struct answer a = {COMMAND_NO_ANSWER, NULL, ""};
    if (*b->stuck) {
        snprintf(a.words, sizeof a.words, "%s", b->stuck);
        return a;
    }
    snprintf(whole, sizeof whole, "/session%s%s%s", b->session ? "/" : "", b->session ? b->session : "", path);
    return ask(b, &(struct m_http_request){.method = method, .path = whole, .body = body, .timeout_ms = timeout_ms});
}

/*
 * The driver gives up a little before we would: one that is left alone with a command takes no other. What is left of
 * the attempt gets less and less; that is told to the driver in steps, lest each command is two.
 */
static void set_limits(struct m_browser *b)
{
    uint64_t most = m_budget_ms(b->t, b->page_ms), wanted = most < b->page_ms ? most / 4 * 3 : most;
    if (b->limit_ms && b->limit_ms <= most && b->limit_ms >= wanted / 2)
        return;
    char body[128];
    wanted = wanted ? wanted : 1;
    snprintf(body, sizeof body, "{\"implicit\":0,\"pageLoad\":%" PRIu64 ",\"script\":%" PRIu64 "}", wanted, wanted);
    struct answer a = browser_command_within(b, "POST", "/timeouts", body, ANSWER_MS);
    if (a.error == COMMAND_OK)
        b->limit_ms = wanted;
    browser_answer_free(&a);
}

void browser_command_require_open(struct m_browser *b)
{
    struct muster_ctx *t = b->t;
    if (b->closed)
        ERROR("%s: it was closed", b->name);
}

struct answer browser_command_run(struct m_browser *b, const char *path, const char *body)
{
    browser_command_require_open(b);
    set_limits(b);
    return browser_command_within(b, body ? "POST" : "GET", path, body, b->limit_ms + ANSWER_MS);
}

struct answer browser_command_delete(struct m_browser *b, const char *path)
{
    browser_command_require_open(b);
    return browser_command_within(b, "DELETE", path, NULL, ANSWER_MS);
}
