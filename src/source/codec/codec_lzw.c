/* SPDX-License-Identifier: MIT
 *
 * What compress(1) writes, as .Z: LZW with codes of 9 to 16 bits. There is no library for it.
 * It has neither a length nor a check sum, nor an end but the input's.
 */
#include "source/codec/codec_engine.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 3u   /* two of the signature, one of flags */
#define BITS_FIRST 9u   /* of a code at the start */
#define BITS_MOST  16u  /* and at the most */
#define CODE_CLEAR 256u /* begin anew, where the flags say that there is such a code */

struct lzw_state {
    unsigned head_len;  /* bytes of the header so far */
    unsigned bits_most; /* of a code of this stream */
    bool has_clear;
    unsigned bits;                    /* of a code now */
    uint32_t word;                    /* input that is not used yet, from the lowest bit on */
    unsigned word_len;                /* its bits */
    unsigned since;                   /* bits taken since their number changed last */
    unsigned skip;                    /* bits to pass over before the next code */
    uint32_t next;                    /* the code that is defined next */
    uint32_t last;                    /* the code before; UINT32_MAX: there is none */
    unsigned char first_byte;         /* of the string of that code */
    size_t pending;                   /* bytes of the string at hand that are left */
    uint16_t prefix[1u << BITS_MOST]; /* the string of a code: another one's, and a byte */
    unsigned char suffix[1u << BITS_MOST];
    unsigned char string[(1u << BITS_MOST) + 1]; /* backwards */
};

static void *lzw_open(uint64_t size)
{
    struct lzw_state *lzw = calloc(1, sizeof *lzw);
    (void)size;
    if (!lzw)
        return NULL;
    lzw->bits = BITS_FIRST;
    lzw->last = UINT32_MAX;
    for (unsigned i = 0; i < 256; i++)
        lzw->suffix[i] = (unsigned char)i;
    return lzw;
}

static enum codec_step read_head(struct lzw_state *lzw, struct codec_io *io)
{
    while (lzw->head_len < HEAD_BYTES && io->in_len) {
        unsigned flags = *io->in++;
        io->in_len--;
        if (++lzw->head_len < HEAD_BYTES)
            continue;
        lzw->bits_most = flags & 0x1f;
        lzw->has_clear = flags & 0x80;
        lzw->next = lzw->has_clear ? CODE_CLEAR + 1 : CODE_CLEAR;
        if (lzw->bits_most < BITS_FIRST || lzw->bits_most > BITS_MOST || (flags & 0x60))
            return CODEC_STEP_OPTION;
    }
    return CODEC_STEP_ON;
}

/* Codes are written eight at a time, so where their width changes what is left of the eight is
 * nothing. */
static void set_width(struct lzw_state *lzw, unsigned bits)
{
    unsigned group = lzw->bits * 8, over = lzw->since % group;
    lzw->skip = over ? group - over : 0;
    lzw->since = 0;
    lzw->bits = bits;
}

/* The next `n` bits; false if there is not so much input. */
static bool take_bits(struct lzw_state *lzw, struct codec_io *io, unsigned n, uint32_t *bits)
{
    while (lzw->word_len < n) {
        if (!io->in_len)
            return false;
        lzw->word |= (uint32_t)*io->in++ << lzw->word_len;
        io->in_len--;
        lzw->word_len += 8;
    }
    *bits = lzw->word & ((1u << n) - 1);
    lzw->word >>= n;
    lzw->word_len -= n;
    return true;
}

static bool take_code(struct lzw_state *lzw, struct codec_io *io, uint32_t *code)
{
    while (lzw->skip) {
        unsigned n = lzw->skip < 8 ? lzw->skip : 8;
        if (!take_bits(lzw, io, n, code))
            return false;
        lzw->skip -= n;
    }
    if (!take_bits(lzw, io, lzw->bits, code))
        return false;
    lzw->since += lzw->bits;
    return true;
}

/* Puts the string of the code at hand, and defines the next code by it: the string before, and
 * the first byte of this one. */
static bool put_string(struct lzw_state *lzw, uint32_t code)
{
    uint32_t at = code;
    if (code > lzw->next || (lzw->last == UINT32_MAX && code >= 256))
        return false;
    if (code == lzw->next) { /* the code that is being defined: its first byte is its last */
        lzw->string[lzw->pending++] = lzw->first_byte;
        at = lzw->last;
    }
    for (; at >= 256; at = lzw->prefix[at])
        lzw->string[lzw->pending++] = lzw->suffix[at];
    lzw->string[lzw->pending++] = lzw->first_byte = (unsigned char)at;
    if (lzw->last != UINT32_MAX && lzw->next < 1u << lzw->bits_most) {
        lzw->prefix[lzw->next] = (uint16_t)lzw->last;
        lzw->suffix[lzw->next++] = lzw->first_byte;
    }
    lzw->last = code;
    return true;
}

static enum codec_step lzw_step(void *state, struct codec_io *io)
{
    struct lzw_state *lzw = state;
    enum codec_step step = read_head(lzw, io);
    uint32_t code;
    if (step != CODEC_STEP_ON || lzw->head_len < HEAD_BYTES)
        return step;
    for (;;) {
        for (; lzw->pending && io->out_len; io->out_len--)
            *io->out++ = lzw->string[--lzw->pending];
        if (lzw->pending)
            return CODEC_STEP_ON;
        if (lzw->next >= 1u << lzw->bits && lzw->bits < lzw->bits_most)
            set_width(lzw, lzw->bits + 1);
        if (!take_code(lzw, io, &code))
            return CODEC_STEP_ON;
        if (code == CODE_CLEAR && lzw->has_clear && lzw->last != UINT32_MAX) {
            /* The code after it defines one, too, which nothing can refer to. */
            lzw->next = CODE_CLEAR;
            set_width(lzw, BITS_FIRST);
        } else if (!put_string(lzw, code)) {
            return CODEC_STEP_DAMAGED;
        }
    }
}

static void lzw_close(void *state)
{
    free(state);
}

const struct codec_engine codec_lzw = {
    .name = "compress (.Z)",
    .open = lzw_open,
    .step = lzw_step,
    .close = lzw_close,
    .has_no_end = true,
};
