/* SPDX-License-Identifier: MIT
 *
 * Simple types: tables of texts that are and are not values of built-in and derived types, of
 * values that are and are not equal, and of derivations that are refused or made with a
 * warning.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xsd/datatype/datatype.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Facets in tables are fixed only where they say so. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const char *find_uri(void *context, const char *prefix, size_t len)
{
    (void)context;
    if (len == 0)
        return "urn:default";
    if (len == 1 && *prefix == 'p')
        return "urn:p";
    if (len == 1 && *prefix == 'q')
        return "urn:p";
    return NULL;
}

static const struct prefixes prefixes = {find_uri, NULL, NULL};

static struct datatypes *set;
static struct datatype_scratch scratch;

static int set_up(void **state)
{
    (void)state;
    set = datatypes_new();
    return set ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    datatypes_free(set);
    datatype_scratch_free(&scratch);
    return 0;
}

/* The rules of all warnings, a space between. */
static char warned[512];

static void on_warning(void *context, const char *rule, const char *text)
{
    (void)context;
    assert_true(*text);
    snprintf(warned + strlen(warned), sizeof warned - strlen(warned), "%s%s",
             *warned ? " " : "", rule);
}

static const struct datatype *restrict_by(const struct datatype *base,
                                          const struct facet *facets, size_t n,
                                          struct thresh_error *error)
{
    const struct datatype_warnings warnings = {on_warning, NULL};
    warned[0] = '\0';
    return datatypes_restrict(set, base, facets, n, &prefixes, &warnings, error);
}

static const struct datatype *builtin(const char *name)
{
    const struct datatype *type = datatypes_builtin(set, name);
    assert_non_null(type);
    return type;
}

static int check(const struct datatype *type, const char *text, const char **code)
{
    /* A copy of just the text's length, so that the address sanitizer sees a byte read too
     * far. */
    size_t len = strlen(text);
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    int rc = datatype_check(type, copy, len, &prefixes, &scratch, code);
    free(copy);
    return rc;
}

/* -- Built-in types ------------------------------------------------------------------- */

/* Texts are separated by '~', because white space matters. */
static const struct {
    const char *type;
    const char *valid;
    const char *invalid;
} builtin_rows[] = {
    {"anySimpleType", "~ a b ~\n", NULL},
    {"string", "~ a\t\nb ~\xc3\xa4", NULL},
    {"normalizedString", "~ a\t\nb ~x", NULL},
    {"token", "~ a\t\n b ~x", NULL},
    {"boolean", "true~false~1~0~ true ~\n0\t", "~TRUE~True~2~t~tru~yes~10~t rue~truE~falsey"},
    {"decimal",
     "0~-0~+0~1~-1~+1~1.~.1~1.5~-.5~+00001.1000~ 1 ~\n1.5\t~123456789012345678901234567890~"
     "0.000000000000000000000000000000000000001",
     "~.~+~-~+.~1e3~1 2~1,5~0x1~INF~NaN~--1~1-~1.2.3~\xd9\xa1"},
    {"integer", "0~-0~+0~1~007~ 12 ~123456789012345678901234567890~-99999999999999999999999",
     "~1.~1.0~.0~+~-~1e2~ ~1 2~a"},
    {"nonPositiveInteger", "0~-0~+0~-1~-99999999999999999999999", "1~+1~~0.0"},
    {"negativeInteger", "-1~-00001~-99999999999999999999999", "0~-0~1~"},
    {"nonNegativeInteger", "0~-0~1~+1~99999999999999999999999", "-1~~-0001"},
    {"positiveInteger", "1~+1~0001~99999999999999999999999", "0~-0~-1~00~"},
    {"long", "9223372036854775807~-9223372036854775808~+0009223372036854775807",
     "9223372036854775808~-9223372036854775809~10000000000000000000~1.0"},
    {"int", "2147483647~-2147483648~0", "2147483648~-2147483649~99999999999"},
    {"short", "32767~-32768", "32768~-32769"},
    {"byte", "127~-128~+127", "128~-129~1000"},
    {"unsignedLong", "18446744073709551615~0~-0~+1", "18446744073709551616~-1"},
    {"unsignedInt", "4294967295~0", "4294967296~-1"},
    {"unsignedShort", "65535~0", "65536~-1"},
    {"unsignedByte", "255~0", "256~-1"},
    {"float", "0~-0~1~1.~.5~1e3~1E+3~1.e-3~-1.5E-10~INF~-INF~NaN~ INF ~1e999~1e-999~+1",
     "~+INF~inf~nan~-NaN~1e~e1~1e1.5~0x1p3~1e+~.~infinity~1 e3~1f~.e1~++1~INFe1"},
    {"double", "0~-0~1~1.~.5~1e3~1E+3~INF~-INF~NaN~\tNaN\n~1e99999999999999999999",
     "~+INF~Infinity~1e~1d~e~1e1e1"},
    {"duration",
     "P1Y~P1M~P1D~PT1H~PT1M~PT1S~PT1.5S~P1Y2M3DT4H5M6.7S~-P1D~ P1D ~P0Y~PT0S~P1347Y~P1Y3D~"
     "P1YT1S~P99999999999999999999Y",
     "~P~PT~P1~1Y~P1S~P-1Y~+P1Y~P1YT~P1M1Y~PT1D~P1.5Y~PT.5S~PT1.S~P1Y1Y~--P1Y~PT1H1H~p1Y~P 1Y~"
     "P1DT1Y~PT1.5M~P1H~PT1S1M~-P~P1T1S~P1Y2M3T4H~P1~P1Y2~PT1~P1YT2~-P9T1.5S"},
    {"dateTime",
     "2000-01-01T00:00:00~2000-01-01T24:00:00~2000-12-31T23:59:59.999Z~12000-01-01T00:00:00~"
     "-0001-01-01T00:00:00~2000-02-29T12:00:00+14:00~2000-02-29T12:00:00-14:00~"
     " 2000-01-01T00:00:00 ~\n2000-01-01T00:00:00Z\n~2000-01-01T24:00:00.000Z~"
     "2000-01-01T00:00:00.12345678901234567890123~99999999999999999999999-01-01T00:00:00~"
     "2000-01-01T00:00:00+00:00~2000-01-01T00:00:00-13:59",
     "~2000-01-01~0000-01-01T00:00:00~-0000-01-01T00:00:00~2000-13-01T00:00:00~"
     "2000-00-01T00:00:00~2000-01-32T00:00:00~2000-01-00T00:00:00~1900-02-29T00:00:00~"
     "2001-02-29T00:00:00~2000-04-31T00:00:00~2000-01-01T24:00:01~2000-01-01T24:01:00~"
     "2000-01-01T24:00:00.1~2000-01-01T25:00:00~2000-01-01T00:60:00~2000-01-01T00:00:60~"
     "2000-01-01T00:00:00.~2000-01-01T00:00~2000-01-01T00:00:00+14:01~"
     "2000-01-01T00:00:00+15:00~2000-01-01T00:00:00z~2000-01-01t00:00:00~"
     "2000-01-01 00:00:00~200-01-01T00:00:00~02000-01-01T00:00:00~+2000-01-01T00:00:00~"
     "2000-1-01T00:00:00~2000-01-01T0:00:00~2000-01-01T00:00:00+1:00~"
     "2000-01-01T00:00:00+01:60~2000-01-01T00:00:00+0100~2000-01-01T00:00:00 Z~"
     "2000-01-01T00:00:00ZZ~00000-01-01T00:00:00~2000-01-01T-1:00:00"},
    {"time", "00:00:00~24:00:00~23:59:59~12:00:00.5Z~12:00:00+01:00~ 12:00:00 ~00:00:00-14:00",
     "~24:00:01~12:00~1:00:00~12:00:60~12:60:00~T12:00:00~12:00:00+14:30~12:00:00.~-1:00:00"},
    {"date",
     "2000-01-01~2000-02-29~2004-02-29~2000-01-01Z~2000-01-01+05:30~ 2000-01-01\n~12345-01-01~"
     "-0004-02-29~-2000-01-01-05:00",
     "~2000-02-30~2001-02-29~1900-02-29~2000-1-1~00-01-01~2000-01-01T00:00:00~2000/01/01~"
     "2000-01~0000-01-01~2000-01-01+~2000-01-01-14:01~2000-01-01 Z~20000101~2000-11-31"},
    {"gYearMonth", "2000-01~2000-12Z~-2000-12~12000-01+14:00~ 2000-01 ",
     "~2000~2000-13~2000-00~2000-1~2000-01-01~0000-01"},
    {"gYear", "2000~-0001~12000~2000Z~2000-05:00~ 2000 ~9999+00:00",
     "~0000~200~02000~20~2000-~2000-01~+2000~2000-15:00"},
    {"gMonthDay", "--01-01~--02-29~--12-31Z~--04-30+01:00~ --01-01 ",
     "~--02-30~--04-31~--13-01~--1-1~01-01~-01-01~---01-01~--01-00~--0101"},
    {"gDay", "---01~---31~---31Z~---15-05:00~\t---01",
     "~---00~---32~--01~---1~01~----01~---011"},
    {"gMonth", "--01~--12~--12Z~--01+14:00~ --02 ", "~--00~--13~--1~-01~---01~--01--~--01-01"},
    {"hexBinary", "~00~0F~aF~ AB \n~0123456789abcdefABCDEF", "0~0g~A B~abc~0x00"},
    {"base64Binary",
     "~AAAA~AAA=~AA==~ A A A A ~AQ==~AQ = =~AAAA AAAA~A\nAAA~Zm9v~+/+/~A A==~  AAAA\n\tAAAA  ",
     "A~AA~AAA~AAAAA~A===~AB==~AAB=~====~=~AA=~AA===~AAAA=~AA=A~A*AA~AA==AAAA~AAA=="},
    {"anyURI",
     "~http://example.org/~a b~../a?b#c~\xc3\xa4~urn:x:y~mailto:a@b~%41~http://[::1]:80/~?a[b]~"
     "#a[b]~{}~C:\\x~file:///c:/x~ http://a/ ~a:b:c~./1a:b~#~?~/~//h/p~a/b:c~http://u@[::1]/",
     "%~%4~%zz~a#b#c~:foo~1a:b~http://[::1~http://a]b/~a[b~+a:b~##~http://a/%g0~?%~#%a"},
    {"QName", "a~p:a~ p:a ~_~p:_-.1~xml:lang~\xc3\xa4", "~x:a~:a~p:~p:a:b~1~p:1~a b~p: a"},
    {"NOTATION", "a~p:a", "~x:a~:a~1"},
    {"language", "en~en-US~x-klingon~ de ~abcdefgh~i-a-b-c~en-12345678",
     "~e1~en_US~abcdefghi~-en~en-~en--US~1~en-123456789~\xc3\xa4"},
    {"NMTOKEN", "a~1~-~.~:~a:b:c~ x ~\xc3\xa4~a\xc2\xb7~\xcc\x80~\xf0\x90\x80\x80~::",
     "~a b~a,b~@~a/b~\xc3\x97~a\xe2\x80\xa8"},
    {"Name", "a~_~:~a:b~:a~ x ~\xc3\xa4~a1-.\xc2\xb7", "~1~-a~.a~a b~\xc2\xb7~\xcc\x80"},
    {"NCName", "a~_~a1~ x ~\xc3\xa4~a-.\xc2\xb7\xcc\x80", "~1~:~a:b~:a~a:~-a~a b~a@~\xc3\x97"},
    {"ID", "a~ _1 ", "~1~a:b~a b"},
    {"IDREF", "a~ _1 ", "~1~a:b~a b"},
    {"ENTITY", "a~ _1 ", "~1~a:b~a b"},
    {"NMTOKENS", "a~a b~ 1  2\n3 ~:", "~ ~a ,~a @ b"},
    {"IDREFS", "a~a b~ a\tb ", "~ ~1~a 1"},
    {"ENTITIES", "a~a b", "~1~a 1~\n"},
};

