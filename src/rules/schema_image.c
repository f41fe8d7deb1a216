/* SPDX-License-Identifier: MIT */
#include "rules/schema_image.h"

#include "base/io.h"
#include "resolver/local_file.h"

static int read_image(struct schema_image *opened, const struct local_file *file,
                      const char *name, uint64_t max_bytes, bool is_digested,
                      struct thresh_error *error)
{
    uint64_t size = (uint64_t)file->facts.st_size;
    if (max_bytes && size > max_bytes)
        return error_set(
            error,
            "%s: the schema image has %llu bytes, more than the %llu that a schema "
            "may take; raise --schema-memory",
            name, (unsigned long long)size, (unsigned long long)max_bytes);
    opened->image =
        image_read(file->fd, size, name, is_digested ? opened->digest : NULL, error);
    opened->facts = file->facts;
    return opened->image ? 0 : -1;
}

int schema_image_open(struct schema_image *opened, const char *file, uint64_t max_bytes,
                      struct seen_files *seen, struct thresh_error *error)
{
    struct local_file local;
    char magic[IMAGE_MAGIC];
    int rc = 0;
    *opened = (struct schema_image){.image = NULL};
    if (local_file_open(&local, file) < 0)
        return 0;
    ptrdiff_t n = io_pread_all(local.fd, magic, sizeof magic, 0);
    if (n > 0 && image_has_magic(magic, (size_t)n)) {
        seen_files_took(seen, file, &local.facts);
        rc = read_image(opened, &local, file, max_bytes, seen != NULL, error);
    }
    local_file_close(&local);
    return rc;
}
