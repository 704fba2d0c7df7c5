/* SPDX-License-Identifier: Apache-2.0 */
/* Another library's macros, of the names that muster's short ones have: those of Catch2, glog, windows.h and others. */
#define SCENARIO        "theirs"
#define CLEANUP()       1
#define FIXTURE         2
#define TABLE(a_)       (a_)
#define CHECK(a_, b_)   ((a_) + (b_))
#define REQUIRE(a_, b_) ((a_) - (b_))
#define CHECK_STR(a_)   (a_)
#define STEP            3
#define DEFER           4
#define LOG(severity_)  (severity_)
#define FAIL            5
#define SKIP            6
#define ERROR           7
#define HEADERS         8
#define LOG_DEBUG       9
#define MARKERS         10
#define PARAMS          11
