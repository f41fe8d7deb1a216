/* SPDX-License-Identifier: MIT */
#include "document/schema_location.h"

#include <string.h>

#define XSI_NAMESPACE "http://www.w3.org/2001/XMLSchema-instance"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next word of *at, which moves behind it; of no bytes: there is none. */
static size_t next_word(const char **at, const char *end, const char **word)
{
    while (*at < end && is_space(**at))
        ++*at;
    *word = *at;
    while (*at < end && !is_space(**at))
        ++*at;
    return (size_t)(*at - *word);
}

/* Sets the location to what stands behind the last / or \ (which editors on Windows write) of
 * the address, without its query and fragment. */
static void set_base_name(struct root_facts *root, const char *address, size_t len)
{
    size_t end = 0, begin = 0;
    for (; end < len && address[end] != '?' && address[end] != '#'; end++)
        if (address[end] == '/' || address[end] == '\\')
            begin = end + 1;
    root->location = address + begin;
    root->location_len = end - begin;
}

void schema_location_find(struct root_facts *root, int n, const xmlChar **attributes)
{
    const char *wanted = *root->namespace_name ? "schemaLocation" : "noNamespaceSchemaLocation";
    for (; n > 0; n--, attributes += 5) {
        if (!attributes[2] || strcmp((const char *)attributes[2], XSI_NAMESPACE) != 0 ||
            strcmp((const char *)attributes[0], wanted) != 0)
            continue;
        const char *at = (const char *)attributes[3], *end = (const char *)attributes[4];
        const char *name = NULL, *address;
        size_t len, name_len = 0;
        bool is_for_root = !*root->namespace_name;
        do {
            if (*root->namespace_name) {
                name_len = next_word(&at, end, &name);
                is_for_root = strlen(root->namespace_name) == name_len &&
                              memcmp(root->namespace_name, name, name_len) == 0;
            }
            len = next_word(&at, end, &address);
        } while (len && !is_for_root);
        if (!len)
            return;
        set_base_name(root, address, len);
    }
}
