// SPDX-License-Identifier: Apache-2.0
// A plugin in C++11 or later. The macros are those of C; a field may stand in any order. No exception may leave a
// scenario, and a failed REQUIRE_* ends the process without running destructors: what must be undone is DEFERred.
#include <muster/muster.h>

#include <stdexcept>
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
    const std::vector<int> none;
    bool caught = false;
    try {
        LOG("there is none, but for %d", none.at(1));
    } catch (const std::out_of_range &e) {
        LOG("as expected: %s", e.what());
        caught = true;
    }
    CHECK(caught);
}

std::vector<std::string> words = {"hello", "world"};

// Lives in the attempt, and so may hand over a pointer; fixtures of other scopes publish texts only.
FIXTURE(dictionary, MUSTER_SCOPE_ATTEMPT, PARAMS((str, language, "en")), .summary = "The words of a language")
{
    m_publish(t, "language", m_param(t, "language"));
    m_hand_over(t, &words);
}

// Two cases: counts_letters[word=0,letters=5] and counts_letters[word=1,letters=5].
SCENARIO(counts_letters, PARAMS((i32, word), (u64, letters)), .uses = USES("dictionary(language=de)"),
         .tables = TABLES(TABLE(COLUMNS("word", "letters"), ROW("0", "5"), ROW("1", "5"))))
{
    const auto *all = static_cast<const std::vector<std::string> *>(m_fixture_pointer(t, "dictionary"));
    REQUIRE(all);
    CHECK_STR(m_fixture(t, "dictionary", "language"), ==, "de");
    CHECK_UINT(all->at(static_cast<std::size_t>(word)).size(), ==, letters);
}

} // namespace

MUSTER_PLUGIN("example.cpp", "1.0.0")
