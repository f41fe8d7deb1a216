/* SPDX-License-Identifier: MIT
 *
 * What the scanner takes, libxml2 takes, and their events are the same. What is not
 * well-formed, or out of the ordinary, the scanner declines.
 */
#include "base/buf.h"
#include "document/scanner/scanner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <libxml/parser.h>
#include <string.h>

/* -- Events as text ------------------------------------------------------------------- */

struct events_log {
    struct buf text;
    struct scanner *scanner;
    int stop_at; /* the start tag to stop at; 0: none */
    bool lines;
};

static void put(struct buf *text, const xmlChar *string)
{
    buf_append_string(text, string ? (const char *)string : "-");
}

static void on_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct events_log *log = context;
    assert_int_equal(n_defaulted, 0);
    buf_append_format(&log->text, "\n<");
    put(&log->text, prefix);
    buf_append_char(&log->text, ':');
    put(&log->text, localname);
    buf_append_char(&log->text, ' ');
    put(&log->text, uri);
    for (int i = 0; i < n_namespaces; i++) {
        buf_append_string(&log->text, " xmlns:");
        put(&log->text, namespaces[2 * i]);
        buf_append_char(&log->text, '=');
        if (namespaces[2 * i + 1])
            put(&log->text, namespaces[2 * i + 1]);
    }
    const xmlChar **a = attributes;
    for (int i = 0; i < n_attributes; i++, a += 5) {
        buf_append_char(&log->text, ' ');
        put(&log->text, a[1]);
        buf_append_char(&log->text, ':');
        put(&log->text, a[0]);
        buf_append_char(&log->text, ' ');
        put(&log->text, a[2]);
        buf_append_char(&log->text, '=');
        buf_append(&log->text, a[3], (size_t)(a[4] - a[3]));
    }
    buf_append_string(&log->text, ">");
    if (log->lines)
        buf_append_format(&log->text, "%d", (int)scanner_line(log->scanner));
    if (log->stop_at && --log->stop_at == 0)
        scanner_stop(log->scanner);
}

static void on_text(void *context, const xmlChar *text, int len)
{
    struct events_log *log = context;
    buf_append(&log->text, text, (size_t)len);
}

static void on_end(void *context, const xmlChar *localname, const xmlChar *prefix,
                   const xmlChar *uri)
{
    struct events_log *log = context;
    (void)prefix, (void)uri;
    buf_append_string(&log->text, "</");
    put(&log->text, localname);
    buf_append_string(&log->text, ">");
}

static void say_nothing(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

/* Whether it is well-formed, namespaces counted. */
static bool read_by_libxml(const char *document, struct events_log *log)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = on_start,
                         .endElementNs = on_end,
                         .characters = on_text,
                         .ignorableWhitespace = on_text,
                         .cdataBlock = on_text};
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    assert_non_null(ctxt);
    xmlSAXHandler *own = ctxt->sax;
    ctxt->sax = &sax;
    ctxt->userData = log;
    xmlCtxtReadMemory(ctxt, document, (int)strlen(document), NULL, NULL,
                      XML_PARSE_NONET | XML_PARSE_NOENT);
    bool good = ctxt->wellFormed && ctxt->nsWellFormed;
    ctxt->sax = own;
    xmlFreeParserCtxt(ctxt);
    return good;
}

static bool read_by_scanner(const char *document, struct events_log *log)
{
    const struct scanner_events events = {on_start, on_text, on_end, log};
    return scanner_run(log->scanner, document, strlen(document), &events);
}

/* -- Documents ------------------------------------------------------------------------ */

static const char *const taken[] = {
    "<a/>",
    "<a></a >",
    " <a/>",
    "<?xml version='1.0'?><a/>",
    "<?xml version=\"1.0\" encoding='utf-8' standalone = 'yes' ?>\n<a/>\n",
    "\xef\xbb\xbf<a/>",
    "<!DOCTYPE a><a/>",
    "<!DOCTYPE a SYSTEM 'a.dtd' ><a/>",
    "<!DOCTYPE a PUBLIC \"-//A//B\" 'a.dtd'><a/>",
    "<!-- - --><?p i?><a/><!----><?p?>\n",
    "<a b='1' c=\"2\" d = '\"' e=\"'\"/>",
    "<a b='&lt;&#65;&#x42;&amp;&quot;&apos;&gt;'/>",
    "<a b=' 1\t2\n3\r\n4\r5 '/>",
    "<a b='\xc3\xa9' \xc3\xa9='b'>\xe2\x82\xac\xf0\x9f\x98\x80</a>",
    "<a>1&lt;2&#38;3]]4]]&gt;</a>",
    "<a>\r\n1\r\n</a>",
    "<a>  12345678  12345678<b>\n        </b></a>",
    "<a><![CDATA[<b>&amp;]]]]>x<![CDATA[]]></a>",
    "<a><!-- <b> & ]]> --><?p <b> ? > ?></a>",
    "<a xmlns='urn:a'><b xmlns=''><c/></b><d/></a>",
    "<p:a xmlns:p='urn:p' p:b='1' b='2'><p:c xmlns:p='urn:q' p:b=''/><p:d/></p:a>",
    "<a xmlns:p='urn:p' xmlns:q='urn:q' p:b='' q:b='' xml:lang='en'/>",
    "<a.b-c_1/>",
    "<a><b/><b/><c/><b/><bc/><b>1</b></a>",
};

