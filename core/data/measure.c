/* SPDX-License-Identifier: Apache-2.0 */
/* Counting events. */
#include "data/measure.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdio.h>

struct measuring {
    const struct yaml_bounds *most;
    struct yaml_bounds have;
};

/* Where the event is; NULL: the library does not say. */
static const struct fy_mark *take(struct measuring *m, const struct fy_event *e)
{
    struct fy_token *token = NULL, *anchor = NULL;
    switch (e->type) {
    case FYET_SCALAR:
        token = e->scalar.value;
        anchor = e->scalar.anchor;
        break;
    case FYET_ALIAS:
        token = e->alias.anchor;
        break;
    case FYET_SEQUENCE_START:
        token = e->sequence_start.sequence_start;
        anchor = e->sequence_start.anchor;
        m->have.depth++;
        break;
    case FYET_MAPPING_START:
        token = e->mapping_start.mapping_start;
        anchor = e->mapping_start.anchor;
        m->have.depth++;
        break;
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        m->have.depth--;
        return NULL;
    default:
        return NULL;
    }
    m->have.values++;
    m->have.anchors += anchor != NULL;
    return token ? fy_token_start_mark(token) : NULL;
}

static int check(const struct measuring *m, const struct fy_mark *at, struct yaml_excess *excess)
{
    const struct yaml_bounds *most = m->most, *have = &m->have;
    if (have->depth > most->depth)
        snprintf(excess->text, sizeof excess->text, "nested more than %u deep", most->depth);
    else if (have->anchors > most->anchors)
        snprintf(excess->text, sizeof excess->text, "more than %u anchors", most->anchors);
    else if (have->values > most->values)
        snprintf(excess->text, sizeof excess->text, "more than %u values", most->values);
    else
        return 0;
    excess->line = at && at->line >= 0 ? (uint32_t)at->line + 1 : 1;
    excess->column = at && at->column >= 0 ? (uint32_t)at->column + 1 : 1;
    return -E2BIG;
}

static int count(struct fy_parser *parser, const struct yaml_bounds *most, struct yaml_excess *excess)
{
    struct measuring m = {.most = most};
    int r = 0;
    for (struct fy_event *e; r == 0 && (e = fy_parser_parse(parser)) != NULL;) {
        const struct fy_mark *at = take(&m, e);
        r = check(&m, at, excess);
        fy_parser_event_free(parser, e);
    }
    return r;
}

/* A line that may begin a block scalar has one of these in it; few that have one begin none. */
static bool may_begin_block(char c)
{
    return c == '|' || c == '>';
}

/* Before the parser sees the text, which would be lost in these lines. */
static int look_for_blank_lines(const char *text, size_t len, struct yaml_excess *excess)
{
    uint32_t line = 1, blank = 0;
    bool begins = false, is_blank = true; /* the last line with something in it; this one */
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '\n' || (c == '\r' && !(i + 1 < len && text[i + 1] == '\n'))) {
            blank = is_blank ? blank + 1 : 0;
            if (begins && blank > YAML_BLANK_LINES_MAX) {
                snprintf(excess->text, sizeof excess->text, "more than %d blank lines begin a block",
                         YAML_BLANK_LINES_MAX);
                excess->line = line;
                excess->column = 1;
                return -E2BIG;
            }
            line++;
            is_blank = true;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            begins = (begins && !is_blank) || may_begin_block(c);
            is_blank = false;
        }
    }
    return 0;
}

static void say_nothing(struct fy_diag *diag, void *user, const char *text, size_t len)
{
    (void)diag;
    (void)user;
    (void)text;
    (void)len;
}

int yaml_measure(const char *text, size_t len, bool json, const struct yaml_bounds *most,
                 struct yaml_excess *ret_excess)
{
    if (!json && look_for_blank_lines(text, len, ret_excess) < 0)
        return -E2BIG;
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    quiet.output_fn = say_nothing;
    struct fy_diag *diag = fy_diag_create(&quiet);
    const struct fy_parse_cfg cfg = {.flags = json ? FYPCF_JSON_FORCE : FYPCF_JSON_NONE, .diag = diag};
    struct fy_parser *parser = diag ? fy_parser_create(&cfg) : NULL;
    int r = parser && fy_parser_set_string(parser, text, len) == 0 ? count(parser, most, ret_excess) : -ENOMEM;
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return r;
}
