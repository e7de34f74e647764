#include "ledger_words.h"

#include <string.h>

struct state_words {
    const char *ledger; /* in the database */
    const char *people;
};

static const struct state_words states[DK_RUN_STATES] = {
    [DK_RUN_RUNNING] = {"running", "running"},
    [DK_RUN_DONE] = {"done", "done"},
    [DK_RUN_FAILED] = {"failed", "failed"},
    [DK_RUN_INTERRUPTED] = {"failed", "interrupted"},
};

static const char *const kinds[DK_PUBLICATION_KINDS] = {
    [DK_PUBLICATION_EXPORT] = "export",
    [DK_PUBLICATION_UPLOAD] = "upload",
};

const char *dk_run_state_word(enum dk_run_state state)
{
    return states[state].people;
}

const char *dk_ledger_state_word(enum dk_run_state state)
{
    return states[state].ledger;
}

bool dk_ledger_state_find(const char *word, const char *message, enum dk_run_state *state)
{
    int found = 0;
    while (found < DK_RUN_STATES && strcmp(states[found].ledger, word) != 0)
        found++;
    *state = (enum dk_run_state)found;
    if (*state == DK_RUN_FAILED && (strcmp(message, DK_LEDGER_INTERRUPTED) == 0 ||
                                    strcmp(message, DK_LEDGER_INTERRUPTED_BEFORE) == 0))
        *state = DK_RUN_INTERRUPTED;
    return found < DK_RUN_STATES;
}

const char *dk_ledger_kind_word(enum dk_publication_kind kind)
{
    return kinds[kind];
}

bool dk_ledger_kind_find(const char *word, enum dk_publication_kind *kind)
{
    for (int i = 0; i < DK_PUBLICATION_KINDS; i++) {
        if (strcmp(kinds[i], word) != 0)
            continue;
        *kind = (enum dk_publication_kind)i;
        return true;
    }
    return false;
}
