/* SPDX-License-Identifier: Apache-2.0 */
/* What a text says of where an element is, held against a page by another implementation of XPath. */
#include "locate.h"

#include <libxml/HTMLparser.h>
#include <libxml/xpath.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char PAGE[] =
    "<html><head><title>Save</title><style>Save</style></head><body id=body>"
    "<div id=outer><p id=inner> Save\n <b id=bold>all</b></p></div><script id=script>Sign in</script>"
    "<button id=save>Save</button><span role=button id=span aria-label=\"Sign in\">x</span>"
    "<input type=submit id=submit value=Send><div role=textbox id=editable></div><summary id=summary>More</summary>"
    "<label for=user>User</label><input id=user>"
    "<label>Plan <select id=plan><option id=free>Free</option></select></label>"
    "<input id=hint placeholder=Search type=search><input id=secret type=password>"
    "<h2 id=heading>it's \"so\"</h2><a id=link href=/>Sign in</a><a id=anchor>Sign in</a>"
    "<ul id=list><li id=one>1</ul><button id=reset role=switch>Save</button></body></html>";

static xmlDoc *page;

static int load(void **state)
{
    (void)state;
    page = htmlReadMemory(PAGE, (int)strlen(PAGE), NULL, NULL, HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
    return page ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    xmlFreeDoc(page);
    xmlCleanupParser();
    return 0;
}

/* The ids of what is found, in the page's order, each with a blank behind it. */
static void finds(const char *where, const char *ids)
{
    char found[512] = "";
    struct locator l = browser_locator_of(where);
    assert_non_null(l.value);
    assert_string_equal(l.using, "xpath");
    xmlXPathContext *context = xmlXPathNewContext(page);
    xmlXPathObject *result = xmlXPathEvalExpression((const xmlChar *)l.value, context);
    assert_non_null(result);
    for (int i = 0; result->nodesetval && i < result->nodesetval->nodeNr; i++) {
        xmlChar *id = xmlGetProp(result->nodesetval->nodeTab[i], (const xmlChar *)"id");
        strcat(strcat(found, id ? (const char *)id : "?"), " ");
        xmlFree(id);
    }
    xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
    free(l.value);
    assert_string_equal(found, ids);
}

static void texts(void **state)
{
    (void)state;
    finds("text=Save", "save reset ");
    finds("text=  Save all ", "inner ");
    finds("text=all", "bold ");
    finds("text=Sign in", "link anchor ");
    finds("text=it's \"so\"", "heading ");
    finds("text=nowhere", "");
}

static void labels(void **state)
{
    (void)state;
    finds("label=User", "user ");
    finds("label=Plan", "plan ");
    finds("label=Search", "hint ");
    finds("label=Save", "");
}

static void roles(void **state)
{
    (void)state;
    finds("role=button", "save span submit summary ");
    finds("role=button[name=\"Save\"]", "save ");
    finds("role=button[name=\"Sign in\"]", "span ");
    finds("role=button[name=\"Send\"]", "submit ");
    finds("role=switch", "reset ");
    finds("role=textbox", "editable user ");
    finds("role=searchbox", "hint ");
    finds("role=combobox", "plan ");
    finds("role=option", "free ");
    finds("role=link", "link ");
    finds("role=heading[name=\"it's \"so\"\"]", "heading ");
    finds("role=listitem", "one ");
}

static void as_they_are(void **state)
{
    (void)state;
    finds("//ul/li", "one ");
    finds("(//a)[2]", "anchor ");
    finds("xpath=id('save')", "save ");
    struct locator l = browser_locator_of("#save > .b");
    assert_string_equal(l.using, "css selector");
    assert_string_equal(l.value, "#save > .b");
    free(l.value);
}

static void refused(const char *where, const char *fault)
{
    struct locator l = browser_locator_of(where);
    assert_null(l.value);
    assert_non_null(strstr(l.fault, fault));
}

static void mistakes(void **state)
{
    (void)state;
    refused("", "it says nothing");
    refused(NULL, "it says nothing");
    refused("role=knob", "no such role");
    refused("role=button[label=\"x\"]", "[name=");
    refused("role=button[name=x]", "[name=");
    refused("role=button[name=\"", "[name=");
}

static void quotes(void **state)
{
    static const char *const texts[][2] = {
        {"plain", "'plain'"}, {"it's", "\"it's\""}, {"say \"x\"", "'say \"x\"'"}, {"'\"", "concat('',\"'\",'\"')"}};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *literal = browser_locate_literal(texts[i][0]);
        assert_string_equal(literal, texts[i][1]);
        free(literal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),       cmocka_unit_test(labels),   cmocka_unit_test(roles),
        cmocka_unit_test(as_they_are), cmocka_unit_test(mistakes), cmocka_unit_test(quotes),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
