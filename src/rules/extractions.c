/* SPDX-License-Identifier: MIT */
#include "rules/extractions.h"

#include <stdlib.h>
#include <string.h>

int extraction_from_option(struct extraction *extraction, const char *option,
                           struct thresh_error *error)
{
    const char *equals = strchr(option, '=');
    extraction->name = strndup(option, (size_t)(equals - option));
    extraction->text = strdup(equals + 1);
    return extraction->name && extraction->text ? 0 : error_no_memory(error);
}

int extraction_compile(struct extraction *extraction, const struct xpath_prefixes *prefixes,
                       struct thresh_error *error)
{
    struct xpath_error wrong;
    int rc = xpath_compile(&extraction->xpath, extraction->text, prefixes, &wrong);
    if (rc < 0)
        return error_no_memory(error);
    if (rc > 0)
        return error_set(error,
                         "--extract %s: '%s' is not XPath 1.0, from character %zu on: %s",
                         extraction->name, extraction->text, wrong.character, wrong.text);
    extraction->query = xpath_query_new(extraction->xpath);
    return 0;
}

void extraction_free(struct extraction *extraction)
{
    xpath_query_free(extraction->query);
    xpath_free(extraction->xpath);
    free(extraction->name);
    free(extraction->text);
}
