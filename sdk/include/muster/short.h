/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/short.h: the short names of muster.h's macros. Include muster.h, not this; it leaves them out where
 * MUSTER_NO_SHORT_NAMES is defined.
 */
#ifndef MUSTER_SHORT_H
#define MUSTER_SHORT_H

#if defined(__GNUC__)
#pragma GCC system_header
#endif

#define SCENARIO(...)   M_SCENARIO(__VA_ARGS__)
#define CLEANUP(...)    M_CLEANUP(__VA_ARGS__)
#define FIXTURE(...)    M_FIXTURE(__VA_ARGS__)
#define DATA_STEP(...)  M_DATA_STEP(__VA_ARGS__)
#define MARKERS(...)    M_MARKERS(__VA_ARGS__)
#define NEEDS(...)      M_NEEDS(__VA_ARGS__)
#define USES(...)       M_USES(__VA_ARGS__)
#define THRESHOLDS(...) M_THRESHOLDS(__VA_ARGS__)
#define OPERATIONS(...) M_OPERATIONS(__VA_ARGS__)
#define PARAMS(...)     M_PARAMS(__VA_ARGS__)
#define TABLES(...)     M_TABLES(__VA_ARGS__)
#define TABLE(...)      M_TABLE(__VA_ARGS__)
#define COLUMNS(...)    M_COLUMNS(__VA_ARGS__)
#define ROW(...)        M_ROW(__VA_ARGS__)
#define AXIS(...)       M_AXIS(__VA_ARGS__)
#define TABLE_FILE(...) M_TABLE_FILE(__VA_ARGS__)
#define DEFER(...)      M_DEFER(__VA_ARGS__)
#define STEP(...)       M_STEP(__VA_ARGS__)
#define LOG(...)        M_LOG(__VA_ARGS__)
#define LOG_AT(...)     M_LOG_AT(__VA_ARGS__)
#define SKIP(...)       M_SKIP(__VA_ARGS__)
#define FAIL(...)       M_FAIL(__VA_ARGS__)
#define ERROR(...)      M_ERROR(__VA_ARGS__)
/* These two are also <syslog.h>'s, which keeps them where it is included before: LOG_AT(MUSTER_LOG_DEBUG, ...). */
#ifndef LOG_DEBUG
#define LOG_DEBUG(...) M_LOG_DEBUG(__VA_ARGS__)
#endif
#ifndef LOG_WARNING
#define LOG_WARNING(...) M_LOG_WARNING(__VA_ARGS__)
#endif

/* Not function-like: a failed check shows its arguments as they are written (check.h). */
#define CHECK           M_CHECK
#define REQUIRE         M_REQUIRE
#define CHECK_INT       M_CHECK_INT
#define REQUIRE_INT     M_REQUIRE_INT
#define CHECK_UINT      M_CHECK_UINT
#define REQUIRE_UINT    M_REQUIRE_UINT
#define CHECK_STR       M_CHECK_STR
#define REQUIRE_STR     M_REQUIRE_STR
#define CHECK_STR_HAS   M_CHECK_STR_HAS
#define REQUIRE_STR_HAS M_REQUIRE_STR_HAS
#define CHECK_MEM       M_CHECK_MEM
#define REQUIRE_MEM     M_REQUIRE_MEM
#define CHECK_DOUBLE    M_CHECK_DOUBLE
#define REQUIRE_DOUBLE  M_REQUIRE_DOUBLE
#define CHECK_JSON      M_CHECK_JSON
#define REQUIRE_JSON    M_REQUIRE_JSON

#endif
