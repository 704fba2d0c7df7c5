#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/reference/packs.md has a row for each scenario of the packs, as `muster list` tells it.

    packs.py PAGE MUSTER [--write]

A row has the scenario's name, its priority and what it needs, the defects that it catches, and its summary, behind which the page may say more.
--write puts them right, and adds those that are missing to the end of their pack's table.
"""
import json
import re
import subprocess
import sys

ROW = re.compile(r"^\| `([^`]+)` \| ([^|]*) \| ([^|]*) \| (.*) \|$")
SHOWN = ("ui", "database", "dns", "outside", "slow", "serial")


def scenarios_of(muster):
    shown = subprocess.run([muster, "list", "--packs", "--json"], capture_output=True, text=True, check=True).stdout
    found = {}
    for one in json.loads(shown)["scenarios"]:
        pack, _, name = one["scenario"].partition(".")
        found.setdefault(pack, {})[name] = one
    return found


def row_of(name, one, more):
    markers = one["markers"]
    words = [m.removeprefix("priority_") for m in markers if m.startswith("priority_")] + [m for m in SHOWN if m in markers]
    caught = [f"`{d}`" for m in markers for d in re.findall(r"catches\(defect='([^']+)'\)", m)]
    return f"| `{name}` | {' '.join(words)} | {', '.join(caught)} | {one['summary'].replace('|', chr(92) + '|')}{more} |"


def corrected(line, pack):
    match = ROW.match(line)
    if not match or match.group(1) not in pack:
        return line if not match else None  # there is no such scenario
    one = pack[match.group(1)]
    text = match.group(4)
    return row_of(match.group(1), one, text[len(one["summary"]):] if text.startswith(one["summary"]) else "")


def page_of(text, packs):
    """The page as it should be."""
    out, pack, there = [], None, set()

    def finish():
        missing = [] if pack is None else [row_of(name, one, "") for name, one in pack.items() if name not in there]
        if missing:
            last = max((i for i, line in enumerate(out) if ROW.match(line) or line.startswith("|---")), default=len(out) - 1)
            out[last + 1:last + 1] = missing

    for line in text.split("\n"):
        if line.startswith("## "):
            finish()
            pack, there = packs.get(line[3:]), set()
        right = line if pack is None else corrected(line, pack)
        if right is not None:
            out.append(right)
        if pack is not None and ROW.match(line):
            there.add(ROW.match(line).group(1))
    finish()
    return "\n".join(out)


def main():
    page, muster = sys.argv[1:3]
    with open(page, encoding="utf-8") as file:
        text = file.read()
    packs = scenarios_of(muster)
    headless = [name for name in packs if f"\n## {name}\n" not in text]
    right = page_of(text, packs)
    if "--write" in sys.argv[3:]:
        with open(page, "w", encoding="utf-8") as file:
            file.write(right)
        text = right
    for name in headless:
        print(f"{page}: the pack {name} has no part of its own: ## {name}")
    are, should = text.split("\n"), right.split("\n")
    for line in [line for line in should if line not in are]:
        print(f"{page}: this row is missing: {line}")
    for line in [line for line in are if line not in should]:
        print(f"{page}: this row is not so: {line}")
    if text != right:
        print("tests/docs/packs.py PAGE MUSTER --write puts it right")
    return 1 if headless or text != right else 0


if __name__ == "__main__":
    sys.exit(main())
