/* SPDX-License-Identifier: MIT */
#include "lambda/http_header.h"

#include <string.h>
#include <strings.h>

bool http_header_is(const char *line, size_t len, const char *name, char *value, size_t room)
{
    size_t name_len = strlen(name);
    if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
        return false;
    const char *from = line + name_len + 1;
    const char *to = line + len;
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (unsigned char)to[-1] <= ' ')
        to--;
    size_t have = (size_t)(to - from) < room ? (size_t)(to - from) : 0;
    memcpy(value, from, have);
    value[have] = '\0';
    return true;
}
