/* ledger_words: the words that the ledger's tables hold for what is an enum here. */
#ifndef DK_STORE_LEDGER_WORDS_H
#define DK_STORE_LEDGER_WORDS_H

#include "store/ledger.h"

/* The message of a run that was interrupted: its state is the one of a failed run. Older versions
 * of derrick wrote the other. */
#define DK_LEDGER_INTERRUPTED "interrupted"
#define DK_LEDGER_INTERRUPTED_BEFORE "cut off"
/* The message of a run that was restored from the archive. */
#define DK_LEDGER_RESTORED "restored from the archive"

/* The word in runs.state. */
const char *dk_ledger_state_word(enum dk_run_state state);
/* The state of a row of runs. False: no state has that word. */
bool dk_ledger_state_find(const char *word, const char *message, enum dk_run_state *state);

/* The word in publications.kind. */
const char *dk_ledger_kind_word(enum dk_publication_kind kind);
bool dk_ledger_kind_find(const char *word, enum dk_publication_kind *kind);

#endif
