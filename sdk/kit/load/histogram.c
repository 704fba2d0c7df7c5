/* SPDX-License-Identifier: Apache-2.0 */
#include "histogram.h"

static unsigned slot_of(uint64_t us)
{
    const unsigned bits = HISTOGRAM_STEP_BITS;
    if (us < 1u << bits)
        return (unsigned)us;
    unsigned octave = 63 - (unsigned)__builtin_clzll(us) - bits;
    if (octave >= HISTOGRAM_OCTAVES)
        return HISTOGRAM_SLOTS - 1;
    unsigned step = (unsigned)(us >> octave) & ((1u << bits) - 1);
    return ((octave + 1) << bits) + step;
}

uint64_t load_histogram_end_of(unsigned slot)
{
    const unsigned bits = HISTOGRAM_STEP_BITS;
    if (slot < 1u << bits)
        return slot;
    unsigned octave = (slot >> bits) - 1;
    uint64_t first = ((uint64_t)(slot & ((1u << bits) - 1)) + (1u << bits)) << octave;
    return first + ((uint64_t)1 << octave) - 1;
}

void load_histogram_add(struct load_histogram *h, uint64_t us)
{
    h->counts[slot_of(us)]++;
    h->least = h->n == 0 || us < h->least ? us : h->least;
    h->most = us > h->most ? us : h->most;
    h->sum += (double)us;
    h->n++;
}

uint64_t load_histogram_percentile(const struct load_histogram *h, double percent)
{
    double exact = percent / 100 * (double)h->n;
    uint64_t rank = (uint64_t)exact, seen = 0;
    rank += (double)rank < exact - 1e-9 || rank == 0;
    for (unsigned i = 0; i < HISTOGRAM_SLOTS; i++) {
        seen += h->counts[i];
        if (seen >= rank && h->counts[i] > 0) {
            uint64_t end = load_histogram_end_of(i);
            return end < h->most ? end : h->most;
        }
    }
    return h->most;
}
