/* SPDX-License-Identifier: MIT
 *
 * Documents with an internal subset: what its entities and attribute lists make of them, and
 * what is wrong with it.
 */
#include "scanner_test.h"

#include <stdio.h>

static int set_up(void **state)
{
    *state = scanner_new(&(struct scanner_limits){
        .name_bytes = 1000, .entity_bytes = 10000, .entity_remedy = ""});
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    scanner_free(*state);
    return 0;
}

#define DTD(declarations) "<!DOCTYPE a [" declarations "]>"

/* A document that is well-formed, and its events. */
struct row {
    const char *document, *events;
};

static void check(void **state, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct events_log log = {.scanner = *state, .misc = true};
        int rc = scan(rows[i].document, &log);
        if (rc != 1 || log.faults)
            fail_msg("%s: %s", rows[i].document, log.code ? log.code : "declined");
        assert_string_equal(buf_string(&log.text), rows[i].events);
        buf_free(&log.text);
    }
}
#define CHECK(state, rows) check(state, rows, sizeof(rows) / sizeof *(rows))

static void test_entities_are_replaced(void **state)
{
    static const struct row rows[] = {
        {DTD("<!ENTITY e 'x'>") "<a>1&e;2&e;</a>", "\n<-:a ->1x2x</>"},
        {DTD("<!ENTITY e ''>") "<a b='&e;'>&e;</a>", "\n<-:a - -:b -=></>"},
        {DTD("<!ENTITY e '<b>1</b>2'>") "<a>&e;</a>", "\n<-:a ->\n<-:b ->1</>2</>"},
        {DTD("<!ENTITY e '<!--c--><?p d?><![CDATA[<]]>'>") "<a>&e;</a>",
         "\n<-:a -><!--c--><?p d?><</>"},
        /* whatever order they are declared in; the first declaration is binding */
        {DTD("<!ENTITY e '&f;&f;'><!ENTITY f 'x'><!ENTITY f 'y'>") "<a>&e;</a>",
         "\n<-:a ->xx</>"},
        /* 4.5: references to characters are replaced when it is declared, others later */
        {DTD("<!ENTITY e '&#60;b/>'>") "<a>&e;</a>", "\n<-:a ->\n<-:b -></></>"},
        {DTD("<!ENTITY e '&#38;#60;b/>'>") "<a>&e;</a>", "\n<-:a -><b/></>"},
        {DTD("<!ENTITY e '&lt;b/>'>") "<a b='&e;'>&e;</a>", "\n<-:a - -:b -=<b/>><b/></>"},
        {DTD("<!ENTITY lt '&#38;#60;'>") "<a>&lt;</a>", "\n<-:a -><</>"},
        /* 2.11: line ends are those of its declaration; what a reference made is none */
        {DTD("<!ENTITY e '1\r2\r\n3&#13;&#10;&#13;4'>") "<a>&e;</a>",
         "\n<-:a ->1\n2\n3\r\n\r4</>"},
        /* 3.3.3, 4.4.5: white space in values is one space each, quotes end nothing */
        {DTD("<!ENTITY e '1&#13;&#10;&#9;2\"&#39;&#38;#9;'>") "<a b='&e;'/>",
         "\n<-:a - -:b -=1   2\"'\t></>"},
        {DTD("<!ENTITY e '<b c=\"&f;\"/>'><!ENTITY f '\"'>") "<a>&e;</a>",
         "\n<-:a ->\n<-:b - -:c -=\"></></>"},
        {"<!DOCTYPE a SYSTEM 'x' [<!ENTITY e 'x'>]><a>&e;</a>", "\n<-:a ->x</>"},
    };
    CHECK(state, rows);
}

