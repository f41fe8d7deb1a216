/* SPDX-License-Identifier: MIT
 *
 * What the scanner takes, libxml2 takes, and their events are the same; what is not well-formed
 * neither takes. test_dtd.c has documents with declarations of their own.
 */
#include "scanner_test.h"

#include <libxml/parser.h>

/* -- libxml2's events ----------------------------------------------------------------- */

static void libxml_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                         const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                         int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    (void)n_defaulted;
    log_start(context, localname, prefix, uri, n_namespaces, namespaces, n_attributes,
              attributes);
}

static void libxml_end(void *context, const xmlChar *localname, const xmlChar *prefix,
                       const xmlChar *uri)
{
    (void)localname, (void)prefix, (void)uri;
    log_end(context);
}

static void say_nothing(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

/* Whether it is well-formed, namespaces counted. */
static bool read_by_libxml(const char *document, struct events_log *log)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = libxml_start,
                         .endElementNs = libxml_end,
                         .characters = log_text,
                         .ignorableWhitespace = log_text,
                         .cdataBlock = log_text};
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    assert_non_null(ctxt);
    xmlSAXHandler *own = ctxt->sax;
    ctxt->sax = &sax;
    ctxt->userData = log;
    /* NOENT: without it, `&amp;` in an attribute would reach us as `&#38;`. */
    xmlCtxtReadMemory(ctxt, document, (int)strlen(document), NULL, NULL,
                      XML_PARSE_NONET | XML_PARSE_NOENT);
    bool good = ctxt->wellFormed && ctxt->nsWellFormed;
    ctxt->sax = own;
    xmlFreeParserCtxt(ctxt);
    return good;
}

/* -- Documents ------------------------------------------------------------------------ */

static const char *const taken[] = {
    "<a/>",
    "<a></a >",
    " <a/>",
    "<?xml version='1.0'?><a/>",
    "<?xml version=\"1.0\" encoding='utf-8' standalone = 'yes' ?>\n<a/>\n",
    "\xef\xbb\xbf<a/>",
    "<?xml version='1.00'?><a/>",
    "<!DOCTYPE a><a/>",
    "<!DOCTYPE a []><a/>",
    "<!DOCTYPE a SYSTEM 'a.dtd' ><a/>",
    "<!DOCTYPE a PUBLIC \"-//A//B\" 'a.dtd'><a/>",
    "<!-- - --><?p i?><a/><!----><?p?>\n",
    "<a b='1' c=\"2\" d = '\"' e=\"'\"/>",
    "<a b='&lt;&#65;&#x42;&amp;&quot;&apos;&gt;'/>",
    "<a b='&#000000000000065;'>&#x000000000000042;</a>",
    "<a b=' 1\t2\n3\r\n4\r5 '/>",
    "<a b='\xc3\xa9' \xc3\xa9='b'>\xe2\x82\xac\xf0\x9f\x98\x80</a>",
    "<a>1&lt;2&#38;3]]4]]&gt;</a>",
    "<a>\r\n1\r\n</a>",
    "<a b='1\r2'>1\r2\r\r\n3<![CDATA[\r4\r\n]]></a>",
    "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='x'/>",
    "<a>  12345678  12345678<b>\n        </b></a>",
    "<a><![CDATA[<b>&amp;]]]]>x<![CDATA[]]></a>",
    "<a><!-- <b> & ]]> --><?p <b> ? > ?></a>",
    "<a xmlns='urn:a'><b xmlns=''><c/></b><d/></a>",
    "<p:a xmlns:p='urn:p' p:b='1' b='2'><p:c xmlns:p='urn:q' p:b=''/><p:d/></p:a>",
    "<a xmlns:p='urn:p' xmlns:q='urn:q' p:b='' q:b='' xml:lang='en'/>",
    "<a.b-c_1/>",
    "<a><b/><b/><c/><b/><bc/><b>1</b></a>",
};

