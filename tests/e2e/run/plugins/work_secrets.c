/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that let a secret out by every way that there is, and one that has its own. */
#include "work.h"

#include <muster/ext/artifacts.h>
#include <stdlib.h>
#include <string.h>

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    if (f) {
        fputs(text, f);
        fclose(f);
    }
}

/* The value of the target `token`: printed in two pieces, logged, as a step, in a check and its message, as an artifact
 * by call and one by hand. */
SCENARIO(tells_its_token)
{
    const char *token = m_target(t, "token");
    REQUIRE(token != NULL);
    size_t half = strlen(token) / 2;
    char path[4096], text[256];
    printf("the token is %.*s", (int)half, token);
    fflush(stdout);
    fprintf(stderr, "{\"token\":\"%s\"}\n", token);
    printf("%s, and that is all\n", token + half);
    LOG("logged in by %s", token);
    STEP(token)
    {
        snprintf(text, sizeof text, "authorization: Bearer %s\n", token);
        m_attach(t, "request.txt", "text/plain", text, strlen(text));
    }
    snprintf(path, sizeof path, "%s/by-hand.bin", m_attempt(t)->artifacts_dir);
    put(path, text);
    CHECK_STR(token, ==, "something else");
    FAIL("the token %s was not taken", token);
}

SCENARIO(makes_a_secret)
{
    m_hide(t, "made", "made-up-on-the-way");
    printf("made-up-on-the-way\n");
    m_hide(t, "pin", "1234");
    printf("1234 is shown\n");
}

SCENARIO(has_one_in_a_crash)
{
    fprintf(stderr, "assertion failed: %s\n", m_target(t, "token"));
    abort();
}
