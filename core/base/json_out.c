/* SPDX-License-Identifier: Apache-2.0 */
/* JSON written as it is made. */
#include "base/json_out.h"

#include "base/number.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void begin(struct json_out *j, const char *key)
{
    if (j->comma)
        buf_addc(j->out, ',');
    j->comma = true;
    if (key) {
        json_add_string(j->out, key, strlen(key));
        buf_addc(j->out, ':');
    }
}

void json_open(struct json_out *j, const char *key, char bracket)
{
    begin(j, key);
    buf_addc(j->out, bracket);
    j->comma = false;
}

void json_close(struct json_out *j, char bracket)
{
    buf_addc(j->out, bracket);
    j->comma = true;
}

void json_textn(struct json_out *j, const char *key, const char *text, size_t len)
{
    begin(j, key);
    json_add_string(j->out, text, len);
}

void json_text(struct json_out *j, const char *key, const char *text)
{
    json_textn(j, key, text, strlen(text));
}

void json_text_if(struct json_out *j, const char *key, const char *text)
{
    if (*text)
        json_text(j, key, text);
}

void json_int(struct json_out *j, const char *key, int64_t n)
{
    begin(j, key);
    buf_addf(j->out, "%lld", (long long)n);
}

void json_number(struct json_out *j, const char *key, double value)
{
    begin(j, key);
    if (isfinite(value))
        number_add(j->out, value);
    else
        buf_adds(j->out, "null");
}

void json_bool(struct json_out *j, const char *key, bool value)
{
    begin(j, key);
    buf_adds(j->out, value ? "true" : "false");
}

void json_ms(struct json_out *j, const char *key, int64_t ns)
{
    begin(j, key);
    buf_addf(j->out, "%lld.%03d", (long long)(ns / 1000000), (int)(llabs(ns) / 1000 % 1000));
}

void json_line(struct json_out *j)
{
    buf_addc(j->out, '\n');
}
