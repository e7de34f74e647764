/* The team: every worker runs, the cause of a failure wins over its consequences, all are
 * joined. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/team.h"

struct roll_call {
    atomic_uint runs[DK_TEAM_THREADS_MAX + 1];
    atomic_uint started;
    unsigned expected; /* workers that wait for one another */
    pthread_t thread_of_first;
};

static enum dk_status answer(struct dk_team *team, unsigned index, void *context,
                             struct dk_error *err)
{
    struct roll_call *call = context;
    (void)team;
    if (index >= DK_TEAM_THREADS_MAX)
        return dk_error_set(err, DK_ERR_FAILED, "index %u", index);
    atomic_fetch_add(&call->runs[index], 1);
    if (index == 0)
        call->thread_of_first = pthread_self();
    return DK_OK;
}

static void every_worker_runs_once(void **state)
{
    (void)state;
    static const unsigned sizes[] = {1, 2, 3, 8, 63, 64};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct roll_call call = {0};
        struct dk_error err = {0};
        assert_int_equal(dk_team_run(sizes[i], answer, &call, &err), DK_OK);
        assert_int_equal(err.status, DK_OK);
        for (unsigned index = 0; index < DK_TEAM_THREADS_MAX; index++)
            assert_int_equal(call.runs[index], index < sizes[i] ? 1 : 0);
        assert_true(pthread_equal(call.thread_of_first, pthread_self()));
    }
}

static void too_few_and_too_many_threads_are_bounded(void **state)
{
    (void)state;
    struct roll_call none = {0};
    assert_int_equal(dk_team_run(0, answer, &none, NULL), DK_OK);
    assert_int_equal(none.runs[0], 1);
    assert_int_equal(none.runs[1], 0);
    struct roll_call many = {0};
    assert_int_equal(dk_team_run(100000, answer, &many, NULL), DK_OK);
    for (unsigned index = 0; index < DK_TEAM_THREADS_MAX; index++)
        assert_int_equal(many.runs[index], 1);
    assert_int_equal(many.runs[DK_TEAM_THREADS_MAX], 0);
}

/* Each waits until all of them run, which is possible only in parallel. */
static enum dk_status meet(struct dk_team *team, unsigned index, void *context,
                           struct dk_error *err)
{
    struct roll_call *call = context;
    (void)team;
    (void)index;
    atomic_fetch_add(&call->started, 1);
    for (int turn = 0; atomic_load(&call->started) < call->expected; turn++) {
        if (turn == 100000)
            return dk_error_set(err, DK_ERR_FAILED, "alone");
        usleep(100);
    }
    return DK_OK;
}

static void workers_run_side_by_side(void **state)
{
    (void)state;
    struct roll_call call = {.expected = 8};
    assert_int_equal(dk_team_run(8, meet, &call, NULL), DK_OK);
    assert_int_equal(call.started, 8);
}

struct trouble {
    unsigned failing[2]; /* indexes */
    bool alone;          /* the others are cancelled, none fails */
    atomic_uint cancelled;
};

/* The chosen ones fail; all others work until they are cancelled. */
static enum dk_status fail_or_wait(struct dk_team *team, unsigned index, void *context,
                                   struct dk_error *err)
{
    struct trouble *trouble = context;
    if (!trouble->alone && (index == trouble->failing[0] || index == trouble->failing[1])) {
        dk_error_set(err, DK_ERR_DATA, "worker %u", index);
        dk_error_place(err, "logs/PS1.txt", index + 1, 2, 3);
        dk_error_hint(err, "hint %u", index);
        return DK_ERR_DATA;
    }
    while (!trouble->alone && !dk_team_stopped(team))
        sched_yield();
    atomic_fetch_add(&trouble->cancelled, 1);
    return dk_error_set(err, DK_ERR_CANCELLED, "stopped");
}

