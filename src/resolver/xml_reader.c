/* SPDX-License-Identifier: MIT */
#include "resolver/xml_reader.h"

int xml_reader_open(struct xml_reader *reader)
{
    const struct scanner_limits limits = {
        .name_bytes = UINT64_MAX,
        .entity_bytes = UINT64_C(10) << 20,
        .entity_remedy = "that is 10 MiB here, which no option raises: put the text of some in "
                         "their place",
    };
    *reader = (struct xml_reader){scanner_new(&limits), encoding_new()};
    return reader->scanner && reader->encoding ? 0 : -1;
}

void xml_reader_close(struct xml_reader *reader)
{
    scanner_free(reader->scanner);
    encoding_free(reader->encoding);
    *reader = (struct xml_reader){0};
}

int xml_reader_run(struct xml_reader *reader, struct buf *bytes,
                   const struct scanner_events *events)
{
    const struct scanner_fault too_large = {
        .kind = SCANNER_LIMIT,
        .code = "limit-bytes",
        .message = "the document comes to more than 2 GiB in UTF-8; split it into several",
        .line = 1,
        .column = 1,
    };
    struct utf8_document text;
    if (!buf_string(bytes))
        return -1;
    switch (encoding_to_utf8(reader->encoding, bytes->data, bytes->len, &text)) {
    case ENCODING_DONE:
        return scanner_run(reader->scanner, &text, events);
    case ENCODING_TOO_LARGE:
        events->fault(events->context, &too_large);
        return 0;
    default:
        return -1;
    }
}