/* Not well-formed, and the code that says so. */
static const struct bad_document {
    const char *document, *code;
} bad[] = {
    {"", "document-empty"},
    {"a", "document-empty"},
    {"<a>", "tag-not-finished"},
    {"<a", "gt-required"},
    {"<a/", "gt-required"},
    {"<a/ >", "gt-required"},
    {"</a>", "name-required"},
    {"<a></b>", "tag-name-mismatch"},
    {"<a><b></a></b>", "tag-name-mismatch"},
    {"<a></a", "gt-required"},
    {"<a></ab>", "tag-name-mismatch"},
    {"<a></a b>", "gt-required"},
    {"<a/><b/>", "second-document"},
    {"<a/>\n<?xml version='1.0'?><a/>", "second-document"},
    {"<a/>x", "document-end"},
    {"<a/>&#32;", "document-end"},
    {"x<a/>", "document-empty"},
    {"<1/>", "name-required"},
    {"<a\xc3\x97/>", "name-required"},
    {"<a b/>", "attribute-without-value"},
    {"<a b=1/>", "attribute-not-started"},
    {"<a b='1'c='2'/>", "space-required"},
    {"<a b='1'\xc3\xa9='2'/>", "space-required"},
    {"<a b='1' b='2'/>", "attribute-redefined"},
    {"<a b='<'/>", "lt-in-attribute"},
    {"<a b='&'/>", "entityref-no-name"},
    {"<a b='1/>", "attribute-not-finished"},
    {"<a 'b'/>", "gt-required"},
    {"<a>&</a>", "entityref-no-name"},
    {"<a>& </a>", "entityref-no-name"},
    {"<a>&x</a>", "entityref-semicol-missing"},
    {"<a>&x;</a>", "undeclared-entity"},
    {"<a b='&x;'/>", "undeclared-entity"},
    {"<a>&#0;</a>", "invalid-char"},
    {"<a>&#xd800;</a>", "invalid-char"},
    {"<a>&#99999999999999999999;</a>", "invalid-char"},
    {"<a>&#x;</a>", "invalid-hex-charref"},
    {"<a>&#;</a>", "invalid-dec-charref"},
    {"<a>&#65</a>", "invalid-dec-charref"},
    {"<a>&#6a;</a>", "invalid-dec-charref"},
    {"<a>]]></a>", "misplaced-cdata-end"},
    {"<a>\x01</a>", "invalid-char"},
    {"<a b='\x01'/>", "invalid-char"},
    {"<a><!--\x01--></a>", "invalid-char"},
    {"<a><?p \x01?></a>", "invalid-char"},
    {"<a><![CDATA[\x01]]></a>", "invalid-char"},
    {"<a>\xff</a>", "invalid-encoding"},
    {"<a>\xc3</a>", "invalid-encoding"},
    {"<a>\xed\xa0\x80</a>", "invalid-encoding"},
    {"<a b='\xff'/>", "invalid-encoding"},
    {"<a/><!--\xff-->", "invalid-encoding"},
    {"<a/>\xff", "invalid-encoding"},
    {"<a>\xef\xbf\xbf</a>", "invalid-char"},
    {"<a><!-- -- --></a>", "hyphen-in-comment"},
    {"<a><!-- ---></a>", "hyphen-in-comment"},
    {"<a><!-- ", "comment-not-finished"},
    {"<a><?xml version='1.0'?></a>", "reserved-xml-name"},
    {"<a><?XmL?></a>", "reserved-xml-name"},
    {"<a><?p", "space-required"},
    {"<a><?p!?></a>", "space-required"},
    {"<a><?p ", "pi-not-finished"},
    {"<a><![CDATA[</a>", "cdata-not-finished"},
    {"<a><![CDAT[]]></a>", "cdata-not-finished"},
    {"<?xml version='1.0'><a/>", "xmldecl-not-finished"},
    {"<?xml version='2'?><a/>", "unknown-version"},
    {"<?xml version='1.'?><a/>", "unknown-version"},
    {"<?xml version=1.0?><a/>", "string-not-started"},
    {"<?xml version='1.0?><a/>", "string-not-closed"},
    {"<?xml version '1.0'?><a/>", "equal-required"},
    {"<?xml encoding='utf-8'?><a/>", "version-missing"},
    {"<?xml version='1.0'encoding='utf-8'?><a/>", "space-required"},
    {"<?xml version='1.0' encoding='utf-8'standalone='yes'?><a/>", "space-required"},
    {"<?xml version='1.0' encoding='8'?><a/>", "encoding-name"},
    {"<?xml version='1.0' encoding=''?><a/>", "encoding-name"},
    {"<?xml version='1.0' standalone='YES'?><a/>", "standalone-value"},
    {"<?xml version='1.0' standalone='no' encoding='utf-8'?><a/>", "xmldecl-not-finished"},
    {" <?xml version='1.0'?><a/>", "reserved-xml-name"},
    {"<!DOCTYPE a <a/>", "doctype-not-finished"},
    {"<!DOCTYPEa><a/>", "space-required"},
    {"<!DOCTYPE a SYSTEM'x'><a/>", "space-required"},
    {"<!DOCTYPE a PUBLIC'x' 'y'><a/>", "space-required"},
    {"<!DOCTYPE a PUBLIC 'x''y'><a/>", "space-required"},
    {"<!DOCTYPE a PUBLIC 'x'><a/>", "space-required"},
    {"<!DOCTYPE a PUBLIC '{' 'y'><a/>", "pubid-required"},
    {"<!DOCTYPE a SYSTEM 'x><a/>", "literal-not-finished"},
    {"<!DOCTYPE a SYSTEM x><a/>", "literal-not-started"},
    {"<!DOCTYPE><a/>", "space-required"},
    {"<a/><!DOCTYPE a>", "second-document"},
    {"<!DOCTYPE a><!DOCTYPE a><a/>", "name-required"},
    /* namespaces */
    {"<p:a/>", "undefined-namespace"},
    {"<a p:b='1'/>", "undefined-namespace"},
    {"<a:b:c xmlns:a='urn:a'/>", "qname"},
    {"<:a/>", "qname"},
    {"<a b:='1'/>", "qname"},
    {"<a xmlns:1='u'/>", "qname"},
    {"<a><?p:q?></a>", "colon"},
    {"<a xmlns:p=''/>", "empty"},
    {"<a xmlns:p='urn:a' xmlns:q='urn:a' p:b='' q:b=''/>", "attribute-redefined"},
    {"<a xmlns:xmlns='urn:a'/>", "xml-namespace"},
    {"<a xmlns:xml='urn:a'/>", "xml-namespace"},
    {"<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "xml-namespace"},
    {"<a xmlns='http://www.w3.org/XML/1998/namespace'/>", "xml-namespace"},
    {"<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", "xml-namespace"},
    {"<xmlns:a/>", "undefined-namespace"},
};

#define FOR_EACH(document, documents)                                                          \
    for (const char *const *document = documents;                                              \
         document < documents + sizeof documents / sizeof *documents; document++)

static int set_up(void **state)
{
    xmlSetGenericErrorFunc(NULL, say_nothing);
    *state = scanner_new(&(struct scanner_limits){
        .name_bytes = 1000, .entity_bytes = 1000, .entity_remedy = ""});
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
        if (scan(*document, &ours) != 1)
            fail_msg("declined: %s: %s", *document, ours.code);
        if (!read_by_libxml(*document, &theirs))
            fail_msg("libxml2 declines: %s", *document);
        assert_string_equal(buf_string(&ours.text), buf_string(&theirs.text));
        buf_free(&ours.text);
        buf_free(&theirs.text);
    }
}

