/* Secrets keep what they are given, read descriptors to their end, and stay out of core files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/secret.h"

static void a_secret_is_a_copy(void **state)
{
    (void)state;
    struct dk_secret secret = {0};
    char text[] = "first";
    assert_int_equal(dk_secret_set(&secret, text, 5, NULL), DK_OK);
    text[0] = 'x';
    assert_string_equal(secret.text, "first");
    assert_int_equal(dk_secret_set(&secret, secret.text + 1, 3, NULL), DK_OK);
    assert_string_equal(secret.text, "irs");
    assert_int_equal(dk_secret_set(&secret, "", 0, NULL), DK_OK);
    assert_string_equal(secret.text, "");
    assert_int_equal(dk_secret_reserve(&secret, DK_SECRET_MAX + 1, NULL), DK_ERR_NOMEM);
    dk_secret_reset(&secret);
    dk_secret_reset(&secret);
    assert_null(secret.text);
}

/* Writes text into a pipe and reads it as a secret. */
static enum dk_status read_pipe(struct dk_secret *secret, const char *text, size_t bytes_max)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    close(ends[1]);
    enum dk_status status = dk_secret_read(secret, ends[0], bytes_max, "pipe", NULL);
    close(ends[0]);
    return status;
}

static void a_descriptor_is_read_to_its_end(void **state)
{
    (void)state;
    struct dk_secret secret = {0};
    assert_int_equal(read_pipe(&secret, "hush", 4), DK_OK);
    assert_string_equal(secret.text, "hush");
    assert_int_equal(secret.size, 4);
    assert_int_equal(read_pipe(&secret, "", 4), DK_OK);
    assert_int_equal(secret.size, 0);
    assert_int_equal(read_pipe(&secret, "hushh", 4), DK_ERR_IO);
    assert_int_equal(dk_secret_read(&secret, -1, 4, "nothing", NULL), DK_ERR_IO);
    dk_secret_reset(&secret);
}

/* /proc/self/smaps has the mark "dd" of pages that core files leave out. */
static void core_files_leave_it_out(void **state)
{
    (void)state;
    if (getenv("DERRICK_TEST_EMULATED"))
        skip(); /* the pages are the emulator's, without marks */
    struct dk_secret secret = {0};
    char line[512];
    bool inside = false;
    bool left_out = false;
    assert_int_equal(dk_secret_set(&secret, "hush", 4, NULL), DK_OK);
    FILE *file = fopen("/proc/self/smaps", "re");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        char *end = NULL;
        unsigned long long first = strtoull(line, &end, 16);
        if (*end == '-')
            inside = first <= (uintptr_t)secret.text &&
                     (uintptr_t)secret.text < strtoull(end + 1, NULL, 16);
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            left_out = strstr(line, " dd") != NULL;
    }
    assert_int_equal(fclose(file), 0);
    assert_true(left_out);
    dk_secret_reset(&secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_a_copy),
        cmocka_unit_test(a_descriptor_is_read_to_its_end),
        cmocka_unit_test(core_files_leave_it_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
