#include "scan.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Which of 64 bytes are of which class; bit i is byte i. */
struct masks {
    uint64_t digit, dot, tab, minus;
};

/* What the next block must know. */
struct scan {
    uint64_t bad;         /* any bit: not plain */
    uint64_t start;       /* bit 0: a cell starts at the next byte */
    uint64_t after_dot;   /* bit 0: the digits that follow are decimals */
    uint64_t after_mark;  /* bit 0: the last byte was a point or a minus */
    uint64_t after_digit; /* bit 0: the last byte was a digit */
    uint64_t reach;       /* the low bytes of the next block that the running cell may take up */
};

/* --- any processor: eight bytes at a time in a word ----------------------------------------- */

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define LOW_SEVEN (EACH_BYTE * 0x7f)
#define HIGH_BIT (EACH_BYTE * 0x80)

/* The high bit of each byte that is zero. Exact: no carry leaves a byte. */
static inline uint64_t word_zero(uint64_t word)
{
    return ~(((word & LOW_SEVEN) + LOW_SEVEN) | word | LOW_SEVEN);
}

/* The high bit of each byte that is '0'..'9'. */
static inline uint64_t word_digit(uint64_t word)
{
    uint64_t value = word ^ (EACH_BYTE * '0');
    return ~(((value & LOW_SEVEN) + EACH_BYTE * (0x7f - 9)) | value) & HIGH_BIT;
}

/* The eight high bits gathered in the low byte. */
static inline uint64_t word_mask(uint64_t high_bits)
{
    return ((high_bits >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

static inline struct masks masks_plain(const char *bytes, char mark)
{
    struct masks m = {0};
    for (unsigned i = 0; i < 64; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        m.digit |= word_mask(word_digit(word)) << i;
        m.dot |= word_mask(word_zero(word ^ (EACH_BYTE * (unsigned char)mark))) << i;
        m.tab |= word_mask(word_zero(word ^ (EACH_BYTE * '\t'))) << i;
        m.minus |= word_mask(word_zero(word ^ (EACH_BYTE * '-'))) << i;
    }
    return m;
}

#define SCAN_TARGET
#define SCAN_MASKS masks_plain
#define SCAN_STEP step_plain
#define SCAN_ROW scan_plain
#include "scan_row.h"

#if defined(__x86_64__)

/* --- SSE2: every x86-64 --------------------------------------------------------------------- */

static inline struct masks masks_sse2(const char *bytes, char mark)
{
    struct masks m = {0};
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i));
        __m128i value = _mm_sub_epi8(block, _mm_set1_epi8('0'));
        __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
        __m128i dot = _mm_cmpeq_epi8(block, _mm_set1_epi8(mark));
        __m128i tab = _mm_cmpeq_epi8(block, _mm_set1_epi8('\t'));
        __m128i minus = _mm_cmpeq_epi8(block, _mm_set1_epi8('-'));
        m.digit |= (uint64_t)(uint32_t)_mm_movemask_epi8(digit) << i;
        m.dot |= (uint64_t)(uint32_t)_mm_movemask_epi8(dot) << i;
        m.tab |= (uint64_t)(uint32_t)_mm_movemask_epi8(tab) << i;
        m.minus |= (uint64_t)(uint32_t)_mm_movemask_epi8(minus) << i;
    }
    return m;
}

#define SCAN_TARGET
#define SCAN_MASKS masks_sse2
#define SCAN_STEP step_sse2
#define SCAN_ROW scan_sse2
#include "scan_row.h"

/* --- AVX2 ----------------------------------------------------------------------------------- */

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))

AVX2 static inline struct masks masks_avx2(const char *bytes, char mark)
{
    struct masks m = {0};
    for (unsigned i = 0; i < 64; i += 32) {
        __m256i block = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + i));
        __m256i value = _mm256_sub_epi8(block, _mm256_set1_epi8('0'));
        __m256i digit = _mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value);
        __m256i dot = _mm256_cmpeq_epi8(block, _mm256_set1_epi8(mark));
        __m256i tab = _mm256_cmpeq_epi8(block, _mm256_set1_epi8('\t'));
        __m256i minus = _mm256_cmpeq_epi8(block, _mm256_set1_epi8('-'));
        m.digit |= (uint64_t)(uint32_t)_mm256_movemask_epi8(digit) << i;
        m.dot |= (uint64_t)(uint32_t)_mm256_movemask_epi8(dot) << i;
        m.tab |= (uint64_t)(uint32_t)_mm256_movemask_epi8(tab) << i;
        m.minus |= (uint64_t)(uint32_t)_mm256_movemask_epi8(minus) << i;
    }
    return m;
}

#define SCAN_TARGET AVX2
#define SCAN_MASKS masks_avx2
#define SCAN_STEP step_avx2
#define SCAN_ROW scan_avx2
#include "scan_row.h"

/* --- AVX-512: a block is one register, a comparison is the mask ----------------------------- */

#define AVX512 __attribute__((target("avx512f,avx512bw,avx2,bmi,bmi2,popcnt")))

AVX512 static inline struct masks masks_avx512(const char *bytes, char mark)
{
    __m512i block = _mm512_loadu_si512(bytes);
    __m512i value = _mm512_sub_epi8(block, _mm512_set1_epi8('0'));
    return (struct masks){
        .digit = _mm512_cmplt_epu8_mask(value, _mm512_set1_epi8(10)),
        .dot = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(mark)),
        .tab = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('\t')),
        .minus = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('-')),
    };
}

#define SCAN_TARGET AVX512
#define SCAN_MASKS masks_avx512
#define SCAN_STEP step_avx512
#define SCAN_ROW scan_avx512
#include "scan_row.h"

static bool has_bit_instructions(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}

#endif

size_t dk_scan_variants(struct dk_scan_variant variants[DK_SCAN_VARIANTS_MAX])
{
    size_t count = 0;
#if defined(__x86_64__)
    bool bits = has_bit_instructions();
    bool wide = bits && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
    variants[count++] = (struct dk_scan_variant){"avx512", scan_avx512, wide};
    variants[count++] = (struct dk_scan_variant){"avx2", scan_avx2, bits};
    variants[count++] = (struct dk_scan_variant){"sse2", scan_sse2, true};
#endif
    variants[count++] = (struct dk_scan_variant){"plain", scan_plain, true};
    return count;
}

dk_scan_fn dk_scan_best(void)
{
    struct dk_scan_variant variants[DK_SCAN_VARIANTS_MAX];
    size_t count = dk_scan_variants(variants);
    for (size_t i = 0; i < count; i++)
        if (variants[i].supported)
            return variants[i].scan;
    return scan_plain;
}
