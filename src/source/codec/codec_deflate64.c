/* SPDX-License-Identifier: MIT
 *
 * Deflate64, method 9 of ZIP archives (APPNOTE 5.6), which Windows packs files over 2 GB by:
 * deflate (RFC 1951) with distances of up to 64 KiB and lengths of up to 65538. There is no
 * library for it.
 *
 * The parts of a block that are read at one go (its header with the codes, one symbol with its
 * extra bits) are short. Each is read from bytes that are held here, and read again from its
 * start where those do not reach.
 */
#include "base/swar.h"
#include "source/codec/codec_engine.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW     65536u
#define HOLD_BYTES 4096u /* no header takes more than 600 */
#define CODE_BITS  15u   /* of the longest code */
#define LITERALS   288u  /* and lengths */
#define DISTANCES  32u

/* Symbols by the next bits of the input: the symbol, and in the low 4 bits the length of its
 * code; 0: there is no such code. */
struct symbols {
    uint16_t by_bits[1u << CODE_BITS];
    unsigned bits; /* of the longest code, and so of an index */
};

enum deflate64_part { PART_HEADER, PART_STORED, PART_SYMBOLS, PART_COPY, PART_END };

struct deflate64_state {
    unsigned char hold[HOLD_BYTES + 8]; /* 8 zeros behind the end, to be loaded with it */
    size_t held;                        /* bytes in it */
    size_t at;                          /* in bits: what is read next */
    enum deflate64_part part;
    bool is_last;            /* of the blocks */
    size_t length, distance; /* of what is being copied; a stored block has a length only */
    uint64_t made;
    struct symbols literals, distances;
    unsigned char window[WINDOW];
};

/* How the reading of a part went. */
enum deflate64_read { READ_DONE, READ_SHORT, READ_WRONG };

/* -- Bits ----------------------------------------------------------------------------- */

static size_t bits_left(const struct deflate64_state *state)
{
    return state->held * 8 - state->at;
}

/* At least 56 of the next bits; zeros behind the end. */
static uint64_t peek_bits(const struct deflate64_state *state)
{
    return swar_load_8(state->hold + state->at / 8) >> state->at % 8;
}

static bool take_bits(struct deflate64_state *state, unsigned n, unsigned *bits)
{
    if (bits_left(state) < n)
        return false;
    *bits = (unsigned)(peek_bits(state) & ((UINT64_C(1) << n) - 1));
    state->at += n;
    return true;
}

static void hold(struct deflate64_state *state, struct codec_io *io)
{
    size_t done = state->at / 8;
    memmove(state->hold, state->hold + done, state->held - done);
    state->held -= done;
    state->at -= done * 8;
    size_t len = HOLD_BYTES - state->held;
    len = len < io->in_len ? len : io->in_len;
    memcpy(state->hold + state->held, io->in, len);
    state->held += len;
    io->in += len;
    io->in_len -= len;
    memset(state->hold + state->held, 0, 8);
}

/* -- Codes (RFC 1951, 3.2.2) ---------------------------------------------------------- */

/* Makes the table for codes of these lengths; false if there can be no such code. */
static bool make_symbols(struct symbols *symbols, const unsigned char *lengths, unsigned n)
{
    unsigned count[CODE_BITS + 1] = {0}, next[CODE_BITS + 2] = {0}, used = 0;
    int free_codes = 1;
    for (unsigned i = 0; i < n; i++)
        count[lengths[i]]++;
    count[0] = 0;
    symbols->bits = 1;
    for (unsigned length = 1; length <= CODE_BITS; length++) {
        next[length + 1] = (next[length] + count[length]) << 1;
        free_codes = free_codes * 2 - (int)count[length];
        if (free_codes < 0)
            return false;
        used += count[length];
        symbols->bits = count[length] ? length : symbols->bits;
    }
    /* Codes may be left over only where there is but one, or none. */
    if (free_codes && (used > 1 || (used == 1 && !count[1])))
        return false;
    memset(symbols->by_bits, 0, sizeof *symbols->by_bits << symbols->bits);
    for (unsigned symbol = 0; symbol < n; symbol++) {
        unsigned length = lengths[symbol], code = length ? next[length]++ : 0, reversed = 0;
        for (unsigned bit = 0; bit < length; bit++)
            reversed |= (code >> bit & 1) << (length - 1 - bit);
        for (unsigned i = reversed; length && i < 1u << symbols->bits; i += 1u << length)
            symbols->by_bits[i] = (uint16_t)(symbol << 4 | length);
    }
    return true;
}