static void test_elements_in_entities_take_the_namespaces_in_scope(void **state)
{
    static const struct row rows[] = {
        {DTD("<!ENTITY e '<b><p:c p:d=\"\"/></b>'>") "<a xmlns='u' xmlns:p='v'>&e;</a>",
         "\n<-:a u xmlns:-=u xmlns:p=v>\n<-:b u>\n<p:c v p:d v=></></></>"},
        {DTD("<!ENTITY e '<b/>'>") "<a>&e;<c xmlns='u'>&e;</c>&e;</a>",
         "\n<-:a ->\n<-:b -></>\n<-:c u xmlns:-=u>\n<-:b u></></>\n<-:b -></></>"},
        {DTD("<!ENTITY e '<b xmlns=\"u\"/><c/>'>") "<a>&e;</a>",
         "\n<-:a ->\n<-:b u xmlns:-=u></>\n<-:c -></></>"},
        {DTD("<!ENTITY u 'urn:u'>") "<a xmlns='&u;'/>", "\n<-:a urn:u xmlns:-=urn:u></>"},
    };
    CHECK(state, rows);
}

static void test_attributes_have_their_defaults(void **state)
{
    static const struct row rows[] = {
        {DTD("<!ATTLIST a b CDATA 'd'>") "<a/>", "\n<-:a - -:b -=d></>"},
        {DTD("<!ATTLIST a b CDATA 'd'>") "<a b='x'/>", "\n<-:a - -:b -=x></>"},
        {DTD("<!ATTLIST a b CDATA #FIXED 'd' c CDATA #IMPLIED e CDATA #REQUIRED>") "<a></a>",
         "\n<-:a - -:b -=d></>"},
        {DTD("<!ATTLIST a b CDATA 'd'><!ATTLIST a b CDATA 'e' c CDATA 'f'>") "<a/>",
         "\n<-:a - -:b -=d -:c -=f></>"},
        {DTD("<!ATTLIST b c CDATA 'd'>") "<a><b></b><b/></a>",
         "\n<-:a ->\n<-:b - -:c -=d></>\n<-:b - -:c -=d></></>"},
        {DTD("<!ENTITY e '<b/>'><!ENTITY f '&#60;'><!ATTLIST b c CDATA 'x&#10;\n&amp;'>") "<a>&"
                                                                                          "e;</"
                                                                                          "a>",
         "\n<-:a ->\n<-:b - -:c -=x\n &></></>"},
        /* defaults are attributes as others: they declare namespaces, and have them */
        {DTD("<!ATTLIST a xmlns CDATA #FIXED 'u' xmlns:p CDATA 'v' p:b CDATA 'w'>") "<a><p:c/"
                                                                                    "></a>",
         "\n<-:a u xmlns:-=u xmlns:p=v p:b v=w>\n<p:c v></></>"},
        {DTD("<!ATTLIST p:a b CDATA 'd'>") "<p:a xmlns:p='u'><a/></p:a>",
         "\n<p:a u xmlns:p=u -:b -=d>\n<-:a -></></>"},
    };
    CHECK(state, rows);
}

/* 3.3.3 */
static void test_values_that_are_tokens_are_trimmed(void **state)
{
    static const struct row rows[] = {
        {DTD("<!ATTLIST a b NMTOKENS #IMPLIED c CDATA #IMPLIED>") "<a c=' 1  2 ' b=' 1 \n 2 "
                                                                  "'/>",
         "\n<-:a - -:c -= 1  2  -:b -=1 2></>"},
        {DTD("<!ATTLIST a b (x|y) ' x '>") "<a/>", "\n<-:a - -:b -=x></>"},
        {DTD("<!ATTLIST a b ID #IMPLIED>") "<a b='  '/>", "\n<-:a - -:b -=></>"},
        {DTD("<!ATTLIST a b IDREF #IMPLIED><!ENTITY e ' x '>") "<a b='&e;&#32;y&#32;'/>",
         "\n<-:a - -:b -=x y></>"},
        {DTD("<!ATTLIST a b NOTATION (n) #IMPLIED b CDATA #IMPLIED>") "<a b=' n '/>",
         "\n<-:a - -:b -=n></>"},
    };
    CHECK(state, rows);
}

