/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests' target file describes: things that come to be and go, one request a connection. */
#include "target_server.h"

#include "local_server.h"
#include "ws_server.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct thing {
    char name[64];
    int looks, deleted;
} things[64]; /* "t-0", "t-1", ... */
static int n_things;

static void answer(int fd, const char *status, const char *body)
{
    char head[256];
    snprintf(head, sizeof head,
             "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\nETag: \"7\"\r\n"
             "Content-Type: application/json\r\n\r\n",
             status, strlen(body));
    local_write_text(fd, head);
    local_write_text(fd, body);
}

static void answer_json(int fd, const char *status, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    answer(fd, status, text);
    free(text);
    json_decref(value);
}

static void log_in(int fd, json_t *body)
{
    const char *user = json_string_value(json_object_get(body, "username"));
    const char *password = json_string_value(json_object_get(body, "password"));
    if (!user || !password || strcmp(password, "open sesame") != 0)
        answer(fd, "401 No", "{\"error\":{\"code\":\"bad_login\"},\"said\":\"open  sesame is no word\"}");
    else
        answer_json(fd, "200 OK", json_pack("{s:s+, s:{s:s}}", "ticket", "tick-", user, "user", "id", "u-1"));
}

static void issue(int fd, const char *head, const char *body)
{
    static const char form[] = "grant_type=client_credentials&client_id=me&client_secret=";
    if (strcasestr(head, "\r\nContent-Type: application/x-www-form-urlencoded\r\n") &&
        strncmp(body, form, sizeof form - 1) == 0 && strstr(body, "%26"))
        answer(fd, "200 OK", "{\"access_token\":\"tick-of-client\"}");
    else
        answer(fd, "400 No", "{}");
}

static void make(int fd, json_t *body)
{
    const char *name = json_string_value(json_object_get(body, "name"));
    char id[16];
    if (strstr(name, "taken")) {
        answer(fd, "409 No", "{\"error\":{\"code\":\"taken\",\"field\":\"name\"}}");
        return;
    }
    if (strstr(name, "locked")) {
        answer(fd, "409 No", "{\"error\":{\"code\":\"locked\"}}");
        return;
    }
    snprintf(things[n_things].name, sizeof things[0].name, "%s", name);
    snprintf(id, sizeof id, "t-%d", n_things++);
    answer_json(fd, "202 Accepted", json_pack("{s:{s:s, s:s}}", "thing", "id", id, "status", "MAKING"));
}

static void show(int fd, struct thing *thing)
{
    int broken = strstr(thing->name, "broken") != NULL, slow = strstr(thing->name, "slow") != NULL;
    thing->looks++;
    if (thing->deleted && thing->looks > thing->deleted + 2) {
        answer(fd, "404 Not Found", "{}");
        return;
    }
    const char *status = thing->looks < 3 || slow ? "MAKING" : broken ? "FAILED" : "RUNNING";
    answer_json(fd, "200 OK", json_pack("{s:s, s:i}", "status", status, "looks", thing->looks));
}

static void of_thing(int fd, const char *method, const char *id)
{
    int n = atoi(id + 2);
    if (n >= n_things || strncmp(id, "t-", 2) != 0) {
        answer(fd, "404 Not Found", "{}");
    } else if (strcmp(method, "DELETE") == 0) {
        things[n].deleted = things[n].looks + 1;
        answer(fd, "204 Gone", "");
    } else {
        show(fd, &things[n]);
    }
}

static void watch(int fd, const char *head)
{
    if (!strcasestr(head, "\r\nAuthorization: Bearer tick-")) {
        answer(fd, "401 No", "{\"error\":{\"code\":\"no_ticket\"}}");
        return;
    }
    ws_server_accept(fd, head, "");
    ws_server_send(fd, 0x81, strstr(head, "topic=a%20b") ? "a b" : "?", strstr(head, "topic=a%20b") ? 3 : 1);
    local_wait_for_end(fd);
}

/* Fixed answers by their path. */
static const char *const fixed[][3] = {
    {"/list", "200 OK",
     "{\"items\":[{\"n\":1,\"s\":\"a\"},{\"n\":2}],\"number\":\"42\",\"flag\":\"true\",\"up\":true,\"null\":null}"},
    {"/plain", "200 OK", "not JSON"},
    {"/half", "200 OK", "{\"ok\":false}"},
    {"/strange", "418 Teapot", "{}"},
    {"/pairs/p1/start", "204 No Content", ""},
};

/* Frames of the Docker Engine: `more` bytes are announced and do not come. */
static void answer_frames(int fd, int more)
{
    const char frame[] = {1, 0, 0, 0, 0, 0, 0, (char)(3 + more), 'a', 'b', 'c'};
    local_write_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n");
    local_write(fd, frame, sizeof frame);
}

static int answer_fixed(int fd, const char *path)
{
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(fixed[i][0], path) == 0) {
            answer(fd, fixed[i][1], fixed[i][2]);
            return 1;
        }
    return 0;
}

void target_serve(int fd)
{
    char head[8192], method[16] = "", path[512] = "", text[8192] = "";
    if (local_read_head(fd, head, sizeof head) < 0 || sscanf(head, "%15s %511[^ ?]", method, path) != 2)
        return;
    const char *length = strcasestr(head, "\r\ncontent-length:");
    if (length && local_read(fd, text, strtoul(length + 17, NULL, 10)) < 0)
        return;
    json_t *body = json_loads(text, 0, NULL);
    if (strcmp(path, "/cut") == 0)
        local_write_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly");
    else if (strcmp(path, "/login") == 0)
        log_in(fd, body);
    else if (strcmp(path, "/token") == 0)
        issue(fd, head, text);
    else if (strcmp(path, "/things") == 0 && !strstr(text, "mirror"))
        make(fd, body);
    else if (strncmp(path, "/things/", 8) == 0)
        of_thing(fd, method, path + 8);
    else if (strcmp(path, "/ws") == 0)
        watch(fd, head);
    else if (strncmp(path, "/stream/", 8) == 0)
        answer_frames(fd, atoi(path + 8));
    else if (strcmp(path, "/pairs") == 0)
        answer(fd, "201 Created", "{\"Id\":\"p1\"}");
    else if (!answer_fixed(fd, path))
        answer_json(fd, "200 OK", json_pack("{s:s, s:s}", "head", head, "body", text));
    json_decref(body);
}
