/* SPDX-License-Identifier: Apache-2.0 */
#include "workloads/docker_engine.h"

#include "common/crypto.h"
#include "store/store.h"
#include "workloads/docker_image.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION        "/v1.41"
#define SYSTEM_SOCKET  "/var/run/docker.sock"
#define WAIT_MS        60000L
#define LABEL_PLATFORM "muster.testbed"

static bool is_success(int status)
{
    return status >= 200 && status <= 299;
}

/* {"message": "No such container: x"} */
bool docker_refused(const struct outbound_answer *a, char *words, size_t size)
{
    if (!a->error && is_success(a->status))
        return false;
    json_t *doc = a->error ? NULL : outbound_json(a);
    const char *message = json_string_value(json_object_get(doc, "message"));
    if (a->error)
        snprintf(words, size, "the Docker Engine does not answer: %s", a->error);
    else
        snprintf(words, size, "the Docker Engine answered %d: %s", a->status, message ? message : "");
    json_decref(doc);
    return true;
}

struct outbound_call *docker_ask(struct docker_engine *e, const struct docker_request *q, outbound_fn *done,
                                 void *payload)
{
    static const char *const headers[] = {"Content-Type: application/json", NULL};
    char url[512];
    char *body = q->json ? json_dumps(q->json, JSON_COMPACT) : NULL;

    json_decref(q->json);
    snprintf(url, sizeof url, "http://engine" VERSION "%s", q->path);
    struct outbound_call *call = outbound_request(e->tb,
                                                  &(struct outbound_request){.method = q->method,
                                                                             .url = url,
                                                                             .unix_socket = e->socket,
                                                                             .headers = headers,
                                                                             .body = body,
                                                                             .len = body ? strlen(body) : 0,
                                                                             .timeout_ms = q->timeout_ms},
                                                  done, payload);
    free(body);
    return call;
}

json_t *docker_labels(const struct docker_engine *e, const char *tenant_id, const char *workload_id)
{
    const char *run = getenv("MUSTER_RUN_ID");
    json_t *labels = json_pack("{s:s, s:s, s:s}", LABEL_PLATFORM, e->instance, "muster.tenant", tenant_id,
                               "muster.workload", workload_id);

    if (labels && run && *run)
        json_object_set_new(labels, "muster.run", json_string(run));
    return labels;
}

/* ---- waiting ----------------------------------------------------------------------------------------------------- */

struct text {
    char *bytes;
    size_t len;
};

static size_t take(char *bytes, size_t size, size_t n, void *user)
{
    struct text *t = user;
    char *more = realloc(t->bytes, t->len + size * n + 1);

    if (!more)
        return 0;
    t->bytes = more;
    memcpy(t->bytes + t->len, bytes, size * n);
    t->len += size * n;
    t->bytes[t->len] = '\0';
    return size * n;
}

struct waiting {
    const char *method, *path, *type;
    const void *body;
    size_t len;
};

/* The status, or 0 with words; *ret_body, to be freed, may be NULL. */
static int ask_and_wait(const struct docker_engine *e, const struct waiting *w, char *error, char **ret_body)
{
    char url[1024], type[64];
    struct text answer = {0};
    long status = 0;
    CURL *c = curl_easy_init();

    *ret_body = NULL;
    snprintf(error, CURL_ERROR_SIZE, "memory is short");
    if (!c)
        return 0;
    snprintf(url, sizeof url, "http://engine" VERSION "%s", w->path);
    snprintf(type, sizeof type, "Content-Type: %s", w->type ? w->type : "application/json");
    struct curl_slist *headers = curl_slist_append(curl_slist_append(NULL, type), "Expect:");
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, e->socket);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, w->method);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, WAIT_MS);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &answer);
    if (w->body) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)w->len);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, w->body);
    }
    if (curl_easy_perform(c) == CURLE_OK)
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    *ret_body = answer.bytes;
    return (int)status;
}

