/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying a bundle, through the helper: its answer, read. */
#include "artifacts/verify.h"

#include "artifacts/helper.h"
#include "base/mem.h"

#include <errno.h>
#include <jansson.h>

static char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return xstrdup(text ? text : "");
}

static void read_problems(const json_t *list, struct verify_report *r)
{
    r->problems = xcalloc(json_array_size(list), sizeof *r->problems);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *p = json_array_get(list, i);
        r->problems[r->n_problems++] = (struct verify_problem){text_of(p, "member"), text_of(p, "why")};
    }
}

int bundle_verify(const char *helper, const char *path, struct verify_report *ret_report, struct err *err)
{
    const char *const args[] = {"check", path, NULL};
    json_t *ok = NULL;
    struct helper h;
    int r = helper_start(helper, args, -1, &h, err);
    if (r == 0)
        r = helper_finish(&h, &ok, err);
    if (r < 0)
        return r;
    const json_t *problems = json_object_get(ok, "problems");
    if (!json_is_array(problems)) {
        json_decref(ok);
        return err_set(err, -EIO, "muster-bundle gave an answer without a verdict");
    }
    *ret_report = (struct verify_report){
        .run = text_of(ok, "run"),
        .created = text_of(ok, "created"),
        .format = text_of(ok, "format"),
        .head = text_of(ok, "head"),
        .archiver = text_of(ok, "archiver"),
        .compressor = text_of(ok, "compressor"),
        .members = json_integer_value(json_object_get(ok, "members")),
        .bytes = json_integer_value(json_object_get(ok, "bytes")),
        .reencoded = json_is_true(json_object_get(ok, "reencoded")),
        .checksum = json_is_true(json_object_get(ok, "checksum")),
    };
    read_problems(problems, ret_report);
    json_decref(ok);
    return 0;
}
