#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every check of the packs has been seen to fail.

    checks.py SOURCE BUILD BED WORK [--seconds N] [--how] [--learn] [--known | --missing] [--light | --heavy] [--jobs N] [--part I/N] [--only WORD...]

Runs every scenario once, with a wire between it and the platform, and notes what it asks. Then, for each place in scenarios/ that
checks something, runs scenarios again with one answer altered, until the check has failed: as the run's own log says. Exit status 1,
and a line for each, when checks are left that nothing made fail and that `cannot_fail.txt` does not list, or when it lists others: one
that has failed after all has to leave it.
WORDs are parts of files' names: only checks of these. --figures runs nothing: it counts what hints.json knows.
"""
import argparse
import asyncio
import collections
import os
import shutil
import sys
import time

import hints
from alter import Seen
from candidates import Candidates
from cases import run_all, scenarios_of
from listed import read_list
from paths import Paths
from runs import Bench
from sites import Functions, is_at, sites_of_packs
from target import Target

MOST_TRIES = 70  # for one check


class Hunt:
    def __init__(self, bench, sites, candidates, known, deadline, jobs, learn):
        self.bench, self.deadline, self.jobs, self.learn = bench, deadline, jobs, learn
        self.left = collections.deque(sites)
        self.tries = {site: self.limited(candidates.of(site), known.get(site)) for site in sites}
        self.failed, self.done, self.given_up = {}, set(), []

    @staticmethod
    def limited(tries, hint):
        if hint:
            yield hint
        for count, one in enumerate(tries):
            if count == MOST_TRIES:
                return
            yield one

    def next(self):
        """The next alteration for the next check that has not failed yet: (scenario, alteration), or None."""
        while self.left and time.monotonic() < self.deadline:
            site = self.left.popleft()
            if site in self.failed:
                continue
            for scenario, alteration in self.tries[site]:
                if (scenario.id, alteration) not in self.done:
                    self.done.add((scenario.id, alteration))
                    self.left.append(site)
                    return scenario, alteration
            self.given_up.append(site)  # nothing is left to try
        return None

    def take(self, sites, outcome, how):
        """What failed in a run in which nothing was altered after all, failed by something else."""
        for failure in outcome.failures if outcome.altered or isinstance(how[1], str) else []:
            for site in sites:
                if site not in self.failed and is_at(site, failure):
                    self.failed[site] = how
                    self.learn(site, how)

    async def work(self, sites):
        while found := self.next():
            scenario, alteration = found
            defect = alteration.partition(" ")[2] if isinstance(alteration, str) else None
            self.take(sites, await self.bench.run_one(scenario, None if defect else alteration, defect), found)

    async def defects(self, sites, scenarios):
        """What each scenario says that it catches: that is sure to make something fail."""
        waiting = [(scenario, defect) for scenario in scenarios for defect in scenario.defects]

        async def work():
            while waiting:
                scenario, defect = waiting.pop()
                self.take(sites, await self.bench.run_one(scenario, defect=defect), (scenario, f"defect {defect}"))

        await asyncio.gather(*(work() for _ in range(self.jobs)))


def hints_of(names, scenarios, source):
    """{check: (scenario, how)}, as far as both are there."""
    by_id, written = {scenario.id: scenario for scenario in scenarios}, hints.read(source)
    named = [(site, *written.get(name, (None, None))) for site, name in names.items()]
    return {site: (by_id[scenario], how) for site, scenario, how in named if scenario in by_id}


async def hunt(paths, scenarios, sites, names, given):
    target, seen = Target(paths.muster, paths.target), Seen()

    def learn(site, found):
        if given.how:
            tell_how(site, *found)
        if given.learn:
            hints.add(paths.source, {names[site]: (found[0].id, found[1])})

    async with Bench(paths, target, seen) as bench:
        begin = time.monotonic()
        bad = await run_all(bench, scenarios)
        for scenario in bad:
            print(f"not ok: {scenario.id} with nothing altered: {scenario.outcome.verdicts or 'no result'}")
        print(f"# {len(scenarios)} scenarios ran in {time.monotonic() - begin:.0f} s; {len(sites)} checks", flush=True)
        known = hints_of(names, scenarios, paths.source)
        work = Hunt(bench, sites, Candidates(scenarios, Functions(paths.source), target), known, begin + given.seconds, given.jobs, learn)
        if not known and len(sites) == len(names):
            await work.defects(sites, scenarios)
            print(f"# {len(work.failed)} fail with defects, by {time.monotonic() - begin:.0f} s", flush=True)
        await asyncio.gather(*(work.work(sites) for _ in range(given.jobs)))
        print(f"# {len(work.done)} alterations in {time.monotonic() - begin:.0f} s")
        if work.left:
            print(f"not ok: no time was left for {len(set(work.left))} checks")
    return work, not bad and not work.left


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("source", "build", "bed", "work"):
        parser.add_argument(name)
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--how", action="store_true", help="tells what made each fail")
    parser.add_argument("--learn", action="store_true", help="keeps that for the next time")
    parser.add_argument("--known", action="store_true", help="only checks that are known to fail: they must do it again")
    parser.add_argument("--missing", action="store_true", help="only checks that are not known to fail")
    parser.add_argument("--light", action="store_true", help="only scenarios that need nothing but the platform")
    parser.add_argument("--heavy", action="store_true", help="only those that need a browser, a database, a DNS server")
    parser.add_argument("--figures", action="store_true", help="only says how many checks are known to fail, and by what")
    parser.add_argument("--jobs", type=int, default=16, help="runs at a time; default: 16")
    parser.add_argument("--part", default="1/1", help="only every Nth check, from the Ith")
    parser.add_argument("--only", nargs="*", dest="words", default=[], help="only checks of files whose names have such a word")
    return parser.parse_args()


def main():
    given = arguments()
    shutil.rmtree(given.work, ignore_errors=True)
    os.makedirs(given.work)
    paths = Paths(given.source, given.build, given.bed, given.work)
    sites = sites_of_packs(paths.source, paths.build)
    names = names_of(sites, paths.source)
    if given.figures:
        written = hints.read(paths.source)
        listed, waiting = (read_list(f"{paths.source}/tests/proof/{name}") for name in ("cannot_fail.txt", "not_yet.txt"))
        there = {one.id for one in scenarios_of(paths)}
        return figures(names, {name: how for name, how in written.items() if how[0] in there}, listed, waiting)
    all_scenarios = scenarios_of(paths)
    scenarios = [one for one in all_scenarios if not (given.light and one.is_heavy or given.heavy and not one.is_heavy)]
    known = hints_of(names, all_scenarios, paths.source)
    if given.known:
        known = {site: found for site, found in known.items() if found[0] in scenarios and is_steady(found[1])}
    sites = chosen(sites, names, given, known)
    if given.known and given.heavy:
        scenarios = [one for one in scenarios if any(known[site][0] is one for site in sites)]
    if given.words:
        scenarios = worth_running(scenarios, sites, known)
    work, good = asyncio.run(hunt(paths, scenarios, sites, names, given))
    if given.learn:
        hints.forget(paths.source, set(names.values()))
    listed = read_list(f"{paths.source}/tests/proof/cannot_fail.txt")
    return 0 if judge(sites, names, set(work.failed), listed) and good else 1


def worth_running(scenarios, sites, known):
    """Those that the checks' files have; of what is in no scenario's file, all of the folder, and for the folder that all use, everything.
    And what a hint names."""
    own = {scenario.file for scenario in scenarios}
    files = {site.file for site in sites}
    folders = {folder_of(file) for file in files - own}
    hinted = {known[site][0].id for site in sites if site in known}
    return [one for one in scenarios
            if "scenarios/common" in folders or one.file in files or folder_of(one.file) in folders or one.id in hinted]


def folder_of(file):
    return file.rpartition("/")[0]


def is_steady(how):
    """Not one that counts how often something was polled: that hits by chance."""
    return isinstance(how, str) or how.skip == 0


def chosen(sites, names, given, known):
    """Those of the files that were named; with --known and --part only what has failed before, and of that a part."""
    part, parts = map(int, given.part.split("/"))
    of_files = [site for site in sites if not given.words or any(word in site.file for word in given.words)]
    if given.known or given.missing:
        of_files = [site for site in of_files if (site in known) == given.known]
    return [site for number, site in enumerate(of_files) if number % parts == part - 1]


def tell_how(site, scenario, how):
    print(f"{site.place}: {site.expression or 'an operation'}: {scenario.id}: {how}", flush=True)


def judge(sites, names, failed, listed):
    never = {names[site]: site for site in sites if site not in failed}
    for name, site in never.items():
        if name not in listed:
            print(f"never failed: {name}  ({site.place})")
    are = {names[site] for site in sites}
    stale = [name for name in listed if name in are and name not in never or name not in names.values()]
    for name in stale:
        print(f"cannot_fail.txt lists what has failed, or is not there: {name}")
    print(f"{len(sites) - len(never)} of {len(sites)} checks were seen to fail, {len(set(never) & set(listed))} are listed as not")
    return not set(never) - set(listed) and not stale


WHAT_TO_DO = """
A check is worth what it has been seen to fail for. For each of these:
- `./dev proof --missing --learn --only WORD`, with a part of its file's name for WORD, looks for an answer of the platform that makes it fail,
  and keeps that in tests/proof/hints.json, which belongs to the change;
