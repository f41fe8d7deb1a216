/* SPDX-License-Identifier: MIT */
#include "libxml/libxml_memory.h"

#include <libxml/threads.h>
#include <libxml/xmlmemory.h>
#include <threads.h>

static struct {
    xmlFreeFunc free;
    xmlMallocFunc malloc;
    xmlReallocFunc realloc;
    xmlStrdupFunc strdup;
} plain;

static _Thread_local bool refused;

static void *watched(void *given, size_t size)
{
    if (!given && size)
        refused = true;
    return given;
}

static void *watched_malloc(size_t size)
{
    return watched(plain.malloc(size), size);
}

static void *watched_realloc(void *old, size_t size)
{
    return watched(plain.realloc(old, size), size);
}

static char *watched_strdup(const char *text)
{
    return watched(plain.strdup(text), 1);
}

static void watch(void)
{
    xmlMemGet(&plain.free, &plain.malloc, &plain.realloc, &plain.strdup);
    xmlMemSetup(plain.free, watched_malloc, watched_realloc, watched_strdup);
}

void libxml_memory_watch(void)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, watch);
#if LIBXML_VERSION >= 21200
    if (xmlCheckThreadLocalStorage() < 0)
        refused = true;
#endif
}

bool libxml_memory_refused(void)
{
    bool was = refused;
    refused = false;
    return was;
}
