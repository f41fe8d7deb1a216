/* SPDX-License-Identifier: MIT
 *
 * What RELAX NG says of a document, its IDs and references among it.
 */
#include "document_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define ATTRIBUTE(name, type)                                                                  \
    "<optional><attribute name='" name "'><data type='" type "'/></attribute></optional>"

static const char references_schema[] =
    "<element name='r' xmlns='http://relaxng.org/ns/structure/1.0'"
    " datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'><zeroOrMore>"
    "<element name='a'>" ATTRIBUTE("id", "ID") ATTRIBUTE("ref", "IDREF")
        ATTRIBUTE("refs", "IDREFS") "<empty/></element></zeroOrMore></element>";

static const struct row {
    const char *document;
    const char *fault; /* its words and line; NULL: valid */
    unsigned line;
    unsigned n_faults;
} rows[] = {
    {"<r><a id='x' ref='y'/><a id='y' refs=' x  y '/></r>", NULL, 0, 0},
    {"<r><a ref='x'/><a id='x'/></r>", NULL, 0, 0},
    {"<r>\n<a id='x' ref='z'/></r>", "attribute 'ref' refers to the ID 'z'", 2, 1},
    {"<r><a id='x' refs='x z\tv'/></r>", "attribute 'refs' refers to the ID 'z'", 1, 2},
    {"<r><a ref='z'/>\n<a ref='v'/></r>", "attribute 'ref' refers to the ID 'z'", 1, 2},
    {"<r><a id='x'/>\n<a id='x'/></r>", "Invalid attribute id for element a", 2, 1},
    /* Defaults of the internal subset are attributes like any other. */
    {"<!DOCTYPE r [<!ATTLIST a ref IDREF 'x'>]><r><a id='x'/></r>", NULL, 0, 0},
    {"<!DOCTYPE r [<!ATTLIST a id ID #IMPLIED>]><r><a id='x' ref='x'/></r>", NULL, 0, 0},
    {"<!DOCTYPE r [<!ATTLIST a ref IDREF 'z'>]><r><a id='x'/></r>", "refers to the ID 'z'", 1,
     1},
    {"<!DOCTYPE r [<!ATTLIST a id CDATA 'x'>]><r><a/><a/></r>", "Invalid attribute id", 1, 1},
    /* Where something else is wrong, what was not looked at may hold the ID. */
    {"<r><a ref='z'/>\n<b id='z'/></r>", "b", 2, 1},
};

static void test_references_need_their_ids(void **state)
{
    (void)state;
    char file[] = "/tmp/thresh-relaxng-XXXXXX";
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, references_schema, sizeof references_schema - 1),
                     sizeof references_schema - 1);
    close(fd);
    struct reader_of_documents reader = {0};
    set_option(&reader, "schema", file);
    open_parser(&reader);
    for (size_t i = 0; i < COUNT(rows); i++) {
        read_document(&reader, rows[i].document);
        const struct record *record = &reader.record;
        assert_int_equal(record->verdict, rows[i].fault ? VERDICT_INVALID : VERDICT_VALID);
        if (!rows[i].fault) {
            assert_int_equal(record->faults_total, 0);
            continue;
        }
        struct text_span message = record->faults[0].message;
        assert_non_null(memmem(record_text(record, message), message.len, rows[i].fault,
                               strlen(rows[i].fault)));
        assert_int_equal(record->faults[0].line, rows[i].line);
        if (rows[i].n_faults)
            assert_true(record->faults_total >= rows[i].n_faults);
    }
    close_parser(&reader);
    unlink(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references_need_their_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