static const char *const declined[] = {
    /* not well-formed */
    "",
    "a",
    "<a>",
    "<a",
    "<a/",
    "<a/ >",
    "</a>",
    "<a></b>",
    "<a><b></a></b>",
    "<a/><b/>",
    "<a/>x",
    "x<a/>",
    "<1/>",
    "<a b/>",
    "<a b=1/>",
    "<a b='1'c='2'/>",
    "<a b='1' b='2'/>",
    "<a b='<'/>",
    "<a b='&'/>",
    "<a>&</a>",
    "<a>&x;</a>",
    "<a>&#0;</a>",
    "<a>&#xd800;</a>",
    "<a>]]></a>",
    "<a>\x01</a>",
    "<a>\xff</a>",
    "<a>\xc3</a>",
    "<a>\xef\xbf\xbf</a>",
    "<a><!-- -- --></a>",
    "<a><!-- ---></a>",
    "<a><?xml version='1.0'?></a>",
    "<a><![CDATA[</a>",
    "<?xml version='1.0'><a/>",
    "<?xml version='2'?><a/>",
    " <?xml version='1.0'?><a/>",
    "<!DOCTYPE a <a/>",
    /* namespaces */
    "<p:a/>",
    "<a p:b='1'/>",
    "<a:b:c xmlns:a='urn:a'/>",
    "<:a/>",
    "<a xmlns:p=''/>",
    "<a xmlns:p='urn:a' xmlns:q='urn:a' p:b='' q:b=''/>",
    "<a xmlns:xmlns='urn:a'/>",
    "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
};

/* Well-formed, but for libxml2 to read. */
static const char *const left_to_libxml[] = {
    "<!DOCTYPE a []><a/>",
    "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
    "<a>1\r2</a>",
    "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
};

#define FOR_EACH(document, documents)                                                          \
    for (const char *const *document = documents;                                              \
         document < documents + sizeof documents / sizeof *documents; document++)

static int set_up(void **state)
{
    xmlSetGenericErrorFunc(NULL, say_nothing);
    *state = scanner_new(1000);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    scanner_free(*state);
    return 0;
}

static void test_it_reports_what_libxml_does(void **state)
{
    FOR_EACH(document, taken)
    {
        struct events_log ours = {.scanner = *state}, theirs = {0};
        if (!read_by_scanner(*document, &ours))
            fail_msg("declined: %s", *document);
        if (!read_by_libxml(*document, &theirs))
            fail_msg("libxml2 declines: %s", *document);
        assert_string_equal(buf_string(&ours.text), buf_string(&theirs.text));
        buf_free(&ours.text);
        buf_free(&theirs.text);
    }
}

static void test_it_declines_what_is_not_well_formed(void **state)
{
    FOR_EACH(document, declined)
    {
        struct events_log ours = {.scanner = *state}, theirs = {0};
        if (read_by_scanner(*document, &ours))
            fail_msg("taken: %s", *document);
        if (**document && read_by_libxml(*document, &theirs))
            fail_msg("libxml2 takes: %s", *document);
        buf_free(&ours.text);
        buf_free(&theirs.text);
    }
}

static void test_it_leaves_the_rare_to_libxml(void **state)
{
    FOR_EACH(document, left_to_libxml)
    {
        struct events_log ours = {.scanner = *state};
        if (read_by_scanner(*document, &ours))
            fail_msg("taken: %s", *document);
        buf_free(&ours.text);
    }
}

/* A document cut anywhere is not whole; nothing is read past its end. */
static void test_it_declines_what_is_cut(void **state)
{
    FOR_EACH(document, taken)
    {
        const char *end = strrchr(*document, '>');
        for (size_t len = 0; *document + len < end; len++) {
            char *copy = strndup(*document, len);
            struct events_log ours = {.scanner = *state};
            assert_non_null(copy);
            bool whole = read_by_scanner(copy, &ours);
            struct events_log theirs = {0};
            if (whole && !read_by_libxml(copy, &theirs))
                fail_msg("taken: %s", copy);
            buf_free(&ours.text);
            buf_free(&theirs.text);
            free(copy);
        }
    }
}

static void test_no_event_follows_a_stop(void **state)
{
    struct events_log log = {.scanner = *state, .stop_at = 2};
    assert_false(read_by_scanner("<a>1<b/>2<c/></a>", &log));
    assert_true(scanner_is_stopped(*state));
    assert_string_equal(buf_string(&log.text), "\n<-:a ->1\n<-:b ->");
    buf_free(&log.text);
}

static void test_lines_are_those_where_events_end(void **state)
{
    struct events_log log = {.scanner = *state, .lines = true};
    assert_true(read_by_scanner("\n<a\n><b\n/>\n\n<c/></a>\n", &log));
    assert_string_equal(buf_string(&log.text),
                        "\n<-:a ->3\n<-:b ->4</b>\n\n\n<-:c ->6</c></a>");
    buf_free(&log.text);
}

static void test_names_over_the_limit_are_declined(void **state)
{
    (void)state;
    struct scanner *scanner = scanner_new(3);
    assert_non_null(scanner);
    struct events_log log = {.scanner = scanner};
    assert_true(read_by_scanner("<abc/>", &log));
    assert_false(read_by_scanner("<abcd/>", &log));
    assert_false(read_by_scanner("<a abcd=''/>", &log));
    buf_free(&log.text);
    scanner_free(scanner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_reports_what_libxml_does),
        cmocka_unit_test(test_it_declines_what_is_not_well_formed),
        cmocka_unit_test(test_it_leaves_the_rare_to_libxml),
        cmocka_unit_test(test_it_declines_what_is_cut),
        cmocka_unit_test(test_no_event_follows_a_stop),
        cmocka_unit_test(test_lines_are_those_where_events_end),
        cmocka_unit_test(test_names_over_the_limit_are_declined),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