/* %22 and so on: the only signs of JSON and of Dockerfiles that are used here. */
static void put_escaped(char *to, size_t size, const char *text)
{
    size_t n = 0;

    for (; *text && n + 4 < size; text++)
        n += (size_t)snprintf(to + n, size - n, strchr(" \"{}[]=:,/", *text) ? "%%%02X" : "%c", (unsigned char)*text);
    to[n] = '\0';
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static void remove_containers(struct docker_engine *e)
{
    char filter[128], escaped[384], path[512], error[CURL_ERROR_SIZE], *body, *none;
    size_t i;
    json_t *one;

    snprintf(filter, sizeof filter, "{\"label\":[\"" LABEL_PLATFORM "=%s\"]}", e->instance);
    put_escaped(escaped, sizeof escaped, filter);
    snprintf(path, sizeof path, "/containers/json?all=1&filters=%s", escaped);
    ask_and_wait(e, &(struct waiting){.method = "GET", .path = path}, error, &body);
    json_t *list = body ? json_loads(body, 0, NULL) : NULL;
    json_array_foreach(list, i, one)
    {
        const char *id = json_string_value(json_object_get(one, "Id"));
        snprintf(path, sizeof path, "/containers/%.64s?force=1&v=1", id ? id : "");
        ask_and_wait(e, &(struct waiting){.method = "DELETE", .path = path}, error, &none);
        free(none);
    }
    json_decref(list);
    free(body);
}

static void remove_all(struct docker_engine *e)
{
    char path[128], error[CURL_ERROR_SIZE], *none;

    remove_containers(e);
    snprintf(path, sizeof path, "/images/%s?force=1", e->image);
    ask_and_wait(e, &(struct waiting){.method = "DELETE", .path = path}, error, &none);
    free(none);
}

void docker_close(struct docker_engine *e)
{
    if (e->instance[0])
        remove_all(e);
}

/* ---- the beginning ----------------------------------------------------------------------------------------------- */

/* It is kept in the store: what a platform that was killed has left is found by its next life, which has its name. */
static int take_name(struct docker_engine *e, struct testbed *tb)
{
    json_t *row = store_one(tb->db, "SELECT value FROM meta WHERE key = 'docker_instance'", "");
    const char *known = json_string_value(json_object_get(row, "value"));
    int kept = 0;

    if (known)
        snprintf(e->instance, sizeof e->instance, "%s", known);
    else
        crypto_random_hex((DOCKER_INSTANCE_MAX - 1) / 2, e->instance);
    if (!known)
        kept = store_run(tb->db, "INSERT INTO meta (key, value) VALUES ('docker_instance', ?)", "s", e->instance);
    snprintf(e->image, sizeof e->image, "muster-testbed-%s", e->instance);
    json_decref(row);
    return kept < 0 ? -1 : 0;
}

static int make_image(struct docker_engine *e, const char *program)
{
    char change[256], label[512], entry[128], path[1024], error[CURL_ERROR_SIZE], *body;
    const char *run = getenv("MUSTER_RUN_ID");
    size_t len;
    void *tar = docker_image(program, &len);

    if (!tar)
        return -1;
    snprintf(change, sizeof change, "LABEL " LABEL_PLATFORM "=\"%s\" muster.run=\"%s\"", e->instance, run ? run : "");
    put_escaped(label, sizeof label, change);
    put_escaped(entry, sizeof entry, "ENTRYPOINT [\"/" DOCKER_IMAGE_PROGRAM "\"]");
    snprintf(path, sizeof path, "/images/create?fromSrc=-&repo=%s&tag=latest&changes=%s&changes=%s", e->image, label,
             entry);
    int status = ask_and_wait(
        e, &(struct waiting){.method = "POST", .path = path, .type = "application/x-tar", .body = tar, .len = len},
        error, &body);
    if (!is_success(status))
        fprintf(stderr, "muster-testbed: the Docker Engine at %s makes no image: %s\n", e->socket,
                status && body ? body : error);
    free(body);
    free(tar);
    return is_success(status) ? 0 : -1;
}

int docker_open(struct docker_engine *e, struct testbed *tb, const char *where, const char *program)
{
    e->tb = tb;
    if (!where)
        where = "unix://" SYSTEM_SOCKET;
    if (strncmp(where, "unix://", 7) != 0 || strlen(where + 7) >= sizeof e->socket) {
        fprintf(stderr, "muster-testbed: --driver docker:%s: a Docker Engine is at docker:unix:///PATH\n", where);
        return -1;
    }
    snprintf(e->socket, sizeof e->socket, "%s", where + 7);
    if (take_name(e, tb) != 0) {
        fprintf(stderr, "muster-testbed: the store does not keep the name under which containers are made\n");
        return -1;
    }
    remove_all(e);
    return make_image(e, program);
}
