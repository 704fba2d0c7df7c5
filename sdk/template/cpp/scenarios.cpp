// SPDX-License-Identifier: Apache-2.0
// A plugin in C++11 or later. The macros are those of C; a field may stand in any order. No exception may leave a
// scenario, and a failed REQUIRE_* ends the process without running destructors: what must be undone is DEFERred.
#include <muster/muster.h>

#include <exception>
#include <string>
#include <vector>

namespace
{

std::string joined(const std::vector<std::string> &words)
{
    std::string all;
    for (const std::string &word : words)
        all += all.empty() ? word : " " + word;
    return all;
}

SCENARIO(joins_words, .summary = "Words are joined by a space", .markers = MARKERS("e2e", "priority_p0"),
         .timeout_ms = 10000)
{
    STEP("two words")
    {
        CHECK_STR(joined({"hello", "world"}).c_str(), ==, "hello world");
    }
    STEP("none")
    {
        REQUIRE(joined({}).empty());
    }
}

SCENARIO(catches_its_exceptions)
{
    try {
        std::vector<int> none;
        CHECK_INT(none.at(1), ==, 0);
    } catch (const std::exception &e) {
        LOG("as expected: %s", e.what());
    }
}

} // namespace

MUSTER_PLUGIN("example.cpp", "1.0.0")
