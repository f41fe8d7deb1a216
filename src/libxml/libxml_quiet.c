/* SPDX-License-Identifier: MIT */
#include "libxml/libxml_quiet.h"

#include <libxml/globals.h>
#include <stddef.h>

static void say_nothing(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

void libxml_quiet_begin(struct libxml_quiet *before)
{
    *before = (struct libxml_quiet){xmlGenericError, xmlGenericErrorContext, xmlStructuredError,
                                    xmlStructuredErrorContext};
    xmlSetGenericErrorFunc(NULL, say_nothing);
    xmlSetStructuredErrorFunc(NULL, NULL);
}

void libxml_quiet_end(const struct libxml_quiet *before)
{
    xmlSetGenericErrorFunc(before->generic_context, before->generic);
    xmlSetStructuredErrorFunc(before->structured_context, before->structured);
}
