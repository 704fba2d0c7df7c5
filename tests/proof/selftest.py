#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the proof is made of, without a platform: places, alterations, sites."""
import unittest

import alter
import pages
import proxy
import sites
import sql
from candidates import NAMES
from exchange import ALL_PAGES, FROM_HERE, Alteration, Exchange, MessagePlace, Place, Places
from message import Answer
from runs import Failure, attach_calls
from target import pattern_of


def answer(status, body):
    return Answer(status, [("ETag", '"1"')], b"").with_json(body)


def altered(kind, before, earlier=(), stale=None):
    seen = alter.Seen()
    seen.note("a.get", answer(200, {"state": "running"}))
    seen.note("a.get", answer(200, {"state": "stopped"}))
    return alter.Kinds(seen).apply(kind, alter.Around("a.get", 200, stale, list(earlier)), before)


class TestPlaces(unittest.TestCase):
    def test_polls_have_one_place(self):
        places = Places()
        first = places.of("a.get", "GET", "/a", b"")
        self.assertEqual(first, places.of("a.get", "GET", "/a", b""))

    def test_after_a_change_the_same_question_has_another(self):
        places = Places()
        first = places.of("a.get", "GET", "/a", b"")
        places.of("a.scale", "POST", "/a/scale", b"3")
        self.assertNotEqual(first, places.of("a.get", "GET", "/a", b""))

    def test_a_change_that_is_polled_has_one_place(self):
        places = Places()
        ask = [places.of(*what) for what in (("a.ask", "POST", "/a/ask", b""), ("a.get", "GET", "/a", b"")) * 3]
        self.assertEqual(len({*ask[2:]}), 2)

    def test_who_asks_makes_one(self):
        places = Places()
        self.assertEqual([places.of("a.get", "GET", "/a", b"", who).by for who in ("x", "y", "x")], [0, 1, 0])

    def test_ids_make_no_difference(self):
        one, other = Places(), Places()
        for places, name in ((one, "x"), (other, "y")):
            places.of("a.create", "POST", "/a", name.encode())
        self.assertEqual(one.of("a.get", "GET", "/a/x", b""), other.of("a.get", "GET", "/a/y", b""))