static enum deflate64_read take_symbol(struct deflate64_state *state,
                                       const struct symbols *symbols, unsigned *symbol)
{
    unsigned entry = symbols->by_bits[peek_bits(state) & ((1u << symbols->bits) - 1)];
    unsigned length = entry & 15;
    if (bits_left(state) < (length ? length : symbols->bits))
        return READ_SHORT;
    state->at += length;
    *symbol = entry >> 4;
    return length ? READ_DONE : READ_WRONG;
}

/* -- Headers (RFC 1951, 3.2.3 to 3.2.7) ----------------------------------------------- */

static enum deflate64_read read_lengths(struct deflate64_state *state, unsigned char *lengths,
                                        unsigned n)
{
    static const unsigned char bits[] = {2, 3, 7}, least[] = {3, 3, 11};
    for (unsigned i = 0; i < n;) {
        unsigned symbol, times;
        enum deflate64_read read = take_symbol(state, &state->literals, &symbol);
        if (read != READ_DONE)
            return read;
        if (symbol < 16) {
            lengths[i++] = (unsigned char)symbol;
            continue;
        }
        if (!take_bits(state, bits[symbol - 16], &times))
            return READ_SHORT;
        times += least[symbol - 16];
        if (times > n - i || (symbol == 16 && !i))
            return READ_WRONG;
        memset(lengths + i, symbol == 16 ? lengths[i - 1] : 0, times);
        i += times;
    }
    return READ_DONE;
}

static enum deflate64_read read_codes(struct deflate64_state *state)
{
    static const unsigned char order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                            11, 4,  12, 3, 13, 2, 14, 1, 15};
    unsigned char lengths[LITERALS + DISTANCES] = {0};
    unsigned n_literals, n_distances, n_lengths, bits;
    if (!take_bits(state, 5, &n_literals) || !take_bits(state, 5, &n_distances) ||
        !take_bits(state, 4, &n_lengths))
        return READ_SHORT;
    n_literals += 257;
    n_distances += 1;
    for (unsigned i = 0; i < n_lengths + 4; i++) {
        if (!take_bits(state, 3, &bits))
            return READ_SHORT;
        lengths[order[i]] = (unsigned char)bits;
    }
    if (n_literals > 286 || !make_symbols(&state->literals, lengths, 19))
        return READ_WRONG;
    memset(lengths, 0, sizeof lengths);
    enum deflate64_read read = read_lengths(state, lengths, n_literals + n_distances);
    if (read != READ_DONE)
        return read;
    return lengths[256] && make_symbols(&state->literals, lengths, n_literals) &&
                   make_symbols(&state->distances, lengths + n_literals, n_distances)
               ? READ_DONE
               : READ_WRONG;
}

