/* SPDX-License-Identifier: MIT
 *
 * libxml2's error numbers as words. A rule of schemas has its name from XML Schema 1.0 Part 1,
 * appendix C; an error of the parser has the name of libxml2's constant.
 */
#include "libxml/libxml_errors.h"

#include <libxml/xmlerror.h>
#include <stddef.h>
#include <string.h>

/* clang-format off */
static const char *const parser_codes[] = {
    [XML_ERR_INTERNAL_ERROR] = "internal-error",
    [XML_ERR_NO_MEMORY] = "no-memory",
    [XML_ERR_DOCUMENT_START] = "document-start",
    [XML_ERR_DOCUMENT_EMPTY] = "document-empty",
    [XML_ERR_DOCUMENT_END] = "document-end",
    [XML_ERR_INVALID_HEX_CHARREF] = "invalid-hex-charref",
    [XML_ERR_INVALID_DEC_CHARREF] = "invalid-dec-charref",
    [XML_ERR_INVALID_CHARREF] = "invalid-charref",
    [XML_ERR_INVALID_CHAR] = "invalid-char",
    [XML_ERR_CHARREF_AT_EOF] = "charref-at-eof",
    [XML_ERR_CHARREF_IN_PROLOG] = "charref-in-prolog",
    [XML_ERR_CHARREF_IN_EPILOG] = "charref-in-epilog",
    [XML_ERR_CHARREF_IN_DTD] = "charref-in-dtd",
    [XML_ERR_ENTITYREF_AT_EOF] = "entityref-at-eof",
    [XML_ERR_ENTITYREF_IN_PROLOG] = "entityref-in-prolog",
    [XML_ERR_ENTITYREF_IN_EPILOG] = "entityref-in-epilog",
    [XML_ERR_ENTITYREF_IN_DTD] = "entityref-in-dtd",
    [XML_ERR_PEREF_AT_EOF] = "peref-at-eof",
    [XML_ERR_PEREF_IN_PROLOG] = "peref-in-prolog",
    [XML_ERR_PEREF_IN_EPILOG] = "peref-in-epilog",
    [XML_ERR_PEREF_IN_INT_SUBSET] = "peref-in-int-subset",
    [XML_ERR_ENTITYREF_NO_NAME] = "entityref-no-name",
    [XML_ERR_ENTITYREF_SEMICOL_MISSING] = "entityref-semicol-missing",
    [XML_ERR_PEREF_NO_NAME] = "peref-no-name",
    [XML_ERR_PEREF_SEMICOL_MISSING] = "peref-semicol-missing",
    [XML_ERR_UNDECLARED_ENTITY] = "undeclared-entity",
    [XML_WAR_UNDECLARED_ENTITY] = "undeclared-entity",
    [XML_ERR_UNPARSED_ENTITY] = "unparsed-entity",
    [XML_ERR_ENTITY_IS_EXTERNAL] = "entity-is-external",
    [XML_ERR_ENTITY_IS_PARAMETER] = "entity-is-parameter",
    [XML_ERR_UNKNOWN_ENCODING] = "unknown-encoding",
    [XML_ERR_UNSUPPORTED_ENCODING] = "unsupported-encoding",
    [XML_ERR_STRING_NOT_STARTED] = "string-not-started",
    [XML_ERR_STRING_NOT_CLOSED] = "string-not-closed",
    [XML_ERR_NS_DECL_ERROR] = "ns-decl-error",
    [XML_ERR_ENTITY_NOT_STARTED] = "entity-not-started",
    [XML_ERR_ENTITY_NOT_FINISHED] = "entity-not-finished",
    [XML_ERR_LT_IN_ATTRIBUTE] = "lt-in-attribute",
    [XML_ERR_ATTRIBUTE_NOT_STARTED] = "attribute-not-started",
    [XML_ERR_ATTRIBUTE_NOT_FINISHED] = "attribute-not-finished",
    [XML_ERR_ATTRIBUTE_WITHOUT_VALUE] = "attribute-without-value",
    [XML_ERR_ATTRIBUTE_REDEFINED] = "attribute-redefined",
    [XML_ERR_LITERAL_NOT_STARTED] = "literal-not-started",
    [XML_ERR_LITERAL_NOT_FINISHED] = "literal-not-finished",
    [XML_ERR_COMMENT_NOT_FINISHED] = "comment-not-finished",
    [XML_ERR_PI_NOT_STARTED] = "pi-not-started",
    [XML_ERR_PI_NOT_FINISHED] = "pi-not-finished",
    [XML_ERR_NOTATION_NOT_STARTED] = "notation-not-started",
    [XML_ERR_NOTATION_NOT_FINISHED] = "notation-not-finished",
    [XML_ERR_ATTLIST_NOT_STARTED] = "attlist-not-started",
    [XML_ERR_ATTLIST_NOT_FINISHED] = "attlist-not-finished",
    [XML_ERR_MIXED_NOT_STARTED] = "mixed-not-started",
    [XML_ERR_MIXED_NOT_FINISHED] = "mixed-not-finished",
    [XML_ERR_ELEMCONTENT_NOT_STARTED] = "elemcontent-not-started",
    [XML_ERR_ELEMCONTENT_NOT_FINISHED] = "elemcontent-not-finished",
    [XML_ERR_XMLDECL_NOT_STARTED] = "xmldecl-not-started",
    [XML_ERR_XMLDECL_NOT_FINISHED] = "xmldecl-not-finished",
    [XML_ERR_CONDSEC_NOT_STARTED] = "condsec-not-started",
    [XML_ERR_CONDSEC_NOT_FINISHED] = "condsec-not-finished",
    [XML_ERR_EXT_SUBSET_NOT_FINISHED] = "ext-subset-not-finished",
    [XML_ERR_DOCTYPE_NOT_FINISHED] = "doctype-not-finished",
    [XML_ERR_MISPLACED_CDATA_END] = "misplaced-cdata-end",
    [XML_ERR_CDATA_NOT_FINISHED] = "cdata-not-finished",
    [XML_ERR_RESERVED_XML_NAME] = "reserved-xml-name",
    [XML_ERR_SPACE_REQUIRED] = "space-required",
    [XML_ERR_SEPARATOR_REQUIRED] = "separator-required",
    [XML_ERR_NMTOKEN_REQUIRED] = "nmtoken-required",
    [XML_ERR_NAME_REQUIRED] = "name-required",
    [XML_ERR_PCDATA_REQUIRED] = "pcdata-required",
    [XML_ERR_URI_REQUIRED] = "uri-required",
    [XML_ERR_PUBID_REQUIRED] = "pubid-required",
    [XML_ERR_LT_REQUIRED] = "lt-required",
    [XML_ERR_GT_REQUIRED] = "gt-required",
    [XML_ERR_LTSLASH_REQUIRED] = "ltslash-required",
    [XML_ERR_EQUAL_REQUIRED] = "equal-required",
    [XML_ERR_TAG_NAME_MISMATCH] = "tag-name-mismatch",
    [XML_ERR_TAG_NOT_FINISHED] = "tag-not-finished",
    [XML_ERR_STANDALONE_VALUE] = "standalone-value",
    [XML_ERR_ENCODING_NAME] = "encoding-name",
    [XML_ERR_HYPHEN_IN_COMMENT] = "hyphen-in-comment",
    [XML_ERR_INVALID_ENCODING] = "invalid-encoding",
    [XML_ERR_EXT_ENTITY_STANDALONE] = "ext-entity-standalone",
    [XML_ERR_CONDSEC_INVALID] = "condsec-invalid",
    [XML_ERR_VALUE_REQUIRED] = "value-required",
    [XML_ERR_NOT_WELL_BALANCED] = "not-well-balanced",
    [XML_ERR_EXTRA_CONTENT] = "extra-content",
    [XML_ERR_ENTITY_CHAR_ERROR] = "entity-char-error",
    [XML_ERR_ENTITY_PE_INTERNAL] = "entity-pe-internal",
    [XML_ERR_ENTITY_LOOP] = "entity-loop",
    [XML_ERR_ENTITY_BOUNDARY] = "entity-boundary",
    [XML_ERR_INVALID_URI] = "invalid-uri",
    [XML_ERR_URI_FRAGMENT] = "uri-fragment",
    [XML_WAR_CATALOG_PI] = "catalog-pi",
    [XML_ERR_NO_DTD] = "no-dtd",
    [XML_ERR_CONDSEC_INVALID_KEYWORD] = "condsec-invalid-keyword",
    [XML_ERR_VERSION_MISSING] = "version-missing",
    [XML_WAR_UNKNOWN_VERSION] = "unknown-version",
    [XML_WAR_LANG_VALUE] = "lang-value",
    [XML_WAR_NS_URI] = "ns-uri",
    [XML_WAR_NS_URI_RELATIVE] = "ns-uri-relative",
    [XML_ERR_MISSING_ENCODING] = "missing-encoding",
    [XML_WAR_SPACE_VALUE] = "space-value",
    [XML_ERR_NOT_STANDALONE] = "not-standalone",
    [XML_ERR_ENTITY_PROCESSING] = "entity-processing",
    [XML_ERR_NOTATION_PROCESSING] = "notation-processing",
    [XML_WAR_NS_COLUMN] = "ns-column",
    [XML_WAR_ENTITY_REDEFINED] = "entity-redefined",
    [XML_ERR_UNKNOWN_VERSION] = "unknown-version",
    [XML_ERR_VERSION_MISMATCH] = "version-mismatch",
    [XML_ERR_NAME_TOO_LONG] = "name-too-long",
    [XML_ERR_USER_STOP] = "user-stop",
    [XML_NS_ERR_XML_NAMESPACE] = "xml-namespace",
    [XML_NS_ERR_UNDEFINED_NAMESPACE] = "undefined-namespace",
    [XML_NS_ERR_QNAME] = "qname",
    [XML_NS_ERR_ATTRIBUTE_REDEFINED] = "attribute-redefined",
    [XML_NS_ERR_EMPTY] = "empty",
    [XML_NS_ERR_COLON] = "colon",
};

