/* SPDX-License-Identifier: Apache-2.0 */
/* What all pages are made with: their style, a few lines of script, an icon. They are the same for everybody. */
#include "pages/pages.h"

#include <string.h>

static const char style[] =
    ":root{--brand:#2f5d8a;--on-brand:#ffffff;--line:#d5d9de;--soft:#5b6470}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#1b1f24;background:#f5f6f8}\n"
    "header{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.5rem;padding:.5rem 1rem;"
    "background:var(--brand);color:var(--on-brand)}\n"
    "header a,header button.plain{color:inherit}\n"
    ".brand{display:flex;align-items:center;gap:.6rem;margin:0;font-weight:600}\n"
    "#brand-logo{display:inline-block;min-width:2rem;padding:0 .4rem;border-radius:.4rem;text-align:center;"
    "line-height:2rem;background:var(--on-brand);color:var(--brand)}\n"
    "nav{flex:1}\n"
    "nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0;padding:0;list-style:none}\n"
    "nav a{display:inline-block;padding:.35rem 0;text-decoration:none}\n"
    "nav a:hover,nav a[aria-current]{text-decoration:underline;text-underline-offset:.3em}\n"
    ".user{margin:0}\n"
    "main{max-width:60rem;margin:1.5rem auto;padding:0 1rem}\n"
    "h1{margin:0 0 1rem;font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere}\n"
    "h2{margin:1.75rem 0 .75rem;font-size:1.15rem}\n"
    ".wide{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;background:#ffffff}\n"
    "table{width:100%;border-collapse:collapse}\n"
    "caption{padding:.5rem .75rem;text-align:left;color:var(--soft)}\n"
    "th,td{padding:.45rem .75rem;border-top:1px solid var(--line);text-align:left;vertical-align:top}\n"
    "thead th{border-top:0;font-size:.875rem;color:var(--soft)}\n"
    "tbody th{font-weight:400}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0}\n"
    "dt{color:var(--soft)}\n"
    "dd{margin:0}\n"
    "form{margin:0}\n"
    ".field{max-width:30rem;margin:0 0 1rem}\n"
    ".field label{display:block;margin-bottom:.2rem;font-weight:600}\n"
    "input,select{width:100%;padding:.5rem .6rem;border:1px solid #808a96;border-radius:.35rem;font:inherit;"
    "color:inherit;background:#ffffff}\n"
    "[aria-invalid]{border-color:#b3261e}\n"
    ".hint{font-size:.875rem;color:var(--soft)}\n"
    "span.error,.hint{display:block}\n"
    ".error{color:#b3261e}\n"
    ".problem,.note{max-width:30rem;margin:0 0 1rem;padding:.6rem .8rem;border-radius:.35rem;background:#e9eef5}\n"
    ".problem{background:#fbeae9;color:#8c1d18}\n"
    "button,.button{display:inline-block;padding:.5rem 1rem;border:0;border-radius:.35rem;font:inherit;"
    "text-decoration:none;cursor:pointer;background:var(--brand);color:var(--on-brand)}\n"
    "button.plain{padding:.2rem .4rem;background:none;color:inherit;text-decoration:underline}\n"
    ":focus-visible{outline:3px solid #e0a100;outline-offset:2px}\n"
    ".state{display:inline-block;padding:0 .5rem;border-radius:1rem;font-size:.9rem;background:#e4e7eb}\n"
    ".state[data-state=active],.state[data-state=done]{background:#d7efdc;color:#0f5323}\n"
    ".state[data-state=running],.state[data-state=provisioning]{background:#fff0cc;color:#5f4300}\n"
    ".state[data-state=failed]{background:#fbdcda;color:#8c1d18}\n"
    "@media (max-width:30rem){th,td{padding:.4rem .5rem}h1{font-size:1.35rem}nav{flex-basis:100%;order:1}}\n";

/* In place of loading the whole page again, which it does without script. */
static const char changes[] =
    "'use strict';\n"
    "(function look() {\n"
    "    setTimeout(function () {\n"
    "        fetch(location.href, {credentials: 'same-origin'}).then(function (answer) {\n"
    "            return answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer.status);\n"
    "        }).then(function (text) {\n"
    "            var now = new DOMParser().parseFromString(text, 'text/html').querySelector('main');\n"
    "            document.querySelector('main').replaceWith(now);\n"
    "            if (now.hasAttribute('data-changing'))\n"
    "                look();\n"
    "        }).catch(function () {\n"
    "            location.reload();\n"
    "        });\n"
    "    }, 500);\n"
    "})();\n";

static const char icon[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect width=\"16\" "
                           "height=\"16\" rx=\"3\" fill=\"#2f5d8a\"/><path d=\"M3 12V5l5 5 5-5v7\" fill=\"none\" "
                           "stroke=\"#fff\" stroke-width=\"2\"/></svg>\n";

static void give(struct request *r, const char *type, const char *text)
{
    reply_header(r, "Cache-Control", "public, max-age=300");
    reply_header(r, "X-Content-Type-Options", "nosniff");
    reply_text(r, 200, type, strdup(text));
}

static void give_style(struct request *r)
{
    give(r, "text/css; charset=utf-8", style);
}

static void give_script(struct request *r)
{
    give(r, "text/javascript; charset=utf-8", changes);
}

static void give_icon(struct request *r)
{
    give(r, "image/svg+xml", icon);
}

const struct route page_assets[] = {
    {M_GET, "/static/style.css", 0, ROUTE_ANYONE, NULL, give_style},
    {M_GET, "/static/changes.js", 0, ROUTE_ANYONE, NULL, give_script},
    {M_GET, "/static/icon.svg", 0, ROUTE_ANYONE, NULL, give_icon},
    {.pattern = NULL},
};
