/* Items of one's own on every vCPU: sha256 N prints how many of the SHA-256 sums of the numbers
 * 0..N-1, in decimal, begin with two bytes of zeros, and the first of these numbers. No XML. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <thresh/thresh.h>

/* FIPS 180-4, 4.2.2 and 6.2, for messages of one block. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static uint32_t turned(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void schedule(uint32_t w[64], const char *text, size_t len)
{
    unsigned char block[64] = {0};
    memcpy(block, text, len);
    block[len] = 0x80;
    block[62] = (unsigned char)(len * 8 >> 8);
    block[63] = (unsigned char)(len * 8);
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + w[i - 7] +
               (turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ w[i - 15] >> 3) +
               (turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ w[i - 2] >> 10);
}

static void sha256(const char *text, size_t len, uint32_t hash[8])
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint32_t w[64], h[8];
    schedule(w, text, len);
    memcpy(h, first, sizeof h);
    for (int i = 0; i < 64; i++) {
        uint32_t t1 = h[7] + (turned(h[4], 6) ^ turned(h[4], 11) ^ turned(h[4], 25)) +
                      ((h[4] & h[5]) ^ (~h[4] & h[6])) + constants[i] + w[i];
        uint32_t t2 = (turned(h[0], 2) ^ turned(h[0], 13) ^ turned(h[0], 22)) +
                      ((h[0] & h[1]) ^ (h[0] & h[2]) ^ (h[1] & h[2]));
        memmove(h + 1, h, 7 * sizeof *h);
        h[4] += t1;
        h[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        hash[i] = first[i] + h[i];
}

/* In a worker: says something of those that are looked for, and nothing of the others. */
static int look(void *state, uint64_t item, struct thresh_result *result,
                struct thresh_error *error)
{
    char text[24];
    uint32_t hash[8];
    (void)state, (void)error;
    sha256(text, (size_t)snprintf(text, sizeof text, "%" PRIu64, item), hash);
    return hash[0] >> 16 ? 0 : thresh_result_append(result, hash, sizeof hash);
}

struct found {
    uint64_t n, first;
};

static int note(void *sink, uint64_t item, const void *bytes, size_t len,
                struct thresh_error *error)
{
    struct found *found = sink;
    (void)bytes, (void)error;
    if (len && !found->n++)
        found->first = item;
    return 0;
}

int main(int argc, char **argv)
{
    struct thresh_error error;
    struct found found = {0};
    struct thresh_work work = {.size = sizeof work, .map = look, .emit = note, .sink = &found};
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    if (thresh_map(&work, n, &error) < 0) {
        fprintf(stderr, "sha256: %s\n", error.text);
        return 2;
    }
    printf("%" PRIu64 " of %" PRIu64 ", the first %" PRIu64 "\n", found.n, n, found.first);
    return 0;
}
