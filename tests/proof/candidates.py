# SPDX-License-Identifier: Apache-2.0
"""Which alterations could make a check fail, the likeliest first.

A check that a scenario came by is about an answer that it had got by then: the nearest before it, or one that has a result of the name
that the check looks at. One that no scenario came by (a FAIL, a branch) is tried where scenarios come near.
"""
import re

import alter
import pages
import sql
from exchange import ALL_PAGES, FROM_HERE, Alteration, MessagePlace, Place, comes_with_page

NAMES = re.compile(r'"(?:%s)?(?:/[\w%]+)*/(\w+)"')
POINTERS = re.compile(r'"((?:/\w+)+)"')
WORDS = re.compile(r'"(\w+)"')
LIKELY = 5           # alterations of what the check names
MOST_OF_STREAM = 2   # messages of one type, besides the last
MOST_SCENARIOS = 6   # that are tried for one check
MOST_ANSWERS = 12    # before the check
FAR = (20, 32, 48, 72, 100, 140)  # answers before it, from which on all are altered
MOST_NEAR = 20       # alterations for a check that no scenario came by
# How much less likely some are tried:
WAITS = 4            # what is waited for, since that takes its time
LATER = 2            # what counts polls, which hits by chance
WIDE = 3             # all that an operation answers, or all answers from here on
DEFECTS = 3          # what the scenario says it catches


class Candidates:
    def __init__(self, scenarios, functions, target):
        self.scenarios, self.functions, self.target = scenarios, functions, target

    def of(self, site):
        """(scenario, alteration or "defect NAME"), in the order in which they are worth trying."""
        wanted = set(NAMES.findall(site.expression))
        ranked = []
        passing = self.that_come_by(site)
        for number, scenario in enumerate(passing or self.near(site)):
            ranked += [(2 * number + DEFECTS, scenario, f"defect {name}") for name in (scenario.defects if passing else ())]
            for distance, exchange in self.before(site, scenario):
                distance -= 3 * self.has_result(exchange, wanted)
                ranked += [(2 * number + distance + order, scenario, alteration) for order, alteration in alterations_of(exchange, site)]
            ranked += [(2 * number + order, scenario, alteration) for order, alteration in self.from_far(site, scenario)]
        tried = set()
        ranked.sort(key=lambda entry: entry[0])
        for _, scenario, how in ranked if passing else ranked[:MOST_NEAR]:
            if (scenario.id, how) not in tried:
                tried.add((scenario.id, how))
                yield scenario, how

    def that_come_by(self, site):
        chosen = [s for s in self.scenarios if any((p.file, p.line) == (site.file, site.line) for p in s.outcome.passed)]
        return sorted(chosen, key=lambda s: s.outcome.duration)[:MOST_SCENARIOS]

    def before(self, site, scenario):
        """(distance, answer) of what stood before the check; all, where it did not come by."""
        outcome = scenario.outcome
        times = [p for p in outcome.passed if (p.file, p.line) == (site.file, site.line)]
        if not times:
            return list(enumerate(messages_of(outcome) + outcome.exchanges[::-1]))
        found = {}
        for end in dict.fromkeys(outcome.before(passed) for passed in (times[0], times[-1])):
            asked = dict.fromkeys(e for e in reversed(outcome.sequence[:end]) if is_asked_for(e))
            messages = [e for e in messages_of(outcome) if e.after <= end]
            for distance, exchange in [*list(enumerate(asked))[:MOST_ANSWERS], *enumerate(messages[:MOST_ANSWERS])]:
                found[exchange] = min(distance, found.get(exchange, distance))
        return [(distance, exchange) for exchange, distance in found.items()]

    def from_far(self, site, scenario):
        """What a check says that counts what many answers had: they are all altered."""
        asked = dict.fromkeys(e for e in reversed(scenario.outcome.sequence) if is_asked_for(e))
        for order, exchange in enumerate([e for number, e in enumerate(asked) if number in FAR]):
            for kind in (*first_kinds(site, FIRST), "refuse", "bare"):
                yield MOST_ANSWERS + order, Alteration(Place(FROM_HERE, None, exchange.place.epoch), kind)

    def near(self, site):
        """Scenarios that come near: by the same function, the same file, the same folder; else all."""
        function = self.functions.of(site.file, site.line)
        folder = site.file.rpartition("/")[0]

        def rank(scenario):
            places = [(scenario.file, scenario.line), *((p.file, p.line) for p in scenario.outcome.passed)]
            if any(self.functions.of(*place) == function for place in places):
                return 0
            if any(file == site.file for file, _ in places):
                return 1
            return 2 if scenario.file.startswith(folder + "/") else 3

        ranks = {scenario.id: rank(scenario) for scenario in self.scenarios}
        nearest = [s for s in self.scenarios if ranks[s.id] == min(ranks.values())]
        return sorted(nearest, key=lambda s: s.outcome.duration)[:MOST_SCENARIOS]

    def has_result(self, exchange, wanted):
        if isinstance(exchange.place, MessagePlace):
            return bool(wanted & set(re.findall(r"\w+", exchange.answer.body.decode("utf-8", "replace"))))
        return bool(wanted & set(self.target.results_of(exchange.place.operation)))


