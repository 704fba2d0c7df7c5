/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of fixtures: from what was written to one text for each value. */
#include "plan/argument.h"

#include "base/buf.h"
#include "base/number.h"
#include "plan/values.h"

#include <inttypes.h>

static void add_text(enum value_type type, const union value *v, struct buf *out)
{
    switch (type) {
    case TYPE_I32:
        buf_addf(out, "%" PRId32, v->i32);
        break;
    case TYPE_I64:
        buf_addf(out, "%" PRId64, v->i64);
        break;
    case TYPE_U64:
        buf_addu(out, v->u64);
        break;
    case TYPE_F64:
        number_add(out, v->f64);
        break;
    case TYPE_BOOL:
        buf_adds(out, v->i32 ? "true" : "false");
        break;
    default:
        buf_adds(out, v->text);
    }
}

int argument_check(const struct param_info *param, const char *text, struct arena *arena, const char **ret_text,
                   struct err *err)
{
    union value v;
    int e = value_check(param->type, text, err);
    if (e == 0)
        e = value_parse(param->type, text, &v, err);
    if (e < 0)
        return err_prefix(err, "%s", param->name);
    autobuf struct buf out = {0};
    add_text(param->type, &v, &out);
    *ret_text = arena_strdup(arena, buf_str(&out));
    return 0;
}