static void test_parameter_entities_declare(void **state)
{
    static const struct row rows[] = {
        {DTD("<!ENTITY % p \"<!ENTITY e 'x'>\">%p;") "<a>&e;</a>", "\n<-:a ->x</>"},
        /* XML 1.0, appendix D */
        {DTD("<!ENTITY % xx '&#37;zz;'><!ENTITY % zz '&#60;!ENTITY e \"x\" >'>%xx;") "<a>&e;</"
                                                                                     "a>",
         "\n<-:a ->x</>"},
        {DTD("<!ENTITY % v 'x'><!ENTITY % p \"<!ENTITY e '1&#37;v;2'>\">%p;") "<a>&e;</a>",
         "\n<-:a ->1x2</>"},
        {DTD("<!ENTITY % p '<!ATTLIST a b CDATA \"d\">'>%p; %p;") "<a/>",
         "\n<-:a - -:b -=d></>"},
        {DTD("<!ENTITY % p ''>%p;") "<a/>", "\n<-:a -></>"},
    };
    CHECK(state, rows);
}

static void test_all_declarations_are_read(void **state)
{
    static const struct row rows[] = {
        {DTD("") "<a/>", "\n<-:a -></>"},
        {DTD(" <!-- c --> <?p i?> <!ELEMENT a EMPTY> <!ELEMENT b ANY > ") "<a/>",
         "\n<-:a -></>"},
        {DTD("<!ELEMENT a (#PCDATA)><!ELEMENT b (#PCDATA)*><!ELEMENT c ( #PCDATA | "
             "p:a|b )*>") "<a/>",
         "\n<-:a -></>"},
        {DTD("<!ELEMENT a (b)><!ELEMENT b (b,c?)*><!ELEMENT c ((b|c)+,(d , e)?, "
             "((f)))>") "<a/>",
         "\n<-:a -></>"},
        {DTD("<!NOTATION n SYSTEM 's'><!NOTATION m PUBLIC 'p'><!NOTATION o PUBLIC "
             "\"p\" 's'>") "<a/>",
         "\n<-:a -></>"},
        {DTD("<!ENTITY e SYSTEM 's'><!ENTITY f PUBLIC 'p' 's' NDATA n><!ENTITY % p "
             "SYSTEM 's'>") "<a/>",
         "\n<-:a -></>"},
        {DTD("<!ATTLIST a><!ATTLIST a b (1|-x) #IMPLIED c NOTATION ( n | m ) "
             "#IMPLIED>") "<a/>",
         "\n<-:a -></>"},
    };
    CHECK(state, rows);
}

