#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""target.py MUSTER TESTBED-FOLDER: the platform's target file is read, and each route of the platform is asked by one of its
operations, so that a route that is added without one is noticed."""
import json
import re
import subprocess
import sys

muster, folder = sys.argv[1:]
shown = subprocess.run([muster, "target", "show", f"{folder}/testbed.target.yaml"], stdout=subprocess.PIPE, check=True)
target = json.loads(shown.stdout)


def pattern(path):
    return re.sub(r"\$?\{[^}]*\}", "{}", path)


asked = {("GET", "/ws")} if any("websocket" in o for o in target["operations"].values()) else set()
for operation in target["operations"].values():
    asked |= {(r["method"], pattern(r["path"])) for r in operation["requests"]}

sources = subprocess.run(["grep", "-rhoE", r'\{M_[A-Z]+, "/[^"]*"', f"{folder}/src"], stdout=subprocess.PIPE, check=True, text=True)
routes = set(re.findall(r'\{M_([A-Z]+), "([^"]*)"', sources.stdout))
if len(routes) < 50:
    sys.exit(f"only {len(routes)} routes were found in {folder}/src: their form has changed")
for what, missing in (("no operation asks", routes - asked), ("the platform has no", asked - routes)):
    if missing:
        sys.exit(f"{what}: {', '.join(' '.join(one) for one in sorted(missing))}")
print(f"{len(routes)} routes, {len(target['operations'])} operations")
