/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin in C. Build it with CMakeLists.txt beside it, then: muster run build/plugins/example.so */
#include <muster/muster.h>

#include <stdio.h>
#include <unistd.h>

CLEANUP(remove_file, "file.remove")
{
    unlink(payload); /* idempotent: it may be gone */
}

SCENARIO(keeps_what_was_written, .summary = "A file reads back as it was written",
         .markers = MARKERS("e2e", "priority_p0"), .timeout_ms = 10000)
{
    char path[256], line[32] = "";
    snprintf(path, sizeof path, "%s/note", m_attempt(t)->temp_dir);
    DEFER("file.remove", path);

    STEP("write")
    {
        FILE *f = fopen(path, "w");
        REQUIRE(f);
        CHECK_INT(fputs("hello", f), >=, 0);
        REQUIRE_INT(fclose(f), ==, 0);
    }
    STEP("read back")
    {
        FILE *f = fopen(path, "r");
        REQUIRE(f);
        CHECK_STR(fgets(line, sizeof line, f), ==, "hello");
        fclose(f);
    }
}

SCENARIO(target_answers, .summary = "The target has an address", .needs = NEEDS(MUSTER_EXT_TARGET))
{
    const char *url = m_target(t, "url");
    if (!url)
        SKIP("run with --set url=http://...");
    CHECK_STR_HAS(url, "://");
}

MUSTER_PLUGIN("example", "1.0.0")
