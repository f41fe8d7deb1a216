/* SPDX-License-Identifier: MIT
 *
 * LZ4's frames (lz4_Frame_format.md) and blocks (lz4_Block_format.md). Ours, for liblz4 gives
 * nothing of a block before all of it is there, and a block has up to 4 MiB: of an archive that
 * is cut, most would be lost. A skippable frame is a stream that makes nothing.
 */
#include "base/swar.h"
#include "source/codec/codec_engine.h"
#include "source/codec/xxh32.h"

#include <stdlib.h>
#include <string.h>

#define FRAME          0x184d2204u
#define SKIPPABLE      0x184d2a50u
#define WINDOW         65536u
#define IS_RAW         0x80000000u /* of the length of a block */
#define FIELD_BYTES    15u /* the longest header: flags, a length, a dictionary, a sum */
#define SHORTEST       4u  /* what a length of 0 of a match stands for */
#define LENGTH_GOES_ON 15u /* a length that is told by more bytes */

enum flag { HAS_DICTIONARY = 1, HAS_SUM = 4, HAS_SIZE = 8, HAS_BLOCK_SUMS = 16, IS_FREE = 32 };

/* What the next bytes are. The parts up to PART_SKIP are fields of a fixed length. */
enum lz4_part {
    LZ4_MAGIC,
    LZ4_FLAGS,
    LZ4_HEADER,
    LZ4_SKIP_LENGTH,
    LZ4_BLOCK_LENGTH,
    LZ4_OFFSET,
    LZ4_BLOCK_SUM,
    LZ4_SUM,
    LZ4_SKIP, /* of here on they are as long as `left` and `length` say */
    LZ4_RAW,
    LZ4_TOKEN,
    LZ4_LITERAL_LENGTH,
    LZ4_LITERALS,
    LZ4_MATCH_LENGTH,
    LZ4_MATCH,
    LZ4_END
};

struct lz4_state {
    enum lz4_part part;
    unsigned char field[FIELD_BYTES];
    size_t field_len, field_need;
    unsigned flags; /* enum flag, or'ed */
    uint64_t size;  /* of the content, where the flags say that it is stated */
    uint64_t made;
    size_t block_most; /* bytes that a block may make */
    size_t block_made;
    size_t left;   /* stored bytes of the block or the skippable frame */
    size_t length; /* of the literals or the match at hand, in bytes */
    size_t match;  /* the length of the match, as far as the token tells it */
    size_t offset;
    struct xxh32 sum, block_sum;
    const unsigned char *unsummed; /* the output from here on is not in `sum` yet */
    unsigned char window[WINDOW];
};

static void expect(struct lz4_state *lz4, enum lz4_part part, size_t need)
{
    lz4->part = part;
    lz4->field_len = 0;
    lz4->field_need = need;
}

static void *lz4_open(uint64_t size)
{
    struct lz4_state *lz4 = calloc(1, sizeof *lz4);
    (void)size;
    if (lz4)
        expect(lz4, LZ4_MAGIC, 4);
    return lz4;
}

static bool lz4_may_begin(unsigned char first)
{
    return first == 0x04 || (first & 0xf0) == 0x50;
}

static bool lz4_again(void *state)
{
    expect(state, LZ4_MAGIC, 4);
    return true;
}

/* -- Fields --------------------------------------------------------------------------- */

static enum codec_step read_magic(struct lz4_state *lz4)
{
    uint32_t magic = swar_le32(lz4->field);
    if (magic == FRAME)
        expect(lz4, LZ4_FLAGS, 2);
    else if ((magic & ~0xfu) == SKIPPABLE)
        expect(lz4, LZ4_SKIP_LENGTH, 4);
    else
        return CODEC_STEP_DAMAGED;
    return CODEC_STEP_ON;
}

/* The header's two bytes of flags say how long the rest of it is, which is added to them. */
static enum codec_step read_flags(struct lz4_state *lz4)
{
    unsigned flags = lz4->field[0], block = lz4->field[1] >> 4;
    if (flags >> 6 != 1 || (flags & 2) || (lz4->field[1] & 0x8f) || block < 4)
        return CODEC_STEP_DAMAGED;
    lz4->flags = flags;
    lz4->block_most = (size_t)1 << (8 + 2 * block);
    lz4->field_need += flags & HAS_SIZE ? 9 : 1;
    lz4->field_need += flags & HAS_DICTIONARY ? 4 : 0;
    lz4->part = LZ4_HEADER;
    return CODEC_STEP_ON;
}

static enum codec_step read_header(struct lz4_state *lz4)
{
    struct xxh32 sum;
    xxh32_begin(&sum);
    xxh32_add(&sum, lz4->field, lz4->field_need - 1);
    if ((xxh32_end(&sum) >> 8 & 0xff) != lz4->field[lz4->field_need - 1])
        return CODEC_STEP_DAMAGED;
    if (lz4->flags & HAS_DICTIONARY)
        return CODEC_STEP_OPTION;
    if (lz4->flags & HAS_SIZE)
        lz4->size = swar_load_8(lz4->field + 2);
    lz4->made = 0;
    xxh32_begin(&lz4->sum);
    expect(lz4, LZ4_BLOCK_LENGTH, 4);
    return CODEC_STEP_ON;
}