/* Whether the code is that of the rule. "literal" is any rule that a literal of a built-in type
 * breaks: those of its items or of its bounds, too. */
static bool rule_fits(const struct datatype *type, const char *rule, const char *code)
{
    if (strcmp(rule, "literal") != 0)
        return strcmp(code, rule) == 0;
    if (datatype_derives(type, datatypes_builtin(set, "integer")) &&
        (strcmp(code, "cvc-minInclusive-valid") == 0 ||
         strcmp(code, "cvc-maxInclusive-valid") == 0))
        return true;
    const char *name = datatype_name(type);
    if (strcmp(name, "xs:NMTOKENS") == 0 || strcmp(name, "xs:IDREFS") == 0 ||
        strcmp(name, "xs:ENTITIES") == 0)
        return strcmp(code, "cvc-datatype-valid.1.2.2") == 0 ||
               strcmp(code, "cvc-minLength-valid") == 0;
    return strcmp(code, "cvc-datatype-valid.1.2.1") == 0;
}

/* How many of the texts are not valid, if `fault` is NULL, or do not break the rule `fault`. */
static size_t check_texts(const struct datatype *type, const char *name, const char *texts,
                          const char *fault)
{
    size_t wrong = 0;
    while (texts) {
        char text[256];
        const char *end = strchrnul(texts, '~');
        size_t len = (size_t)(end - texts);
        memcpy(text, texts, len);
        text[len] = '\0';
        const char *code = "valid";
        int rc = check(type, text, &code);
        bool right = rc == (fault != NULL) && (!fault || rule_fits(type, fault, code)) &&
                     (!fault || strchr(scratch.fault.data, '\''));
        if (!right) {
            print_error("%s '%s': %s\n", name, text, code);
            wrong++;
        }
        texts = *end ? end + 1 : NULL;
    }
    return wrong;
}

static void test_literals_of_built_in_types_are_told_from_other_texts(void **state)
{
    (void)state;
    size_t wrong = 0;
    assert_int_equal(COUNT(builtin_rows), 45);
    for (size_t i = 0; i < COUNT(builtin_rows); i++) {
        const char *name = builtin_rows[i].type;
        wrong += check_texts(builtin(name), name, builtin_rows[i].valid, NULL);
        wrong += check_texts(builtin(name), name, builtin_rows[i].invalid, "literal");
    }
    assert_int_equal(wrong, 0);
    assert_null(datatypes_builtin(set, "anyAtomicType"));
    assert_null(datatypes_builtin(set, "xs:string"));
    assert_string_equal(datatype_name(builtin("gMonthDay")), "xs:gMonthDay");
}

/* -- Facets --------------------------------------------------------------------------- */

struct facet_row {
    const char *base;
    struct facet facets[4]; /* to the first without a value */
    const char *valid;
    const char *invalid; /* all by `code` */
    const char *code;
};

