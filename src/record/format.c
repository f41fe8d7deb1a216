/* SPDX-License-Identifier: MIT */
#include "record/format.h"

#include "record/csv.h"
#include "record/ndjson.h"
#include "record/text.h"

int format_heading(struct buf *out, const struct record_layout *layout)
{
    if (layout->format == FORMAT_CSV)
        csv_write(out, NULL, layout);
    return out->failed ? -1 : 0;
}

int format_record(struct buf *out, const struct record *record,
                  const struct record_layout *layout)
{
    if (layout->format == FORMAT_CSV)
        csv_write(out, record, layout);
    else if (layout->format == FORMAT_TEXT)
        text_write(out, record, layout);
    else
        ndjson_write(out, record, layout);
    return out->failed ? -1 : 0;
}