/* libxml2 lets some white space be missed. */
static bool libxml_is_lenient(const struct bad_document *row)
{
    return strcmp(row->code, "space-required") == 0 ||
           strcmp(row->code, "unknown-version") == 0;
}

static void test_it_says_what_is_not_well_formed(void **state)
{
    for (const struct bad_document *row = bad; row < bad + sizeof bad / sizeof *bad; row++) {
        struct events_log ours = {.scanner = *state}, theirs = {0};
        scan(row->document, &ours);
        if (!ours.code || strcmp(ours.code, row->code) != 0)
            fail_msg("%s: %s", row->document, ours.code ? ours.code : "taken");
        if (*row->document && !libxml_is_lenient(row) && read_by_libxml(row->document, &theirs))
            fail_msg("libxml2 takes: %s", row->document);
        buf_free(&ours.text);
        buf_free(&theirs.text);
    }
}

/* A document cut anywhere is not whole; nothing is read past its end. */
static void test_it_takes_nothing_that_is_cut(void **state)
{
    FOR_EACH(document, taken)
    {
        const char *end = strrchr(*document, '>');
        for (size_t len = 0; *document + len < end; len++) {
            char *copy = strndup(*document, len);
            struct events_log ours = {.scanner = *state};
            assert_non_null(copy);
            bool whole = scan(copy, &ours) == 1;
            struct events_log theirs = {0};
            if (whole && !read_by_libxml(copy, &theirs))
                fail_msg("taken: %s", copy);
            if (!whole && !ours.code)
                fail_msg("without a word: %s", copy);
            buf_free(&ours.text);
            buf_free(&theirs.text);
            free(copy);
        }
    }
}

