# SPDX-License-Identifier: Apache-2.0
"""What becomes of an answer: each kind of alteration is a function from an answer to another. All but what arrives is as it was.

Of an answer of success
    scramble    every text, number and flag is another, lists are empty
    lower       texts sort before what they were, numbers are one less, lists lack their last
    more        numbers are far larger, lists have one more
    typed       texts are numbers, numbers are texts
    renamed     every text, number and flag is another, lists are as long as they were
    null        nothing is known of any of these
    one         numbers are 1, texts "/", flags true
    filled      what is missing or empty is what other answers of the operation had there
    with NAME   every object has a member NAME besides
    only NAME HOW    members NAME alone are other, less, more, null or one
    zero        numbers are 0, texts empty, flags false, lists empty
    swap        lists are the other way round
    gather      lists have besides what earlier answers had in lists
    echo        texts have besides what requests said
    repeat      what earlier answers had under its name, each text and number is, too
    bare        the same status, with nothing in it
    stale       the answer that the same request, or else the same operation, had before
    refuse      500, and nothing of it
    missing     404
    undone      the request never gets to the platform: an answer of success, as the operation gave elsewhere
    delay       it comes seconds later
    headless    without what it says in fields of its head about what it is about
    cut         half of it, and the connection's end
Of a refusal
    accept      an answer of success, as the operation gave elsewhere
    other       refused, as nothing that has a name
    bare        the same status, with nothing in it or about it
    stale       the answer that the same operation had before
    renamed     the same refusal, all of whose texts are others
    more        the same, with far larger numbers
Of pages: see pages.py.
"""
import dataclasses
import re

import pages
from message import Answer

GATHERED = 60
TELLING = ("etag", "retry-after", "location")
WORD = re.compile(r"[a-z][a-z_.-]{2,30}$")


class Seen:
    """What answers have had so far: words that stand for each other, bodies of success."""

    def __init__(self):
        self.words, self.bodies, self.full = {}, {}, {}

    def note(self, operation, answer):
        body = answer.json()
        if answer.status < 300 and body is not None and operation not in self.bodies:
            self.bodies[operation] = (answer.status, answer.fields, body)
        if answer.status < 300 and isinstance(body, dict):
            self.full[operation] = filled(self.full.get(operation), body)
        self.note_words(operation, body)

    def note_words(self, where, value):
        if isinstance(value, dict):
            for key, item in value.items():
                self.note_words(f"{where}/{key}", item)
        elif isinstance(value, list):
            for item in value:
                self.note_words(where, item)
        elif isinstance(value, str) and WORD.match(value):
            known = self.words.setdefault(where.rpartition("/")[2], [])
            if value not in known:
                known.append(value)

    def another_word(self, key, value):
        others = [word for word in self.words.get(key, []) if word != value]
        return others[0] if others and WORD.match(value) else None


# ---- values ----

def leaves(value, change, key=""):
    """`value` with `change(key, item)` in place of each text, number and flag."""
    if isinstance(value, dict):
        return {name: leaves(item, change, name) for name, item in value.items()}
    if isinstance(value, list):
        return [leaves(item, change, key) for item in value]
    return value if value is None else change(key, value)


