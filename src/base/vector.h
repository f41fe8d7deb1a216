/* SPDX-License-Identifier: MIT
 *
 * Text sixteen bytes at a time: by SSE2, by NEON, and as two numbers elsewhere or where
 * THRESH_NO_SIMD is defined. The three forms say the same of all bytes. A mask is true of some
 * of the bytes; how it says so is the form's own matter.
 */
#ifndef THRESH_BASE_VECTOR_H
#define THRESH_BASE_VECTOR_H

#include "base/swar.h"

#if defined(__SSE2__) && !defined(THRESH_NO_SIMD)
#define VECTOR_SSE2
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(THRESH_NO_SIMD)
#define VECTOR_NEON
#include <arm_neon.h>
#endif

enum { VECTOR_BYTES = 16 };

struct vector {
#if defined(VECTOR_SSE2)
    __m128i bytes;
#elif defined(VECTOR_NEON)
    uint8x16_t bytes;
#else
    uint64_t low, high;
#endif
};

#if defined(VECTOR_SSE2)

static inline struct vector vector_load(const void *text)
{
    return (struct vector){_mm_loadu_si128(text)};
}

/* True of the bytes that are this one. */
static inline struct vector vector_is(struct vector v, char byte)
{
    return (struct vector){_mm_cmpeq_epi8(v.bytes, _mm_set1_epi8(byte))};
}

/* True of the bytes below `least`, which is ASCII, and of those beyond ASCII: signed, they are
 * below all others. */
static inline struct vector vector_outside(struct vector v, char least)
{
    return (struct vector){_mm_cmplt_epi8(v.bytes, _mm_set1_epi8(least))};
}

static inline struct vector vector_or(struct vector a, struct vector b)
{
    return (struct vector){_mm_or_si128(a.bytes, b.bytes)};
}

/* True where a is and b is not. */
static inline struct vector vector_except(struct vector a, struct vector b)
{
    return (struct vector){_mm_andnot_si128(b.bytes, a.bytes)};
}

/* True of the bytes that are the same in both. */
static inline struct vector vector_same(struct vector a, struct vector b)
{
    return (struct vector){_mm_cmpeq_epi8(a.bytes, b.bytes)};
}

/* The first byte that a mask is true of; VECTOR_BYTES: of none. */
static inline unsigned vector_first(struct vector mask)
{
    unsigned bits = (unsigned)_mm_movemask_epi8(mask.bytes);
    return (unsigned)__builtin_ctz(bits | 1u << VECTOR_BYTES);
}

/* The first byte that a mask is not true of; VECTOR_BYTES: it is true of all. */
static inline unsigned vector_first_not(struct vector mask)
{
    return (unsigned)__builtin_ctz(~(unsigned)_mm_movemask_epi8(mask.bytes));
}

#elif defined(VECTOR_NEON)

static inline struct vector vector_load(const void *text)
{
    return (struct vector){vld1q_u8(text)};
}

static inline struct vector vector_is(struct vector v, char byte)
{
    return (struct vector){vceqq_u8(v.bytes, vdupq_n_u8((uint8_t)byte))};
}

static inline struct vector vector_outside(struct vector v, char least)
{
    return (struct vector){
        vcltq_s8(vreinterpretq_s8_u8(v.bytes), vdupq_n_s8((signed char)least))};
}

static inline struct vector vector_or(struct vector a, struct vector b)
{
    return (struct vector){vorrq_u8(a.bytes, b.bytes)};
}

static inline struct vector vector_except(struct vector a, struct vector b)
{
    return (struct vector){vbicq_u8(a.bytes, b.bytes)};
}

static inline struct vector vector_same(struct vector a, struct vector b)
{
    return (struct vector){vceqq_u8(a.bytes, b.bytes)};
}

/* Four bits a byte: there is no instruction for one bit. */
static inline unsigned vector_first(struct vector mask)
{
    uint8x8_t nibbles = vshrn_n_u16(vreinterpretq_u16_u8(mask.bytes), 4);
    uint64_t bits = vget_lane_u64(vreinterpret_u64_u8(nibbles), 0);
    return bits ? (unsigned)__builtin_ctzll(bits) / 4 : VECTOR_BYTES;
}

static inline unsigned vector_first_not(struct vector mask)
{
    return vector_first((struct vector){vmvnq_u8(mask.bytes)});
}

#else

static inline struct vector vector_load(const void *text)
{
    return (struct vector){swar_load_8(text), swar_load_8((const char *)text + 8)};
}

/* Masks have the high bit of a byte. */
static inline struct vector vector_same(struct vector a, struct vector b)
{
    uint64_t low = a.low ^ b.low, high = a.high ^ b.high;
    low |= (low & SWAR_EACH(0x7f)) + SWAR_EACH(0x7f);
    high |= (high & SWAR_EACH(0x7f)) + SWAR_EACH(0x7f);
    return (struct vector){~low & SWAR_EACH(0x80), ~high & SWAR_EACH(0x80)};
}

static inline struct vector vector_is(struct vector v, char byte)
{
    uint64_t each = SWAR_EACH((uint8_t)byte);
    return vector_same(v, (struct vector){each, each});
}

static inline struct vector vector_outside(struct vector v, char least)
{
    uint64_t low = v.low | ~swar_at_least(v.low, (uint8_t)least);
    uint64_t high = v.high | ~swar_at_least(v.high, (uint8_t)least);
    return (struct vector){low & SWAR_EACH(0x80), high & SWAR_EACH(0x80)};
}

static inline struct vector vector_or(struct vector a, struct vector b)
{
    return (struct vector){a.low | b.low, a.high | b.high};
}

static inline struct vector vector_except(struct vector a, struct vector b)
{
    return (struct vector){a.low & ~b.low, a.high & ~b.high};
}

static inline unsigned vector_first(struct vector mask)
{
    if (mask.low)
        return (unsigned)__builtin_ctzll(mask.low) / 8;
    return mask.high ? 8 + (unsigned)__builtin_ctzll(mask.high) / 8 : VECTOR_BYTES;
}

static inline unsigned vector_first_not(struct vector mask)
{
    return vector_first(
        (struct vector){~mask.low & SWAR_EACH(0x80), ~mask.high & SWAR_EACH(0x80)});
}

#endif
#endif
