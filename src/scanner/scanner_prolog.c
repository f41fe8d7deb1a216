/* SPDX-License-Identifier: MIT */
#include "scanner/scanner_prolog.h"

#include "scanner/dtd_read.h"
#include "scanner/xml_declaration.h"

/* [28], behind its `<!DOCTYPE`. */
static const uint8_t *read_doctype(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *name;
    struct dtd_external_id id;
    const uint8_t *behind;
    if (!(c = dtd_need_space(s, c)) || !(c = dtd_read_qname(s, c, &name)))
        return NULL;
    behind = xml_skip(c, XML_SPACE);
    if (behind > c && !(behind = dtd_read_external_id(s, behind, false, &id)))
        return NULL;
    s->dtd.has_external_subset = behind > c && id.is_there;
    c = xml_skip(behind, XML_SPACE);
    if (*c == '[' && !(c = dtd_read_subset(s, c + 1)))
        return NULL;
    c = xml_skip(c, XML_SPACE);
    return *c == '>' ? c + 1
                     : scanner_fail(s, c, "doctype-not-finished",
                                    "the document type declaration does not end with '>'");
}

const uint8_t *scanner_read_prolog(struct scanner *s, const uint8_t *c)
{
    struct xml_declaration declaration;
    const uint8_t *behind;
    if (xml_declaration_read(c, &declaration) && !(c = declaration.end))
        return scanner_fail(s, declaration.at, declaration.code, "%s", declaration.message);
    s->dtd.is_standalone = declaration.standalone;
    if (!(c = scanner_read_misc(s, c)))
        return NULL;
    if ((behind = xml_skip_string(c, "<!DOCTYPE")) &&
        (!(c = read_doctype(s, behind)) || !(c = scanner_read_misc(s, c))))
        return NULL;
    return *c == '<' ? c : scanner_fail(s, c, "document-empty", "there is no root element");
}
