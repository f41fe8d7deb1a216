/* SPDX-License-Identifier: MIT */
#include "lambda/s3/s3_xml.h"

#include <stdio.h>
#include <string.h>

bool s3_xml_text(const char **at, const char *tag, struct buf *out)
{
    static const struct {
        const char *name;
        char c;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    char open[64];
    int len = snprintf(open, sizeof open, "<%s>", tag);
    const char *from = strstr(*at, open);
    if (!from)
        return false;
    for (from += len; *from && *from != '<';) {
        size_t i = 0;
        while (i < 5 && strncmp(from, entities[i].name, strlen(entities[i].name)) != 0)
            i++;
        buf_append_char(out, i < 5 ? entities[i].c : *from);
        from += i < 5 ? strlen(entities[i].name) : 1;
    }
    *at = from;
    return buf_string(out) != NULL;
}
