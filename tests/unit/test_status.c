/* Status and error: exit codes, texts cut at whole characters, errors that wrap themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

static void every_status_has_its_exit_code(void **state)
{
    (void)state;
    static const int exit_codes[DK_STATUS_COUNT] = {
        [DK_OK] = 0,       [DK_ERR_FAILED] = 1,    [DK_ERR_NOMEM] = 1, [DK_ERR_IO] = 1,
        [DK_ERR_BUSY] = 1, [DK_ERR_CANCELLED] = 1, [DK_ERR_USAGE] = 2, [DK_ERR_CONFIG] = 2,
        [DK_ERR_DATA] = 3, [DK_ERR_REFUSED] = 3,   [DK_ERR_STORE] = 4, [DK_ERR_REMOTE] = 5,
    };
    for (int i = 0; i < DK_STATUS_COUNT; i++) {
        assert_int_equal(dk_status_exit_code((enum dk_status)i), exit_codes[i]);
        assert_true(strlen(dk_status_name((enum dk_status)i)) > 0);
        assert_true(strlen(dk_status_sentence((enum dk_status)i)) > 0);
        for (int other = 0; other < i; other++)
            assert_string_not_equal(dk_status_name((enum dk_status)i),
                                    dk_status_name((enum dk_status)other));
    }
    assert_int_equal(dk_status_exit_code((enum dk_status)DK_STATUS_COUNT), 1);
    assert_string_equal(dk_status_name((enum dk_status) - 1), "failed");
}

static void no_error_struct_is_legal(void **state)
{
    (void)state;
    dk_error_reset(NULL);
    assert_int_equal(dk_error_set(NULL, DK_ERR_DATA, "%s", "x"), DK_ERR_DATA);
    assert_int_equal(dk_error_errno(NULL, DK_ERR_IO, ENOENT, "can't open", "x"), DK_ERR_IO);
    dk_error_hint(NULL, "x");
    dk_error_place(NULL, "x", 1, 2, 3);
    dk_error_prefix(NULL, "x");
}

static void setting_clears_what_was_there(void **state)
{
    (void)state;
    struct dk_error err;
    memset(&err, 0x5a, sizeof(err));
    assert_int_equal(dk_error_set(&err, DK_ERR_STORE, "table '%s' is %d", "x", 7), DK_ERR_STORE);
    assert_int_equal(err.status, DK_ERR_STORE);
    assert_string_equal(err.message, "table 'x' is 7");
    assert_string_equal(err.hint, "");
    assert_string_equal(err.path, "");
    assert_int_equal(err.native, 0);
    assert_true(err.line == 0 && err.column == 0 && err.offset == 0);
    dk_error_reset(&err);
    assert_int_equal(err.status, DK_OK);
    assert_string_equal(err.message, "");
}

static void a_place_and_a_prefix_keep_the_rest(void **state)
{
    (void)state;
    struct dk_error err = {0};
    (void)dk_error_set(&err, DK_ERR_DATA, "decimal comma '1,5'");
    dk_error_hint(&err, "export with a %s", "point");
    dk_error_place(&err, "logs/PS1.txt", 12, 34, 5678);
    dk_error_place(&err, NULL, 13, 35, 5679);
    dk_error_prefix(&err, "sensor '%s'", "PS1");
    assert_string_equal(err.message, "sensor 'PS1': decimal comma '1,5'");
    assert_string_equal(err.hint, "export with a point");
    assert_string_equal(err.path, "logs/PS1.txt");
    assert_true(err.line == 13 && err.column == 35 && err.offset == 5679);
    assert_int_equal(err.status, DK_ERR_DATA);
}

static void a_failed_call_says_why_and_what_to_do(void **state)
{
    (void)state;
    static const struct {
        int native;
        const char *hint; /* a part of it; "" for none */
    } cases[] = {
        {ENOSPC, "space"},     {EDQUOT, "space"},    {EACCES, "permission"},
        {EPERM, "permission"}, {EROFS, "read-only"}, {EMFILE, "ulimit"},
        {ENFILE, "ulimit"},    {ENOENT, "path"},     {EIO, ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_error err = {0};
        assert_int_equal(dk_error_errno(&err, DK_ERR_IO, cases[i].native, "can't open", "a/b"),
                         DK_ERR_IO);
        char expected[256];
        snprintf(expected, sizeof(expected), "can't open 'a/b': %s", strerror(cases[i].native));
        assert_string_equal(err.message, expected);
        assert_string_equal(err.path, "a/b");
        assert_int_equal(err.native, cases[i].native);
        assert_non_null(strstr(err.hint, cases[i].hint));
        assert_int_equal(err.hint[0] == '\0', cases[i].hint[0] == '\0');
    }
    struct dk_error err = {0};
    (void)dk_error_errno(&err, DK_ERR_IO, EPIPE, "can't write", NULL);
    assert_string_equal(err.message, "can't write: Broken pipe");
    assert_string_equal(err.path, "");
}