class TestAlterations(unittest.TestCase):
    body = {"state": "running", "name": "w-1", "n": 3, "ok": True, "list": [1, 2]}

    def test_scramble_changes_everything(self):
        got = altered("scramble", answer(200, self.body)).json()
        self.assertEqual(got, {"state": "stopped", "name": "w-1~", "n": 4, "ok": False, "list": []})

    def test_scramble_changes_fields(self):
        self.assertIn(("ETag", '"1"~'), altered("scramble", answer(200, self.body)).fields)

    def test_lower_and_more_and_zero_and_swap(self):
        self.assertEqual(altered("lower", answer(200, self.body)).json()["n"], 2)
        self.assertEqual(altered("more", answer(200, self.body)).json()["n"], 3007)
        self.assertEqual(altered("zero", answer(200, self.body)).json()["name"], "")
        self.assertEqual(altered("typed", answer(200, self.body)).json()["n"], "3")
        self.assertEqual(altered("swap", answer(200, self.body)).json()["list"], [2, 1])

    def test_gather_brings_back_what_was_listed(self):
        got = altered("gather", answer(200, {"pids": []}), [answer(200, {"processes": [{"pid": 77}]})]).json()
        self.assertIn(77, got["pids"])

    def test_stale_is_the_answer_before(self):
        before = answer(200, {"n": 1})
        self.assertIs(altered("stale", answer(200, {"n": 2}), stale=before), before)

    def test_refusals_are_taken_back_and_others_made(self):
        self.assertEqual(altered("accept", answer(404, {})).status, 200)
        self.assertEqual(altered("accept", answer(404, {})).json(), {"state": "running"})
        self.assertEqual(altered("refuse", answer(200, {})).status, 500)
        self.assertEqual(altered("other", answer(404, {})).status, 418)

    def test_kinds_fit_answers(self):
        self.assertTrue(alter.suits("scramble", answer(200, {})) and alter.suits("accept", answer(404, {})))
        self.assertFalse(alter.suits("scramble", answer(404, {})) or alter.suits("accept", answer(200, {})))

    def test_members_that_are_not_there(self):
        self.assertEqual(altered("with hash", answer(200, {"list": [{"n": 1}]})).json(), {"list": [{"n": 1, "hash": "altered"}], "hash": "altered"})
        self.assertEqual(altered("filled", answer(200, {"state": None})).json(), {"state": "running"})
        self.assertEqual(altered("null", answer(200, {"n": 3, "list": [1]})).json(), {"n": None, "list": [None]})
        self.assertEqual(altered("one", answer(200, {"n": 3, "path": "/a"})).json(), {"n": 1, "path": "/"})

    def test_one_name_alone(self):
        body = {"n": 3, "list": [{"n": 4, "m": 5}]}
        self.assertEqual(altered("only n less", answer(200, body)).json(), {"n": 2, "list": [{"n": 3, "m": 5}]})

    def test_lists_that_stay_as_long(self):
        self.assertEqual(altered("renamed", answer(200, {"list": ["a b"]})).json(), {"list": ["a b~"]})

    def test_what_earlier_answers_had(self):
        earlier = [answer(200, {"id": "first", "n": 1}), answer(200, {"id": "second"})]
        self.assertEqual(altered("repeat", answer(200, {"id": "third", "m": 2}), earlier).json(), {"id": "first", "m": 2})

    def test_what_requests_said(self):
        around = alter.Around("a.get", 200, None, [], said=("pw",))
        self.assertEqual(alter.Kinds(alter.Seen()).apply("echo", around, answer(200, {"text": "Hello", "n": 1})).json(), {"text": "Hello pw", "n": 1})

    def test_heads(self):
        refused = Answer(429, [("Retry-After", "7"), ("ETag", '"1"')], b"{}")
        self.assertEqual(altered("headless", refused).fields, [])
        self.assertIn(("Retry-After", "7007"), altered("more", refused).fields)

    def test_half_of_it(self):
        self.assertEqual((altered("cut", answer(200, {"n": 3})).lost, answer(200, {"n": 3}).lost), (5, 0))

    def test_one_field_alone(self):
        body = {"n": 3, "list": [{"pid": 7}, {"pid": 8}]}
        self.assertEqual(altered("field /n less", answer(200, body)).json(), {**body, "n": 2})
        self.assertEqual(altered("field /list/*/pid other", answer(200, body)).json()["list"], [{"pid": 8}, {"pid": 9}])
        self.assertEqual(altered("field /list empty", answer(200, body)).json(), {"n": 3, "list": []})
        self.assertEqual(altered("field /none other", answer(200, body)).json(), body)


def page(text, *cookies):
    return Answer(200, [("Content-Type", "text/html"), *(("Set-Cookie", cookie) for cookie in cookies)], text.encode())


def altered_page(kind, answer, *before):
    return pages.altered(kind, answer, before, {"problem"})


