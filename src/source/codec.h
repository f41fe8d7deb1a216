/* SPDX-License-Identifier: MIT
 *
 * How bytes are compressed: those of a file, as in a.xml.gz, and those of a member of a ZIP
 * archive, which has two ways of its own.
 */
#ifndef THRESH_SOURCE_CODEC_H
#define THRESH_SOURCE_CODEC_H

enum codec {
    CODEC_NONE,
    CODEC_GZIP,
    CODEC_XZ,
    CODEC_ZSTD,
    CODEC_BZIP2,
    CODEC_LZIP,
    CODEC_LZ4,
    CODEC_LZW, /* what compress(1) writes */
    CODEC_ZIP_LZMA,
    CODEC_DEFLATE64,
    CODECS, /* how many there are */
};

/* The fewest bytes of a gzip file: a header and a trailer (RFC 1952, 2.3). */
#define CODEC_GZIP_LEAST 18u

#endif
