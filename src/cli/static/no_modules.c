/* SPDX-License-Identifier: MIT
 *
 * A static program that loads a library of the machine it runs on, as glibc does for a module
 * of iconv and libgomp for a device, has two C libraries in it, perhaps of two versions. Linked
 * with --wrap for both ways to it, no file is ever loaded, and the program does the same
 * everywhere.
 */
#include <stddef.h>

void *__wrap_dlopen(const char *file, int mode);
void *__wrap___libc_dlopen_mode(const char *file, int mode);

void *__wrap_dlopen(const char *file, int mode)
{
    (void)file, (void)mode;
    return NULL;
}

void *__wrap___libc_dlopen_mode(const char *file, int mode)
{
    (void)file, (void)mode;
    return NULL;
}