def messages_of(outcome):
    """Of each type the first ones and the last, the latest first."""
    messages = [e for e in outcome.exchanges if isinstance(e.place, MessagePlace)]
    last = {e.place.type: e for e in messages}
    return [e for e in reversed(messages) if e.place.number < MOST_OF_STREAM or last[e.place.type] is e]


def alterations_of(exchange, site):
    """(rank, alteration). Of what was asked several times, first only of the later ones."""
    is_page, is_request = pages.is_page(exchange.answer), isinstance(exchange.place, Place)
    waits = 0 if site.expression.startswith("M_UNTIL") else WAITS
    for order, kind in enumerate(kinds_of(exchange, site)):
        if is_page and kind in pages.HARMLESS and not site.is_operation:
            yield order, Alteration(ALL_PAGES, kind)
        if isinstance(exchange.answer, sql.Spoken) and kind != "refuse":  # many checks fail in one run
            yield order, Alteration(Place(exchange.place.operation, None, None), kind)
        if exchange.times > 1 and waits:
            yield order, Alteration(exchange.place, kind, again=True)
            yield order + LATER, Alteration(exchange.place, kind, skip=exchange.times - 1)
        yield order + (waits if exchange.times > 1 else 0), Alteration(exchange.place, kind)
        if is_request:
            yield order + WIDE, Alteration(Place(exchange.place.operation, None, None), kind)
        if is_request and kind in ("refuse", "missing", "accept", "stale"):
            yield order + WIDE, Alteration(Place(FROM_HERE, None, exchange.place.epoch), kind)


def is_asked_for(exchange):
    """By a scenario: not what comes with a page, or how the service asks the platform whether it is well."""
    return not comes_with_page(exchange.path) and (exchange.path != "/health" or exchange.call)


# What is likely to be noticed by a check whose text has such a word.
FIRST_OF_PAGE = {"is not shown": ("gather",), "is shown": ("unmarked", "rowless"), "ookie": ("lax", "no_cookie", "same_cookie", "cross"),
                 "onsole": ("noisy",), "CONSOLE": ("noisy",), "m_page_value": ("same_field",)}
FIRST = {"== NULL": ("filled", "one"), '"[]"': ("filled",), "!= NULL": ("null", "zero"), "every request was done": ("refuse",), "served": ("delay",), "took_ms": ("undone",),
         "lives(": ("one",), "access(": ("one",), "!service_has": ("gather", "stale", "one"), "%d/": ("renamed",), "!trace": ("gather",),
         "two_check_reads": ("stale",), "counted": ("only total null",), "atomic_load": ("refuse", "accept"), "replicas_left": ("only total more",),
         "detail)": ("only detail less",), " != ": ("repeat",), "strstr(": ("echo",), "lets_in": ("refuse",), "wait_s <=": ("more",), ".refused": ("refuse", "accept")}


def first_kinds(site, first_of):
    return next((likely for word, likely in first_of.items() if word in site.expression), ())


def in_order(site, first_of, kinds, usual):
    """The kinds, first those that are likely."""
    first = first_kinds(site, first_of) or (usual,)
    return (*first, *(kind for kind in kinds if kind not in first))


def kinds_of(exchange, site):
    usual = "refuse" if site.is_operation else "scramble"
    if isinstance(exchange.place, MessagePlace):
        return ("close", "drop") if exchange.place.type == "close" else alter.MESSAGE
    if isinstance(exchange.answer, sql.Spoken):
        kinds = sql.SUCCESS if exchange.answer.rows else sql.OF_NO_ROWS
        return kinds if exchange.answer.status < 400 else sql.REFUSAL
    if pages.is_page(exchange.answer):
        return in_order(site, FIRST_OF_PAGE, pages.KINDS, usual)
    if exchange.answer.status >= 400:
        return in_order(site, {word: kinds for word, kinds in FIRST.items() if kinds[0] in alter.REFUSAL}, alter.REFUSAL, "accept")
    names = dict.fromkeys(NAMES.findall(site.expression) + WORDS.findall(site.expression))
    members = [f"with {name}" for name in names if "== NULL" in site.expression]
    there = [name for name in names if f'"{name}"'.encode() in exchange.answer.body]
    members += [f"only {name} {how}" for how in ("other", "less", "more", "null") for name in there]
    members += [f"field {pointer} other" for pointer in POINTERS.findall(site.expression)]
    return (*members[:LIKELY], *in_order(site, FIRST, alter.SUCCESS, usual))
