/* An answer of a server, as dk_http_exchange would have read it. */
#ifndef DK_TESTS_FAKE_ANSWER_H
#define DK_TESTS_FAKE_ANSWER_H

#include "http/http.h"

/* Makes an answer with one header (NULL: none) and a body; the caller resets it. */
void fake_answer(struct dk_http_answer *answer, long status, const char *header, const char *value,
                 const char *body);

#endif
