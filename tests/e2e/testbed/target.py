#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""target.py MUSTER TESTBED-FOLDER: the platform's target file is read, and each route of the platform is asked by one of its
operations, so that a route that is added without one is noticed; and so is a page."""
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
refused, forms = set(), set()
for name, operation in target["operations"].items():
    of = refused if operation.get("allowed") == [] else forms if name.startswith("form.") else asked
    of |= {(r["method"], pattern(r["path"])) for r in operation["requests"]}

sources = subprocess.run(["grep", "-rhoE", "--exclude-dir=pages", r'\{M_[A-Z]+, "/[^"]*"', f"{folder}/src"], stdout=subprocess.PIPE, check=True, text=True)
routes = set(re.findall(r'\{M_([A-Z]+), "([^"]*)"', sources.stdout))
if len(routes) < 50:
    sys.exit(f"only {len(routes)} routes were found in {folder}/src: their form has changed")
# What nobody may do is there to be refused, or not there at all; but its path is.
paths = {path for _, path in routes}
for what, missing in (("no operation asks", routes - asked - refused), ("the platform has no", asked - routes),
                      ("the platform has nothing at", {one for one in refused if one[1] not in paths})):
    if missing:
        sys.exit(f"{what}: {', '.join(' '.join(one) for one in sorted(missing))}")
# Pages: each that the target file names is one, and each has a name there, but what is a part of another one.
found = subprocess.run(["grep", "-rhoE", r'(ADMIN|TENANT|ANY)_PAGE\(M_GET, "[^"]*"', f"{folder}/src/pages"], stdout=subprocess.PIPE, check=True, text=True)
places = {"ADMIN": ["/admin"], "TENANT": ["/t/{}"], "ANY": ["/admin", "/t/{}"]}
pages = [[place + path for place in places[kind]] for kind, path in re.findall(r'(ADMIN|TENANT|ANY)_PAGE\(M_GET, "([^"]*)"', found.stdout)]
named = {pattern(o["page"]["path"]) for o in target["operations"].values() if "page" in o}
every = {path for page in pages for path in page} | {"/"}
for method, path in forms:
    if path not in every:
        sys.exit(f"the platform has no page for {method} {path}")
for path in every - named - {"/t/{}/brand.css"}:
    sys.exit(f"no page of the target file is {path}")
for path in named - every:
    if not re.sub(r"/[^/]*$", "/{}", path) in every:
        sys.exit(f"the platform has no page {path}")
print(f"{len(routes)} routes, {len(pages)} pages, {len(target['operations'])} operations")
