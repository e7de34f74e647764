/* Templates of the dialects, and the schema that is made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "store/dialect.h"
#include "store/schema_ddl.h"

static void a_template_takes_its_words(void **state)
{
    (void)state;
    const struct dk_word words[] = {{"old", "a"}, {"new", "b"}, {NULL, NULL}};
    struct dk_buffer text;
    dk_buffer_init(&text, 1024);
    dk_dialect_put(&dk_dialect_mysql, &text, "{old}-{new}{auto} {time}{none}.", words);
    assert_int_equal(dk_buffer_finish(&text, NULL), DK_OK);
    assert_string_equal(text.data, "a-b AUTO_INCREMENT DATETIME.");
    dk_buffer_reset(&text);
    dk_dialect_put(&dk_dialect_sqlite, &text, "{auto}{time}", NULL);
    assert_int_equal(dk_buffer_finish(&text, NULL), DK_OK);
    assert_string_equal(text.data, "TEXT");
    dk_buffer_reset(&text);
}

static void the_version_is_the_last_statement(void **state)
{
    (void)state;
    const struct dk_dialect *dialects[] = {&dk_dialect_sqlite, &dk_dialect_mysql};
    for (size_t i = 0; i < DK_COUNT_OF(dialects); i++) {
        struct dk_buffer text;
        const char *last = "";
        dk_buffer_init(&text, 256u << 10);
        dk_schema_put_ddl(&text, dialects[i], NULL);
        assert_int_equal(dk_buffer_finish(&text, NULL), DK_OK);
        for (size_t at = 0; at < text.size; at += strlen(text.data + at) + 1) {
            last = text.data + at;
            assert_null(strchr(last, '{'));
        }
        assert_non_null(strstr(last, "INSERT INTO schema_info"));
        dk_buffer_reset(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_template_takes_its_words),
        cmocka_unit_test(the_version_is_the_last_statement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
