# SPDX-License-Identifier: Apache-2.0
"""What made each check fail the last time: tried first, so that the proof takes a minute and not ten. Nothing relies on it: a hint that
leads nowhere any more costs one run. `checks.py --learn` writes the file anew."""
import dataclasses
import fcntl
import json
import os

from exchange import Alteration, MessagePlace, Place


def path_of(source):
    return f"{source}/tests/proof/hints.json"


def packed(how):
    """"defect NAME", or the kind, the place and what else is said."""
    if isinstance(how, str):
        return how
    return [how.kind, without_first(dataclasses.astuple(how.place)), how.again, how.skip]


def without_first(place):
    """Who asks is told only where it is not the first."""
    return list(place[:3] if len(place) == 4 and place[3] == 0 else place)


def unpacked(packed_how):
    if isinstance(packed_how, str):
        return packed_how
    kind, place, again, skip = packed_how
    return Alteration((MessagePlace if isinstance(place[0], int) else Place)(*place), kind, again, skip)


def read(source):
    """{name of a check: (scenario's id, how)}"""
    if not os.path.exists(path_of(source)):
        return {}
    with open(path_of(source), encoding="utf-8") as file:
        return {name: (scenario, unpacked(how)) for name, (scenario, how) in json.load(file).items()}


def add(source, found):
    """Several may learn at a time."""
    folder = os.open(os.path.dirname(path_of(source)), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        write(source, {**read(source), **found})
    finally:
        os.close(folder)


def forget(source, names):
    """All but these."""
    write(source, {name: how for name, how in read(source).items() if name in names})


def write(source, found):
    lines = [f" {json.dumps(name)}: {json.dumps([scenario, packed(how)])}" for name, (scenario, how) in sorted(found.items())]
    with open(path_of(source), "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
