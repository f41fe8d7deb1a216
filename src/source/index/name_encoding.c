/* SPDX-License-Identifier: MIT */
#include "source/index/name_encoding.h"

#include "source/index/entry_name.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static bool is_name_of_cp437(const char *encoding)
{
    return strcasecmp(encoding, "cp437") == 0 || strcasecmp(encoding, "ibm437") == 0 ||
           strcasecmp(encoding, "437") == 0;
}

static int convert(iconv_t converter, const char *name, size_t len, struct buf *decoded)
{
    char part[256], *in = (char *)(uintptr_t)name; /* iconv writes to none of it */
    iconv(converter, NULL, NULL, NULL, NULL);
    for (bool is_end = false; !is_end;) {
        char *out = part;
        size_t room = sizeof part;
        is_end = !len;
        /* With no input it gives what it has kept back. */
        size_t rc = iconv(converter, is_end ? NULL : &in, is_end ? NULL : &len, &out, &room);
        if (rc == (size_t)-1 && errno != E2BIG)
            return 0;
        if (memchr(part, '\0', sizeof part - room))
            return 0; /* a path can be told only up to there */
        if (buf_append(decoded, part, sizeof part - room) < 0)
            return -1;
    }
    return 1;
}

/* 1: names in it can be those of an archive, where `/` parts folders whatever the encoding of
 * what is between. 0: it has other bytes for it, as UTF-16, UTF-32 and EBCDIC. -1: no
 * memory. */
static int has_ascii(const struct name_encoding *names)
{
    static const char ascii[] = "a/b.xml/";
    struct buf decoded = {0};
    int rc = convert(names->converter, ascii, sizeof ascii - 1, &decoded);
    if (rc == 1)
        rc = decoded.len == sizeof ascii - 1 && memcmp(decoded.data, ascii, decoded.len) == 0;
    buf_free(&decoded);
    return rc;
}

int name_encoding_open(struct name_encoding *names, const char *encoding,
                       struct thresh_error *error)
{
    *names = (struct name_encoding){.converter = (iconv_t)-1};
    if (!encoding)
        return 0;
    names->is_cp437 = is_name_of_cp437(encoding);
    if (names->is_cp437)
        return 0;
    /* What begins with a slash, or has none of its own, iconv takes for the locale's. */
    if (*encoding && !strchr(encoding, '/'))
        names->converter = iconv_open("UTF-8", encoding);
    bool is_known = names->converter != (iconv_t)-1;
    int fits = is_known ? has_ascii(names) : errno == ENOMEM ? -1 : 0;
    if (fits > 0)
        return 0;
    name_encoding_close(names);
    if (fits < 0)
        return error_no_memory(error);
    if (is_known)
        return error_set(error,
                         "--names-encoding: '%s' has other bytes for '/' and the letters of "
                         "ASCII than archives have; name an encoding such as cp866 or "
                         "shift_jis",
                         encoding);
    return error_set(error,
                     "--names-encoding: '%s' is no encoding that is known here; iconv -l lists "
                     "those that are",
                     encoding);
}

void name_encoding_close(struct name_encoding *names)
{
    if (names->converter != (iconv_t)-1)
        iconv_close(names->converter);
    names->converter = (iconv_t)-1;
}

int name_encoding_decode(struct name_encoding *names, const char *name, size_t len,
                         struct buf *decoded)
{
    buf_clear(decoded);
    if (names->is_cp437)
        return entry_name_append_cp437(decoded, name, len) < 0 ? -1 : 1;
    return names->converter == (iconv_t)-1 ? 0 : convert(names->converter, name, len, decoded);
}
