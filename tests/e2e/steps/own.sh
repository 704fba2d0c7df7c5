#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A team's own step is meant where one that ships has its name: own.sh BIN PLUGINS OWN
set -eu
muster=$1/muster shipped=$2 own=$3
# shellcheck source=tests/e2e/target/lib.sh
. "$(dirname "$0")/../target/lib.sh"
cat >both.yaml <<'END'
scenarios:
  both:
    steps:
      - file: x
        expect: the team's own
      - muster.steps/file: {path: x, absent: true}
END
run 0 "$own" both.yaml

exit $fails