static void an_error_may_wrap_itself(void **state)
{
    (void)state;
    struct dk_error err = {0};
    assert_int_equal(dk_error_nomem(&err, "read", "a/b"), DK_ERR_NOMEM);
    assert_string_equal(err.message, "out of memory to read 'a/b'");
    assert_int_equal(dk_error_nomem(&err, "copy", err.message), DK_ERR_NOMEM);
    assert_string_equal(err.message, "out of memory to copy 'out of memory to read 'a/b''");
    assert_int_equal(dk_error_nomem(NULL, "read", "a/b"), DK_ERR_NOMEM);
    (void)dk_error_set(&err, DK_ERR_IO, "inner");
    (void)dk_error_hint(&err, "wait");
    (void)dk_error_hint(&err, "%s, then %s again", err.hint, err.hint);
    assert_string_equal(err.hint, "wait, then wait again");
    dk_error_prefix(&err, "%s of %s", "outside", err.message);
    assert_string_equal(err.message, "outside of inner: inner");
    dk_error_place(&err, "logs/TS1.txt", 1, 2, 3);
    dk_error_place(&err, err.path, 4, 5, 6);
    assert_string_equal(err.path, "logs/TS1.txt");
    assert_int_equal(err.line, 4);
    assert_int_equal(dk_error_errno(&err, DK_ERR_IO, EIO, "can't read", err.path), DK_ERR_IO);
    assert_string_equal(err.message, "can't read 'logs/TS1.txt': Input/output error");
    assert_string_equal(err.path, "logs/TS1.txt");
    assert_int_equal(dk_error_set(&err, DK_ERR_STORE, "'%s' of %s", err.message, err.path),
                     DK_ERR_STORE);
    assert_string_equal(err.message,
                        "'can't read 'logs/TS1.txt': Input/output error' of logs/TS1.txt");
}

/* Characters of one to four bytes; if the end splits one, only whole characters remain. */
static const char *const characters[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x9b\xa2"};

/* `count` characters after `offset` bytes of padding, on the heap. */
static char *text_of(size_t character, size_t offset, size_t count)
{
    size_t width = strlen(characters[character]);
    char *text = malloc(offset + count * width + 1);
    assert_non_null(text);
    memset(text, '.', offset);
    for (size_t i = 0; i < count; i++)
        memcpy(text + offset + i * width, characters[character], width);
    text[offset + count * width] = '\0';
    return text;
}

/* The longest prefix of `text` that fits into cap and ends after a whole character. */
static void assert_cut(const char *cut, const char *text, size_t cap, size_t offset, size_t width)
{
    size_t room = cap - 1;
    size_t expected = strlen(text);
    if (expected > room)
        expected = offset >= room ? room : offset + (room - offset) / width * width;
    assert_int_equal(strlen(cut), expected);
    assert_memory_equal(cut, text, expected);
}

static void texts_are_cut_at_whole_characters(void **state)
{
    (void)state;
    for (size_t character = 0; character < 4; character++) {
        size_t width = strlen(characters[character]);
        for (size_t offset = 0; offset < 2 * width; offset++) {
            char *text = text_of(character, offset, DK_ERROR_TEXT_MAX);
            struct dk_error err = {0};
            (void)dk_error_set(&err, DK_ERR_DATA, "%s", text);
            assert_cut(err.message, text, DK_ERROR_TEXT_MAX, offset, width);
            (void)dk_error_hint(&err, "%s", text);
            assert_cut(err.hint, text, DK_ERROR_TEXT_MAX, offset, width);
            dk_error_place(&err, text, 1, 1, 1);
            assert_cut(err.path, text, DK_ERROR_PATH_MAX, offset, width);
            (void)dk_error_errno(&err, DK_ERR_IO, EIO, "can't read", text);
            assert_cut(err.path, text, DK_ERROR_PATH_MAX, offset, width);
            (void)dk_error_set(&err, DK_ERR_DATA, "%s", text);
            dk_error_prefix(&err, "x");
            assert_memory_equal(err.message, "x: ", 3);
            assert_cut(err.message + 3, text, DK_ERROR_TEXT_MAX - 3, offset, width);
            free(text);
        }
    }
}

static void a_short_text_is_cut_at_every_length(void **state)
{
    (void)state;
    for (size_t character = 0; character < 4; character++) {
        size_t width = strlen(characters[character]);
        char *text = text_of(character, 1, 6);
        for (size_t cap = 1; cap < 40; cap++) {
            char cut[40];
            memset(cut, '!', sizeof(cut));
            dk_text_format(cut, cap, "%s", text);
            assert_cut(cut, text, cap, 1, width);
            for (size_t i = cap; i < sizeof(cut); i++)
                assert_int_equal(cut[i], '!');
        }
        free(text);
    }
    /* Invalid UTF-8 is cut where the room ends, and no earlier. */
    char cut[8];
    dk_text_format(cut, sizeof(cut), "%s", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80");
    assert_int_equal(strlen(cut), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_exit_code),
        cmocka_unit_test(no_error_struct_is_legal),
        cmocka_unit_test(setting_clears_what_was_there),
        cmocka_unit_test(a_place_and_a_prefix_keep_the_rest),
        cmocka_unit_test(a_failed_call_says_why_and_what_to_do),
        cmocka_unit_test(an_error_may_wrap_itself),
        cmocka_unit_test(texts_are_cut_at_whole_characters),
        cmocka_unit_test(a_short_text_is_cut_at_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