static const struct facet_row facet_rows[] = {
    {"string",
     {{FACET_MAX_LENGTH, "3"}},
     "~abc~\xc3\xa4\xc3\xa4\xc3\xa4~   ~\xf0\x9f\x98\x80zz",
     "abcd~    ~\xc3\xa4\xc3\xa4\xc3\xa4x",
     "cvc-maxLength-valid"},
    {"string",
     {{FACET_MIN_LENGTH, " 2 "}},
     "ab~\xc3\xa4\xc3\xa4~  ",
     "~a~\xc3\xa4",
     "cvc-minLength-valid"},
    {"string", {{FACET_LENGTH, "+02"}}, "ab~\xc3\xa4\xc3\xa4", "~a~abc", "cvc-length-valid"},
    {"string", {{FACET_MAX_LENGTH, "99999999999999999999999999"}}, "a", NULL, NULL},
    {"token", {{FACET_LENGTH, "3"}}, "a b~ a  b ~\na\tb", "a  bc~ab", "cvc-length-valid"},
    {"string",
     {{FACET_WHITE_SPACE, "collapse"}, {FACET_MAX_LENGTH, "1"}},
     " a ~  ",
     "a b",
     "cvc-maxLength-valid"},
    {"string",
     {{FACET_WHITE_SPACE, "replace"}, {FACET_PATTERN, "a b"}},
     "a\tb~a\nb",
     "a  b",
     "cvc-pattern-valid"},
    {"anyURI",
     {{FACET_MAX_LENGTH, "3"}},
     "a/b~\xc3\xa4\xc3\xa4\xc3\xa4~ a/b ",
     "abcd",
     "cvc-maxLength-valid"},
    {"hexBinary", {{FACET_LENGTH, "2"}}, "0011~ abcd ", "00~001122~", "cvc-length-valid"},
    {"base64Binary", {{FACET_LENGTH, "2"}}, "AAA=~A A A =", "AAAA~AA==~", "cvc-length-valid"},
    {"base64Binary", {{FACET_LENGTH, "1"}}, "AA==~A Q = =", "AAAA~AAA=~", "cvc-length-valid"},
    {"NMTOKENS", {{FACET_MAX_LENGTH, "2"}}, "a~a b~ a  b ", "a b c", "cvc-maxLength-valid"},
    {"NMTOKENS", {{FACET_PATTERN, "a b"}}, "a b~ a \t b ", "a~b a", "cvc-pattern-valid"},
    {"NMTOKENS",
     {{FACET_ENUMERATION, "a b"}, {FACET_ENUMERATION, " c "}},
     "a b~ a  b ~c",
     "a~b~ab~c c",
     "cvc-enumeration-valid"},
    {"decimal",
     {{FACET_MIN_INCLUSIVE, "1.50"}},
     "1.5~2~1.500~10",
     "1.49999~-2~0",
     "cvc-minInclusive-valid"},
    {"decimal",
     {{FACET_MIN_EXCLUSIVE, "-1.5"}},
     "-1.4~0~1",
     "-1.5~-1.50~-2~-10",
     "cvc-minExclusive-valid"},
    {"decimal",
     {{FACET_MAX_INCLUSIVE, "100000000000000000000.5"}},
     "100000000000000000000.5~1~-999999999999999999999999",
     "100000000000000000000.51~1000000000000000000000",
     "cvc-maxInclusive-valid"},
    {"decimal",
     {{FACET_MAX_EXCLUSIVE, "0"}},
     "-0.001~-1",
     "0~-0~0.0~1",
     "cvc-maxExclusive-valid"},
    {"decimal",
     {{FACET_TOTAL_DIGITS, "3"}},
     "123~1.23~000123~123.000~0.123~-12.3~0",
     "1234~0.1234~12.34~1000",
     "cvc-totalDigits-valid"},
    {"decimal", {{FACET_TOTAL_DIGITS, "1"}}, "5~0.5~0", "0.05~10~1.5", "cvc-totalDigits-valid"},
    {"decimal",
     {{FACET_FRACTION_DIGITS, "2"}},
     "1~1.25~1.2500~.5",
     "1.255~0.001",
     "cvc-fractionDigits-valid"},
    {"decimal",
     {{FACET_ENUMERATION, "1.0"}, {FACET_ENUMERATION, "2"}},
     "1~1.000~+1~02.0~ 2 ",
     "3~-1~0.1",
     "cvc-enumeration-valid"},
    {"decimal",
     {{FACET_PATTERN, "\\d\\.\\d\\d"}, {FACET_MAX_INCLUSIVE, "5"}},
     "1.00~ 5.00 ",
     "1~1.0~001.00",
     "cvc-pattern-valid"},
    {"integer",
     {{FACET_FRACTION_DIGITS, "0"}, {FACET_TOTAL_DIGITS, "2"}},
     "10~0099~-10",
     "100",
     "cvc-totalDigits-valid"},
    {"int", {{FACET_MIN_INCLUSIVE, "5"}}, "5~2147483647", "4", "cvc-minInclusive-valid"},
    {"int", {{FACET_MIN_INCLUSIVE, "5"}}, NULL, "2147483648", "cvc-maxInclusive-valid"},
    {"int", {{FACET_MIN_INCLUSIVE, "5"}}, NULL, "x~5.0~", "cvc-datatype-valid.1.2.1"},
    {"float",
     {{FACET_MAX_INCLUSIVE, "1.5"}},
     "1.5~-INF~15e-1~0",
     "1.6~INF~NaN",
     "cvc-maxInclusive-valid"},
    {"double",
     {{FACET_MIN_EXCLUSIVE, "-INF"}},
     "0~INF~-1e308",
     "-INF~NaN",
     "cvc-minExclusive-valid"},
    {"double",
     {{FACET_ENUMERATION, "NaN"}, {FACET_ENUMERATION, "0"}},
     "NaN~-0~0.0e5",
     "INF~1",
     "cvc-enumeration-valid"},
    {"float",
     {{FACET_ENUMERATION, "0.1"}},
     "0.1~0.10000000001~1e-1",
     "0.11",
     "cvc-enumeration-valid"},
    {"date",
     {{FACET_MIN_INCLUSIVE, "2000-01-01"}},
     "2000-01-01~2000-01-02Z~2000-01-03~12000-01-01",
     "1999-12-31~2000-01-01Z~1999-12-30Z~-2000-01-01~2000-01-01-13:00",
     "cvc-minInclusive-valid"},
    {"dateTime",
     {{FACET_MAX_EXCLUSIVE, "2000-01-01T00:00:00Z"}},
     "1999-12-31T23:59:59.999Z~1999-12-31T09:59:59~2000-01-01T00:00:00+01:00~-0001-01-01T00:00:"
     "00",
     "2000-01-01T00:00:00Z~1999-12-31T24:00:00Z~1999-12-31T10:00:00~2000-01-01T00:00:00-00:01",
     "cvc-maxExclusive-valid"},
    {"dateTime",
     {{FACET_ENUMERATION, "2000-01-01T00:00:00Z"}},
     "2000-01-01T01:00:00+01:00~1999-12-31T24:00:00Z~ 1999-12-31T19:00:00.000-05:00 ",
     "2000-01-01T00:00:00~2000-01-01T00:00:00.1Z",
     "cvc-enumeration-valid"},
    {"time",
     {{FACET_MIN_INCLUSIVE, "08:00:00"}, {FACET_MAX_EXCLUSIVE, "17:00:00"}},
     "08:00:00~16:59:59.9",
     "07:59:59~00:00:00~24:00:00",
     "cvc-minInclusive-valid"},
    {"gYear",
     {{FACET_MIN_INCLUSIVE, "1900"}, {FACET_MAX_INCLUSIVE, "2100"}},
     "1900~2100~2000Z",
     "2101~9999~12000",
     "cvc-maxInclusive-valid"},
    {"gMonthDay",
     {{FACET_MAX_INCLUSIVE, "--02-29"}},
     "--02-29~--01-31",
     "--03-01~--12-31",
     "cvc-maxInclusive-valid"},
    {"duration",
     {{FACET_MAX_INCLUSIVE, "P1M"}},
     "P27D~P1M~PT1S~-P1Y~P27DT23H",
     "P28D~P31DT1S~P32D~P30D~P2M",
     "cvc-maxInclusive-valid"},
    {"duration",
     {{FACET_MIN_INCLUSIVE, "P1Y"}},
     "P1Y~P12M~P367D",
     "P366D~P365D~P11M~P364D~-P2Y",
     "cvc-minInclusive-valid"},
    {"duration",
     {{FACET_MIN_INCLUSIVE, "-PT1.5S"}},
     "-PT1.5S~-PT1.4S~-PT1S~PT0S~PT1.5S",
     "-PT1.6S~-PT2S~-P1D~-P1M",
     "cvc-minInclusive-valid"},
    {"duration",
     {{FACET_ENUMERATION, "P1Y"}, {FACET_ENUMERATION, "-PT36H"}},
     "P12M~P0Y12M~-P1DT12H~-PT2160M",
     "P365D~PT36H~P1D",
     "cvc-enumeration-valid"},
    {"QName",
     {{FACET_ENUMERATION, "p:a"}, {FACET_ENUMERATION, "b"}},
     "p:a~q:a~b",
     "a~p:b~xml:a",
     "cvc-enumeration-valid"},
    {"NOTATION", {{FACET_ENUMERATION, "p:a"}}, "p:a~ q:a", "a", "cvc-enumeration-valid"},
    {"hexBinary", {{FACET_ENUMERATION, "ab"}}, "AB~aB", "ac~abab~", "cvc-enumeration-valid"},
    {"base64Binary",
     {{FACET_ENUMERATION, "AAAA"}},
     "A AAA~AAAA",
     "AAAB~",
     "cvc-enumeration-valid"},
    {"string",
     {{FACET_ENUMERATION, "a"}, {FACET_ENUMERATION, ""}, {FACET_ENUMERATION, "b  c"}},
     "a~~b  c",
     " a~b c~A",
     "cvc-enumeration-valid"},
    {"token",
     {{FACET_ENUMERATION, "a"}, {FACET_ENUMERATION, " b  c "}},
     "a~ a ~b c~\nb \t c",
     "bc~ab~",
     "cvc-enumeration-valid"},
    {"NMTOKEN",
     {{FACET_ENUMERATION, "a"}, {FACET_ENUMERATION, "longer-than-eight"}},
     "a~ a ~longer-than-eight",
     "b~longer-than-nine",
     "cvc-enumeration-valid"},
    {"NMTOKEN", {{FACET_ENUMERATION, "a"}}, NULL, "a b~", "cvc-datatype-valid.1.2.1"},
    {"token",
     {{FACET_ENUMERATION, "ab"}, {FACET_ENUMERATION, "abc"}, {FACET_MAX_LENGTH, "2"}},
     "ab",
     "abc",
     "cvc-maxLength-valid"},
    {"token",
     {{FACET_PATTERN, "a+"}, {FACET_PATTERN, "b+"}},
     "aa~bb~ a ",
     "ab~",
     "cvc-pattern-valid"},
    {"boolean", {{FACET_PATTERN, "true|false"}}, "true~ false ", "0~1", "cvc-pattern-valid"},
    {"NMTOKENS", {{FACET_MIN_LENGTH, "2"}}, NULL, "a @", "cvc-datatype-valid.1.2.2"},
};