static void a_failure_stops_the_others_and_wins(void **state)
{
    (void)state;
    for (unsigned failing = 0; failing < 6; failing++) {
        struct trouble trouble = {.failing = {failing, failing}};
        struct dk_error err = {0};
        char message[32];
        snprintf(message, sizeof(message), "worker %u", failing);
        assert_int_equal(dk_team_run(6, fail_or_wait, &trouble, &err), DK_ERR_DATA);
        assert_int_equal(trouble.cancelled, 5);
        assert_int_equal(err.status, DK_ERR_DATA);
        assert_string_equal(err.message, message);
        assert_memory_equal(err.hint, "hint ", 5);
        assert_string_equal(err.path, "logs/PS1.txt");
        assert_int_equal(err.line, failing + 1);
    }
}

static void of_two_failures_the_first_worker_speaks(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct trouble trouble = {.failing = {4, 2}};
        struct dk_error err = {0};
        assert_int_equal(dk_team_run(6, fail_or_wait, &trouble, &err), DK_ERR_DATA);
        assert_string_equal(err.message, "worker 2");
        assert_int_equal(trouble.cancelled, 4);
    }
}

static void a_cancellation_without_a_cause_is_reported(void **state)
{
    (void)state;
    struct trouble trouble = {.alone = true};
    struct dk_error err = {0};
    assert_int_equal(dk_team_run(4, fail_or_wait, &trouble, &err), DK_ERR_CANCELLED);
    assert_string_equal(err.message, "stopped");
    assert_int_equal(dk_team_run(4, fail_or_wait, &trouble, NULL), DK_ERR_CANCELLED);
}

struct jobs {
    size_t total;
    size_t failing;           /* SIZE_MAX: none */
    unsigned char done[5000]; /* one slot per job: threads never share one */
};

static enum dk_status take_jobs(struct dk_team *team, unsigned index, void *context,
                                struct dk_error *err)
{
    struct jobs *jobs = context;
    (void)index;
    size_t job;
    while (dk_team_take(team, jobs->total, &job)) {
        if (job == jobs->failing)
            return dk_error_set(err, DK_ERR_DATA, "job %zu", job);
        jobs->done[job]++;
    }
    return DK_OK;
}

static void every_job_is_done_once_and_seen_after_the_run(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 16; threads *= 2) {
        struct jobs jobs = {.total = sizeof(jobs.done), .failing = SIZE_MAX};
        assert_int_equal(dk_team_run(threads, take_jobs, &jobs, NULL), DK_OK);
        for (size_t job = 0; job < jobs.total; job++)
            assert_int_equal(jobs.done[job], 1);
    }
}

static void no_job_is_taken_after_a_failure(void **state)
{
    (void)state;
    struct jobs jobs = {.total = sizeof(jobs.done), .failing = 10};
    assert_int_equal(dk_team_run(1, take_jobs, &jobs, NULL), DK_ERR_DATA);
    assert_int_equal(jobs.done[9], 1);
    assert_int_equal(jobs.done[11], 0);
    struct dk_team failed = {.stop = true};
    size_t job;
    assert_false(dk_team_take(&failed, 5, &job));
}

static void the_default_is_what_this_process_may_use(void **state)
{
    (void)state;
    unsigned threads = dk_team_threads_default();
    assert_in_range(threads, 1, DK_TEAM_THREADS_MAX);
    cpu_set_t before;
    cpu_set_t one;
    if (sched_getaffinity(0, sizeof(before), &before) != 0)
        skip();
    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &before)) {
            CPU_SET(cpu, &one);
            break;
        }
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    unsigned bound = dk_team_threads_default();
    assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
    assert_int_equal(bound, 1);
    assert_int_equal(dk_team_threads_default(), threads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_worker_runs_once),
        cmocka_unit_test(too_few_and_too_many_threads_are_bounded),
        cmocka_unit_test(workers_run_side_by_side),
        cmocka_unit_test(a_failure_stops_the_others_and_wins),
        cmocka_unit_test(of_two_failures_the_first_worker_speaks),
        cmocka_unit_test(a_cancellation_without_a_cause_is_reported),
        cmocka_unit_test(every_job_is_done_once_and_seen_after_the_run),
        cmocka_unit_test(no_job_is_taken_after_a_failure),
        cmocka_unit_test(the_default_is_what_this_process_may_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
