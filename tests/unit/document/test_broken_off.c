/* SPDX-License-Identifier: MIT
 *
 * A worker reads one document after another. What was open where one breaks off, wherever that
 * is, shows in no record of the next.
 */
#include "document_test.h"

#include "record/format.h"
#include "scratch.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char xsd[] =
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:r' "
    "xmlns='urn:r' elementFormDefault='qualified'><xs:element name='r'><xs:complexType "
    "mixed='true'><xs:sequence><xs:element name='k' maxOccurs='unbounded'><xs:complexType>"
    "<xs:simpleContent><xs:extension base='xs:string'><xs:attribute name='id' type='xs:ID'/>"
    "<xs:attribute name='ref' type='xs:IDREF'/><xs:attribute name='n' type='xs:int'/>"
    "<xs:attribute name='q' type='xs:QName'/></xs:extension></xs:simpleContent>"
    "</xs:complexType></xs:element><xs:element name='m'><xs:complexType><xs:all><xs:element "
    "name='a' type='xs:int'/><xs:element name='b' type='xs:int'/></xs:all></xs:complexType>"
    "</xs:element></xs:sequence></xs:complexType><xs:key name='by-n'><xs:selector xmlns:r="
    "'urn:r' xpath='r:k'/><xs:field xpath='@n'/></xs:key><xs:keyref name='to-n' refer='by-n'>"
    "<xs:selector xmlns:r='urn:r' xpath='r:m'/><xs:field xmlns:r='urn:r' xpath='r:a'/>"
    "</xs:keyref></xs:element></xs:schema>";

static const char relaxng[] =
    "<element name='r' ns='urn:r' xmlns='http://relaxng.org/ns/structure/1.0' "
    "datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'><mixed><oneOrMore><element "
    "name='k'><optional><attribute name='id' ns=''><data type='ID'/></attribute></optional>"
    "<optional><attribute name='ref' ns=''><data type='IDREF'/></attribute></optional>"
    "<optional><attribute name='n' ns=''><data type='int'/></attribute></optional><optional>"
    "<attribute name='q' ns=''><text/></attribute></optional><text/></element></oneOrMore>"
    "<element name='m'><interleave><element name='a'><data type='int'/></element><element "
    "name='b'><data type='int'/></element></interleave></element></mixed></element>";

/* Sound, and with something wrong of each kind. */
static const char *const documents[] = {
    "<!DOCTYPE r [<!ENTITY e 'of &f;'><!ENTITY f '<!--c-->it'><!ATTLIST k q CDATA 'p:d'>]>"
    "<r xmlns='urn:r' xmlns:p='urn:p'>text <k id='x' n='1'>one &amp; &e;<![CDATA[ < ]]></k>"
    "<?pi data?><k ref='x' n='2' q='p:y'>two</k><!-- c --> more <m><b>2</b><a>1</a></m></r>\n",
    "<?xml version='1.0' encoding='ISO-8859-1'?><!DOCTYPE r [<!ENTITY e 'o'>]>"
    "<r xmlns='urn:r'>\xe9 <k id='x' n='1'>\xe8&e;</k><k id='x' ref='y' n='1' q='p:y'/>"
    "<k n='z' o='1'><m/></k><m><a>3</a><b>x</b><b>1</b></m><s/></r>",
};

/* What is set besides the schema. */
static const struct way {
    const char *schema;
    const char *extractions[3];
} ways[] = {
    {NULL, {"a=//@n", "b=count(//*)", "c=string(//*[local-name()='m'])"}},
    {NULL, {"a=/*/node()", "b=//*[last()]", "c=//text()[contains(., 't')]"}},
    {xsd, {"a=//@n", "b=//@id"}},
    {xsd, {"a=//*[@id]/following::*"}},
    {relaxng, {"a=//@n"}},
};

static void tell(struct reader_of_documents *reader, const char *document, size_t len,
                 struct buf *text)
{
    struct thresh_error error;
    record_clear(&reader->record);
    if (document_process(reader->parser, document, len, &reader->record, &error) < 0)
        fail_msg("%s", error.text);
    buf_clear(text);
    assert_int_equal(format_record(text, &reader->record, &reader->rules.layout), 0);
}

static void begin(struct reader_of_documents *reader, const struct way *way)
{
    if (way->schema)
        set_option(reader, "schema", write_file("schema", way->schema));
    for (size_t i = 0; i < COUNT(way->extractions) && way->extractions[i]; i++)
        set_option(reader, "extract", way->extractions[i]);
    set_option(reader, "format", "ndjson");
    open_parser(reader);
}

static void check(const struct way *way, const char *broken)
{
    struct reader_of_documents reader = {0};
    struct buf fresh[COUNT(documents)] = {{0}}, text = {0};
    for (size_t i = 0; i < COUNT(documents); i++) {
        struct reader_of_documents first = {0};
        begin(&first, way);
        tell(&first, documents[i], strlen(documents[i]), &fresh[i]);
        close_parser(&first);
    }
    begin(&reader, way);
    for (size_t len = 0; len < strlen(broken); len++)
        for (size_t i = 0; i < COUNT(documents); i++) {
            tell(&reader, broken, len, &text);
            tell(&reader, documents[i], strlen(documents[i]), &text);
            if (strcmp(buf_string(&text), buf_string(&fresh[i])) != 0)
                fail_msg("after %.*s\n%s is not\n%s", (int)len, broken, buf_string(&text),
                         buf_string(&fresh[i]));
        }
    close_parser(&reader);
    for (size_t i = 0; i < COUNT(documents); i++)
        buf_free(&fresh[i]);
    buf_free(&text);
}

static void what_breaks_off_leaves_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++)
        for (size_t j = 0; j < COUNT(documents); j++)
            check(&ways[i], documents[j]);
}

/* The documents are what they are said to be, or it would be a test of little. */
static void the_documents_say_much(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct reader_of_documents reader = {0};
        begin(&reader, &ways[i]);
        read_document(&reader, documents[0]);
        assert_int_equal(reader.record.verdict,
                         ways[i].schema ? VERDICT_VALID : VERDICT_WELLFORMED);
        read_document(&reader, documents[1]);
        assert_int_equal(reader.record.verdict,
                         ways[i].schema ? VERDICT_INVALID : VERDICT_WELLFORMED);
        assert_true(reader.record.faults_total >= (ways[i].schema == xsd ? 6 : 0));
        close_parser(&reader);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documents_say_much),
        cmocka_unit_test(what_breaks_off_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
