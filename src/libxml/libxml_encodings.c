/* SPDX-License-Identifier: MIT */
#include "libxml/libxml_encodings.h"

#include <iconv.h>
#include <stdlib.h>

/* Encodings that XML is met in. libxml2 itself knows UTF-8, UTF-16, ISO-8859-1 and ASCII. */
static const char *const names[] = {
    "UTF-32LE",     "UTF-32BE",     "UCS-4LE",      "UCS-4BE",      "UCS-2",
    "UTF-16",       "UTF-7",        "ISO-8859-2",   "ISO-8859-3",   "ISO-8859-4",
    "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",   "ISO-8859-8",   "ISO-8859-9",
    "ISO-8859-10",  "ISO-8859-11",  "ISO-8859-13",  "ISO-8859-14",  "ISO-8859-15",
    "ISO-8859-16",  "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1253",
    "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258",
    "KOI8-R",       "KOI8-U",       "IBM437",       "IBM850",       "IBM852",
    "IBM866",       "MACINTOSH",    "SHIFT_JIS",    "WINDOWS-31J",  "EUC-JP",
    "ISO-2022-JP",  "GB2312",       "GBK",          "GB18030",      "BIG5",
    "BIG5-HKSCS",   "EUC-TW",       "EUC-KR",       "UHC",          "TIS-620",
    "VISCII",       "EBCDIC-US",    "IBM037",       "IBM273",       "IBM297",
    "IBM500",       "IBM1047",      "IBM1140",      "IBM1141",      "IBM1148",
};
enum { NAMES = sizeof names / sizeof *names };

struct libxml_encodings {
    iconv_t in[NAMES], out[NAMES];
};

struct libxml_encodings *libxml_encodings_open(void)
{
    struct libxml_encodings *encodings = calloc(1, sizeof *encodings);
    for (int i = 0; encodings && i < NAMES; i++) {
        encodings->in[i] = iconv_open("UTF-8", names[i]);
        encodings->out[i] = iconv_open(names[i], "UTF-8");
    }
    return encodings;
}

static void let_go(iconv_t converter)
{
    if (converter != (iconv_t)-1)
        iconv_close(converter);
}

void libxml_encodings_close(struct libxml_encodings *encodings)
{
    for (int i = 0; encodings && i < NAMES; i++) {
        let_go(encodings->in[i]);
        let_go(encodings->out[i]);
    }
    free(encodings);
}
