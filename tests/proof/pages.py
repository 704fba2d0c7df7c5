# SPDX-License-Identifier: Apache-2.0
"""What becomes of a page, and of what comes with it. Scripts and the head of the page stay as they are.

    scramble    the words between tags are others, and what is in fields
    unmarked    no element has the name by which somebody would find it
    rowless     no row of a table has one
    gather      all that earlier pages had on them stands below it, with every mark of the target file, and nothing is hidden
    zero        it has no words, and nothing in its fields
    elsewhere   the page that was shown before, whichever
    noisy       it asks for a picture that is not there
    lax         cookies are open to scripts and to all pages
    cross       cookies are open to other sites
    no_cookie   cookies are not set, and not taken back
    same_cookie a cookie has the value that the first one of its name had
    same_field  what is in a field is what an earlier page had in one of its name
    kept        it may be kept, and shown again
Of a style sheet, a script or a picture scramble and zero are about its words.
"""
import re

from message import Answer

KINDS = ("scramble", "unmarked", "rowless", "gather", "elsewhere", "stale", "zero", "refuse", "missing", "noisy", "no_cookie",
         "lax", "kept", "same_field", "same_cookie", "cross")
OWN = tuple(kind for kind in KINDS if kind not in ("stale", "refuse", "missing"))  # what is another thing than of other answers
# What leaves a page in use: all pages may be altered so, and many checks fail in one run.
HARMLESS = ("scramble", "rowless", "gather", "noisy", "lax", "cross", "kept", "same_cookie")
MAIN = re.compile(rb"<body.*?>(.*)</body>", re.S)
WORDS = re.compile(r"(?<=>)[^<]*[^<\s][^<]*(?=<)")
# A form whose token is another one would lead nowhere.
VALUE = re.compile(r'(?<!name="form_token")(\svalue=")([^"]*)"')
FIELD = re.compile(r'(<input[^>]*\sname="([^"]*)"[^>]*\svalue=")([^"]*)"')


def is_page(answer):
    """Of what a browser asks for: a page, what leads to one, or what comes with it."""
    kinds = [value for name, value in answer.fields if name.lower() == "content-type"]
    return answer.status in (302, 303) or any(value.startswith(("text/html", "text/css")) for value in kinds)


def in_body(text, change):
    head, begin, body = text.partition("<body")
    return head + begin + change(body)


def scrambled(text):
    if "<body" not in text:
        return re.sub(r"[0-9a-zA-Z]+", lambda word: word.group()[::-1] + "0", text)

    def turned(match):
        return match.group()[::-1] if not re.search(r"&\w+;", match.group()) else "altered"

    return in_body(text, lambda body: VALUE.sub(r'\1\2~"', WORDS.sub(turned, body)))


def emptied(text):
    return in_body(text, lambda body: VALUE.sub(r'\1"', WORDS.sub("", body))) if "<body" in text else ""


def unmarked(text):
    return in_body(text, lambda body: re.sub(r'\s(id|class|name|data-[a-z]+)="', r' \1="no-', body))


def rowless(text):
    return re.sub(r"<tr\s[^>]*>", "<tr>", text)


def shown_marks(text, marks, earlier):
    known = b"".join(MAIN.findall(page)[0] for page in earlier if MAIN.search(page)).decode("utf-8", "replace")
    made = "".join(f'<p id="{name}">altered</p>' for name in sorted(marks) if f'id="{name}"' not in text)
    return text.replace("</body>", f"{known}{made}</body>").replace(" hidden", "")


def without_cookies(answer):
    return Answer(answer.status, [f for f in answer.fields if f[0].lower() != "set-cookie"], answer.body)


def with_cookies(answer, change):
    return Answer(answer.status, [(name, change(value) if name.lower() == "set-cookie" else value) for name, value in answer.fields],
                  answer.body)


def lax(cookie):
    return re.sub(r"Path=[^;]*", "Path=/", re.sub(r";\s*(HttpOnly|Secure|SameSite=\w+)", "", cookie))


def cross(cookie):
    return re.sub(r";\s*SameSite=\w+", "", cookie) + "; SameSite=None; Secure"


def cookies_of(answers):
    """{name: value}, as they were first set."""
    found = {}
    for answer in answers:
        for name, value in answer.fields:
            if name.lower() == "set-cookie" and not value.partition("=")[2].startswith(";"):
                found.setdefault(*value.partition(";")[0].split("=", 1))
    return found


def same_cookie(known):
    def change(cookie):
        name, rest = cookie.partition("=")[0], cookie.partition(";")[2]
        return f"{name}={known[name]};{rest}" if name in known else cookie
    return change


def same_fields(text, earlier):
    known = {}
    for page in earlier:
        for _, name, value in FIELD.findall(page.decode("utf-8", "replace")):
            known[name] = value
    return FIELD.sub(lambda field: field[1] + known.get(field[2], field[3]) + '"', text)


def kept(answer):
    others = [f for f in answer.fields if f[0].lower() not in ("cache-control", "vary", "expires")]
    return Answer(answer.status, [*others, ("Cache-Control", "private, max-age=600")], answer.body)


def with_words(answer, change):
    return Answer(answer.status, answer.fields, change(answer.body.decode("utf-8", "replace")).encode())


def moved(answer):
    return Answer(answer.status, [(n, v + "~" if n.lower() == "location" else v) for n, v in answer.fields], answer.body)


def elsewhere(answer, earlier):
    pages = [body for body in earlier if MAIN.search(body) and body != answer.body]
    return Answer(200, [("Content-Type", "text/html; charset=utf-8")], pages[-1]) if pages else answer


def altered(kind, answer, before, marks):
    """`before`: the answers that there were."""
    earlier = [one.body for one in before]
    whole = {"no_cookie": without_cookies, "kept": kept, "elsewhere": lambda a: elsewhere(a, earlier)}
    cookies = {"lax": lax, "cross": cross, "same_cookie": same_cookie(cookies_of(before))}
    texts = {
        "scramble": scrambled,
        "unmarked": unmarked,
        "rowless": rowless,
        "zero": emptied,
        "gather": lambda text: shown_marks(text, marks, earlier),
        "noisy": lambda text: text.replace("</body>", '<img src="/nothing" alt=""></body>'),
        "same_field": lambda text: same_fields(text, earlier),
    }
    if kind in whole:
        return whole[kind](answer)
    if kind in cookies:
        return with_cookies(answer, cookies[kind])
    return with_words(moved(answer) if kind == "scramble" else answer, texts[kind])