static size_t count_facets(const struct facet *facets)
{
    size_t n = 0;
    while (n < 4 && facets[n].value)
        n++;
    return n;
}

static void test_facets_hold_up_to_their_boundaries(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(facet_rows); i++) {
        const struct facet_row *row = &facet_rows[i];
        struct thresh_error error = {""};
        const struct datatype *type =
            restrict_by(builtin(row->base), row->facets, count_facets(row->facets), &error);
        if (!type || *warned)
            fail_msg("row %zu: %s%s", i, error.text, warned);
        wrong += check_texts(type, row->base, row->valid, NULL);
        wrong += check_texts(type, row->base, row->invalid, row->code);
    }
    assert_int_equal(wrong, 0);
}

static const struct {
    const char *base;
    struct facet facets[4];
    const char *rule;
} refused_rows[] = {
    {"string", {{FACET_MAX_LENGTH, "-1"}}, "s4s-att-invalid-value"},
    {"string", {{FACET_MAX_LENGTH, "x"}}, "s4s-att-invalid-value"},
    {"string", {{FACET_MAX_LENGTH, ""}}, "s4s-att-invalid-value"},
    {"string", {{FACET_MAX_LENGTH, "1.0"}}, "s4s-att-invalid-value"},
    {"string", {{FACET_WHITE_SPACE, "strip"}}, "s4s-att-invalid-value"},
    {"string", {{FACET_PATTERN, "("}}, "src-pattern-value"},
    {"decimal", {{FACET_TOTAL_DIGITS, "0"}}, "s4s-att-invalid-value"},
    {"decimal", {{FACET_MIN_INCLUSIVE, "x"}}, "minInclusive-valid-restriction"},
    {"integer", {{FACET_MIN_INCLUSIVE, "1.5"}}, "minInclusive-valid-restriction"},
    {"date", {{FACET_MAX_INCLUSIVE, "2000-02-30"}}, "maxInclusive-valid-restriction"},
    {"anySimpleType", {{FACET_ENUMERATION, "x"}}, "cos-st-restricts.1.1"},
};

static void test_wrong_derivations_are_refused_by_their_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused_rows); i++) {
        struct thresh_error error = {""};
        const struct facet *facets = refused_rows[i].facets;
        if (restrict_by(builtin(refused_rows[i].base), facets, count_facets(facets), &error))
            fail_msg("row %zu was made", i);
        const char *rule = refused_rows[i].rule;
        size_t len = strlen(rule);
        if (strncmp(error.text, rule, len) != 0 || error.text[len] != ':')
            fail_msg("row %zu, %s: %s", i, rule, error.text);
    }
}

static const struct datatype *restrict_one(const struct datatype *base, enum facet_kind kind,
                                           const char *value)
{
    struct thresh_error error = {""};
    struct facet facet = {kind, value};
    const struct datatype *type = restrict_by(base, &facet, 1, &error);
    if (!type)
        fail_msg("%s", error.text);
    return type;
}

