/*
 * hint: what a hint says to a reader for whom a part of it is useless. A hint is sentences, or
 * parts between semicolons, and what may be done instead follows ", or ". Private to src/cli/.
 */
#ifndef DK_CLI_HINT_H
#define DK_CLI_HINT_H

#include <stdbool.h>
#include <stddef.h>

/* Writes `hint` into text[cap] without the parts that contain `word`; "" if nothing is left. */
void dk_hint_without(const char *hint, const char *word, char *text, size_t cap);

/* The same for a person who has only the share: without the parts that name options, settings,
 * commands or documents of derrick. */
void dk_hint_for_deliverer(const char *hint, char *text, size_t cap);

/* Copies a message without parentheses that name an option or a setting. */
void dk_message_for_deliverer(const char *message, char *text, size_t cap);

/* Whether a notice or a warning is of no use to a person who has only the share. */
bool dk_note_is_for_operators(const char *message);

#endif