static void test_faults_have_their_places(void **state)
{
    static const struct {
        const char *document;
        uint64_t line, column;
    } rows[] = {
        {"<a>\n <b>\n  \xc3\xa9</c></a>", 3, 8},
        {"<a>\n\n\xc3\xa9\xff</a>", 3, 2},
        {"\xef\xbb\xbf<a>&x;</a>", 1, 4},
        {"<a>\n<b>\n</b>", 3, 5},
        {"\n\n", 3, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct events_log log = {.scanner = *state};
        scan(rows[i].document, &log);
        assert_int_equal(log.line, rows[i].line);
        assert_int_equal(log.column, rows[i].column);
        buf_free(&log.text);
    }
}

/* It goes on behind what is only against Namespaces in XML. */
static void test_all_faults_of_namespaces_are_told(void **state)
{
    struct events_log log = {.scanner = *state};
    assert_int_equal(scan("<p:a>\n<b q:c='' :d='' xmlns:e=''/></p:a>", &log), 1);
    assert_int_equal(log.faults, 4);
    assert_string_equal(buf_string(&log.text), "\n<p:a ->\n\n<-:b - q:c -= -::d -=></></>");
    buf_free(&log.text);
}

/* Else the record names an element that comes later. */
static void test_only_what_is_wrong_with_a_tag_is_in_it(void **state)
{
    static const struct {
        const char *document;
        bool in_tag;
    } rows[] = {
        {"<p:a/>", true},
        {"<a p:b=''/>", true},
        {"<a xmlns:p=''/>", true},
        {"<a :b=''/>", true},
        {"<a b='&p:e;'/>", true},
        {"<a><b/><?p:q?><c/></a>", false},
        {"<a>&p:e;<b/></a>", false},
        {"<!DOCTYPE a [<!ENTITY p:e ''>]><a/>", false},
        {"<!DOCTYPE a [<!ATTLIST a b CDATA '&p:e;'>]><a/>", false},
        {"<!DOCTYPE a [<!ELEMENT a: ANY>]><a/>", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct events_log log = {.scanner = *state};
        scan(rows[i].document, &log);
        assert_true(log.faults > 0);
        if (log.in_tag != rows[i].in_tag)
            fail_msg("%s", rows[i].document);
        buf_free(&log.text);
    }
}

static void test_no_event_follows_a_stop(void **state)
{
    struct events_log log = {.scanner = *state, .stop_at = 2};
    assert_int_equal(scan("<a>1<b/>2<c/></a>", &log), 0);
    assert_true(scanner_is_stopped(*state));
    assert_null(log.code);
    assert_string_equal(buf_string(&log.text), "\n<-:a ->1\n<-:b ->");
    buf_free(&log.text);
}

static void test_lines_are_those_where_events_end(void **state)
{
    struct events_log log = {.scanner = *state, .lines = true};
    assert_int_equal(scan("\n<a\n><b\n/>\n\n<c/></a>\n", &log), 1);
    assert_string_equal(buf_string(&log.text), "\n<-:a ->3\n<-:b ->4</>\n\n\n<-:c ->6</></>");
    buf_free(&log.text);
}

/* A name is tried to be the one that stood there the last time. */
static void test_names_are_read_as_they_are_where_others_stood(void **state)
{
    struct events_log log = {.scanner = *state};
    assert_int_equal(scan("<r><e ab='1' c='2'/><e c='3' ab='4'/><e a='5' abc='6'/><e ab='7'/>"
                          "<e/><ee ab\xc3\xa4='8'/><e ab='9' c-='0'/><f:e xmlns:f='u' f:ab=''/>"
                          "</r>",
                          &log),
                     1);
    assert_string_equal(buf_string(&log.text),
                        "\n<-:r ->"
                        "\n<-:e - -:ab -=1 -:c -=2></>\n<-:e - -:c -=3 -:ab -=4></>"
                        "\n<-:e - -:a -=5 -:abc -=6></>\n<-:e - -:ab -=7></>\n<-:e -></>"
                        "\n<-:ee - -:ab\xc3\xa4 -=8></>\n<-:e - -:ab -=9 -:c- -=0></>"
                        "\n<f:e u xmlns:f=u f:ab u=></></>");
    buf_free(&log.text);
    log = (struct events_log){.scanner = *state};
    assert_int_equal(scan("<r><e ab='1'/><e ab='1' ab='2'/></r>", &log), 0);
    assert_string_equal(log.code, "attribute-redefined");
    buf_free(&log.text);
}

static const char *code_within(const struct scanner_limits *limits, const char *document)
{
    struct scanner *scanner = scanner_new(limits);
    assert_non_null(scanner);
    struct events_log log = {.scanner = scanner};
    scan(document, &log);
    buf_free(&log.text);
    scanner_free(scanner);
    return log.code ? log.code : "";
}

static void test_limits_hold(void **state)
{
    const struct scanner_limits limits = {.name_bytes = 3, .attributes = 2};
    (void)state;
    assert_string_equal(code_within(&limits, "<abc/>"), "");
    assert_string_equal(code_within(&limits, "<abcd/>"), "limit-name");
    assert_string_equal(code_within(&limits, "<a abcd=''/>"), "limit-name");
    assert_string_equal(code_within(&limits, "<a b='' c=''/>"), "");
    assert_string_equal(code_within(&limits, "<a b='' c='' d=''/>"), "limit-attributes");
    assert_string_equal(code_within(&limits, "<a b='' c='' xmlns=''/>"), "limit-attributes");
}

/* Attributes are many, and two of them are one, by their own names or by their namespaces. */
static void test_many_attributes_are_told_apart(void **state)
{
    for (int twice = 0; twice < 3; twice++) {
        struct buf document = {0};
        struct events_log log = {.scanner = *state};
        buf_append_string(&document, "<a xmlns:p='u' xmlns:q='u'");
        for (int i = 0; i < 1000; i++)
            buf_append_format(&document, " p:a%d=''", i);
        buf_append_string(&document, twice == 0   ? " q:b=''/>"
                                     : twice == 1 ? " q:a7=''/>"
                                                  : " p:a7=''/>");
        scan(buf_string(&document), &log);
        assert_int_equal(log.faults, twice > 0);
        assert_true(!log.code || strcmp(log.code, "attribute-redefined") == 0);
        buf_free(&document);
        buf_free(&log.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_reports_what_libxml_does),
        cmocka_unit_test(test_it_says_what_is_not_well_formed),
        cmocka_unit_test(test_it_takes_nothing_that_is_cut),
        cmocka_unit_test(test_faults_have_their_places),
        cmocka_unit_test(test_all_faults_of_namespaces_are_told),
        cmocka_unit_test(test_only_what_is_wrong_with_a_tag_is_in_it),
        cmocka_unit_test(test_no_event_follows_a_stop),
        cmocka_unit_test(test_lines_are_those_where_events_end),
        cmocka_unit_test(test_names_are_read_as_they_are_where_others_stood),
        cmocka_unit_test(test_limits_hold),
        cmocka_unit_test(test_many_attributes_are_told_apart),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