/* What breaks a rule and is a type all the same. */
static const struct {
    struct facet_row row;
    const char *warned;
} warned_rows[] = {
    {{"string", {{FACET_MIN_INCLUSIVE, "1"}}, "0~x", NULL, NULL}, "cos-applicable-facets"},
    {{"string", {{FACET_TOTAL_DIGITS, "x"}}, "123", NULL, NULL}, "cos-applicable-facets"},
    {{"boolean", {{FACET_LENGTH, "1"}}, "true", NULL, NULL}, "cos-applicable-facets"},
    {{"float", {{FACET_TOTAL_DIGITS, "1"}}, "12", NULL, NULL}, "cos-applicable-facets"},
    {{"decimal", {{FACET_LENGTH, "1"}}, "12", NULL, NULL}, "cos-applicable-facets"},
    {{"NMTOKENS", {{FACET_MIN_INCLUSIVE, "b"}}, "a", NULL, NULL}, "cos-applicable-facets"},
    {{"boolean",
      {{FACET_ENUMERATION, "true"}, {FACET_ENUMERATION, "1"}},
      "true~1",
      "false~0",
      "cvc-enumeration-valid"},
     "cos-applicable-facets"},
    {{"string",
      {{FACET_MIN_LENGTH, "3"}, {FACET_MAX_LENGTH, "2"}},
      NULL,
      "ab~a~",
      "cvc-minLength-valid"},
     "minLength-less-than-equal-to-maxLength"},
    {{"string",
      {{FACET_LENGTH, "2"}, {FACET_MIN_LENGTH, "3"}},
      NULL,
      "ab~a~",
      "cvc-minLength-valid"},
     "length-minLength-maxLength"},
    {{"string",
      {{FACET_LENGTH, "3"}, {FACET_MIN_LENGTH, "3"}},
      "abc",
      "ab~abcd",
      "cvc-length-valid"},
     "length-minLength-maxLength"},
    {{"string",
      {{FACET_MIN_LENGTH, "0"}, {FACET_LENGTH, "3"}},
      "abc",
      "ab~abcd",
      "cvc-length-valid"},
     "length-minLength-maxLength"},
    {{"string",
      {{FACET_MAX_LENGTH, "4"}, {FACET_LENGTH, "3"}},
      "abc",
      "ab~abcd",
      "cvc-length-valid"},
     "length-minLength-maxLength"},
    {{"string",
      {{FACET_MAX_LENGTH, "3"}, {FACET_MAX_LENGTH, "2"}},
      "ab",
      "abc",
      "cvc-maxLength-valid"},
     "src-single-facet-value"},
    {{"token", {{FACET_WHITE_SPACE, "replace"}, {FACET_LENGTH, "1"}}, " a ", NULL, NULL},
     "whiteSpace-valid-restriction"},
    {{"int", {{FACET_WHITE_SPACE, "preserve"}}, " 1 ", NULL, NULL},
     "whiteSpace-valid-restriction"},
    {{"decimal",
      {{FACET_TOTAL_DIGITS, "2"}, {FACET_FRACTION_DIGITS, "3"}},
      ".12",
      ".123",
      "cvc-totalDigits-valid"},
     "fractionDigits-totalDigits"},
    {{"decimal",
      {{FACET_MIN_INCLUSIVE, "2"}, {FACET_MAX_INCLUSIVE, "1"}},
      NULL,
      "1",
      "cvc-minInclusive-valid"},
     "maxInclusive-valid-restriction"},
    {{"decimal",
      {{FACET_MIN_INCLUSIVE, "2"}, {FACET_MAX_EXCLUSIVE, "2"}},
      NULL,
      "2",
      "cvc-maxExclusive-valid"},
     "maxExclusive-valid-restriction"},
    {{"decimal",
      {{FACET_MIN_EXCLUSIVE, "1"}, {FACET_MIN_INCLUSIVE, "2"}},
      "2",
      "1.5",
      "cvc-minInclusive-valid"},
     "minInclusive-minExclusive"},
    {{"decimal",
      {{FACET_MAX_INCLUSIVE, "1"}, {FACET_MAX_EXCLUSIVE, "1"}},
      "0.5",
      "1",
      "cvc-maxExclusive-valid"},
     "maxInclusive-maxExclusive"},
    {{"integer", {{FACET_FRACTION_DIGITS, "1"}}, "1", "1.0", "cvc-datatype-valid.1.2.1"},
     "fractionDigits-valid-restriction"},
    {{"int",
      {{FACET_MAX_INCLUSIVE, "2147483648"}},
      "2147483647",
      "2147483648",
      "cvc-maxInclusive-valid"},
     "maxInclusive-valid-restriction"},
    {{"positiveInteger", {{FACET_MIN_INCLUSIVE, "0"}}, "1", "0", "cvc-minInclusive-valid"},
     "minInclusive-valid-restriction"},
    {{"positiveInteger", {{FACET_MAX_EXCLUSIVE, "1"}}, NULL, "1", "cvc-maxExclusive-valid"},
     "maxExclusive-valid-restriction"},
    {{"positiveInteger",
      {{FACET_ENUMERATION, "0"}, {FACET_ENUMERATION, "2"}},
      "2",
      "1",
      "cvc-enumeration-valid"},
     "enumeration-valid-restriction"},
    {{"NMTOKEN", {{FACET_ENUMERATION, "a b"}}, NULL, "a", "cvc-enumeration-valid"},
     "enumeration-valid-restriction"},
    {{"QName", {{FACET_ENUMERATION, "x:a"}}, NULL, "a", "cvc-enumeration-valid"},
     "enumeration-valid-restriction"},
    {{"NMTOKENS", {{FACET_MIN_LENGTH, "0"}}, "a", "", "cvc-minLength-valid"},
     "minLength-valid-restriction"},
    {{"date",
      {{FACET_MIN_INCLUSIVE, "2000-02-02"}, {FACET_MAX_INCLUSIVE, "2000-02-01"}},
      NULL,
      "2000-02-03",
      "cvc-maxInclusive-valid"},
     "maxInclusive-valid-restriction"},
    {{"string", {{FACET_PATTERN, "[a-c-x]\\/"}}, "-/~b/", "w/", "cvc-pattern-valid"},
     "src-pattern-value"},
};

static void test_facets_that_contradict_all_hold_and_are_told(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(warned_rows); i++) {
        const struct facet_row *row = &warned_rows[i].row;
        struct thresh_error error = {""};
        const struct datatype *type =
            restrict_by(builtin(row->base), row->facets, count_facets(row->facets), &error);
        if (!type || strcmp(warned, warned_rows[i].warned) != 0)
            fail_msg("row %zu, %s: %s%s", i, warned_rows[i].warned, error.text, warned);
        wrong += check_texts(type, row->base, row->valid, NULL);
        wrong += check_texts(type, row->base, row->invalid, row->code);
    }
    assert_int_equal(wrong, 0);
}

/* Part 2, 4.3.1.4: a minLength or maxLength may be repeated beside the length that follows
 * it. */
static void test_a_length_may_go_with_limits_that_were_there_before(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    const struct facet length_and_least[] = {{FACET_LENGTH, "5"}, {FACET_MIN_LENGTH, "1"}};
    const struct facet length_and_most[] = {{FACET_LENGTH, "5"}, {FACET_MAX_LENGTH, "7"}};
    const struct datatype *some = restrict_one(builtin("string"), FACET_MIN_LENGTH, "1");
    const struct datatype *few = restrict_one(some, FACET_MAX_LENGTH, "7");
    const struct {
        const struct datatype *base;
        const struct facet *facets;
        size_t n;
        const char *warned;
    } rows[] = {
        {builtin("IDREFS"), length_and_least, 2, ""},
        {some, length_and_least, 2, ""},
        {few, length_and_least, 2, ""},
        {few, length_and_most, 2, ""},
        {some, length_and_most, 2, "length-minLength-maxLength"},
        {builtin("string"), length_and_least, 2, "length-minLength-maxLength"},
        /* the length is the base's own */
        {restrict_one(few, FACET_LENGTH, "5"), length_and_least + 1, 1,
         "minLength-valid-restriction"},
        {restrict_one(builtin("string"), FACET_LENGTH, "1"), length_and_least + 1, 1,
         "length-minLength-maxLength"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_non_null(restrict_by(rows[i].base, rows[i].facets, rows[i].n, &error));
        if (strcmp(warned, rows[i].warned) != 0)
            fail_msg("row %zu: '%s'", i, warned);
    }
}

/* Equal exclusive bounds leave no value. In one step they may stand, against the base they may
 * not (Part 2, 4.3.8.4 and 4.3.9.4). */
static void test_exclusive_bounds_are_not_those_of_the_base(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    const struct facet both[] = {{FACET_MIN_EXCLUSIVE, "10"}, {FACET_MAX_EXCLUSIVE, "10"}};
    assert_non_null(restrict_by(builtin("int"), both, 2, &error));
    assert_string_equal(warned, "");
    restrict_one(restrict_one(builtin("int"), FACET_MAX_EXCLUSIVE, "10"), FACET_MIN_EXCLUSIVE,
                 "10");
    assert_string_equal(warned, "minExclusive-valid-restriction");
    restrict_one(restrict_one(builtin("int"), FACET_MIN_EXCLUSIVE, "10"), FACET_MAX_EXCLUSIVE,
                 "10");
    assert_string_equal(warned, "maxExclusive-valid-restriction");
    restrict_one(restrict_one(builtin("int"), FACET_MIN_EXCLUSIVE, "9"), FACET_MAX_EXCLUSIVE,
                 "10");
    assert_string_equal(warned, "");
}

/* However the value is written: a type that is derived may say it again. */
static void test_a_fixed_facet_keeps_its_value(void **state)
{
    (void)state;
    static const struct {
        const char *base;
        enum facet_kind kind;
        const char *fixed;
        const char *same;  /* apart by '~' */
        const char *other; /* narrower, so that nothing else is wrong; or NULL */
    } ROWS[] = {
        {"string", FACET_LENGTH, "5", "5~ 05 ~+5", NULL},
        {"string", FACET_MIN_LENGTH, "5", "5~005", "6"},
        {"string", FACET_MAX_LENGTH, "100000000000000000000002", "+100000000000000000000002",
         "100000000000000000000001"},
        {"string", FACET_WHITE_SPACE, "replace", " replace ", "collapse"},
        {"decimal", FACET_TOTAL_DIGITS, "3", "03", "2"},
        {"decimal", FACET_FRACTION_DIGITS, "3", " 3", "0"},
        {"decimal", FACET_MAX_INCLUSIVE, "1.0", "1~+01.000~\n1.", "0.99"},
        {"integer", FACET_MIN_EXCLUSIVE, "-0", "0~+0", "1"},
        {"double", FACET_MAX_EXCLUSIVE, "1e2", "100~1000e-1", "99"},
        {"float", FACET_MAX_INCLUSIVE, "0.1", "0.1000000001", "0.09"},
        {"double", FACET_MAX_INCLUSIVE, "NaN", " NaN ", NULL},
        {"dateTime", FACET_MIN_INCLUSIVE, "2001-01-01T00:00:00Z",
         "2001-01-01T02:00:00+02:00~2000-12-31T24:00:00Z", "2001-01-01T00:00:00.1Z"},
        {"duration", FACET_MAX_INCLUSIVE, "P1Y", "P12M~P1Y0D", "P364D"},
    };
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        struct thresh_error error = {""};
        struct facet facet = {ROWS[i].kind, ROWS[i].fixed, true};
        const struct datatype *type = restrict_by(builtin(ROWS[i].base), &facet, 1, &error);
        assert_non_null(type);
        assert_string_equal(warned, "");
        char same[128];
        snprintf(same, sizeof same, "%s", ROWS[i].same);
        char *rest = NULL;
        for (char *text = strtok_r(same, "~", &rest); text; text = strtok_r(NULL, "~", &rest)) {
            restrict_one(restrict_one(type, ROWS[i].kind, text), ROWS[i].kind, text);
            if (*warned)
                fail_msg("row %zu, '%s': %s", i, text, warned);
        }
        if (!ROWS[i].other)
            continue;
        restrict_one(restrict_one(type, FACET_PATTERN, ".*"), ROWS[i].kind, ROWS[i].other);
        if (strcmp(warned, "cos-st-restricts") != 0)
            fail_msg("row %zu, '%s': '%s'", i, ROWS[i].other, warned);
    }
}

