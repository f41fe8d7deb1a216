/* SPDX-License-Identifier: MIT */
#ifndef THRESH_LAMBDA_S3_S3_XML_H
#define THRESH_LAMBDA_S3_S3_XML_H

#include "base/buf.h"

/* S3's answers are flat enough to be searched: appends the text of the first <tag> at or after
 * *at, the five predefined entities replaced, and moves *at behind it. False: there is none, or
 * no memory (out->failed). */
bool s3_xml_text(const char **at, const char *tag, struct buf *out);

#endif