class TestPages(unittest.TestCase):
    text = '<head><title>A</title></head><body class="x"><p id="a">word &amp; more</p><input name="n" value="v"></body>'

    def test_words_and_fields_are_others_and_the_head_stays(self):
        got = altered_page("scramble", page(self.text)).body.decode()
        self.assertIn("<title>A</title>", got)
        self.assertIn('<p id="a">altered</p><input name="n" value="v~">', got)

    def test_nothing_is_found_by_its_name(self):
        self.assertIn('<p id="no-a">', altered_page("unmarked", page(self.text)).body.decode())

    def test_no_row_is_found_by_its_name(self):
        self.assertIn("<tr><td id=a>", altered_page("rowless", page('<body><tr data-n="1"><td id=a></td></tr></body>')).body.decode())

    def test_what_was_shown_before_is_shown_and_every_mark(self):
        got = altered_page("gather", page(self.text), page("<body><b id=old hidden>old</b></body>")).body.decode()
        self.assertIn("<b id=old>old</b>", got)
        self.assertIn('<p id="problem">', got)

    def test_fields_and_cookies_of_before(self):
        before = page('<body><input name="n" value="first"></body>', "session=1; Path=/t/a")
        self.assertIn('value="first"', altered_page("same_field", page(self.text), before).body.decode())
        got = altered_page("same_cookie", page(self.text, "session=2; Path=/t/b"), before)
        self.assertIn(("Set-Cookie", "session=1; Path=/t/b"), got.fields)

    def test_cookies_are_open(self):
        got = altered_page("lax", page(self.text, "session=2; Path=/t/b; SameSite=Strict; HttpOnly"))
        self.assertIn(("Set-Cookie", "session=2; Path=/"), got.fields)
        got = altered_page("cross", page(self.text, "session=2; SameSite=Strict"))
        self.assertIn(("Set-Cookie", "session=2; SameSite=None; Secure"), got.fields)


def spoken(*rows):
    return sql.Spoken([(b"T", b""), *((b"D", sql.row_of(row)) for row in rows), (b"C", b"SELECT %d\0" % len(rows)), (b"Z", b"I")], b"Q")


class TestSql(unittest.TestCase):
    @staticmethod
    def rows(kind, answer, *earlier):
        return [sql.columns(row) for row in sql.altered(kind, answer, earlier).rows]

    def test_values_and_rows(self):
        answer = spoken([b"1", b"a", None], [b"2", b"t", None])
        self.assertEqual(self.rows("scramble", answer), [[b"2", b"a~", None], [b"3", b"f", None]])
        self.assertEqual(self.rows("lower", answer), [[b"0", b"!a", None]])
        self.assertEqual(len(self.rows("more", answer)), 3)
        self.assertEqual(self.rows("zero", answer), [])
        self.assertEqual(self.rows("gather", spoken([b"1"]), spoken([b"2"]), answer), [[b"1"], [b"2"]])

    def test_how_many_were_affected(self):
        answer = sql.Spoken([(b"C", b"UPDATE 1\0"), (b"Z", b"I")])
        self.assertEqual(sql.altered("scramble", answer, ()).messages[0], (b"C", b"UPDATE 2\0"))

    def test_refused_and_accepted(self):
        refused = sql.altered("refuse", spoken([b"1"]), ())
        self.assertEqual((refused.status, refused.messages[-1]), (400, (b"Z", b"I")))
        accepted = sql.altered("accept", sql.Spoken(refused.messages, b"PBDES"), ())
        self.assertEqual(b"".join(letter for letter, _ in accepted.messages), b"12nCZ")

    def test_a_login_is_let_in(self):
        refused = sql.Spoken([(b"R", b"\0\0\0\x0b"), sql.error(b"28P01")], b"p")
        self.assertEqual([letter for letter, _ in sql.altered("accept", refused, ()).messages], [b"R", b"S", b"S", b"Z"])


class NoTarget:
    @staticmethod
    def operation_of(method, path):
        return f"{method} {path}"


