/*
 * Any text as a file's name: the parts of the verdict agree with each other, a whole word decides,
 * and derrick's own temporary names read back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/temporary.h"
#include "fuzz.h"
#include "input/name.h"
#include "rig/drop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct dk_name name = dk_name_read(text, NULL);
    struct dk_temporary temporary;
    expect(name.file >= -1 && name.file < DK_DROP_FILES);
    expect(name.files < DK_NAME_FILE(DK_DROP_FILES));
    if (name.file == -1)
        expect(name.files == 0 || name.is_anonymous);
    else
        expect(name.files & DK_NAME_FILE(name.file));
    if (name.kind == DK_NAME_RECOGNISED)
        expect(name.files == DK_NAME_FILE(name.file) && name.form == DK_FORM_TEXT);
    if (name.kind == DK_NAME_OTHER || name.kind == DK_NAME_NEVER)
        expect(!name.is_second);
    (void)dk_name_is_transfer_of(text, "PS1.txt");
    (void)dk_name_is_hidden_path(text);
    if (dk_temporary_read(text, &temporary))
        expect(temporary.process > 0 && dk_name_read(text, NULL).kind != DK_NAME_RECOGNISED);
    free(text);
    return 0;
}
