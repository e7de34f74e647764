#include "problems.h"

#include <stdlib.h>
#include <string.h>

#define POOL_FIRST 64

void dk_problem_pool_init(struct dk_problem_pool *pool)
{
    *pool = (struct dk_problem_pool){0};
    pthread_mutex_init(&pool->lock, NULL);
}

void dk_problem_pool_reset(struct dk_problem_pool *pool)
{
    free(pool->items);
    pool->items = NULL;
    pthread_mutex_destroy(&pool->lock);
}

bool dk_problem_is_fatal(enum dk_problem_kind kind, int file)
{
    if (file == DK_DROP_PROFILE)
        return true;
    return kind != DK_PROBLEM_CELL && kind != DK_PROBLEM_ROW_SHORT && kind != DK_PROBLEM_ROW_LONG &&
           kind != DK_PROBLEM_ROW_BLANK;
}

static int compare(const void *left, const void *right)
{
    const struct dk_problem *a = left;
    const struct dk_problem *b = right;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    return (int)a->kind - (int)b->kind;
}

static bool is_printable(unsigned char c)
{
    return c >= ' ' && c < 0x7f && c != '\\';
}

/* How many bytes of cell[0..size) fit into `room` once they are made printable. */
static size_t count_fitting(const char *cell, size_t size, size_t room)
{
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        used += is_printable((unsigned char)cell[i]) ? 1 : 4;
        if (used > room)
            return i;
    }
    return size;
}

void dk_problem_text(char text[DK_PROBLEM_TEXT_MAX], const char *cell, size_t size)
{
    static const char hex[] = "0123456789abcdef";
    size_t fitting = count_fitting(cell, size, DK_PROBLEM_TEXT_MAX - 1);
    bool cut = fitting < size;
    size_t used = 0;
    if (cut)
        fitting = count_fitting(cell, size, DK_PROBLEM_TEXT_MAX - 3);
    for (size_t i = 0; i < fitting; i++) {
        unsigned char c = (unsigned char)cell[i];
        if (is_printable(c)) {
            text[used++] = (char)c;
            continue;
        }
        text[used++] = '\\';
        text[used++] = 'x';
        text[used++] = hex[c >> 4];
        text[used++] = hex[c & 15];
    }
    text[used] = '\0';
    if (cut)
        memcpy(text + used, "..", 3);
}

/* Doubles the room up to the ceiling. */
static bool pool_grow(struct dk_problem_pool *pool)
{
    size_t capacity = pool->capacity ? pool->capacity * 2 : POOL_FIRST;
    if (capacity > DK_PROBLEMS_QUARANTINE_MAX)
        capacity = DK_PROBLEMS_QUARANTINE_MAX;
    struct dk_problem *items = realloc(pool->items, capacity * sizeof(*items));
    if (!items)
        return false;
    pool->items = items;
    pool->capacity = capacity;
    return true;
}

static void pool_add(struct dk_problem_pool *pool, const struct dk_problem *problem)
{
    pthread_mutex_lock(&pool->lock);
    if (pool->count == DK_PROBLEMS_QUARANTINE_MAX)
        pool->full = true;
    else if (pool->count == pool->capacity && !pool_grow(pool))
        pool->out_of_memory = true;
    else
        pool->items[pool->count++] = *problem;
    pthread_mutex_unlock(&pool->lock);
}

/* Puts a problem into the sorted first few, if it belongs there. */
static void keep_first(struct dk_problem *first, size_t *count, const struct dk_problem *problem)
{
    size_t at = *count;
    while (at > 0 && compare(problem, &first[at - 1]) < 0)
        at--;
    if (at == DK_PROBLEMS_SHOWN)
        return;
    size_t kept = *count < DK_PROBLEMS_SHOWN ? *count : DK_PROBLEMS_SHOWN - 1;
    memmove(first + at + 1, first + at, (kept - at) * sizeof(*first));
    first[at] = *problem;
    *count = kept + 1;
}

void dk_problems_add(struct dk_problems *problems, const struct dk_problem *problem,
                     const char *cell, size_t size)
{
    problems->total++;
    problems->by_file[problem->file]++;
    problems->fatal |= dk_problem_is_fatal(problem->kind, problem->file);
    bool among_first = problems->first_count < DK_PROBLEMS_SHOWN ||
                       compare(problem, &problems->first[DK_PROBLEMS_SHOWN - 1]) < 0;
    if (!among_first && !problems->pool)
        return;
    struct dk_problem whole = *problem;
    if (cell)
        dk_problem_text(whole.text, cell, size);
    if (among_first)
        keep_first(problems->first, &problems->first_count, &whole);
    if (problems->pool)
        pool_add(problems->pool, &whole);
}

void dk_problems_join(struct dk_problems *problems, const struct dk_problems *other)
{
    problems->total += other->total;
    for (int file = 0; file < DK_DROP_FILES; file++)
        problems->by_file[file] += other->by_file[file];
    problems->fatal |= other->fatal;
    for (size_t i = 0; i < other->first_count; i++)
        keep_first(problems->first, &problems->first_count, &other->first[i]);
}

/* The first problems only. */
static enum dk_status report_first(const struct dk_problems *problems, struct dk_report *report,
                                   struct dk_error *err)
{
    report->problems = calloc(DK_PROBLEMS_SHOWN, sizeof(*report->problems));
    if (!report->problems)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the report");
    memcpy(report->problems, problems->first, sizeof(problems->first));
    report->problems_count = problems->first_count;
    return DK_OK;
}

static enum dk_status report_overflow(const struct dk_problems *problems, struct dk_report *report,
                                      struct dk_error *err)
{
    char count[DK_COUNT_TEXT_MAX];
    char limit[DK_COUNT_TEXT_MAX];
    DK_RETURN_IF_ERROR(report_first(problems, report, err));
    report->fatal = true;
    dk_error_set(err, DK_ERR_DATA, "%s bad cells are too many for quarantine",
                 dk_count_text(report->problems_total, count));
    dk_error_hint(err, "more than %s bad cells is not a sensor glitch: fix the files",
                  dk_count_text(DK_PROBLEMS_QUARANTINE_MAX, limit));
    return DK_ERR_DATA;
}

enum dk_status dk_problems_report(const struct dk_problems *problems, struct dk_report *report,
                                  struct dk_error *err)
{
    struct dk_problem_pool *pool = problems->pool;
    report->problems_total = problems->total;
    memcpy(report->problems_by_file, problems->by_file, sizeof(report->problems_by_file));
    report->fatal = problems->fatal;
    if (!pool)
        return report_first(problems, report, err);
    if (pool->full)
        return report_overflow(problems, report, err);
    if (pool->out_of_memory)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the cells in quarantine");
    report->problems = pool->items;
    report->problems_count = pool->count;
    pool->items = NULL;
    if (report->problems_count > 0)
        qsort(report->problems, report->problems_count, sizeof(*report->problems), compare);
    return DK_OK;
}

const struct dk_problem *dk_report_foremost(const struct dk_report *report)
{
    for (size_t i = 0; i < report->problems_count; i++)
        if (dk_problem_is_fatal(report->problems[i].kind, report->problems[i].file))
            return &report->problems[i];
    return report->problems_count > 0 ? &report->problems[0] : NULL;
}
