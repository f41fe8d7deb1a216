/* SPDX-License-Identifier: MIT
 *
 * The schema that a document names, as far as it may choose: by a name alone.
 */
#ifndef THRESH_DOCUMENT_SCHEMA_LOCATION_H
#define THRESH_DOCUMENT_SCHEMA_LOCATION_H

#include "rules/rules.h"
#include <libxml/xmlstring.h>

/* Sets the location of a root whose other facts are known to the base name of the address that
 * its xsi:schemaLocation has for its namespace, or its xsi:noNamespaceSchemaLocation if it is
 * in none; it may be a path with backslashes. The attributes are as startElementNsSAX2Func has
 * them. */
void schema_location_find(struct root_facts *root, int n_attributes,
                          const xmlChar **attributes);

#endif