static void test_each_step_of_restriction_adds_to_its_base(void **state)
{
    (void)state;
    struct thresh_error error;
    const struct datatype *token = builtin("token");
    const struct datatype *first = restrict_one(token, FACET_PATTERN, "[a-m]+");
    const struct datatype *second = restrict_one(first, FACET_PATTERN, "[h-z]+");
    assert_int_equal(check_texts(second, "patterns", "hm~h~ m ", NULL), 0);
    assert_int_equal(check_texts(second, "patterns", "a~z~az~", "cvc-pattern-valid"), 0);

    /* An enumeration holds on; what a later step adds holds, too. */
    struct facet values[] = {{FACET_ENUMERATION, "a"}, {FACET_ENUMERATION, "bb"}};
    const struct datatype *choice = restrict_by(token, values, 2, &error);
    assert_non_null(choice);
    const struct datatype *shorter = restrict_one(choice, FACET_MAX_LENGTH, "1");
    assert_int_equal(check_texts(shorter, "choice", "a~ a", NULL), 0);
    assert_int_equal(check_texts(shorter, "choice", "bb~cc", "cvc-maxLength-valid"), 0);
    assert_int_equal(check_texts(shorter, "choice", "c", "cvc-enumeration-valid"), 0);
    restrict_one(choice, FACET_ENUMERATION, "c");
    assert_string_equal(warned, "enumeration-valid-restriction");
    restrict_one(second, FACET_ENUMERATION, "c");
    assert_string_equal(warned, "enumeration-valid-restriction");

    /* A value of a base with a pattern need not be spelled in the base's way. */
    const struct datatype *money =
        restrict_one(builtin("decimal"), FACET_PATTERN, "\\d\\.\\d\\d");
    const struct datatype *one = restrict_one(money, FACET_ENUMERATION, "1");
    assert_int_equal(check_texts(one, "money", "1.00", NULL), 0);
    assert_int_equal(check_texts(one, "money", "1", "cvc-pattern-valid"), 0);
    assert_int_equal(check_texts(one, "money", "2.00", "cvc-enumeration-valid"), 0);

    /* Bounds of which it is not known which is stricter both hold. */
    const struct datatype *zoned =
        restrict_one(builtin("dateTime"), FACET_MIN_INCLUSIVE, "2000-01-01T00:00:00Z");
    const struct datatype *local =
        restrict_one(zoned, FACET_MIN_INCLUSIVE, "2000-01-01T10:00:00");
    assert_int_equal(
        check_texts(local, "bounds", "2000-01-02T00:00:01Z~2000-01-01T14:00:01", NULL), 0);
    assert_int_equal(check_texts(local, "bounds", "2000-01-02T00:00:00Z~2000-01-01T14:00:00",
                                 "cvc-minInclusive-valid"),
                     0);
    const struct datatype *wider =
        restrict_one(zoned, FACET_MIN_INCLUSIVE, "1999-01-01T00:00:00Z");
    assert_string_equal(warned, "minInclusive-valid-restriction");
    assert_int_equal(check_texts(wider, "wider", "2000-01-01T00:00:00Z", NULL), 0);
    assert_int_equal(
        check_texts(wider, "wider", "1999-12-31T23:59:59Z", "cvc-minInclusive-valid"), 0);
}

static const struct datatype *list_of(const struct datatype *item)
{
    struct thresh_error error = {""};
    const struct datatype *type = datatypes_list(set, item, &error);
    if (!type)
        fail_msg("%s", error.text);
    return type;
}

static const struct datatype *union_of(const struct datatype *const *members, size_t n)
{
    struct thresh_error error = {""};
    const struct datatype *type = datatypes_union(set, members, n, &error);
    if (!type)
        fail_msg("%s", error.text);
    return type;
}

/* int, "  none ", date or a list of int. */
static const struct datatype *int_none_date_or_ints(void)
{
    const struct datatype *members[] = {
        builtin("int"), restrict_one(builtin("string"), FACET_ENUMERATION, "  none "),
        builtin("date"), list_of(builtin("int"))};
    return union_of(members, COUNT(members));
}

static void test_a_list_holds_values_of_its_item_type(void **state)
{
    (void)state;
    const char *code;
    const struct datatype *ints = list_of(builtin("int"));
    assert_int_equal(check_texts(ints, "ints", "~ ~1~1 2~ 1\n2\t3 ", NULL), 0);
    assert_int_equal(
        check_texts(ints, "ints", "x~1 x~1,2~1 99999999999~1 2 x", "cvc-datatype-valid.1.2.2"),
        0);
    assert_int_equal(check(ints, "1 x", &code), 1);
    assert_string_equal(scratch.fault.data,
                        "the list item 'x' is not a valid value of the type 'xs:int'");
}

static void test_a_union_has_the_values_and_white_space_of_its_members(void **state)
{
    (void)state;
    const struct datatype *either = int_none_date_or_ints();
    assert_int_equal(check_texts(either, "union", "1~ 1 ~  none ~2000-01-01~1 2 3~", NULL), 0);
    assert_int_equal(
        check_texts(either, "union", "none~x~2000-13-01~1 2 x", "cvc-datatype-valid.1.2.3"), 0);
    size_t len;
    const char *normal = datatype_normalize(either, " 1  2 ", 6, &scratch, &len);
    assert_int_equal(len, 3);
    assert_memory_equal(normal, "1 2", 3);
    datatype_normalize(either, "  none ", 7, &scratch, &len);
    assert_int_equal(len, 7);
}

static void test_facets_of_lists_and_unions_hold_for_their_values(void **state)
{
    (void)state;
    const struct datatype *either = int_none_date_or_ints();
    const struct datatype *ints = list_of(builtin("int"));
    const struct datatype *pattern = restrict_one(either, FACET_PATTERN, "1|  none |1 2");
    assert_int_equal(check_texts(pattern, "union pattern", " 1 ~  none ~ 1  2 ", NULL), 0);
    assert_int_equal(
        check_texts(pattern, "union pattern", "01~2000-01-01~1 2 3", "cvc-pattern-valid"), 0);
    const struct datatype *value = restrict_one(either, FACET_ENUMERATION, "01");
    assert_int_equal(check_texts(value, "union enumeration", "1~ 001 ~+1", NULL), 0);
    assert_int_equal(check_texts(value, "union enumeration", "2~1 1~", "cvc-enumeration-valid"),
                     0);
    const struct datatype *list_value = restrict_one(ints, FACET_ENUMERATION, "1 2");
    assert_int_equal(check_texts(list_value, "list enumeration", "1 2~ 01  +2 ", NULL), 0);
    assert_int_equal(
        check_texts(list_value, "list enumeration", "12~1~1 2 3~2 1", "cvc-enumeration-valid"),
        0);
    const struct datatype *two = restrict_one(ints, FACET_LENGTH, "2");
    assert_int_equal(check_texts(two, "list length", "1 2~ 1  2 ", NULL), 0);
    assert_int_equal(check_texts(two, "list length", "1~1 2 3~", "cvc-length-valid"), 0);
}