static enum codec_step end_frame(struct lz4_state *lz4)
{
    lz4->part = LZ4_END;
    return lz4->flags & HAS_SIZE && lz4->made != lz4->size ? CODEC_STEP_SIZE : CODEC_STEP_ON;
}

static enum codec_step read_block_length(struct lz4_state *lz4)
{
    uint32_t length = swar_le32(lz4->field);
    lz4->left = length & ~IS_RAW;
    lz4->block_made = 0;
    xxh32_begin(&lz4->block_sum);
    if (!length && lz4->flags & HAS_SUM) {
        expect(lz4, LZ4_SUM, 4);
        return CODEC_STEP_ON;
    }
    if (!length)
        return end_frame(lz4);
    lz4->part = length & IS_RAW ? LZ4_RAW : LZ4_TOKEN;
    return lz4->left && lz4->left <= lz4->block_most ? CODEC_STEP_ON : CODEC_STEP_DAMAGED;
}

static void end_block(struct lz4_state *lz4)
{
    if (lz4->flags & HAS_BLOCK_SUMS)
        expect(lz4, LZ4_BLOCK_SUM, 4);
    else
        expect(lz4, LZ4_BLOCK_LENGTH, 4);
}

static enum codec_step read_offset(struct lz4_state *lz4)
{
    /* What a match may reach back to: its block, or the window. */
    uint64_t most = lz4->flags & IS_FREE ? lz4->block_made : lz4->made;
    lz4->offset = swar_le16(lz4->field);
    lz4->length = lz4->match + SHORTEST;
    lz4->part = lz4->match == LENGTH_GOES_ON ? LZ4_MATCH_LENGTH : LZ4_MATCH;
    return lz4->offset && lz4->offset <= most ? CODEC_STEP_ON : CODEC_STEP_DAMAGED;
}

static enum codec_step read_sum(struct lz4_state *lz4, const struct xxh32 *sum)
{
    if (swar_le32(lz4->field) != xxh32_end(sum))
        return CODEC_STEP_CRC;
    if (lz4->part == LZ4_SUM)
        return end_frame(lz4);
    expect(lz4, LZ4_BLOCK_LENGTH, 4);
    return CODEC_STEP_ON;
}

static enum codec_step read_field(struct lz4_state *lz4)
{
    switch (lz4->part) {
    case LZ4_MAGIC:
        return read_magic(lz4);
    case LZ4_FLAGS:
        return read_flags(lz4);
    case LZ4_HEADER:
        return read_header(lz4);
    case LZ4_SKIP_LENGTH:
        lz4->left = swar_le32(lz4->field);
        lz4->part = lz4->left ? LZ4_SKIP : LZ4_END;
        return CODEC_STEP_ON;
    case LZ4_BLOCK_LENGTH:
        return read_block_length(lz4);
    case LZ4_OFFSET:
        return read_offset(lz4);
    case LZ4_BLOCK_SUM:
        return read_sum(lz4, &lz4->block_sum);
    default:
        return read_sum(lz4, &lz4->sum);
    }
}

/* The sum of the content, before it is asked for, and before the output is handed on. */
static void sum_up(struct lz4_state *lz4, const struct codec_io *io)
{
    if (lz4->flags & HAS_SUM)
        xxh32_add(&lz4->sum, lz4->unsummed, (size_t)(io->out - lz4->unsummed));
    lz4->unsummed = io->out;
}

/* -- Blocks --------------------------------------------------------------------------- */

/* Takes `len` bytes of the input, which are there, of a block. */
static const unsigned char *take(struct lz4_state *lz4, struct codec_io *io, size_t len)
{
    const unsigned char *bytes = io->in;
    if (lz4->flags & HAS_BLOCK_SUMS)
        xxh32_add(&lz4->block_sum, bytes, len);
    io->in += len;
    io->in_len -= len;
    lz4->left -= len;
    return bytes;
}

