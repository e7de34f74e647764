#include "archive/manifest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive_error.h"
#include "base/buffer.h"
#include "base/file.h"

#define MANIFEST_BYTES_MAX (1u << 20)

enum dk_status dk_manifest_lines_add(struct dk_manifest_lines *lines, const char *hash,
                                     const char *name, struct dk_error *err)
{
    if (lines->count == lines->capacity) {
        size_t capacity = lines->capacity ? 2 * lines->capacity : 32;
        struct dk_manifest_line *grown = realloc(lines->lines, capacity * sizeof(*grown));
        if (!grown)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a manifest");
        lines->lines = grown;
        lines->capacity = capacity;
    }
    struct dk_manifest_line *line = &lines->lines[lines->count];
    line->name = strdup(name);
    if (!line->name)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a manifest");
    memcpy(line->hash, hash, sizeof(line->hash));
    lines->count++;
    return DK_OK;
}

void dk_manifest_lines_reset(struct dk_manifest_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->lines[i].name);
    free(lines->lines);
    *lines = (struct dk_manifest_lines){0};
}

static int compare_lines(const void *a, const void *b)
{
    const struct dk_manifest_line *left = a;
    const struct dk_manifest_line *right = b;
    return strcmp(left->name, right->name);
}

static enum dk_status append_line(struct dk_buffer *text, const struct dk_manifest_line *line,
                                  struct dk_error *err)
{
    bool escaped = strpbrk(line->name, "\\\n\r") != NULL;
    enum dk_status status = dk_buffer_printf(text, err, "%s%s  ", escaped ? "\\" : "", line->hash);
    for (const char *at = line->name; status == DK_OK && *at; at++) {
        const char *piece = *at == '\\' ? "\\\\" : *at == '\n' ? "\\n" : *at == '\r' ? "\\r" : NULL;
        status = piece ? dk_buffer_append(text, piece, 2, err) : dk_buffer_append(text, at, 1, err);
    }
    return status == DK_OK ? dk_buffer_append(text, "\n", 1, err) : status;
}

enum dk_status dk_manifest_lines_write(struct dk_manifest_lines *lines, const char *folder,
                                       const char *name, struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, MANIFEST_BYTES_MAX);
    if (lines->count > 1)
        qsort(lines->lines, lines->count, sizeof(*lines->lines), compare_lines);
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < lines->count; i++)
        status = append_line(&text, &lines->lines[i], err);
    char *path = dk_path_join(folder, name);
    if (status == DK_OK && !path)
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for a manifest");
    if (status == DK_OK)
        status = dk_file_put(path, text.data, text.size, err);
    free(path);
    dk_buffer_reset(&text);
    return status;
}

/* Undoes the escapes of a name, in place. */
static void unescape(char *name)
{
    char *out = name;
    for (const char *at = name; *at; at++) {
        if (at[0] == '\\' && at[1] != '\0')
            at++;
        else {
            *out++ = *at;
            continue;
        }
        *out++ = *at == 'n' ? '\n' : *at == 'r' ? '\r' : *at;
    }
    *out = '\0';
}

/* Takes one line, "<hash>  <name>", without its newline; it is changed. */
static enum dk_status read_line(struct dk_manifest_lines *lines, char *line, const char *path,
                                struct dk_error *err)
{
    const size_t digits = DK_HASH_HEX_MAX - 1;
    bool escaped = line[0] == '\\';
    char *hash = line + escaped;
    if (!dk_hex_is(hash, digits) || strncmp(hash + digits, "  ", 2) != 0 ||
        hash[digits + 2] == '\0')
        return dk_archive_error_damaged(path, "a line is not a hash and a name", err);
    hash[digits] = '\0';
    if (escaped)
        unescape(hash + digits + 2);
    return dk_manifest_lines_add(lines, hash, hash + digits + 2, err);
}

enum dk_status dk_manifest_lines_read(struct dk_manifest_lines *lines, const char *folder,
                                      const char *name, struct dk_error *err)
{
    char *path = dk_path_join(folder, name);
    char *line = NULL;
    size_t capacity = 0;
    if (!path)
        return dk_error_nomem(err, "read the manifest in", folder);
    FILE *stream = fopen(path, "re");
    enum dk_status status = DK_OK;
    if (!stream)
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't read the manifest", path);
    while (status == DK_OK && getline(&line, &capacity, stream) > 0) {
        line[strcspn(line, "\n")] = '\0';
        status = read_line(lines, line, path, err);
    }
    if (status == DK_OK && ferror(stream))
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't read the manifest", path);
    if (stream)
        (void)fclose(stream); /* it was only read */
    free(line);
    free(path);
    return status;
}
