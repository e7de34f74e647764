#include "fake_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

void fake_answer(struct dk_http_answer *answer, long status, const char *header, const char *value,
                 const char *body)
{
    dk_http_answer_init(answer);
    answer->status = status;
    if (header) {
        assert_int_equal(dk_buffer_append(&answer->headers, header, strlen(header) + 1, NULL),
                         DK_OK);
        assert_int_equal(dk_buffer_append(&answer->headers, value, strlen(value) + 1, NULL), DK_OK);
    }
    assert_int_equal(dk_buffer_append(&answer->body, body, strlen(body), NULL), DK_OK);
    assert_int_equal(dk_buffer_terminate(&answer->body, NULL), DK_OK);
}
