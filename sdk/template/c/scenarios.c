/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin in C. Build it with CMakeLists.txt beside it, then: muster run build/plugins/example.so */
#include <muster/muster.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

CLEANUP(remove_file, "file.remove")
{
    unlink(payload); /* idempotent: it may be gone */
}

CLEANUP(remove_folder, "folder.remove")
{
    rmdir(payload);
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

/* A folder for the users of it. Others write .uses = USES("folder(name=other)"). */
FIXTURE(folder, MUSTER_SCOPE_ATTEMPT, PARAMS((str, name, "data")))
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", m_attempt(t)->temp_dir, m_param(t, "name"));
    DEFER("folder.remove", path);
    REQUIRE_INT(mkdir(path, 0700), ==, 0);
    m_publish(t, "path", path);
}

/* Two cases: sizes_are_kept[size=1] and sizes_are_kept[size=4096]. */
SCENARIO(sizes_are_kept, PARAMS((i32, size)), .summary = "A file has the size that it was given",
         .tables = TABLES(AXIS("size", "1", "4096")), .uses = USES("folder"))
{
    char path[600];
    struct stat st;
    snprintf(path, sizeof path, "%s/sized", m_fixture(t, "folder", "path"));
    DEFER("file.remove", path);
    FILE *f = fopen(path, "w");
    REQUIRE(f);
    for (int32_t i = 0; i < size; i++)
        fputc('.', f);
    REQUIRE_INT(fclose(f), ==, 0);
    REQUIRE_INT(stat(path, &st), ==, 0);
    CHECK_INT(st.st_size, ==, size);
}

SCENARIO(target_answers, .summary = "The target has an address", .needs = NEEDS(MUSTER_EXT_TARGET))
{
    const char *url = m_target(t, "url");
    if (!url)
        SKIP("run with --set url=http://...");
    CHECK_STR_HAS(url, "://");
}

MUSTER_PLUGIN("example", "1.0.0")
