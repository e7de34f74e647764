/* derrick.ini: what its lines set. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/ini.h"
#include "base/secret.h"
#include "config.h"

#define FILE_BYTES_MAX (512 * 1024)
#define LINE_BYTES_MAX 4094

static const struct dk_ini_rules rules = {.status = DK_ERR_CONFIG,
                                          .separators = "=:",
                                          .line_bytes_max = LINE_BYTES_MAX,
                                          .has_trailing_comments = true};

static enum dk_status set_key(struct dk_config *config, const struct dk_ini *ini,
                              struct dk_error *err)
{
    char key[128];
    snprintf(key, sizeof(key), "%s%s%s", ini->section, ini->section[0] ? "." : "", ini->key);
    config->source =
        (struct dk_config_source){.kind = DK_SOURCE_FILE, .name = ini->path, .line = ini->line};
    enum dk_status status = dk_config_set(config, key, ini->value, err);
    if (status == DK_OK)
        return DK_OK;
    dk_error_prefix(err, "%s:%llu", ini->path, (unsigned long long)ini->line);
    dk_error_place(err, ini->path, ini->line, 0, 0);
    return status;
}

static enum dk_status set_keys(struct dk_config *config, struct dk_secret *text, int fd,
                               const char *path, struct dk_error *err)
{
    struct dk_ini ini;
    bool found = true;
    DK_RETURN_IF_ERROR(dk_secret_read(text, fd, FILE_BYTES_MAX, path, err));
    dk_ini_start(&ini, &rules, path, text->text, text->size);
    for (;;) {
        DK_RETURN_IF_ERROR(dk_ini_next(&ini, &found, err));
        if (!found)
            return DK_OK;
        DK_RETURN_IF_ERROR(set_key(config, &ini, err));
    }
}

enum dk_status dk_config_read(struct dk_config *config, const char *path, bool required,
                              struct dk_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 && errno == ENOENT && !required)
        return DK_OK;
    if (fd < 0)
        return dk_error_errno(err, DK_ERR_CONFIG, errno, "can't read the configuration", path);
    struct dk_secret text = {0};
    enum dk_status status = set_keys(config, &text, fd, path, err);
    dk_secret_reset(&text);
    close(fd);
    return status;
}