- finding none, it takes a defect of the platform that the scenario says it catches (docs/internals/proof.md);
- what nothing can make fail leaves the scenario, or has a line with the reason in tests/proof/cannot_fail.txt."""


def figures(names, known, listed, waiting):
    """1 when a check is new and nothing is known to make it fail, or when a list has what is not so any more."""
    by_defect = [name for name in names.values() if name in known and isinstance(known[name][1], str)]
    by_wire = [name for name in names.values() if name in known and not isinstance(known[name][1], str)]
    left = {name: site for site, name in names.items() if name not in known and name not in listed}
    new = [name for name in left if name not in waiting]
    for name in new:
        print(f"{left[name].place}: nobody has seen this check fail: {name.partition(': ')[2]}")
    gone = [("cannot_fail.txt", name) for name in listed if name not in names.values()] + [("not_yet.txt", name) for name in waiting if name not in left]
    for file, name in gone:
        print(f"tests/proof/{file} lists what is not so any more: {name}")
    if new:
        print(WHAT_TO_DO)
    print(f"{len(names)} checks: {len(by_wire)} fail by the wire, {len(by_defect)} by a defect, {len(listed)} can't, {len(left)} are left")
    return 1 if new or gone else 0


def names_of(sites, source):
    """{site: its name}, as lists have it: not by its line, which changes too often. The second of the same name in a file is (2)."""
    names, taken = {}, collections.Counter()
    for site in sites:
        text = site.expression
        if not text:
            with open(f"{source}/{site.file}", encoding="utf-8") as file:
                text = file.read().split("\n")[site.line - 1].strip()
        taken[site.file, text] += 1
        count = taken[site.file, text]
        names[site] = f"{site.file}: {text}" + (f" ({count})" if count > 1 else "")
    return names


if __name__ == "__main__":
    sys.exit(main())
