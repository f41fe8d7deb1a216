/* SPDX-License-Identifier: MIT
 *
 * The lines of faults against a schema, which are counted when a fault is told: in entities,
 * and of what is only known to be wrong much later.
 */
#include "document_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A list of lists of references to the items of each. */
static const char schema[] =
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
    "<xs:element name='r'><xs:complexType><xs:sequence><xs:element ref='s' minOccurs='0'"
    " maxOccurs='unbounded'/></xs:sequence></xs:complexType></xs:element>"
    "<xs:element name='s'><xs:complexType><xs:sequence><xs:element name='i' minOccurs='0'"
    " maxOccurs='unbounded'><xs:complexType><xs:attribute name='key'/><xs:attribute"
    " name='of'/><xs:attribute name='idref' type='xs:IDREF'/></xs:complexType></xs:element>"
    "</xs:sequence></xs:complexType>"
    "<xs:key name='k'><xs:selector xpath='i'/><xs:field xpath='@key'/></xs:key>"
    "<xs:keyref name='f' refer='k'><xs:selector xpath='i'/><xs:field xpath='@of'/></xs:keyref>"
    "</xs:element></xs:schema>";

static const struct {
    const char *document;
    const char *lines; /* of its faults, as they are told */
} rows[] = {
    {"<r>\n\nx</r>", "3"},
    {"<r>\n\n x\n\ny\n</r>", "3"},
    {"<r>\n<![CDATA[\n\n]]>\nx</r>", "5"},
    {"<r>&#10;\n&#120;</r>", "2"},
    /* An entity's text has no lines: the reference to it has. */
    {"<!DOCTYPE r [<!ENTITY e 'x\n\n'>]>\n<r>\n&e;</r>", "5"},
    {"<!DOCTYPE r [<!ENTITY e '\n\n<s>\n<x/></s>'>]>\n<r>\n&e;</r>", "6"},
    {"<!DOCTYPE r [<!ENTITY e '\n<s/>\n&f;'><!ENTITY f '\n<x/>'>]><r>\n\n&e;<x/>\n</r>", "6 6"},
    /* References are looked up where their scope ends, IDREFs where the document does. */
    {"<r>\n<s>\n<i key='1' of='2'/>\n<i key='3' of='4'/></s>\n<s><i key='1' of='1'/>\n"
     "<i key='2' of='3'/>\n</s></r>",
     "3 4 6"},
    {"<r><s>\n<i key='1' idref='a'/>\n<i key='2' of='x'/>\n<i key='3' idref='b'/></s></r>",
     "3 2 4"},
    {"<!DOCTYPE r [<!ENTITY e '\n<i key=\"1\" of=\"2\"/>'>]>\n<r>\n<s>&e;\n</s></r>", "4"},
};

static void test_lines_are_those_of_what_is_wrong(void **state)
{
    (void)state;
    char file[] = "/tmp/thresh-lines-XXXXXX", lines[64];
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, schema, sizeof schema - 1), sizeof schema - 1);
    close(fd);
    struct reader_of_documents reader = {0};
    set_option(&reader, "schema", file);
    open_parser(&reader);
    for (size_t i = 0; i < COUNT(rows); i++) {
        read_document(&reader, rows[i].document);
        lines[0] = '\0';
        for (size_t f = 0; f < reader.record.n_faults; f++)
            snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%s%u", f ? " " : "",
                     (unsigned)reader.record.faults[f].line);
        if (strcmp(lines, rows[i].lines) != 0)
            fail_msg("row %zu: lines %s", i, lines);
    }
    close_parser(&reader);
    unlink(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_those_of_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
