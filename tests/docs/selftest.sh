#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# selftest.sh SOURCE BUILD [CFLAGS]: snippets.py notices a mistake in each language, and a block that says nothing.
set -u
source=$1
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/muster-snippets.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/docs" "$work/scenarios"
cp -r "$source/scenarios/persys" "$work/scenarios/"
cat >"$work/README.md" <<'X'
```c
#include <muster/muster.h>
SCENARIO(a) { CHECK_INT(nobody(), ==, 1); }
MUSTER_PLUGIN("a", "1")
```

```c
CHECK_INT("text", ==, 1);
```

```c not tried: so it may be anything
int;int
```

```cmake
muster_add_plugin(NAME a SOURCES a.c KITS htpp)
```

```yaml
steps:
  - create_worklaod: a
```

```yaml
double: a
rules: [{request: {path: /a}, answr: {}}]
```

```json
{"a": }
```

```sh
muster run --no-such-option
```

```sh
if then
```

```text
whatever
```
X
said=$("$(dirname "$0")/snippets.py" "$work" "$@") && echo "it finds nothing" && exit 1
[ $? -ne 77 ] || exit 77
status=0
for line in 1 7 15 19 24 29 33 37 41; do
    case $said in
    *"README.md:$line: "*) ;;
    *) echo "nothing is said of README.md:$line" && status=1 ;;
    esac
done
case $said in
*"README.md:11: "*) echo "README.md:11 was tried" && status=1 ;;
esac
[ $status -eq 0 ] || echo "$said"
exit $status
