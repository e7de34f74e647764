#include "input/delivery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "finder.h"
#include "input/input.h"
#include "name_form.h"
#include "sniff.h"
#include "unpack.h"

#define TAR_MAGIC_AT 257
#define DEPTH_MAX 16 /* of folders below; what is deeper counts by the folder at that depth */

static const struct {
    const char *reason, *hint;
} words[] = {
    [DK_DELIVERY_FOREIGN] = {"is not part of a drop", ""},
    [DK_DELIVERY_PROFILE] = {"is a profile without sensor files",
                             "copy the sensor files to the same folder; for a cohort that is "
                             "loaded, copy them from its folder in archive/ and run 'derrick run "
                             "--cohort N --replace'; a profile for later drops only belongs in "
                             "profile/"},
    [DK_DELIVERY_SENSOR] = {"is in a folder that derrick does not read",
                            "move the files to logs/ or to a folder directly below it"},
    [DK_DELIVERY_ARCHIVE] = {"is an archive that was not read", "run again"},
    [DK_DELIVERY_DEEP] = {"is in a folder that derrick does not read",
                          "move the files to logs/ or to a folder directly below it"},
    [DK_DELIVERY_TRANSFER] = {"looks like a file in transfer",
                              "wait until the transfer has ended, then run again"},
    [DK_DELIVERY_NEAR] =
        {"does not have the name of a sensor file",
         "copy the files from the rig again under their own names; [input] ignore in derrick.ini "
         "hides names that mean nothing"},
    [DK_DELIVERY_FOREIGN_ARCHIVE] = {"is an archive that derrick can't unpack",
                                     "unpack it into logs/, or deliver a zip"},
    [DK_DELIVERY_NEAR_ARCHIVE] =
        {"looks like an archive, but does not have the name of one",
         "if it is a delivery, give it its own name again, such as q1.zip, "
         "or copy it again; if not, move it out of logs/"},
    [DK_DELIVERY_WORKBOOK] =
        {"is a workbook", "save each sheet as tab-delimited text with a decimal point (in Excel: "
                          "Save As > Text (Tab delimited)): PS1.txt, PS2.txt, ..."},
    [DK_DELIVERY_OLD_CSV] = {"is a CSV that the old scripts or derrick made",
                             "deliver the rig's own logs, not files made from them"},
    [DK_DELIVERY_UNLISTED] = {"is a folder that can't be listed",
                              "give the user that runs derrick permission to read it"},
    [DK_DELIVERY_HIDDEN] = {"is in a hidden folder",
                            "if it is a delivery, rename the folder so that no dot is in front"},
};

#define SITE_HINT                                                                                  \
    "move the files to the folder of their site, directly below logs/; where a site has several "  \
    "deliveries, put a zip of each there"

/* Where a folder is a site, instead of the hints above. */
static const char *const hints_of_sites[DK_COUNT_OF(words)] = {
    [DK_DELIVERY_SENSOR] = SITE_HINT,
    [DK_DELIVERY_DEEP] = SITE_HINT,
    [DK_DELIVERY_FOREIGN_ARCHIVE] = "unpack it into the folder of its site, or deliver a zip",
};

bool dk_delivery_is_part(enum dk_delivery_kind kind)
{
    return kind != DK_DELIVERY_FOREIGN && kind != DK_DELIVERY_HIDDEN;
}

const char *dk_delivery_reason(enum dk_delivery_kind kind)
{
    return words[kind].reason;
}

const char *dk_delivery_hint(enum dk_delivery_kind kind, enum dk_columns columns)
{
    const char *of_sites = columns == DK_COLUMNS_WELLS ? hints_of_sites[kind] : NULL;
    return of_sites ? of_sites : words[kind].hint;
}

/* A profile explains less than whatever came with it, and what can be read less than what can't. */
static int rank(enum dk_delivery_kind kind)
{
    if (kind == DK_DELIVERY_PROFILE)
        return 0;
    return kind == DK_DELIVERY_SENSOR || kind == DK_DELIVERY_ARCHIVE ? 1 : 2;
}

void dk_delivery_add(struct dk_delivery *delivery, const struct dk_delivery_item *item)
{
    if (item->kind == DK_DELIVERY_FOREIGN) {
        if (delivery->foreign++ == 0)
            dk_text_format(delivery->first_foreign, sizeof(delivery->first_foreign), "%s",
                           item->path);
        return;
    }
    if (item->kind == DK_DELIVERY_HIDDEN) {
        if (!delivery->first_hidden[0])
            dk_text_format(delivery->first_hidden, sizeof(delivery->first_hidden), "%s",
                           item->path);
        return;
    }
    if (delivery->count == 0 || rank(item->kind) > rank(delivery->kind)) {
        dk_text_format(delivery->first, sizeof(delivery->first), "%s", item->path);
        delivery->kind = item->kind;
    }
    delivery->count++;
    delivery->unread += rank(item->kind) == 2;
    delivery->readable += rank(item->kind) == 1;
}

