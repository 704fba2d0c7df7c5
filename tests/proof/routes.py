#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every route of the platform is requested by some scenario.

    routes.py SOURCE BUILD BED WORK

Runs all scenarios, with a wire between them and the platform. Routes are those of the tables in the platform's sources. `not_asked.txt` lists
those that no scenario requests, each with its reason; that list is exact: one that is requested after all has to leave it, unless its reason
begins with "by chance:".
"""
import asyncio
import os
import re
import shutil
import sys

from alter import Seen
from cases import run_all, scenarios_of
from listed import read_list
from paths import Paths
from runs import Bench
from sites import compile_commands, preprocessed
from target import Target

TABLE = re.compile(r"const struct route (\w+)\[\] = \{(.*?)\};", re.S)
ROUTE = re.compile(r'\{\s*M_(\w+),\s*((?:"[^"]*"\s*)+)')


def routes_of(paths):
    """{"GET /v1/workloads/{}": file}, of the tables in the platform's sources, macros and all."""
    found = {}
    for file, command in compile_commands(paths.source, paths.build, "plugins/testbed/src/").items():
        with open(f"{paths.source}/{file}", encoding="utf-8") as text:
            names = re.findall(r"^const struct route (\w+)\[\]", text.read(), re.M)
        tables = dict(TABLE.findall(preprocessed(command))) if names else {}
        for name in names:
            routes = [(method, "".join(re.findall(r'"([^"]*)"', pattern))) for method, pattern in ROUTE.findall(tables.get(name, ""))]
            if not routes:
                sys.exit(f"{file}: nothing is understood of the table {name}")
            found.update({f"{method} {pattern}": file for method, pattern in routes})
    return found


def route_of(routes, method, path):
    """The one with the most that is fixed."""
    fitting = [route for route in routes if re.fullmatch(re.escape(route).replace(r"\{\}", "[^/]+"), f"{method} {path}")]
    return max(fitting, key=lambda route: len(route.replace("{}", "")), default=None)


async def requests_of(paths):
    """What the packs request, as (method, path)."""
    scenarios = scenarios_of(paths)
    async with Bench(paths, Target(paths.muster, paths.target), Seen()) as bench:
        for scenario in await run_all(bench, scenarios):
            print(f"# {scenario.id}: {scenario.outcome.verdicts or 'no result'}, which is for other tests to judge")
    return {(exchange.method, exchange.path) for scenario in scenarios for exchange in scenario.outcome.sequence}


def main(source, build, bed, work):
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    paths = Paths(source, build, bed, work)
    routes, listed = routes_of(paths), read_list(f"{source}/tests/proof/not_asked.txt")
    asked = asyncio.run(requests_of(paths))
    by_chance = {route for route, why in listed.items() if why.startswith("by chance:")}
    never = set(routes) - by_chance - {route_of(routes, *request) for request in asked}
    for route in sorted(never - set(listed)):
        print(f"no scenario requests {route} ({routes[route]})")
    needless = set(listed) - never - (by_chance & set(routes))
    for route in sorted(needless):
        print(f"not_asked.txt lists {route}, which is {'requested' if route in routes else 'no route'}")
    print(f"{len(routes) - len(never)} of {len(routes)} routes are requested, {len(listed)} are listed as not")
    return 0 if not never - set(listed) and not needless else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
