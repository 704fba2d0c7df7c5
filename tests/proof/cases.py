# SPDX-License-Identifier: Apache-2.0
"""The scenarios of the packs, and what each asks of the platform when nothing is altered."""
import asyncio
import dataclasses
import json
import re
import subprocess

AT_A_TIME = 6
CATCHES = re.compile(r"catches\(defect=['\"]?([\w-]+)")


@dataclasses.dataclass
class Scenario:
    id: str
    path: str  # of the plugin, or the file of scenarios
    file: str  # and line: where it stands in the sources
    line: int
    markers: list
    target: str    # the target file that it runs on
    outcome: object = None  # of a run in which nothing was altered

    @property
    def arguments(self):
        return [self.path, self.id, "-j1", "--target", self.target]

    @property
    def defects(self):
        """That it says it catches."""
        return CATCHES.findall(" ".join(self.markers))

    @property
    def is_heavy(self):
        """What it needs besides the platform takes the machine's time."""
        return "ui" in self.markers or self.is_real

    @property
    def is_real(self):
        """It looks at what the platform stands on."""
        return is_real(self.markers)


def is_real(markers):
    return bool({"database", "dns"} & set(markers))


def target_of(markers, paths):
    if "outside" in markers:
        return paths.outside_target
    return paths.real_target if is_real(markers) else paths.target


def scenarios_of(paths):
    shown = subprocess.run([paths.muster, "list", "--packs", "--json"], capture_output=True, text=True, check=True).stdout
    listed = json.loads(shown)
    plugins = {plugin["name"]: plugin["path"] for plugin in listed["plugins"]}
    found = {}
    for case in listed["scenarios"]:
        is_data = case["file"].endswith(".yaml")
        path = case["file"] if is_data else plugins[case["plugin"]]
        found.setdefault(case["scenario"], Scenario(case["scenario"], path, paths.in_source(case["file"]), case["line"], case["markers"],
                                                    target_of(case["markers"], paths)))
    return list(found.values())


async def run_all(bench, scenarios):
    """Runs each once; those that did not pass."""
    free = asyncio.Semaphore(AT_A_TIME)

    async def one(scenario):
        async with free:
            scenario.outcome = await bench.run_one(scenario)

    await asyncio.gather(*map(one, scenarios))
    for scenario in filter(is_bad, scenarios):  # many at a time may have been too many
        await one(scenario)
    return list(filter(is_bad, scenarios))


def is_bad(scenario):
    verdicts = set(scenario.outcome.verdicts.values())
    return not verdicts or bool(verdicts - {"passed", "skipped"})