/* --- the walk ------------------------------------------------------------------------------- */

struct walk {
    const char *ignore;
    void (*visit)(void *context, const struct dk_delivery_item *item);
    void *context;
};

/* What the folders down to a file say about it. */
struct place {
    int depth;
    bool is_unread;   /* derrick does not read what is there */
    bool in_transfer; /* one of them is a tool's */
    bool is_near;     /* one of them contains a sensor's name */
    bool is_hidden;   /* one of them is hidden */
};

/* The beginning of the file; how much of it. 0: it is empty, or can't be read. */
static size_t read_beginning(const char *path, char data[DK_SNIFF_BYTES])
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t got = read(fd, data, DK_SNIFF_BYTES);
    (void)close(fd);
    return got > 0 ? (size_t)got : 0;
}

/* Whether the file begins like a CSV that the old scripts or derrick made. */
static bool is_old_csv(const char *path)
{
    char line[DK_SNIFF_BYTES];
    size_t got = read_beginning(path, line);
    size_t bom = dk_sniff_bom(line, got);
    return got > 0 && dk_sniff_old_csv(line + bom, got - bom);
}

/* Whether data[0..size) is the beginning of an archive, or of something compressed. */
static bool begins_archive(const char *data, size_t size)
{
    static const char *const starts[] = {"PK\x03\x04", "7z\xbc\xaf\x27\x1c", "Rar!"};
    for (size_t i = 0; i < DK_COUNT_OF(starts); i++)
        if (size >= strlen(starts[i]) && memcmp(data, starts[i], strlen(starts[i])) == 0)
            return true;
    return (size > TAR_MAGIC_AT + 5 && memcmp(data + TAR_MAGIC_AT, "ustar", 5) == 0) ||
           dk_unpacker_knows((const unsigned char *)data, size);
}

/* Whether a name has an ending, apart from that of a compressor: "plan.vsdx", "notes.dat.gz". It is
 * a file of its own kind then, which may well be a zip inside. */
static bool has_ending(const char *base)
{
    static const char *const packed[] = {".gz", ".xz", ".bz2", ".zst"};
    size_t size = strlen(base);
    for (size_t i = 0; i < DK_COUNT_OF(packed); i++) {
        const size_t ending = strlen(packed[i]);
        if (size > ending && strcasecmp(base + size - ending, packed[i]) == 0) {
            size -= ending;
            break;
        }
    }
    return size > 1 && memchr(base + 1, '.', size - 1) != NULL;
}

/* Whether a file with such a name is an archive under another name. What tools write beside an
 * archive is not: a checksum, a list, a signature, an empty file that says "done"; nor is an
 * attachment. */
static bool is_near_archive(const char *path, const struct dk_name *name)
{
    char data[DK_SNIFF_BYTES];
    const char *base = dk_path_name(path);
    size_t size = read_beginning(path, data);
    if (size == 0)
        return false;
    if (name->names_archive)
        return (memchr(data, '\0', size) || begins_archive(data, size)) &&
               !dk_name_ends_with(base, strlen(base), "sig");
    return name->form != DK_FORM_TEXT && !has_ending(base) && begins_archive(data, size);
}

/* What a name is that derrick would read in the right place. */
static enum dk_delivery_kind readable_kind(const struct dk_name *name, const struct place *place)
{
    bool is_profile = name->kind == DK_NAME_RECOGNISED && name->file == DK_DROP_PROFILE;
    if (place->depth > 1 || (place->is_unread && !is_profile))
        return DK_DELIVERY_DEEP;
    if (dk_name_is_archive(name))
        return DK_DELIVERY_ARCHIVE;
    return is_profile ? DK_DELIVERY_PROFILE : DK_DELIVERY_SENSOR;
}

