/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a bundle, through the helper. */
#include "artifacts/bundle.h"

#include "artifacts/helper.h"
#include "base/mem.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct bundle_writer {
    struct helper helper;
};

int bundle_prepare(const char *helper, struct bundle_writer **ret_writer, struct err *err)
{
    static const char *const args[] = {"pack", NULL};
    struct helper h;
    int r = helper_start(helper, args, -1, &h, err);
    if (r < 0)
        return r;
    struct bundle_writer *w = xmalloc(sizeof *w);
    w->helper = h;
    *ret_writer = w;
    return 0;
}

void bundle_start(struct bundle_writer *w, int run_dirfd, const struct bundle_options *options)
{
    autobuf struct buf request = {0};
    helper_add(&request, bundle_format_name(options->format));
    helper_add(&request, options->run_id);
    helper_add_int(&request, options->created);
    helper_add(&request, options->head ? options->head : "");
    helper_add_int(&request, options->artifacts_cap);
    for (const char *const *path = options->left_out; path && *path; path++)
        helper_add(&request, *path);
    helper_add(&request, "");
    helper_send(&w->helper, request.data, request.len, run_dirfd);
}

int bundle_fd(const struct bundle_writer *w)
{
    return w->helper.answer;
}

pid_t bundle_pid(const struct bundle_writer *w)
{
    return w->helper.pid;
}

int bundle_finish(struct bundle_writer *w, struct bundle_result *ret_result, struct err *err)
{
    json_t *ok = NULL;
    int r = helper_finish(&w->helper, &ok, err);
    if (r == 0)
        *ret_result = (struct bundle_result){.n_above_cap = json_integer_value(json_object_get(ok, "above_cap"))};
    json_decref(ok);
    free(w);
    return r;
}

void bundle_cancel(struct bundle_writer *w)
{
    helper_cancel(&w->helper);
    free(w);
}
