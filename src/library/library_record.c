/* SPDX-License-Identifier: MIT
 *
 * Records as programs see them.
 */
#include "record/format.h"
#include "record/record.h"
#include "record/record_view.h"

#include <stdlib.h>
#include <string.h>

static const struct record_view *view_of(const struct thresh_record *record)
{
    return (const struct record_view *)record;
}

const char *thresh_verdict_name(int verdict)
{
    return verdict >= 0 && verdict < VERDICTS ? verdict_names[verdict] : NULL;
}

const struct thresh_namespace *thresh_record_namespace(const struct thresh_record *record,
                                                       size_t i)
{
    return i < record->n_namespaces ? &view_of(record)->namespaces[i] : NULL;
}

const struct thresh_field *thresh_record_field(const struct thresh_record *record, size_t i)
{
    return i < record->n_fields ? &view_of(record)->fields[i] : NULL;
}

const struct thresh_field *thresh_record_field_named(const struct thresh_record *record,
                                                     const char *name)
{
    for (size_t i = 0; i < record->n_fields; i++)
        if (strcmp(view_of(record)->fields[i].name, name) == 0)
            return &view_of(record)->fields[i];
    return NULL;
}

const struct thresh_fault *thresh_record_error(const struct thresh_record *record, size_t i)
{
    return i < record->n_errors ? &view_of(record)->faults[i] : NULL;
}

/* How the record is written in the format of that name. False: there is none. */
static bool layout_in(const struct record_view *view, const char *format,
                      struct record_layout *layout)
{
    *layout = *view->layout;
    if (strcmp(format, "ndjson") == 0)
        layout->format = FORMAT_NDJSON;
    else if (strcmp(format, "csv") == 0)
        layout->format = FORMAT_CSV;
    else if (strcmp(format, "text") == 0)
        layout->format = FORMAT_TEXT;
    else
        return false;
    return true;
}

/* The text of a record is its own affair, so that a const record may change in it. */
static const struct thresh_text *write_text(const struct thresh_record *record,
                                            const char *format, bool is_heading)
{
    struct record_view *view = (struct record_view *)record;
    struct record_layout layout;
    if (!layout_in(view, format, &layout))
        return NULL;
    buf_clear(&view->text);
    int rc = is_heading ? format_heading(&view->text, &layout)
                        : record_view_write(view, &layout, &view->text);
    if (rc < 0 || !buf_string(&view->text))
        return NULL;
    view->given = (struct thresh_text){view->text.data, view->text.len};
    return &view->given;
}

const struct thresh_text *thresh_record_text(const struct thresh_record *record,
                                             const char *format)
{
    return write_text(record, format, false);
}

const struct thresh_text *thresh_record_heading(const struct thresh_record *record,
                                                const char *format)
{
    return write_text(record, format, true);
}

struct thresh_record *thresh_record_copy(const struct thresh_record *record)
{
    const struct record_view *from = view_of(record);
    struct record_view *view = calloc(1, sizeof *view);
    char *packed = malloc(from->packed_len);
    if (view && packed) {
        memcpy(packed, from->packed, from->packed_len);
        if (record_view_open(view, packed, from->packed_len, from->layout) == 0)
            return &view->record;
        record_view_close(view);
    }
    free(packed);
    free(view);
    return NULL;
}

void thresh_record_free(struct thresh_record *record)
{
    struct record_view *view = (struct record_view *)record;
    if (!view)
        return;
    free((char *)view->packed);
    record_view_close(view);
    free(view);
}