/* Their keys share one buffer of the scratch. */
static void test_an_enumeration_may_lie_inside_another(void **state)
{
    (void)state;
    const struct datatype *even = restrict_one(builtin("decimal"), FACET_ENUMERATION, "2.0");
    const struct datatype *both[] = {even, builtin("date")};
    const struct datatype *nested =
        restrict_one(list_of(union_of(both, 2)), FACET_ENUMERATION, "2 2000-01-01 2.0");
    assert_int_equal(check_texts(nested, "nested", "2 2000-01-01 2~ 2.00 2000-01-01 02", NULL),
                     0);
    assert_int_equal(
        check_texts(nested, "nested", "2 2~2 2000-01-01 2 2", "cvc-enumeration-valid"), 0);
    assert_int_equal(check_texts(nested, "nested", "3", "cvc-datatype-valid.1.2.2"), 0);
}

static void test_lists_of_lists_and_types_too_slow_to_try_are_refused(void **state)
{
    (void)state;
    struct thresh_error error;
    const struct datatype *refused[] = {list_of(builtin("int")), builtin("NMTOKENS"),
                                        int_none_date_or_ints()};
    for (size_t i = 0; i < COUNT(refused); i++) {
        assert_null(datatypes_list(set, refused[i], &error));
        assert_memory_equal(error.text, "cos-st-restricts.2.1: ", 22);
    }
    const struct datatype *deep = builtin("int");
    for (int i = 0; i < 64 && deep; i++) {
        const struct datatype *twice[] = {deep, deep};
        deep = datatypes_union(set, twice, 2, &error);
    }
    assert_null(deep);
    assert_memory_equal(error.text, "not covered: ", 13);
}

/* -- Keys, kinds and messages --------------------------------------------------------- */

static const struct {
    const char *type;
    const char *a;
    const char *b;
    bool equal;
} key_rows[] = {
    {"string", "a", "a", true},
    {"string", "a", "a ", false},
    {"token", "a  b", " a b ", true},
    {"boolean", "1", "true", true},
    {"boolean", "0", " false", true},
    {"boolean", "0", "1", false},
    {"decimal", "1.0", "+01", true},
    {"decimal", "-0", "0.0", true},
    {"decimal", "10", "1.0", false},
    {"decimal", "1", "-1", false},
    {"decimal", "123456789012345678901234567890.10", "123456789012345678901234567890.1", true},
    {"integer", "+007", "7", true},
    {"float", "1e2", "100", true},
    {"float", "0.1", "0.10000000001", true},
    {"double", "0.1", "0.10000000001", false},
    {"double", "-0", "0", true},
    {"double", "NaN", "NaN", true},
    {"double", "INF", "-INF", false},
    {"double", "1e400", "INF", true},
    {"duration", "P1Y", "P12M", true},
    {"duration", "P1D", "PT24H", true},
    {"duration", "PT1M", "PT60S", true},
    {"duration", "-PT1.50S", "-PT1.5S", true},
    {"duration", "P1M", "P30D", false},
    {"duration", "P1D", "-P1D", false},
    {"duration", "P0D", "-PT0S", true},
    {"duration", "P1Y", "P2Y", false},
    {"duration", "P1D", "P2D", false},
    {"duration", "PT1S", "PT2S", false},
    {"duration", "PT1.5S", "PT1.25S", false},
    {"dateTime", "2000-01-01T12:00:00", "2000-01-02T12:00:00", false},
    {"dateTime", "2000-01-01T12:00:00", "2000-01-01T12:00:01", false},
    {"dateTime", "2000-01-01T12:00:00.5", "2000-01-01T12:00:00.25", false},
    {"gMonth", "--01", "--02", false},
    {"decimal", "1", "-1", false},
    {"decimal", "12", "1.2", false},
    {"decimal", "1.5", "1.25", false},
    {"boolean", "true", "1", true},
    {"boolean", "1", "0", false},
    {"boolean", "false", "true", false},
    {"hexBinary", "ab", "ac", false},
    {"dateTime", "2000-01-01T12:00:00Z", "2000-01-01T13:00:00+01:00", true},
    {"dateTime", "2000-01-01T24:00:00", "2000-01-02T00:00:00", true},
    {"dateTime", "2000-01-01T00:00:00", "2000-01-01T00:00:00Z", false},
    {"dateTime", "2000-03-01T00:00:00Z", "2000-02-29T19:00:00-05:00", true},
    {"dateTime", "2000-01-01T00:00:00.10", "2000-01-01T00:00:00.1", true},
    {"time", "24:00:00", "00:00:00", true},
    {"time", "12:00:00Z", "13:00:00+01:00", true},
    {"date", "2000-01-01Z", "2000-01-01+00:00", true},
    {"date", "2000-01-01Z", "2000-01-01", false},
    {"date", "2000-01-02+13:00", "2000-01-01-11:00", true},
    {"gDay", "---01", "---02", false},
    {"hexBinary", "aB", "Ab", true},
    {"base64Binary", "A A A A", "AAAA", true},
    {"base64Binary", "AAA=", "AAAA", false},
    {"QName", "p:a", "q:a", true},
    {"QName", "p:a", "a", false},
    {"NMTOKENS", "a b", " a  b ", true},
    {"NMTOKENS", "a b", "ab", false},
    {"NMTOKENS", "a b", "b a", false},
};

static int append_key(const char *type, const char *text, struct buf *key)
{
    return datatype_key(builtin(type), text, strlen(text), &prefixes, &scratch, key);
}

static void test_equal_values_and_no_others_have_equal_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(key_rows); i++) {
        struct buf a = {0}, b = {0};
        assert_int_equal(append_key(key_rows[i].type, key_rows[i].a, &a), 0);
        assert_int_equal(append_key(key_rows[i].type, key_rows[i].b, &b), 0);
        bool equal = a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
        if (equal != key_rows[i].equal)
            fail_msg("%s '%s' '%s'", key_rows[i].type, key_rows[i].a, key_rows[i].b);
        buf_free(&a);
        buf_free(&b);
    }
    /* Values of different primitive types differ; those of one, however derived, do not. */
    struct buf a = {0}, b = {0};
    append_key("integer", "1", &a);
    append_key("decimal", "1.0", &b);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    buf_clear(&b);
    append_key("double", "1", &b);
    assert_true(a.len != b.len || memcmp(a.data, b.data, a.len) != 0);
    buf_free(&a);
    buf_free(&b);
}

