#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which named results of the target file nobody looks at.

    results.py SOURCE BUILD BED WORK [--jobs N] [--part I/N] [--only WORD...]

For each result of each operation that scenarios ask for: all answers of the operation have another value there, and the scenarios that
ask for it run, the likeliest and quickest first, until one of them fails. What none notices is told, and was looser than it might be.
Scenarios that need a browser, a database or a DNS server are not asked.
"""
import argparse
import asyncio
import os
import shutil
import sys

from alter import Seen
from cases import run_all, scenarios_of
from exchange import Alteration, MessagePlace, Place
from paths import Paths
from runs import Bench
from target import Target

MOST_SCENARIOS = 10  # that are asked whether they notice


def pointers_of(specs, before=""):
    """(name, pointer, is a list) of each result that is in the body."""
    for name, spec in specs.items():
        if "each" in spec:
            yield name, before + spec["each"], True
            for inner, pointer, is_list in pointers_of(spec["result"], f"{before}{spec['each']}/*"):
                yield f"{name}.{inner}", pointer, is_list
        elif spec.get("pointer"):
            yield name, before + spec["pointer"], False


def value_at(body, path):
    for step in path.split("/")[1:]:
        body = body[0] if step == "*" and isinstance(body, list) and body else body.get(step) if isinstance(body, dict) else None
    return body


def ways(value, is_list):
    if is_list or isinstance(value, list):
        return ("empty", "double")
    return ("other", "less") if isinstance(value, int) and not isinstance(value, bool) else ("other",)


def alterations(target, scenarios, seen):
    """(operation, result, alteration), of what answers really had."""
    for operation in sorted({e.place.operation for s in scenarios for e in s.outcome.exchanges if not isinstance(e.place, MessagePlace)}):
        body = seen.bodies.get(operation, (0, 0, None))[2]
        for name, pointer, is_list in pointers_of(target.results_of(operation)):
            value = value_at(body, pointer)
            for how in ways(value, is_list) if value not in (None, {}) else ():
                yield operation, f"{name} {how}", Alteration(Place(operation, None, None), f"field {pointer} {how}")


def likely(source, scenarios, operation, result):
    """Those that ask for the operation at a line of theirs; those whose source has the result's name first."""
    def rank(scenario):
        files = {e.call[0] for e in scenario.outcome.exchanges if e.call and not isinstance(e.place, MessagePlace) and e.place.operation == operation}
        word = f"/{result.partition(' ')[0].rpartition('.')[2]}"
        texts = [open(f"{source}/{file}", encoding="utf-8").read() for file in files | {scenario.file}]
        return not any(word in text for text in texts), scenario.outcome.duration

    asking = [s for s in scenarios if any(not isinstance(e.place, MessagePlace) and e.place.operation == operation for e in s.outcome.exchanges)]
    return sorted(asking, key=rank)[:MOST_SCENARIOS]


async def look(paths, given):
    target, seen, unnoticed = Target(paths.muster, paths.target), Seen(), []
    scenarios = [one for one in scenarios_of(paths) if not one.is_heavy]
    async with Bench(paths, target, seen) as bench:
        await run_all(bench, scenarios)
        part, parts = map(int, given.part.split("/"))
        todo = [one for number, one in enumerate(alterations(target, scenarios, seen))
                if number % parts == part - 1 and (not given.only or any(word in one[0] for word in given.only))]
        waiting = list(todo)

        async def work():
            while waiting:
                operation, result, alteration = waiting.pop(0)
                for scenario in likely(paths.source, scenarios, operation, result):
                    outcome = await bench.run_one(scenario, alteration)
                    if outcome.altered and set(outcome.verdicts.values()) - {"passed", "skipped"}:
                        break
                else:
                    unnoticed.append(f"{operation}: {result}")
                    print(f"unnoticed: {operation}: {result}", flush=True)

        await asyncio.gather(*(work() for _ in range(given.jobs)))
    return todo, unnoticed


def main():
    parser = argparse.ArgumentParser()
    for name in ("source", "build", "bed", "work"):
        parser.add_argument(name)
    parser.add_argument("--jobs", type=int, default=12, help="runs at a time; default: 12")
    parser.add_argument("--part", default="1/1", help="only every Nth of them, from the Ith")
    parser.add_argument("--only", nargs="*", default=[], help="only operations with such a word in their name")
    given = parser.parse_args()
    shutil.rmtree(given.work, ignore_errors=True)
    os.makedirs(given.work)
    todo, unnoticed = asyncio.run(look(Paths(given.source, given.build, given.bed, given.work), given))
    print(f"{len(todo) - len(unnoticed)} of {len(todo)} alterations of one result were noticed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
