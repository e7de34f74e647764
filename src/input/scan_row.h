/*
 * The algorithm of the row scanner, included once for each instruction set by scan.c, which defines
 * before each inclusion:
 *
 *   SCAN_TARGET      attribute of the functions
 *   SCAN_MASKS       static inline struct masks SCAN_MASKS(const char *bytes, char mark): the
 *                    classes of 64 bytes
 *   SCAN_STEP        name of the step
 *   SCAN_ROW         name of the dk_scan_fn
 *
 * No include guard: that is the point.
 */

/* One block of up to 64 bytes. `size` < 64 ends the row: a tab is imagined right after it. */
SCAN_TARGET static inline __attribute__((always_inline)) void
SCAN_STEP(const char *block, size_t size, char mark, struct scan *scan, uint64_t *starts)
{
    struct masks m = SCAN_MASKS(block, mark);
    uint64_t inside = ~UINT64_C(0);
    uint64_t end = 0;
    if (size < 64) {
        end = UINT64_C(1) << size;
        inside = end - 1;
        m.digit &= inside;
        m.dot &= inside;
        m.tab &= inside;
        m.minus &= inside;
    }
    uint64_t border = m.tab | end;
    uint64_t start = (m.tab << 1) | scan->start;
    uint64_t after_dot = (m.dot << 1) | scan->after_dot;
    uint64_t after_mark = ((m.dot | m.minus) << 1) | scan->after_mark;

    /* Nothing but the four classes; no empty cell; a minus only where a cell starts; a digit after
     * each minus and point, and before each point. */
    uint64_t bad = inside & ~(m.digit | m.dot | m.tab | m.minus);
    bad |= start & border;
    bad |= m.minus & ~start;
    bad |= after_mark & (inside | end) & ~m.digit;
    bad |= m.dot & ~((m.digit << 1) | scan->after_digit);

    /* The digits after a point must run up to a border. Adding the run's first bit to the run
     * carries into the byte behind it. */
    uint64_t sum = 0;
    bool carried = __builtin_add_overflow(m.digit, after_dot, &sum);
    bad |= sum & ~m.digit & m.dot;

    /* Every byte is at most 13 behind a border, which is what bounds a cell. */
    uint64_t reach = border | (border << 1);
    reach |= reach << 2;
    reach |= reach << 4;
    reach |= reach << 6;
    bad |= inside & ~(reach | scan->reach);

    scan->bad |= bad;
    scan->start = m.tab >> 63;
    scan->after_dot = (m.dot >> 63) | carried;
    scan->after_mark = (m.dot | m.minus) >> 63;
    scan->after_digit = m.digit >> 63;
    unsigned behind = (unsigned)__builtin_clzll(border | 1);
    scan->reach = ((UINT64_C(1) << DK_SCAN_CELL_MAX) - 1) >>
                  (behind < DK_SCAN_CELL_MAX ? behind : DK_SCAN_CELL_MAX);
    *starts = start;
}

SCAN_TARGET static bool SCAN_ROW(const char *row, size_t size, const struct dk_scan_plan *plan,
                                 uint32_t *starts)
{
    struct scan scan = {.start = 1, .reach = (UINT64_C(1) << DK_SCAN_CELL_MAX) - 1};
    uint64_t cells = 0;          /* that began before this block */
    uint64_t next = plan->first; /* the needed cell that comes next */
    uint32_t found = 0;
    const char mark = dk_decimal_mark_byte(plan->mark);
    for (size_t at = 0; at <= size; at += 64) {
        uint64_t start = 0;
        SCAN_STEP(row + at, size - at, mark, &scan, &start);
        uint64_t after = cells + (uint64_t)__builtin_popcountll(start);
        if (next < after && found < plan->count) {
            for (;;) {
                for (; cells < next; cells++)
                    start &= start - 1;
                starts[found++] = (uint32_t)(at + (size_t)__builtin_ctzll(start));
                next += plan->stride;
                if (next >= after || found == plan->count)
                    break;
            }
        }
        cells = after;
    }
    return scan.bad == 0 && cells == plan->columns;
}

#undef SCAN_TARGET
#undef SCAN_MASKS
#undef SCAN_STEP
#undef SCAN_ROW
