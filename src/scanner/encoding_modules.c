/* SPDX-License-Identifier: MIT */
#include "scanner/encoding_modules.h"

#include <iconv.h>
#include <stdlib.h>
#include <strings.h>

/* Encodings that XML is met in, beside UTF-8, UTF-16, UTF-32 and ISO-8859-1: these need no
 * module. */
static const char *const names[] = {
    "US-ASCII",     "UTF-7",        "ISO-8859-2",   "ISO-8859-3",   "ISO-8859-4",
    "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",   "ISO-8859-8",   "ISO-8859-9",
    "ISO-8859-10",  "ISO-8859-11",  "ISO-8859-13",  "ISO-8859-14",  "ISO-8859-15",
    "ISO-8859-16",  "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1253",
    "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258",
    "KOI8-R",       "KOI8-U",       "IBM437",       "IBM850",       "IBM852",
    "IBM866",       "MACINTOSH",    "MAC-CYRILLIC", "SHIFT_JIS",    "WINDOWS-31J",
    "EUC-JP",       "ISO-2022-JP",  "GB2312",       "GBK",          "GB18030",
    "BIG5",         "BIG5-HKSCS",   "EUC-TW",       "EUC-KR",       "UHC",
    "TIS-620",      "VISCII",       "EBCDIC-US",    "IBM037",       "IBM273",
    "IBM297",       "IBM500",       "IBM1047",      "IBM1140",      "IBM1141",
    "IBM1148",
};
enum { NAMES = sizeof names / sizeof *names };

struct encoding_modules {
    iconv_t converters[NAMES];
};

struct encoding_modules *encoding_modules_open(void)
{
    struct encoding_modules *modules = calloc(1, sizeof *modules);
    for (int i = 0; modules && i < NAMES; i++)
        modules->converters[i] = iconv_open("UTF-8", names[i]);
    return modules;
}

void encoding_modules_close(struct encoding_modules *modules)
{
    for (int i = 0; modules && i < NAMES; i++)
        if (modules->converters[i] != (iconv_t)-1)
            iconv_close(modules->converters[i]);
    free(modules);
}

bool encoding_modules_have(const char *name)
{
    int i = 0;
    while (i < NAMES && strcasecmp(names[i], name) != 0)
        i++;
    return i < NAMES;
}