class TestWire(unittest.TestCase):
    @staticmethod
    def is_meant(alteration, place, of):
        return proxy.Wire(NoTarget, alter.Seen(), alteration).is_meant(place, of)

    def test_one_place_is_no_other(self):
        here = Place("a.get", 0, 3)
        self.assertTrue(self.is_meant(Alteration(here, "zero"), here, answer(200, {})))
        self.assertFalse(self.is_meant(Alteration(here, "zero"), Place("a.get", 0, 4), answer(200, {})))

    def test_from_here_on_but_not_how_the_service_asks(self):
        gone = Alteration(Place(FROM_HERE, None, 3), "refuse")
        self.assertTrue(self.is_meant(gone, Place("b.get", 1, 3), answer(200, {})))
        self.assertFalse(self.is_meant(gone, Place("b.get", 1, 2), answer(200, {})))
        self.assertFalse(self.is_meant(gone, Place("b.get", 1, 3), answer(404, {})))
        self.assertFalse(self.is_meant(gone, Place("GET /health", 0, 3), answer(200, {})))

    def test_what_is_to_be_undone_is_kept_and_nothing_else(self):
        def is_kept(kind, operation):
            return proxy.Wire(NoTarget, alter.Seen(), Alteration(Place("a.put", None, None), kind)).is_kept(Place(operation, 0, 3))
        self.assertTrue(is_kept("undone", "a.put"))
        self.assertFalse(is_kept("undone", "b.put") or is_kept("scramble", "a.put"))

    def test_all_pages_and_nothing_else(self):
        everywhere = Alteration(ALL_PAGES, "scramble")
        self.assertTrue(self.is_meant(everywhere, Place("page.a", 0, 1), page("")))
        self.assertFalse(self.is_meant(everywhere, Place("a.get", 0, 1), answer(200, {})))
        self.assertFalse(self.is_meant(everywhere, Place("sql", 0, 1), spoken([b"1"])))

    def test_messages_of_streams_are_not_among_them(self):
        self.assertFalse(self.is_meant(Alteration(Place("a.get", None, None), "zero"), MessagePlace(0, "hello", 0), None))


def exchange(path, status):
    return Exchange(Place(path, 0, 1), "GET", path, answer(status, {}))


class TestLog(unittest.TestCase):
    def test_a_stream_is_where_the_platform_says_so(self):
        """The log has no path of it."""
        asked = [exchange("/health", 200), exchange("/a", 200), exchange("/ws", 101)]
        requests = [("GET", "/a", "a.c", 3, 0.0), ("GET", "", "a.c", 4, 0.0)]
        self.assertEqual(list(attach_calls(requests, asked)), [1, 2])
        self.assertEqual([one.call for one in asked], [None, ("a.c", 3), ("a.c", 4)])


class TestSites(unittest.TestCase):
    def test_calls_that_judge_nothing_are_no_checks(self):
        text = '''x(m_try_(((struct m_site){"a.c", "", 3, 0}), by)); m_page_go_(((struct m_site){"a.c", "", 3, 0}), v); m_do_(((struct m_site){"a.c", "", 4, 1}), by);
                  m_check_(t, ((struct m_site){"a.c", "f(\\"/n\\")" " " "==" " " "3", 5, (0 + 0)}), 1); m_login_at_("a.c", 6, t, "x");
                  m_stop_(t, 1, "a.c", 7, "lost"); m_stop_(t, 2, "a.c", 8, "an error");'''
        found = [(site.line, site.expression) for site in sites.sites_in(text)]
        self.assertEqual(found, [(4, ""), (5, 'f("/n") == 3'), (6, ""), (7, "FAIL")])

    def test_several_on_one_line_are_told_apart(self):
        site = sites.Site("a.c", 5, 'f("/n") == 3')
        self.assertTrue(sites.is_at(site, Failure("a.c", 5, 'f("/n") == 3')))
        self.assertFalse(sites.is_at(site, Failure("a.c", 5, "x.get is done")))
        self.assertFalse(sites.is_at(site, Failure("a.c", 6, 'f("/n") == 3')))
        self.assertTrue(sites.is_at(sites.Site("a.c", 5, ""), Failure("a.c", 5, "x.get is done")))

    def test_names_that_a_check_looks_at(self):
        self.assertEqual(NAMES.findall('m_json_str(a, "/entries/0/actor") == m_json_int(b, "/seq")'), ["actor", "seq"])

    def test_paths_of_a_target_file(self):
        expression, fixed = pattern_of("/v1/a/${id}/b")
        self.assertTrue(expression.match("/v1/a/17/b") and not expression.match("/v1/a/1/7/b"))
        self.assertEqual(fixed, len("/v1/a//b"))


if __name__ == "__main__":
    unittest.main()
