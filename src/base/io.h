/* SPDX-License-Identifier: MIT
 *
 * Reads and writes of a whole length: a call that is interrupted, or moves fewer bytes than
 * asked, is repeated.
 */
#ifndef THRESH_BASE_IO_H
#define THRESH_BASE_IO_H

#include <stddef.h>
#include <stdint.h>

/* 0, or -1 with errno; some of the bytes may have been written then. */
int io_write_all(int fd, const void *bytes, size_t len);

/* The number of bytes read, which is less than `len` only at the end of the file; or -1 with
 * errno. The second reads from `offset` and leaves the file's own position alone. */
ptrdiff_t io_read_all(int fd, void *bytes, size_t len);
ptrdiff_t io_pread_all(int fd, void *bytes, size_t len, uint64_t offset);

#endif