static const char *const schema_codes[] = {
    [XML_SCHEMAV_NOROOT - XML_SCHEMAV_NOROOT] = "noroot",
    [XML_SCHEMAV_UNDECLAREDELEM - XML_SCHEMAV_NOROOT] = "undeclaredelem",
    [XML_SCHEMAV_NOTTOPLEVEL - XML_SCHEMAV_NOROOT] = "nottoplevel",
    [XML_SCHEMAV_MISSING - XML_SCHEMAV_NOROOT] = "missing",
    [XML_SCHEMAV_WRONGELEM - XML_SCHEMAV_NOROOT] = "wrongelem",
    [XML_SCHEMAV_NOTYPE - XML_SCHEMAV_NOROOT] = "notype",
    [XML_SCHEMAV_NOROLLBACK - XML_SCHEMAV_NOROOT] = "norollback",
    [XML_SCHEMAV_ISABSTRACT - XML_SCHEMAV_NOROOT] = "isabstract",
    [XML_SCHEMAV_NOTEMPTY - XML_SCHEMAV_NOROOT] = "notempty",
    [XML_SCHEMAV_ELEMCONT - XML_SCHEMAV_NOROOT] = "elemcont",
    [XML_SCHEMAV_HAVEDEFAULT - XML_SCHEMAV_NOROOT] = "havedefault",
    [XML_SCHEMAV_NOTNILLABLE - XML_SCHEMAV_NOROOT] = "notnillable",
    [XML_SCHEMAV_EXTRACONTENT - XML_SCHEMAV_NOROOT] = "extracontent",
    [XML_SCHEMAV_INVALIDATTR - XML_SCHEMAV_NOROOT] = "invalidattr",
    [XML_SCHEMAV_INVALIDELEM - XML_SCHEMAV_NOROOT] = "invalidelem",
    [XML_SCHEMAV_NOTDETERMINIST - XML_SCHEMAV_NOROOT] = "notdeterminist",
    [XML_SCHEMAV_CONSTRUCT - XML_SCHEMAV_NOROOT] = "construct",
    [XML_SCHEMAV_INTERNAL - XML_SCHEMAV_NOROOT] = "internal",
    [XML_SCHEMAV_NOTSIMPLE - XML_SCHEMAV_NOROOT] = "notsimple",
    [XML_SCHEMAV_ATTRUNKNOWN - XML_SCHEMAV_NOROOT] = "attrunknown",
    [XML_SCHEMAV_ATTRINVALID - XML_SCHEMAV_NOROOT] = "attrinvalid",
    [XML_SCHEMAV_VALUE - XML_SCHEMAV_NOROOT] = "value",
    [XML_SCHEMAV_FACET - XML_SCHEMAV_NOROOT] = "facet",
    [XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 - XML_SCHEMAV_NOROOT] = "cvc-datatype-valid.1.2.1",
    [XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_2 - XML_SCHEMAV_NOROOT] = "cvc-datatype-valid.1.2.2",
    [XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3 - XML_SCHEMAV_NOROOT] = "cvc-datatype-valid.1.2.3",
    [XML_SCHEMAV_CVC_TYPE_3_1_1 - XML_SCHEMAV_NOROOT] = "cvc-type.3.1.1",
    [XML_SCHEMAV_CVC_TYPE_3_1_2 - XML_SCHEMAV_NOROOT] = "cvc-type.3.1.2",
    [XML_SCHEMAV_CVC_FACET_VALID - XML_SCHEMAV_NOROOT] = "cvc-facet-valid",
    [XML_SCHEMAV_CVC_LENGTH_VALID - XML_SCHEMAV_NOROOT] = "cvc-length-valid",
    [XML_SCHEMAV_CVC_MINLENGTH_VALID - XML_SCHEMAV_NOROOT] = "cvc-minLength-valid",
    [XML_SCHEMAV_CVC_MAXLENGTH_VALID - XML_SCHEMAV_NOROOT] = "cvc-maxLength-valid",
    [XML_SCHEMAV_CVC_MININCLUSIVE_VALID - XML_SCHEMAV_NOROOT] = "cvc-minInclusive-valid",
    [XML_SCHEMAV_CVC_MAXINCLUSIVE_VALID - XML_SCHEMAV_NOROOT] = "cvc-maxInclusive-valid",
    [XML_SCHEMAV_CVC_MINEXCLUSIVE_VALID - XML_SCHEMAV_NOROOT] = "cvc-minExclusive-valid",
    [XML_SCHEMAV_CVC_MAXEXCLUSIVE_VALID - XML_SCHEMAV_NOROOT] = "cvc-maxExclusive-valid",
    [XML_SCHEMAV_CVC_TOTALDIGITS_VALID - XML_SCHEMAV_NOROOT] = "cvc-totalDigits-valid",
    [XML_SCHEMAV_CVC_FRACTIONDIGITS_VALID - XML_SCHEMAV_NOROOT] = "cvc-fractionDigits-valid",
    [XML_SCHEMAV_CVC_PATTERN_VALID - XML_SCHEMAV_NOROOT] = "cvc-pattern-valid",
    [XML_SCHEMAV_CVC_ENUMERATION_VALID - XML_SCHEMAV_NOROOT] = "cvc-enumeration-valid",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.2.1",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_2_2 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.2.2",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.2.3",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_2_4 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.2.4",
    [XML_SCHEMAV_CVC_ELT_1 - XML_SCHEMAV_NOROOT] = "cvc-elt.1",
    [XML_SCHEMAV_CVC_ELT_2 - XML_SCHEMAV_NOROOT] = "cvc-elt.2",
    [XML_SCHEMAV_CVC_ELT_3_1 - XML_SCHEMAV_NOROOT] = "cvc-elt.3.1",
    [XML_SCHEMAV_CVC_ELT_3_2_1 - XML_SCHEMAV_NOROOT] = "cvc-elt.3.2.1",
    [XML_SCHEMAV_CVC_ELT_3_2_2 - XML_SCHEMAV_NOROOT] = "cvc-elt.3.2.2",
    [XML_SCHEMAV_CVC_ELT_4_1 - XML_SCHEMAV_NOROOT] = "cvc-elt.4.1",
    [XML_SCHEMAV_CVC_ELT_4_2 - XML_SCHEMAV_NOROOT] = "cvc-elt.4.2",
    [XML_SCHEMAV_CVC_ELT_4_3 - XML_SCHEMAV_NOROOT] = "cvc-elt.4.3",
    [XML_SCHEMAV_CVC_ELT_5_1_1 - XML_SCHEMAV_NOROOT] = "cvc-elt.5.1.1",
    [XML_SCHEMAV_CVC_ELT_5_1_2 - XML_SCHEMAV_NOROOT] = "cvc-elt.5.1.2",
    [XML_SCHEMAV_CVC_ELT_5_2_1 - XML_SCHEMAV_NOROOT] = "cvc-elt.5.2.1",
    [XML_SCHEMAV_CVC_ELT_5_2_2_1 - XML_SCHEMAV_NOROOT] = "cvc-elt.5.2.2.1",
    [XML_SCHEMAV_CVC_ELT_5_2_2_2_1 - XML_SCHEMAV_NOROOT] = "cvc-elt.5.2.2.2.1",
    [XML_SCHEMAV_CVC_ELT_5_2_2_2_2 - XML_SCHEMAV_NOROOT] = "cvc-elt.5.2.2.2.2",
    [XML_SCHEMAV_CVC_ELT_6 - XML_SCHEMAV_NOROOT] = "cvc-elt.6",
    [XML_SCHEMAV_CVC_ELT_7 - XML_SCHEMAV_NOROOT] = "cvc-elt.7",
    [XML_SCHEMAV_CVC_ATTRIBUTE_1 - XML_SCHEMAV_NOROOT] = "cvc-attribute.1",
    [XML_SCHEMAV_CVC_ATTRIBUTE_2 - XML_SCHEMAV_NOROOT] = "cvc-attribute.2",
    [XML_SCHEMAV_CVC_ATTRIBUTE_3 - XML_SCHEMAV_NOROOT] = "cvc-attribute.3",
    [XML_SCHEMAV_CVC_ATTRIBUTE_4 - XML_SCHEMAV_NOROOT] = "cvc-attribute.4",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_3_1 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.3.1",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.3.2.1",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.3.2.2",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_4 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.4",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_5_1 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.5.1",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_5_2 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.5.2",
    [XML_SCHEMAV_ELEMENT_CONTENT - XML_SCHEMAV_NOROOT] = "cvc-complex-type.2.4",
    [XML_SCHEMAV_DOCUMENT_ELEMENT_MISSING - XML_SCHEMAV_NOROOT] = "document-element-missing",
    [XML_SCHEMAV_CVC_COMPLEX_TYPE_1 - XML_SCHEMAV_NOROOT] = "cvc-complex-type.1",
    [XML_SCHEMAV_CVC_AU - XML_SCHEMAV_NOROOT] = "cvc-au",
    [XML_SCHEMAV_CVC_TYPE_1 - XML_SCHEMAV_NOROOT] = "cvc-type.1",
    [XML_SCHEMAV_CVC_TYPE_2 - XML_SCHEMAV_NOROOT] = "cvc-type.2",
    [XML_SCHEMAV_CVC_IDC - XML_SCHEMAV_NOROOT] = "cvc-identity-constraint",
    [XML_SCHEMAV_CVC_WILDCARD - XML_SCHEMAV_NOROOT] = "cvc-wildcard",
    [XML_SCHEMAV_MISC - XML_SCHEMAV_NOROOT] = "misc",
};
/* clang-format on */

const char *libxml_error_code(int domain, int number)
{
    const char *code = NULL;
    size_t n = (size_t)(number < 0 ? 0 : number);
    if (domain == XML_FROM_RELAXNGV)
        return "relaxng";
    if (n >= XML_SCHEMAV_NOROOT) {
        n -= XML_SCHEMAV_NOROOT;
        code = n < sizeof schema_codes / sizeof *schema_codes ? schema_codes[n] : NULL;
    } else if (n < sizeof parser_codes / sizeof *parser_codes) {
        code = parser_codes[n];
    }
    return code ? code : domain == XML_FROM_SCHEMASV ? "cvc" : "xml";
}

bool libxml_error_is_limit(int number, const char *message)
{
    static const char *const words[] = {"XML_PARSE_HUGE", "Excessive depth", "huge text node",
                                        "Huge input",     "too long",        "too big"};
    if (number == XML_ERR_NAME_TOO_LONG)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (message && strstr(message, words[i]))
            return true;
    return false;
}

bool libxml_error_is_namespace(int domain, int number)
{
    return domain == XML_FROM_NAMESPACE && number >= XML_NS_ERR_XML_NAMESPACE &&
           number <= XML_NS_ERR_COLON;
}
