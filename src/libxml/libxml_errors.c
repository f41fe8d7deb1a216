/* SPDX-License-Identifier: MIT
 *
 * libxml2's error numbers as words: the names of its constants.
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
/* clang-format on */

const char *libxml_error_code(int domain, int number)
{
    size_t n = (size_t)(number < 0 ? 0 : number);
    if (domain == XML_FROM_RELAXNGV)
        return "relaxng";
    const char *code = n < sizeof parser_codes / sizeof *parser_codes ? parser_codes[n] : NULL;
    return code ? code : "xml";
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