static void put(struct lz4_state *lz4, struct codec_io *io, unsigned char byte)
{
    lz4->window[lz4->made++ % WINDOW] = byte;
    *io->out++ = byte;
    io->out_len--;
    lz4->block_made++;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Copies what there is input and room for, of `length` bytes. Returns how many. */
static size_t copy(struct lz4_state *lz4, struct codec_io *io, size_t length)
{
    size_t len = least(least(length, io->in_len), io->out_len);
    const unsigned char *bytes = take(lz4, io, len);
    for (size_t i = 0; i < len; i++)
        put(lz4, io, bytes[i]);
    return len;
}

static void read_token(struct lz4_state *lz4, struct codec_io *io)
{
    unsigned token = *take(lz4, io, 1);
    lz4->length = token >> 4;
    lz4->match = token & 15;
    lz4->part = lz4->length == LENGTH_GOES_ON ? LZ4_LITERAL_LENGTH : LZ4_LITERALS;
}

static void read_length(struct lz4_state *lz4, struct codec_io *io)
{
    unsigned more = *take(lz4, io, 1);
    lz4->length += more;
    if (more < 255)
        lz4->part = lz4->part == LZ4_MATCH_LENGTH ? LZ4_MATCH : LZ4_LITERALS;
}

static enum codec_step read_literals(struct lz4_state *lz4, struct codec_io *io)
{
    if (lz4->length > lz4->left)
        return CODEC_STEP_DAMAGED;
    lz4->length -= copy(lz4, io, lz4->length);
    if (lz4->length)
        return CODEC_STEP_ON;
    if (lz4->left)
        expect(lz4, LZ4_OFFSET, 2);
    else
        end_block(lz4); /* the last literals have no match behind them */
    return CODEC_STEP_ON;
}

static enum codec_step copy_match(struct lz4_state *lz4, struct codec_io *io)
{
    for (; lz4->length && io->out_len; lz4->length--)
        put(lz4, io, lz4->window[(lz4->made - lz4->offset) % WINDOW]);
    if (!lz4->length)
        lz4->part = LZ4_TOKEN;
    return CODEC_STEP_ON;
}

static enum codec_step read_block(struct lz4_state *lz4, struct codec_io *io)
{
    /* A block ends with literals, not before a token or a length. */
    if (!lz4->left && (lz4->part == LZ4_TOKEN || lz4->part == LZ4_LITERAL_LENGTH ||
                       lz4->part == LZ4_MATCH_LENGTH))
        return CODEC_STEP_DAMAGED;
    switch (lz4->part) {
    case LZ4_RAW:
        copy(lz4, io, lz4->left);
        if (!lz4->left)
            end_block(lz4);
        return CODEC_STEP_ON;
    case LZ4_TOKEN:
        read_token(lz4, io);
        return CODEC_STEP_ON;
    case LZ4_LITERALS:
        return read_literals(lz4, io);
    case LZ4_MATCH:
        return copy_match(lz4, io);
    default:
        read_length(lz4, io);
        return CODEC_STEP_ON;
    }
}

/* -- The engine ----------------------------------------------------------------------- */

static enum codec_step gather(struct lz4_state *lz4, struct codec_io *io)
{
    size_t len = least(lz4->field_need - lz4->field_len, io->in_len);
    if (lz4->part == LZ4_OFFSET && lz4->left < lz4->field_need - lz4->field_len)
        return CODEC_STEP_DAMAGED;
    if (lz4->part == LZ4_SUM)
        sum_up(lz4, io);
    memcpy(lz4->field + lz4->field_len, io->in, len);
    lz4->field_len += len;
    if (lz4->part == LZ4_OFFSET) {
        take(lz4, io, len);
    } else {
        io->in += len;
        io->in_len -= len;
    }
    return lz4->field_len == lz4->field_need ? read_field(lz4) : CODEC_STEP_ON;
}

static void skip(struct lz4_state *lz4, struct codec_io *io)
{
    size_t len = least(lz4->left, io->in_len);
    io->in += len;
    io->in_len -= len;
    lz4->left -= len;
    if (!lz4->left)
        lz4->part = LZ4_END;
}

static enum codec_step decode(struct lz4_state *lz4, struct codec_io *io)
{
    enum codec_step step = CODEC_STEP_ON;
    while (step == CODEC_STEP_ON && lz4->part != LZ4_END) {
        bool is_match = lz4->part == LZ4_MATCH;
        bool has_length = lz4->part == LZ4_LITERALS && !lz4->length;
        if ((!io->in_len && !is_match && !has_length) ||
            (!io->out_len && (is_match || lz4->part == LZ4_RAW || lz4->part == LZ4_LITERALS)))
            return CODEC_STEP_ON;
        if (lz4->part == LZ4_SKIP)
            skip(lz4, io);
        else
            step = lz4->part < LZ4_SKIP ? gather(lz4, io) : read_block(lz4, io);
        if (lz4->block_made > lz4->block_most)
            return CODEC_STEP_DAMAGED;
    }
    return step == CODEC_STEP_ON ? CODEC_STEP_END : step;
}

static enum codec_step lz4_step(void *state, struct codec_io *io)
{
    struct lz4_state *lz4 = state;
    lz4->unsummed = io->out;
    enum codec_step step = decode(lz4, io);
    sum_up(lz4, io);
    return step;
}

static void lz4_close(void *state)
{
    free(state);
}

const struct codec_engine codec_lz4 = {
    .name = "LZ4",
    .open = lz4_open,
    .step = lz4_step,
    .may_begin = lz4_may_begin,
    .again = lz4_again,
    .close = lz4_close,
};