/* A document that goes on, but for one thing that it says of an entity. */
static void test_what_is_not_read_is_told(void **state)
{
    static const struct {
        const char *document, *code, *events;
    } rows[] = {
        {DTD("<!ENTITY e SYSTEM 's'>") "<a>1&e;2</a>", "external-entity", "\n<-:a ->12</>"},
        {DTD("<!ENTITY e '<b>&f;</b>'><!ENTITY f SYSTEM 's'>") "<a>&e;</a>", "external-entity",
         "\n<-:a ->\n<-:b -></></>"},
        {"<!DOCTYPE a SYSTEM 'x'><a>&e;</a>", "undeclared-entity", "\n<-:a -></>"},
        {"<!DOCTYPE a SYSTEM 'x'><a b='1&e;2'/>", "undeclared-entity", "\n<-:a - -:b -=12></>"},
        {"<!DOCTYPE a SYSTEM 'x' [<!ENTITY e '1&f;2'>]><a>&e;</a>", "undeclared-entity",
         "\n<-:a ->12</>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct events_log log = {.scanner = *state};
        assert_int_equal(scan(rows[i].document, &log), 1);
        assert_int_equal(log.faults, 1);
        assert_string_equal(log.code, rows[i].code);
        assert_string_equal(buf_string(&log.text), rows[i].events);
        buf_free(&log.text);
    }
}

/* 5.1: what is declared behind it may have been declared there. */
static void test_a_parameter_entity_that_is_not_read_is_told(void **state)
{
    static const struct {
        const char *document, *code;
        int faults;
        const char *events;
    } rows[] = {
        {DTD("<!ENTITY % p SYSTEM 's'>") "<a/>", NULL, 0, "\n<-:a -></>"},
        {DTD("<!ENTITY % p SYSTEM 's'>%p;") "<a/>", "external-entity", 1, "\n<-:a -></>"},
        {DTD("%p;") "<a/>", "undeclared-entity", 1, "\n<-:a -></>"},
        {DTD("<!ENTITY % p SYSTEM 's'>%p;") "<a>&e;</a>", "external-entity", 2, "\n<-:a -></>"},
        {DTD("<!ENTITY % p SYSTEM 's'>%p;<!ENTITY e 'x'>") "<a>&e;</a>", "external-entity", 2,
         "\n<-:a -></>"},
        {DTD("<!ENTITY e 'x'><!ENTITY % p SYSTEM 's'>%p;") "<a>&e;</a>", "external-entity", 1,
         "\n<-:a ->x</>"},
        {DTD("%p;<!ATTLIST a b CDATA 'd'>") "<a/>", "undeclared-entity", 1, "\n<-:a -></>"},
        /* in another, and in the value of an entity, which then has none */
        {DTD("<!ENTITY % p SYSTEM 's'><!ENTITY % q '&#37;p;'>%q;<!ATTLIST a b CDATA 'd'>") "<a/"
                                                                                           ">",
         "external-entity", 1, "\n<-:a -></>"},
        {DTD("<!ENTITY % p SYSTEM 's'><!ENTITY % q \"<!ENTITY e '1&#37;p;'>\">%q;"
             "<!ENTITY e 'x'>") "<a>&e;</a>",
         "external-entity", 2, "\n<-:a -></>"},
        {"<!DOCTYPE a SYSTEM 'x' [%p;]><a/>", "undeclared-entity", 1, "\n<-:a -></>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct events_log log = {.scanner = *state};
        assert_int_equal(scan(rows[i].document, &log), 1);
        if (log.faults != rows[i].faults)
            fail_msg("%s: %d", rows[i].document, log.faults);
        if (log.faults)
            assert_string_equal(log.code, rows[i].code);
        assert_string_equal(buf_string(&log.text), rows[i].events);
        buf_free(&log.text);
    }
}

static void test_a_document_that_stands_alone_is_believed(void **state)
{
#define ALONE "<?xml version='1.0' standalone='yes'?>"
    static const struct row rows[] = {
        {ALONE DTD("<!ENTITY % p SYSTEM 's'>%p;<!ENTITY e 'x'>") "<a>&e;</a>", "\n<-:a ->x</>"},
        {ALONE DTD("<!ENTITY % p SYSTEM 's'>%p;<!ATTLIST a b CDATA 'd'>") "<a/>",
         "\n<-:a - -:b -=d></>"},
    };
    CHECK(state, rows);
}

static void test_what_is_wrong_is_told(void **state)
{
    static const struct {
        const char *document, *code;
    } rows[] = {
        /* 4.1, 4.3.2: entities and references to them */
        {DTD("") "<a>&e;</a>", "undeclared-entity"},
        {DTD("<!ENTITY e '&f;'>") "<a>&e;</a>", "undeclared-entity"},
        {ALONE "<!DOCTYPE a SYSTEM 'x'><a>&e;</a>", "undeclared-entity"},
        {ALONE DTD("<!ENTITY % p '<!ENTITY e \"x\">'>%p;") "<a>&e;</a>", "undeclared-entity"},
        {ALONE DTD("%p;") "<a/>", "undeclared-entity"},
        {DTD("<!ATTLIST a b CDATA '&e;'><!ENTITY e 'x'>") "<a/>", "undeclared-entity"},
        {DTD("<!ENTITY e SYSTEM 's'>") "<a b='&e;'/>", "entity-is-external"},
        {DTD("<!ENTITY e SYSTEM 's' NDATA n>") "<a>&e;</a>", "unparsed-entity"},
        {DTD("<!ENTITY e '&e;'>") "<a>&e;</a>", "entity-loop"},
        {DTD("<!ENTITY e '<b>&f;</b>'><!ENTITY f '&e;'>") "<a>&e;</a>", "entity-loop"},
        {DTD("<!ENTITY e '&f;'><!ENTITY f '&e;'>") "<a b='&e;'/>", "entity-loop"},
        {DTD("<!ENTITY % p '&#37;p;'>%p;") "<a/>", "entity-loop"},
        {DTD("<!ENTITY e '<'>") "<a b='&e;'/>", "lt-in-attribute"},
        {DTD("<!ENTITY e '&#60;'>") "<a b='&e;'/>", "lt-in-attribute"},
        {DTD("<!ENTITY e '<b>'>") "<a>&e;</b></a>", "tag-not-finished"},
        {DTD("<!ENTITY e '</b>'>") "<a><b>&e;</a>", "tag-name-mismatch"},
        {DTD("<!ENTITY e '<b'>") "<a>&e;/></a>", "gt-required"},
        {DTD("<!ENTITY e '<!--'>") "<a>&e;--></a>", "comment-not-finished"},
        {DTD("<!ENTITY e '<![CDATA['>") "<a>&e;]]></a>", "cdata-not-finished"},
        {DTD("<!ENTITY e '&#38;'>") "<a>&e;amp;</a>", "entityref-no-name"},
        {DTD("<!ENTITY e \"<?xml version='1.0'?>\">") "<a>&e;</a>", "reserved-xml-name"},
        {DTD("<!ENTITY e 'x'>") "<a/>&e;", "document-end"},
        {DTD("<!ENTITY % p '<!ENTITY e '>%p; 'x'>") "<a/>", "value-required"},
        {DTD("<!ENTITY % p ']'>%p;") "<a/>", "doctype-not-finished"},
        {DTD("<!ENTITY % p 'x'><!ENTITY e '%p;'>") "<a/>", "peref-in-int-subset"},
        {DTD("<!ENTITY % p 'e'><!ENTITY %p; 'x'>") "<a/>", "space-required"},
        {DTD("%p") "<a/>", "peref-semicol-missing"},
        {DTD("% p;") "<a/>", "name-required"},
        /* declarations */
        {DTD("<!ENTITY e '&'>") "<a/>", "entityref-no-name"},
        {DTD("<!ENTITY e '&f'>") "<a/>", "entityref-semicol-missing"},
        {DTD("<!ENTITY e '&#0;'>") "<a/>", "invalid-char"},
        {DTD("<!ENTITY e 'x>") "<a/>", "entity-not-finished"},
        {DTD("<!ENTITY e 'x\x01'>") "<a/>", "invalid-char"},
        {DTD("<!ENTITY e 'x\xff'>") "<a/>", "invalid-encoding"},
        {DTD("<!ENTITYe 'x'>") "<a/>", "space-required"},
        {DTD("<!ENTITY e'x'>") "<a/>", "space-required"},
        {DTD("<!ENTITY e SYSTEM's'>") "<a/>", "space-required"},
        {DTD("<!ENTITY e PUBLIC 'p''s'>") "<a/>", "space-required"},
        {DTD("<!ENTITY e PUBLIC 'p'>") "<a/>", "space-required"},
        {DTD("<!ENTITY e SYSTEM 's' NDATAn>") "<a/>", "space-required"},
        {DTD("<!ENTITY e SYSTEM 's'NDATA n>") "<a/>", "gt-required"},
        {DTD("<!ENTITY % e SYSTEM 's' NDATA n>") "<a/>", "gt-required"},
        {DTD("<!ENTITY e 'x' NDATA n>") "<a/>", "gt-required"},
        {DTD("<!ENTITY %e 'x'>") "<a/>", "space-required"},
        {DTD("<!ENTITY p:e 'x'>") "<a/>", "colon"},
        {DTD("<!NOTATION n>") "<a/>", "space-required"},
        {DTD("<!NOTATION n 'p'>") "<a/>", "notation-not-started"},
        {DTD("<!NOTATION p:n SYSTEM 's'>") "<a/>", "colon"},
        {DTD("<!ATTLIST a b NOTATION (m|p:n) #IMPLIED>") "<a/>", "colon"},
        {DTD("<!ENTITY e SYSTEM 's' NDATA p:n>") "<a/>", "colon"},
        {DTD("<!ENTITY % p:e 'x'>") "<a/>", "colon"},
        {DTD("<?p:q?>") "<a/>", "colon"},
        {DTD("<!ELEMENT a>") "<a/>", "space-required"},
        {DTD("<!ELEMENT a b>") "<a/>", "elemcontent-not-finished"},
        {DTD("<!ELEMENT a ()>") "<a/>", "name-required"},
        {DTD("<!ELEMENT a (b>") "<a/>", "elemcontent-not-finished"},
        {DTD("<!ELEMENT a (b,c|d)>") "<a/>", "elemcontent-not-finished"},
        {DTD("<!ELEMENT a (b|(c,d|e))>") "<a/>", "elemcontent-not-finished"},
        {DTD("<!ELEMENT a (b,)>") "<a/>", "name-required"},
        {DTD("<!ELEMENT a (b ?)>") "<a/>", "elemcontent-not-finished"},
        {DTD("<!ELEMENT a (#PCDATA|b)>") "<a/>", "elemcontent-not-finished"},
        {DTD("<!ELEMENT a (#PCDATA)+>") "<a/>", "gt-required"},
        {DTD("<!ELEMENT a (b|#PCDATA)*>") "<a/>", "name-required"},
        {DTD("<!ELEMENT a EMPTY EMPTY>") "<a/>", "gt-required"},
        {DTD("<!ATTLIST>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b CDATA>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b CDATA#IMPLIED>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b CDATA'x'>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b CDATA #FIXED'x'>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b CDATA 'x'c CDATA 'y'>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b(x) 'x'>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b (x)'x'>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b NOTATION(n) 'n'>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b NOTATION CDATA 'n'>") "<a/>", "notation-not-started"},
        {DTD("<!ATTLIST a b NOTATION (1) '1'>") "<a/>", "name-required"},
        {DTD("<!ATTLIST a b () 'x'>") "<a/>", "nmtoken-required"},
        {DTD("<!ATTLIST a b (x|) 'x'>") "<a/>", "nmtoken-required"},
        {DTD("<!ATTLIST a b (x y) 'x'>") "<a/>", "attlist-not-finished"},
        {DTD("<!ATTLIST a b cdata 'x'>") "<a/>", "attlist-not-finished"},
        {DTD("<!ATTLIST a b CDATAS 'x'>") "<a/>", "space-required"},
        {DTD("<!ATTLIST a b CDATA #DEFAULT>") "<a/>", "attribute-not-started"},
        {DTD("<!ATTLIST a b CDATA '<'>") "<a/>", "lt-in-attribute"},
        {DTD("<!ATTLIST a p:b CDATA 'x'>") "<a/>", "undefined-namespace"},
        {DTD("<!ATTLIST a p:b CDATA 'x'>") "<a xmlns:p='u' xmlns:q='u' q:b=''/>",
         "attribute-redefined"},
        {DTD("<!OTHER>") "<a/>", "doctype-not-finished"},
        {DTD("<![INCLUDE[]]>") "<a/>", "doctype-not-finished"},
        {DTD("x") "<a/>", "doctype-not-finished"},
        {DTD("<!-- -- -->") "<a/>", "hyphen-in-comment"},
        {"<!DOCTYPE a [", "doctype-not-finished"},
        {"<!DOCTYPE a [] x><a/>", "doctype-not-finished"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct events_log log = {.scanner = *state};
        scan(rows[i].document, &log);
        if (!log.code || strcmp(log.code, rows[i].code) != 0)
            fail_msg("%s: %s", rows[i].document, log.code ? log.code : "taken");
        buf_free(&log.text);
    }
}

/* Namespaces in XML 1.0 [15] to [21]. No prefix of a declaration need be declared. */
static void test_names_in_declarations_have_colons_in_their_place(void **state)
{
    static const char *const declarations[] = {
        "<!DOCTYPE %s><a/>",
        "<!DOCTYPE a [<!ELEMENT %s EMPTY>]><a/>",
        "<!DOCTYPE a [<!ELEMENT a (%s)>]><a/>",
        "<!DOCTYPE a [<!ELEMENT a (b, (c | %s+)*)>]><a/>",
        "<!DOCTYPE a [<!ELEMENT a (#PCDATA | %s)*>]><a/>",
        "<!DOCTYPE a [<!ATTLIST %s b CDATA #IMPLIED>]><a/>",
        "<!DOCTYPE a [<!ATTLIST a %s CDATA #IMPLIED>]><a/>",
        "<!DOCTYPE a [<!ATTLIST a b CDATA #IMPLIED %s CDATA #IMPLIED>]><a/>",
    };
    static const char *const wrong[] = {"p:a:b", ":a", "a:", ":", "p::a", "p:1", "xmlns:"};
    char document[200];
    for (size_t i = 0; i < sizeof declarations / sizeof *declarations; i++) {
        for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
            struct events_log log = {.scanner = *state};
            snprintf(document, sizeof document, declarations[i], wrong[k]);
            assert_int_equal(scan(document, &log), 1);
            if (!log.code || strcmp(log.code, "qname") != 0)
                fail_msg("%s: %s", document, log.code ? log.code : "taken");
            assert_int_equal(log.faults, 1);
            assert_int_equal(log.column, strstr(document, wrong[k]) - document + 1);
            buf_free(&log.text);
        }
        struct events_log log = {.scanner = *state};
        snprintf(document, sizeof document, declarations[i], "p:a");
        assert_int_equal(scan(document, &log), 1);
        assert_int_equal(log.faults, 0);
        buf_free(&log.text);
    }
}

/* The line and the column are those of the reference, in the document. */
static void test_places_in_entities_are_those_of_the_reference(void **state)
{
    struct events_log log = {.scanner = *state, .lines = true};
    assert_int_equal(scan(DTD("<!ENTITY e '\n\n<b>\n</b>\n'>\n") "<a>\n&e;\n<c/></a>", &log),
                     1);
    assert_string_equal(buf_string(&log.text),
                        "\n<-:a ->6\n\n\n\n<-:b ->7\n</>\n\n\n<-:c ->8</></>");
    buf_clear(&log.text);
    scan(DTD("<!ENTITY e '\n<b>\n'>") "<a>\n &e;</a>", &log);
    assert_int_equal(log.line, 4);
    assert_int_equal(log.column, 2);
    buf_free(&log.text);
}

static void test_entities_and_defaults_are_limited(void **state)
{
    static const char *const documents[] = {
        DTD("<!ENTITY a '0123456789'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
            "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>"
            "<!ENTITY e '&d;&d;'>") "<a>&e;</a>",
        DTD("<!ENTITY a ''><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
            "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>"
            "<!ENTITY e '&d;&d;&d;'>") "<a b='&e;'/>",
        DTD("<!ENTITY % a ''><!ENTITY % b '&#37;a;&#37;a;&#37;a;&#37;a;&#37;a;&#37;a;&#37;a;'>"
            "<!ENTITY % c '&#37;b;&#37;b;&#37;b;&#37;b;&#37;b;&#37;b;&#37;b;&#37;b;&#37;b;'>"
            "<!ENTITY % d '&#37;c;&#37;c;&#37;c;&#37;c;&#37;c;&#37;c;&#37;c;&#37;c;&#37;c;'>"
            "%d;%d;%d;%d;") "<a/>",
    };
    struct buf document = {0};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        struct events_log log = {.scanner = *state};
        assert_int_equal(scan(documents[i], &log), 0);
        assert_string_equal(log.code, "limit-entity");
        buf_free(&log.text);
    }
    /* Defaults count once they are ten times the document. */
    buf_append_string(&document, "<!DOCTYPE a [<!ATTLIST b c CDATA '");
    for (int i = 0; i < 1000; i++)
        buf_append_char(&document, 'x');
    buf_append_string(&document, "'>]><a>");
    for (int i = 0; i < 100; i++)
        buf_append_string(&document, "<b/>");
    buf_append_string(&document, "</a>");
    struct events_log log = {.scanner = *state};
    assert_int_equal(scan(buf_string(&document), &log), 0);
    assert_string_equal(log.code, "limit-entity");
    buf_free(&log.text);
    buf_free(&document);
}

/* Each reference counts as a byte, too. */
static void test_entities_expand_to_the_limit_and_no_further(void **state)
{
    static const char *const uses[] = {"<a>&e;</a>", "<a b='&e;'/>"};
    for (int extra = 0; extra < 2; extra++)
        for (int i = 0; i < 2; i++) {
            struct buf document = {0};
            struct events_log log = {.scanner = *state};
            buf_append_string(&document, "<!DOCTYPE a [<!ENTITY e '");
            for (int j = 0; j < 9999 + extra; j++)
                buf_append_char(&document, 'x');
            buf_append_format(&document, "'>]>%s", uses[i]);
            assert_int_equal(scan(buf_string(&document), &log), !extra);
            if (extra)
                assert_string_equal(log.code, "limit-entity");
            buf_free(&document);
            buf_free(&log.text);
        }
}

static void test_defaults_expand_to_the_limit_and_no_further(void **state)
{
    for (int elements = 20; elements <= 21; elements++) {
        struct buf document = {0};
        struct events_log log = {.scanner = *state};
        buf_append_string(&document, "<!DOCTYPE a [<!ATTLIST b c CDATA '");
        for (int i = 0; i < 499; i++)
            buf_append_char(&document, 'x');
        buf_append_string(&document, "'>]><a>");
        for (int i = 0; i < elements; i++)
            buf_append_string(&document, "<b/>");
        buf_append_string(&document, "</a>");
        assert_int_equal(scan(buf_string(&document), &log), elements == 20);
        if (elements > 20)
            assert_string_equal(log.code, "limit-entity");
        buf_free(&document);
        buf_free(&log.text);
    }
}

static void test_entities_may_be_so_deep_and_no_deeper(void **state)
{
    for (int depth = 64; depth <= 65; depth++) {
        struct buf document = {0};
        struct events_log log = {.scanner = *state};
        buf_append_string(&document, "<!DOCTYPE a [<!ENTITY e1 ''>");
        for (int i = 2; i <= depth; i++)
            buf_append_format(&document, "<!ENTITY e%d '&e%d;'>", i, i - 1);
        buf_append_format(&document, "]><a>&e%d;</a>", depth);
        assert_int_equal(scan(buf_string(&document), &log), depth == 64);
        assert_true(depth == 64 || strcmp(log.code, "limit-entity") == 0);
        buf_free(&document);
        buf_free(&log.text);
    }
}

/* What one document declares, the next has not. */
static void test_declarations_end_with_their_document(void **state)
{
    struct events_log log = {.scanner = *state};
    assert_int_equal(scan(DTD("<!ENTITY e 'x'><!ATTLIST a b CDATA 'd'>") "<a>&e;</a>", &log),
                     1);
    buf_clear(&log.text);
    assert_int_equal(scan("<a/>", &log), 1);
    assert_string_equal(buf_string(&log.text), "\n<-:a -></>");
    assert_int_equal(scan(DTD("") "<a>&e;</a>", &log), 0);
    buf_free(&log.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entities_are_replaced),
        cmocka_unit_test(test_elements_in_entities_take_the_namespaces_in_scope),
        cmocka_unit_test(test_attributes_have_their_defaults),
        cmocka_unit_test(test_values_that_are_tokens_are_trimmed),
        cmocka_unit_test(test_parameter_entities_declare),
        cmocka_unit_test(test_all_declarations_are_read),
        cmocka_unit_test(test_what_is_not_read_is_told),
        cmocka_unit_test(test_a_parameter_entity_that_is_not_read_is_told),
        cmocka_unit_test(test_a_document_that_stands_alone_is_believed),
        cmocka_unit_test(test_what_is_wrong_is_told),
        cmocka_unit_test(test_names_in_declarations_have_colons_in_their_place),
        cmocka_unit_test(test_places_in_entities_are_those_of_the_reference),
        cmocka_unit_test(test_entities_and_defaults_are_limited),
        cmocka_unit_test(test_entities_expand_to_the_limit_and_no_further),
        cmocka_unit_test(test_defaults_expand_to_the_limit_and_no_further),
        cmocka_unit_test(test_entities_may_be_so_deep_and_no_deeper),
        cmocka_unit_test(test_declarations_end_with_their_document),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
