/* SPDX-License-Identifier: Apache-2.0 */
/* What reports can be asked for. */
#ifndef MUSTER_REPORT_REPORT_OPTIONS_H
#define MUSTER_REPORT_REPORT_OPTIONS_H

#include "report/style.h"

/* JUnit XML has no standard: whose schema the file is to pass. */
enum junit_family {
    JUNIT_JENKINS,  /* the xUnit plugin's junit-10.xsd, which other readers' are wider than */
    JUNIT_SUREFIRE, /* surefire-test-report-3.0.xsd */
    JUNIT_FULL,     /* nobody's: with all that muster knows of a case */
    JUNIT_N_FAMILIES
};

enum { TAP_VERSION_DEFAULT = 13, TAP_VERSION_NEWEST = 14 };

/* What one format or other can be asked for; zero for what is usual. */
struct report_options {
    const struct style *style; /* REPORT_HUMAN; NULL: for no terminal, without colour */
    enum junit_family family;  /* REPORT_JUNIT */
    int tap_version;           /* REPORT_TAP; 0: TAP_VERSION_DEFAULT */
};

#endif
