# SPDX-License-Identifier: Apache-2.0
"""Where an exchange stands in a run, in words that hold for the next run, too.

Ids differ from run to run, and so does how often something is polled. What stays is the order in which requests are new: each
distinct request line gets a number when it is first seen; with each new one (but of what comes with a page, which a browser may have kept) begins an epoch, and with each that may change something and
is not the one before again. A place is the number of the request line and the epoch in which it was asked: all polls of one wait have
one place, and the same question asked later, after something else was done, has another. Messages of a WebSocket have places of their
own: which stream, which type, how many before it.
"""
import dataclasses
import hashlib


@dataclasses.dataclass(frozen=True)
class Place:
    operation: str  # its name, or "METHOD path" of what is no operation
    key: int        # of the operation's request lines, which
    epoch: int      # how many request lines were known by then
    by: int = 0     # of those who asked the same in that epoch, which


FROM_HERE = "from here"  # with an epoch: all answers from then on
ALL_PAGES = Place("page", None, None)


@dataclasses.dataclass(frozen=True)
class MessagePlace:
    stream: int
    type: str
    number: int  # of its type


@dataclasses.dataclass(eq=False)
class Exchange:
    place: object
    method: str
    path: str  # as it was asked, without the query
    answer: object
    call: tuple = None  # file and line of who asked, from the run's log
    times: int = 1      # how often, at this place
    after: int = 0      # a message: how many requests were made before it


@dataclasses.dataclass(frozen=True)
class Alteration:
    place: object
    kind: str            # of alter.py
    again: bool = False  # only of answers that are what the one before was at this place: behind the end of a wait
    skip: int = 0        # how many answers at this place stay as they are

    @property
    def is_wide(self):
        """Not of one place."""
        return isinstance(self.place, Place) and self.place.key is None


def comes_with_page(path):
    return path.endswith((".css", ".js", ".svg", ".ico"))


class Places:
    def __init__(self):
        self.keys, self.of_operation, self.askers = {}, {}, {}
        self.epoch, self.changed = 0, None

    def of(self, operation, method, target, body, who=""):
        line = (method, target, hashlib.sha1(body).digest())
        changes = method != "GET" and line != self.changed
        self.epoch += changes or line not in self.keys and not comes_with_page(target)
        self.changed = line if method != "GET" else self.changed
        if line not in self.keys:
            self.keys[line] = self.of_operation.get(operation, 0)
            self.of_operation[operation] = self.keys[line] + 1
        askers = self.askers.setdefault((line, self.epoch), [])
        if who not in askers:
            askers.append(who)
        return Place(operation, self.keys[line], self.epoch, askers.index(who))


class MessagePlaces:
    def __init__(self, stream):
        self.stream, self.counts = stream, {}

    def of(self, kind):
        number = self.counts.get(kind, 0)
        self.counts[kind] = number + 1
        return MessagePlace(self.stream, kind, number)