def lists(value, change):
    """`value` with `change(list)` in place of each list."""
    if isinstance(value, dict):
        return {name: lists(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return change([lists(item, change) for item in value])
    return value


def at(value, path, change, key=""):
    """`value` with `change(key, item)` in place of what is at the path; as it is, where nothing is there."""
    if not path:
        return value if value is None or isinstance(value, dict) else change(key, value)
    first, rest = path[0], path[1:]
    if first == "*" and isinstance(value, list):
        return [at(item, rest, change, key) for item in value]
    if isinstance(value, dict) and first in value:
        return {**value, first: at(value[first], rest, change, first)}
    return value


def other(seen, key, value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    return seen.another_word(key, value) or value + "~"


def less(value):
    if isinstance(value, bool):
        return not value
    return value - 1 if isinstance(value, (int, float)) else "!" + value


def far_more(value):
    return value * 1000 + 7 if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def filled(value, known):
    """`value`, with what is known where it has nothing."""
    if isinstance(value, dict) and isinstance(known, dict):
        return {**known, **{name: filled(item, known.get(name)) for name, item in value.items()}}
    return known if value in (None, "", [], {}) else value


def with_member(value, name):
    if isinstance(value, dict):
        return {**{key: with_member(item, name) for key, item in value.items()}, name: value.get(name) or "altered"}
    return [with_member(item, name) for item in value] if isinstance(value, list) else value


def one(value):
    return True if isinstance(value, bool) else "/" if isinstance(value, str) else 1


def nothing(value):
    return type(value)()


def one_more(items, like):
    item = items[-1] if items else like
    return items + [leaves(item, lambda key, value: far_more(value) if not isinstance(value, str) else value + "~")]


def note_leaves(known, value, key=""):
    """What each name stood for first."""
    leaves(value, lambda name, item: known.setdefault(name, item), key)


def items_of(value):
    """What is in lists, and the numbers of those that are objects: a list of pids is about a list of processes."""
    if isinstance(value, dict):
        for item in value.values():
            yield from items_of(item)
    elif isinstance(value, list):
        for item in value:
            yield item
            yield from (number for number in item.values() if type(number) is int) if isinstance(item, dict) else ()
            yield from items_of(item)


def texts_of(value):
    found = []
    leaves(value, lambda key, item: found.append(item) if isinstance(item, str) else None)
    return found


def like(one, other):
    return type(one) is type(other) and (not isinstance(one, dict) or one.keys() == other.keys())


# ---- answers ----

@dataclasses.dataclass
class Around:
    operation: str
    expected: int   # its status of success
    before: object  # the earlier answer that is stale now, or None
    earlier: list   # all answers before
    marks: set = frozenset()  # of pages: what can be found on one
    said: tuple = ()  # texts of requests


class Kinds:
    def __init__(self, seen):
        self.seen, self.around = seen, None

    def apply(self, kind, around, answer):
        self.around = around
        if pages.is_page(answer) and kind in pages.OWN:
            return pages.altered(kind, answer, around.earlier, around.marks)
        if kind.startswith("field "):
            return self.field(answer, *kind.split()[1:])
        if kind.startswith("only "):
            return self.changed(answer, lambda body: self.only(body, *kind.split()[1:]), fields=None)
        if kind.startswith("with "):
            return self.changed(answer, lambda body: with_member(body, kind.split()[1]), fields=None)
        return getattr(self, kind)(answer)

    def field(self, answer, pointer, how):
        """One result of success alone: `how` is other, less, empty or double; in `pointer` * is each of a list."""
        def change(key, value):
            if isinstance(value, list):
                return [] if how == "empty" else value + value[-1:]
            return less(value) if how == "less" else other(self.seen, key, value)

        body = answer.json()
        return answer if body is None else answer.with_json(at(body, pointer.split("/")[1:], change))

    def only(self, body, name, how):
        ways = {"other": lambda value: other(self.seen, name, value), "less": less, "more": far_more, "null": lambda value: None, "one": one}
        return leaves(body, lambda key, value: ways[how](value) if key == name else value)

    def changed(self, answer, change, fields=lambda value: value + "~"):
        body = answer.json()
        if body is None:
            return Answer(answer.status, answer.fields, re.sub(rb"\w+", lambda word: word.group()[::-1], answer.body))
        altered = [(name, fields(value) if fields and name.lower() in TELLING else value) for name, value in answer.fields]
        return Answer(answer.status, altered, answer.body).with_json(change(body))

    def scramble(self, answer):
        return self.changed(answer, lambda body: lists(leaves(body, lambda key, value: other(self.seen, key, value)),
                                                       lambda items: []))

    def renamed(self, answer):
        return self.changed(answer, lambda body: leaves(body, lambda key, value: other(self.seen, key, value)))

    def null(self, answer):
        return self.changed(answer, lambda body: leaves(body, lambda key, value: None), fields=None)

    def one(self, answer):
        return self.changed(answer, lambda body: leaves(body, lambda key, value: one(value)), fields=None)

    def filled(self, answer):
        return self.changed(answer, lambda body: filled(body, self.seen.full.get(self.around.operation)), fields=None)

    def lower(self, answer):
        return self.changed(answer, lambda body: lists(leaves(body, lambda key, value: less(value)),
                                                       lambda items: items[:-1]))

    def more(self, answer):
        return self.changed(answer, lambda body: lists(leaves(body, lambda key, value: far_more(value)),
                                                       lambda items: one_more(items, {})),
                            fields=lambda value: str(far_more(int(value))) if value.isdigit() else value)

    def zero(self, answer):
        return self.changed(answer, lambda body: lists(leaves(body, lambda key, value: nothing(value)),
                                                       lambda items: []))

    def typed(self, answer):
        return self.changed(answer, lambda body: leaves(body, lambda key, value: 7 if isinstance(value, str) else str(value)),
                            fields=None)

    def gather(self, answer):
        return self.changed(answer, lambda body: lists(body, self.with_earlier), fields=None)

    def with_earlier(self, items):
        known = [item for before in self.around.earlier for item in items_of(before.json()) if not items or like(item, items[0])]
        return items + [item for item in known if item not in items][:GATHERED]

    def repeat(self, answer):
        known = {}
        for before in self.around.earlier:
            note_leaves(known, before.json())
        return self.changed(answer, lambda body: leaves(body, lambda key, value: known.get(key, value)), fields=None)

    def echo(self, answer):
        told = "".join(f" {text}" for text in self.around.said)
        return self.changed(answer, lambda body: leaves(body, lambda key, value: value + told if isinstance(value, str) else value), fields=None)

    def swap(self, answer):
        return self.changed(answer, lambda body: lists(body, lambda items: items[::-1]), fields=None)

    def stale(self, answer):
        return self.around.before or answer

    def delay(self, answer):
        return answer

    undone = delay  # the wire's own

    @staticmethod
    def headless(answer):
        return Answer(answer.status, [field for field in answer.fields if field[0].lower() not in TELLING], answer.body)

    @staticmethod
    def cut(answer):
        return Answer(answer.status, answer.fields, answer.body, is_cut=True)

    def refuse(self, answer):
        return Answer(500, self.plain(answer), b"").with_json({"error": {"code": "internal", "message": "altered"}})

    def missing(self, answer):
        return Answer(404, self.plain(answer), b"").with_json({"error": {"code": "not_found", "message": "altered"}})

    def accept(self, answer):
        status, fields, body = self.seen.bodies.get(self.around.operation, (self.around.expected, None, {}))
        return Answer(status, fields or self.plain(answer), b"").with_json(body)

    def other(self, answer):
        return Answer(418, self.plain(answer), b"").with_json({"error": {"code": "altered", "message": "altered"}})

    def bare(self, answer):
        return Answer(answer.status, self.plain(None), b"").with_json({})

    @staticmethod
    def plain(answer):
        """Fields of an answer that is JSON, with those of another besides."""
        others = answer.fields if answer else []
        return [(name, value) for name, value in others if name.lower() != "content-type"] + [("Content-Type", "application/json")]


SUCCESS = ("scramble", "zero", "renamed", "lower", "more", "refuse", "gather", "stale", "filled", "null", "one", "swap", "typed", "missing",
           "repeat", "echo", "bare", "undone", "headless", "delay", "cut")
REFUSAL = ("accept", "other", "bare", "renamed", "stale", "more", "headless", "delay", "cut")
# Of a stream: the message besides comes not at all, twice, after the next one, or another; or the stream ends, by a frame or without.
MESSAGE = ("scramble", "drop", "retyped", "empty", "double", "late", "lower", "close", "more", "cut")


def suits(kind, answer):
    if answer is None or kind == "undone":  # nobody has been asked yet
        return answer is None and kind == "undone"
    if kind.startswith(("field ", "with ", "only ")):
        return answer.status < 300
    return kind in (SUCCESS if answer.status < 400 else REFUSAL)


def message(kind, seen, body):
    """What becomes of a message of a stream, as far as it stays one."""
    if kind == "lower":
        return leaves(body, lambda key, value: less(value))
    if kind == "more":
        return leaves(body, lambda key, value: far_more(value))
    if kind == "retyped":
        return {**body, "type": str(body.get("type")) + "~"}
    if kind == "empty":
        return lists(body, lambda items: [])
    # Its type stays, or nobody would look at it.
    return {name: value if name in ("type", "id") else leaves(value, lambda key, item: other(seen, key, item), name)
            for name, value in body.items()}
