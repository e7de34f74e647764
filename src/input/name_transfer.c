#include "name_transfer.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/status.h"
#include "name_form.h"

/* Of names that are hidden or that editors lock: rsync, ownCloud, syncthing, lftp and proftpd
 * (".in."), azcopy, NiFi, vim; "~$" of Office, "~syncthing~"; "#" of emacs. */
#define FIRST_CHARACTERS ".~#"

#define RANDOM_MIN 6 /* of mktemp and its kin */
#define RANDOM_AWS 8 /* hexadecimal digits of the AWS tools */
#define RANDOM_ID 20 /* from here on it may be a UUID, with dashes */
#define RANDOM_MAX 64

/* Endings that mark a transfer, whatever file it is. */
static const char *const endings[] = {
    ".part",
    ".partial",  /* Firefox, curl, wget, KDE, rclone, yt-dlp */
    ".filepart", /* WinSCP */
    ".tmp",
    ".temp", /* syncthing, unison, anybody */
    ".crdownload",
    ".unconfirmed", /* Chrome, Edge */
    ".download",
    ".opdownload", /* Safari, Opera */
    ".aria2",
    ".aria2__temp", /* aria2 */
    ".!ut",
    ".!qb", /* uTorrent, qBittorrent */
    ".!bt",
    ".!sync",
    ".bts",
    ".bc!", /* BitTorrent, Resilio Sync, BitComet */
    ".$$$", /* many a tool of DOS and Windows */
    ".jc!",
    ".fb!", /* FlashGet */
    ".ob!",
    ".dap", /* Orbit, Download Accelerator */
    ".fdmdownload",
    ".dctmp", /* Free Download Manager, DC++ */
    ".td",
    ".xltd",             /* Thunder */
    ".cyberduckpart",    /* Cyberduck */
    ".lftp-pget-status", /* lftp */
    "._copying_",        /* Hadoop */
    ".gstmp",
    "_.gstmp",
    "_.gstmp_",    /* gsutil; a number may follow */
    ".part.minio", /* MinIO */
    ".driveupload",
    ".drivedownload", /* Google Drive */
    ".icloud",
    ".owncloud", /* placeholders of files that are not here yet */
    ".nextcloud",
    ".inprogress",
    ".in-progress",
    ".incomplete",
    ".unfinished",
    ".uploading",
    ".downloading",
    ".upload",
    ".writing",
    ".copying",
    ".receiving",
    ".transferring",
};

/* Endings that mark a file which is in use, where the name before it is one that matters. */
static const char *const use_endings[] = {
    ".swp",  ".swo",     ".swx",    /* vim */
    ".lock", ".lck",     ".~lock",  /* lock files */
    ".st",                          /* axel */
    ".busy", ".pending", ".resume", /* scripts of many a site */
};

static const char *const anonymous_starts[] = {
    ".pureftpd-upload.",                     /* Pure-FTPd */
    ".goutputstream-",                       /* GNOME */
    ".giosave",                              /* GNOME */
    "Unconfirmed ",                          /* Chrome, Edge */
    ".com.google.Chrome.",                   /* Chrome */
    ".org.chromium.Chromium.",               /* Chromium */
    ".849C9593-D756-4E56-8D6E-42412F2A707B", /* OneDrive */
};

static const char *const folders[] = {
    ".~tmp~",         ".rsync-partial", ".rsync-tmp",       ".partial",
    ".tmp",           ".temp",          ".incoming",        ".unison",
    ".dropbox.cache", "_temporary",     ".tmp.driveupload", ".tmp.drivedownload",
};

static bool has_ending_of(const char *name, size_t size, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (dk_name_ends_with(name, size, list[i]))
            return true;
    return false;
}

/* Whether name[0..size) has an ending that marks a transfer, whatever is before it. */
static bool has_ending(const char *name, size_t size)
{
    if (has_ending_of(name, size, endings, DK_COUNT_OF(endings)))
        return true;
    size_t letters = size; /* ".part001" */
    while (letters > 0 && isdigit((unsigned char)name[letters - 1]))
        letters--;
    return letters < size && has_ending_of(name, letters, endings, DK_COUNT_OF(endings));
}

/* Whether text is such as mkstemp makes: not a word, not a number, not the ending of a checksum. */
static bool is_random(const char *text, size_t size)
{
    size_t digits = 0;
    size_t lower = 0;
    size_t upper = 0; /* except for the first character */
    size_t hex = 0;
    if (size < RANDOM_MIN || size > RANDOM_MAX || strncasecmp(text, "sha", 3) == 0 ||
        strncasecmp(text, "md5", 3) == 0)
        return false;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!isalnum(c) && !(size >= RANDOM_ID && c == '-'))
            return false;
        digits += isdigit(c) != 0;
        lower += islower(c) != 0;
        upper += isupper(c) != 0 && i > 0;
        hex += isxdigit(c) != 0;
    }
    if (digits == size)
        return false;
    return digits > 0 || (lower > 0 && upper > 0) || (size == RANDOM_AWS && hex == size);
}

/* "PS1.txt.1f2E3d4C" of the AWS tools, "x.zip-a8F3kQ", "PS1.txtAb3dEf". */
static bool has_random_part(const char *name, size_t size)
{
    for (size_t end = 1; end + RANDOM_MIN <= size; end++) {
        if (dk_name_form_of(name, end) == DK_FORM_OTHER)
            continue;
        size_t from = end + (strchr("._-", name[end]) != NULL);
        if (is_random(name + from, size - from))
            return true;
    }
    return false;
}

bool dk_transfer_is_temporary(const char *name, size_t size)
{
    return (size > 1 && strchr(FIRST_CHARACTERS, name[0])) || has_ending(name, size) ||
           has_ending_of(name, size, use_endings, DK_COUNT_OF(use_endings)) ||
           (strstr(name, ".~") && name[size - 1] != '~') || has_random_part(name, size);
}

bool dk_transfer_is_anonymous(const char *name)
{
    for (size_t i = 0; i < DK_COUNT_OF(anonymous_starts); i++)
        if (strncasecmp(name, anonymous_starts[i], strlen(anonymous_starts[i])) == 0)
            return true;
    return false;
}

bool dk_transfer_is_folder(const char *name)
{
    for (size_t i = 0; i < DK_COUNT_OF(folders); i++)
        if (strcasecmp(name, folders[i]) == 0)
            return true;
    return has_ending(name, strlen(name));
}