/* False: it is noise. */
static bool find_kind(const char *path, const struct dk_name *name, const struct stat *info,
                      const struct place *place, enum dk_delivery_kind *kind)
{
    *kind = place->is_near ? DK_DELIVERY_NEAR : DK_DELIVERY_FOREIGN;
    bool csv = S_ISREG(info->st_mode) && strlen(path) > 4 &&
               strcasecmp(path + strlen(path) - 4, ".csv") == 0;
    if (place->in_transfer || name->kind == DK_NAME_IN_TRANSFER)
        *kind = DK_DELIVERY_TRANSFER;
    else if (name->kind == DK_NAME_RECOGNISED || dk_name_is_archive(name))
        *kind = readable_kind(name, place);
    else if (name->form == DK_FORM_FOREIGN_ARCHIVE)
        *kind = DK_DELIVERY_FOREIGN_ARCHIVE;
    else if (name->form == DK_FORM_WORKBOOK)
        *kind = DK_DELIVERY_WORKBOOK;
    else if (name->kind == DK_NAME_NEAR)
        *kind = DK_DELIVERY_NEAR;
    else if (csv && is_old_csv(path))
        *kind = DK_DELIVERY_OLD_CSV;
    else if (name->kind == DK_NAME_NEVER)
        return false;
    else if (S_ISREG(info->st_mode) && is_near_archive(path, name))
        *kind = DK_DELIVERY_NEAR_ARCHIVE;
    return true;
}

static enum dk_status walk_folder(const struct walk *walk, const char *folder,
                                  const struct place *place, struct dk_error *err);

/* A folder that can't be listed, or is too deep, counts by itself. */
static enum dk_status enter(const struct walk *walk, const char *path, const struct dk_name *name,
                            const struct stat *info, const struct place *place,
                            struct dk_error *err)
{
    struct dk_error local = {0};
    const struct place below = {
        .depth = place->depth + 1,
        .is_unread = place->is_unread || !dk_finder_reads_folder(dk_path_name(path), name),
        .in_transfer = place->in_transfer || name->kind == DK_NAME_IN_TRANSFER,
        .is_near = place->is_near ||
                   (name->kind == DK_NAME_NEAR && strcasecmp(dk_path_name(path), "profile") != 0),
        .is_hidden = place->is_hidden || name->is_hidden,
    };
    const struct dk_delivery_item item = {.kind = below.depth > DEPTH_MAX ? DK_DELIVERY_DEEP
                                                                          : DK_DELIVERY_UNLISTED,
                                          .path = path,
                                          .info = info};
    enum dk_status status =
        below.depth > DEPTH_MAX ? DK_ERR_IO : walk_folder(walk, path, &below, &local);
    if (status == DK_ERR_IO && below.is_hidden)
        return DK_OK;
    if (status == DK_ERR_IO) {
        walk->visit(walk->context, &item);
        return DK_OK;
    }
    if (status != DK_OK && err)
        *err = local;
    return status;
}

static enum dk_status visit_entry(const struct walk *walk, const char *path,
                                  const struct place *place, struct dk_error *err)
{
    struct dk_name name = dk_name_read(dk_path_name(path), walk->ignore);
    struct dk_delivery_item item = {.path = path};
    struct stat info;
    /* A link may lead nowhere, or back up: below the first level one to a folder counts by
     * itself. */
    if ((stat(path, &info) != 0 || (place->depth > 0 && S_ISDIR(info.st_mode))) &&
        lstat(path, &info) != 0)
        return DK_OK; /* it is gone */
    if (S_ISDIR(info.st_mode))
        return name.kind == DK_NAME_NEVER && !name.is_hidden
                   ? DK_OK
                   : enter(walk, path, &name, &info, place, err);
    item.info = &info;
    if (place->is_hidden) {
        item.kind = DK_DELIVERY_HIDDEN;
        if (name.kind == DK_NAME_RECOGNISED && name.file != DK_DROP_PROFILE)
            walk->visit(walk->context, &item);
    } else if (find_kind(path, &name, &info, place, &item.kind))
        walk->visit(walk->context, &item);
    return DK_OK;
}

static int by_name(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static int is_named(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static enum dk_status walk_folder(const struct walk *walk, const char *folder,
                                  const struct place *place, struct dk_error *err)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_named, by_name);
    if (count < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't list the folder", folder);
    enum dk_status status = DK_OK;
    for (int i = 0; i < count; i++) {
        char *path = dk_path_join(folder, entries[i]->d_name);
        if (status == DK_OK)
            status =
                path ? visit_entry(walk, path, place, err) : dk_error_nomem(err, "list", folder);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return status;
}

enum dk_status dk_delivery_walk(const char *folder, const char *ignore,
                                void (*visit)(void *context, const struct dk_delivery_item *item),
                                void *context, struct dk_error *err)
{
    const struct walk walk = {.ignore = ignore, .visit = visit, .context = context};
    const struct place top = {0};
    return walk_folder(&walk, folder, &top, err);
}