static void set_fixed_codes(struct deflate64_state *state)
{
    unsigned char lengths[LITERALS];
    for (unsigned i = 0; i < LITERALS; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    make_symbols(&state->literals, lengths, LITERALS);
    memset(lengths, 5, DISTANCES);
    make_symbols(&state->distances, lengths, DISTANCES);
}

static enum deflate64_read read_stored_length(struct deflate64_state *state)
{
    unsigned length, complement;
    state->at = (state->at + 7) / 8 * 8;
    if (!take_bits(state, 16, &length) || !take_bits(state, 16, &complement))
        return READ_SHORT;
    state->length = length;
    return (length ^ complement) == 0xffff ? READ_DONE : READ_WRONG;
}

static enum deflate64_read read_header(struct deflate64_state *state)
{
    unsigned is_last, type;
    enum deflate64_read read = READ_DONE;
    if (!take_bits(state, 1, &is_last) || !take_bits(state, 2, &type))
        return READ_SHORT;
    if (type == 0)
        read = read_stored_length(state);
    else if (type == 1)
        set_fixed_codes(state);
    else
        read = type == 2 ? read_codes(state) : READ_WRONG;
    if (read != READ_DONE)
        return read;
    state->is_last = is_last;
    state->part = type ? PART_SYMBOLS : PART_STORED;
    return READ_DONE;
}

/* -- Data (RFC 1951, 3.2.5) ----------------------------------------------------------- */

static void put(struct deflate64_state *state, struct codec_io *io, unsigned char byte)
{
    state->window[state->made++ % WINDOW] = byte;
    *io->out++ = byte;
    io->out_len--;
}

/* A symbol of a length is followed by its extra bits, and by a distance. */
static enum deflate64_read read_match(struct deflate64_state *state, unsigned symbol)
{
    unsigned extra, code;
    symbol -= 257;
    if (symbol > 28)
        return READ_WRONG;
    unsigned bits = symbol < 8 ? 0 : symbol == 28 ? 16 : symbol / 4 - 1;
    if (!take_bits(state, bits, &extra))
        return READ_SHORT;
    state->length = extra + (symbol < 8     ? symbol + 3
                             : symbol == 28 ? 3
                                            : ((symbol % 4 + 4) << bits) + 3);
    enum deflate64_read read = take_symbol(state, &state->distances, &code);
    if (read != READ_DONE)
        return read;
    bits = code < 4 ? 0 : code / 2 - 1;
    if (!take_bits(state, bits, &extra))
        return READ_SHORT;
    state->distance = extra + (code < 4 ? code + 1 : ((code % 2 + 2) << bits) + 1);
    state->part = PART_COPY;
    return state->distance <= state->made ? READ_DONE : READ_WRONG;
}

static enum deflate64_read read_symbol(struct deflate64_state *state, struct codec_io *io)
{
    unsigned symbol;
    enum deflate64_read read = take_symbol(state, &state->literals, &symbol);
    if (read != READ_DONE)
        return read;
    if (symbol < 256)
        put(state, io, (unsigned char)symbol);
    else if (symbol == 256)
        state->part = state->is_last ? PART_END : PART_HEADER;
    else
        read = read_match(state, symbol);
    return read;
}

/* Copies what there is room for; of a stored block, what there is. */
static enum deflate64_read copy(struct deflate64_state *state, struct codec_io *io)
{
    unsigned byte;
    for (; state->length && io->out_len; state->length--) {
        if (state->part == PART_COPY)
            byte = state->window[(state->made - state->distance) % WINDOW];
        else if (!take_bits(state, 8, &byte))
            return READ_SHORT;
        put(state, io, (unsigned char)byte);
    }
    if (!state->length)
        state->part = state->part == PART_COPY ? PART_SYMBOLS
                      : state->is_last         ? PART_END
                                               : PART_HEADER;
    return READ_DONE;
}

static enum deflate64_read read_part(struct deflate64_state *state, struct codec_io *io)
{
    switch (state->part) {
    case PART_HEADER:
        return read_header(state);
    case PART_SYMBOLS:
        return read_symbol(state, io);
    default:
        return copy(state, io);
    }
}

static void *deflate64_open(uint64_t size)
{
    (void)size;
    return calloc(1, sizeof(struct deflate64_state));
}

static enum codec_step deflate64_step(void *opened, struct codec_io *io)
{
    struct deflate64_state *state = opened;
    while (state->part != PART_END && io->out_len) {
        size_t before = state->at;
        enum deflate64_read read = read_part(state, io);
        if (read == READ_WRONG)
            return CODEC_STEP_DAMAGED;
        if (read == READ_DONE)
            continue;
        if (state->part != PART_STORED)
            state->at = before;
        if (!io->in_len)
            return CODEC_STEP_ON;
        hold(state, io);
    }
    if (state->part != PART_END)
        return CODEC_STEP_ON;
    for (size_t i = (state->at + 7) / 8; i < state->held; i++)
        if (state->hold[i])
            return CODEC_STEP_TRAILING;
    return CODEC_STEP_END;
}

static void deflate64_close(void *state)
{
    free(state);
}

const struct codec_engine codec_deflate64 = {
    .name = "Deflate64",
    .open = deflate64_open,
    .step = deflate64_step,
    .close = deflate64_close,
};