static void test_ids_derivation_and_need_of_prefixes_are_known(void **state)
{
    (void)state;
    struct thresh_error error;
    assert_int_equal(datatype_id(builtin("ID")), DATATYPE_ID);
    assert_int_equal(datatype_id(builtin("IDREF")), DATATYPE_IDREF);
    assert_int_equal(datatype_id(builtin("IDREFS")), DATATYPE_IDREFS);
    assert_int_equal(datatype_id(builtin("NCName")), DATATYPE_PLAIN);
    assert_int_equal(datatype_id(builtin("ENTITIES")), DATATYPE_ENTITY);
    assert_int_equal(datatype_id(restrict_one(builtin("ID"), FACET_MAX_LENGTH, "5")),
                     DATATYPE_ID);
    assert_int_equal(datatype_id(restrict_one(builtin("IDREFS"), FACET_MAX_LENGTH, "5")),
                     DATATYPE_IDREFS);
    assert_int_equal(datatype_id(datatypes_list(set, builtin("IDREF"), &error)),
                     DATATYPE_IDREFS);

    assert_true(datatype_derives(builtin("int"), builtin("decimal")));
    assert_true(datatype_derives(builtin("int"), builtin("int")));
    assert_true(datatype_derives(builtin("IDREFS"), builtin("anySimpleType")));
    assert_false(datatype_derives(builtin("decimal"), builtin("int")));
    assert_false(datatype_derives(builtin("IDREFS"), builtin("IDREF")));
    const struct datatype *members[] = {builtin("decimal"), builtin("date")};
    const struct datatype *either = datatypes_union(set, members, 2, &error);
    assert_true(datatype_derives(builtin("int"), either));
    assert_false(datatype_derives(builtin("string"), either));
    assert_true(datatype_derives(restrict_one(either, FACET_PATTERN, "x"), either));

    assert_true(datatype_takes_anything(builtin("string")));
    assert_true(datatype_takes_anything(builtin("anySimpleType")));
    assert_false(datatype_takes_anything(builtin("normalizedString")));
    assert_false(datatype_takes_anything(restrict_one(builtin("string"), FACET_LENGTH, "1")));
    assert_true(datatype_needs_prefixes(builtin("QName")));
    assert_true(datatype_needs_prefixes(datatypes_list(set, builtin("NOTATION"), &error)));
    assert_false(datatype_needs_prefixes(either));
}

static void test_a_fault_is_a_rule_and_a_sentence(void **state)
{
    (void)state;
    const char *code;
    assert_int_equal(check(builtin("integer"), " 12x ", &code), 1);
    assert_string_equal(code, "cvc-datatype-valid.1.2.1");
    assert_string_equal(scratch.fault.data,
                        "'12x' is not a valid value of the type 'xs:integer'");

    struct thresh_error error;
    struct facet values[] = {{FACET_ENUMERATION, "a"}, {FACET_ENUMERATION, "b"}};
    const struct datatype *type = restrict_by(builtin("NMTOKEN"), values, 2, &error);
    assert_int_equal(check(type, "c", &code), 1);
    assert_string_equal(scratch.fault.data,
                        "'c' is not in the enumeration; expected one of (a, b)");
    assert_string_equal(datatype_name(type), "xs:NMTOKEN");
    datatype_set_name(type, "letter");
    assert_string_equal(datatype_name(type), "letter");
    assert_int_equal(check(type, "c c", &code), 1);
    assert_string_equal(scratch.fault.data, "'c c' is not a valid value of the type 'letter'");

    /* Long values are cut where a character begins. */
    char text[401];
    for (size_t i = 0; i < 400; i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    text[0] = 'x';
    text[1] = 'y';
    memmove(text + 1, text + 2, 398);
    text[399] = '\0';
    assert_int_equal(check(builtin("integer"), text, &code), 1);
    assert_int_equal(strcspn(scratch.fault.data, " "), 1 + 199 + strlen("…") + 1);
}

static void test_a_sentence_says_what_there_is_and_what_is_expected(void **state)
{
    (void)state;
    static const struct {
        const char *base;
        struct facet facets[3];
        const char *text, *sentence;
    } rows[] = {
        {"string", {{FACET_LENGTH, "1"}}, "xy", "'xy' has 2 characters; expected 1"},
        {"string", {{FACET_MIN_LENGTH, "2"}}, "x", "'x' has 1 character; expected at least 2"},
        {"string",
         {{FACET_MAX_LENGTH, "2"}},
         "\xc3\xa4xx",
         "'\xc3\xa4xx' has 3 characters; expected at most 2"},
        {"NMTOKENS", {{FACET_MAX_LENGTH, "1"}}, "a b", "'a b' has 2 items; expected at most 1"},
        {"hexBinary", {{FACET_LENGTH, "2"}}, "ab", "'ab' has 1 octet; expected 2"},
        {"base64Binary",
         {{FACET_MAX_LENGTH, "2"}},
         "AAAA",
         "'AAAA' has 3 octets; expected at most 2"},
        {"decimal",
         {{FACET_MIN_INCLUSIVE, "2"}},
         "1",
         "'1' is not greater than or equal to '2'"},
        {"decimal", {{FACET_MIN_EXCLUSIVE, "2"}}, "2", "'2' is not greater than '2'"},
        {"decimal", {{FACET_MAX_INCLUSIVE, "2"}}, "3", "'3' is not less than or equal to '2'"},
        {"decimal", {{FACET_MAX_EXCLUSIVE, "2"}}, "2", "'2' is not less than '2'"},
        {"decimal", {{FACET_TOTAL_DIGITS, "2"}}, "123", "'123' has more than 2 digits"},
        {"decimal",
         {{FACET_FRACTION_DIGITS, "2"}},
         "1.125",
         "'1.125' has more than 2 fraction digits"},
        {"string", {{FACET_PATTERN, "a+"}}, "b", "'b' does not match the pattern 'a+'"},
        {"string",
         {{FACET_PATTERN, "a+"}, {FACET_PATTERN, "b"}, {FACET_PATTERN, "c|d"}},
         "x",
         "'x' does not match the pattern 'a+|b|c|d'"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *code;
        struct thresh_error error = {""};
        size_t n = 1;
        while (n < COUNT(rows[i].facets) && rows[i].facets[n].value)
            n++;
        const struct datatype *type =
            restrict_by(builtin(rows[i].base), rows[i].facets, n, &error);
        assert_non_null(type);
        assert_int_equal(check(type, rows[i].text, &code), 1);
        assert_string_equal(scratch.fault.data, rows[i].sentence);
    }
}

/* Thirty, and of more that there are more. */
static void test_a_sentence_names_so_many_choices(void **state)
{
    (void)state;
    for (size_t n = 30; n <= 31; n++) {
        const char *code;
        char texts[31][4];
        struct facet facets[31];
        struct thresh_error error = {""};
        for (size_t i = 0; i < n; i++) {
            snprintf(texts[i], sizeof texts[i], "v%02zu", i % 100);
            facets[i] = (struct facet){FACET_ENUMERATION, texts[i]};
        }
        const struct datatype *type = restrict_by(builtin("string"), facets, n, &error);
        assert_non_null(type);
        assert_int_equal(check(type, "x", &code), 1);
        assert_non_null(strstr(scratch.fault.data, "one of (v00, v01, "));
        assert_non_null(strstr(scratch.fault.data, n == 30 ? ", v28, v29)" : ", v28, v29, …)"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_literals_of_built_in_types_are_told_from_other_texts),
        cmocka_unit_test(test_facets_hold_up_to_their_boundaries),
        cmocka_unit_test(test_wrong_derivations_are_refused_by_their_rule),
        cmocka_unit_test(test_facets_that_contradict_all_hold_and_are_told),
        cmocka_unit_test(test_a_length_may_go_with_limits_that_were_there_before),
        cmocka_unit_test(test_exclusive_bounds_are_not_those_of_the_base),
        cmocka_unit_test(test_a_fixed_facet_keeps_its_value),
        cmocka_unit_test(test_each_step_of_restriction_adds_to_its_base),
        cmocka_unit_test(test_a_list_holds_values_of_its_item_type),
        cmocka_unit_test(test_a_union_has_the_values_and_white_space_of_its_members),
        cmocka_unit_test(test_facets_of_lists_and_unions_hold_for_their_values),
        cmocka_unit_test(test_an_enumeration_may_lie_inside_another),
        cmocka_unit_test(test_lists_of_lists_and_types_too_slow_to_try_are_refused),
        cmocka_unit_test(test_equal_values_and_no_others_have_equal_keys),
        cmocka_unit_test(test_ids_derivation_and_need_of_prefixes_are_known),
        cmocka_unit_test(test_a_fault_is_a_rule_and_a_sentence),
        cmocka_unit_test(test_a_sentence_says_what_there_is_and_what_is_expected),
        cmocka_unit_test(test_a_sentence_names_so_many_choices),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
