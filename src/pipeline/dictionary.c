#include "dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "export/historical.h"

#define DICTIONARY_BYTES_MAX (1u << 20)

static enum dk_status rules_loaded(struct dk_pipeline *pipeline, bool used[DK_SAMPLE_RULES],
                                   struct dk_error *err)
{
    struct dk_ledger_settings *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_ledger_settings(pipeline->store, NULL, &list, &count, err);
    for (size_t i = 0; i < count; i++) {
        int rule = dk_input_settings_sample(list[i].text);
        if (rule >= 0)
            used[rule] = true;
    }
    free(list);
    return status;
}

enum dk_status dk_dictionary_rules(struct dk_pipeline *pipeline, char rules[DK_SAMPLE_RULES_MAX],
                                   struct dk_error *err)
{
    bool used[DK_SAMPLE_RULES] = {false};
    if (!pipeline->store)
        used[pipeline->settings->input.sample] = true;
    enum dk_status status = pipeline->store ? rules_loaded(pipeline, used, err) : DK_OK;
    size_t size = 0;
    rules[0] = '\0';
    for (int i = 0; i < DK_SAMPLE_RULES; i++) {
        if (!used[i])
            continue;
        dk_text_format(rules + size, DK_SAMPLE_RULES_MAX - size, "%s%s", size > 0 ? " or " : "",
                       dk_sample_name((enum dk_sample)i));
        size = strlen(rules);
    }
    return status;
}

enum dk_status dk_dictionary_put(struct dk_pipeline *pipeline, const char *path,
                                 char hash[DK_HASH_HEX_MAX], uint64_t *size_bytes,
                                 struct dk_error *err)
{
    char rules[DK_SAMPLE_RULES_MAX];
    struct dk_buffer text;
    dk_buffer_init(&text, DICTIONARY_BYTES_MAX);
    struct dk_sink sink = dk_sink_buffer(&text);
    enum dk_status status = dk_dictionary_rules(pipeline, rules, err);
    if (status == DK_OK)
        status = dk_dictionary_write(&sink, rules, err);
    if (status == DK_OK)
        status = dk_hash_bytes(text.data, text.size, hash, err);
    if (status == DK_OK)
        status = dk_file_put(path, text.data, text.size, err);
    *size_bytes = text.size;
    dk_buffer_reset(&text);
    return status;
}

enum dk_status dk_pipeline_dictionary(struct dk_pipeline *pipeline,
                                      const struct dk_export_settings *settings, const char *path,
                                      struct dk_error *err)
{
    char hash[DK_HASH_HEX_MAX];
    uint64_t size_bytes = 0;
    if (!path || settings->format != DK_FORMAT_HISTORICAL ||
        strcmp(dk_path_name(path), DK_HISTORICAL_FILE) != 0)
        return DK_OK;
    char *folder = dk_path_folder(path);
    char *dictionary = folder ? dk_path_join(folder, DK_HISTORICAL_DICTIONARY_FILE) : NULL;
    enum dk_status status = dictionary
                                ? dk_dictionary_put(pipeline, dictionary, hash, &size_bytes, err)
                                : dk_error_nomem(err, "write the dictionary of", path);
    free(dictionary);
    free(folder);
    return status;
}

static enum dk_status put_sagemaker(int label, const char *path, struct dk_error *err)
{
    struct dk_file file = {.fd = -1};
    DK_RETURN_IF_ERROR(dk_file_create(&file, path, err));
    struct dk_sink sink = dk_file_sink(&file);
    enum dk_status status = dk_sagemaker_dictionary_write(label, &sink, err);
    if (status == DK_OK)
        status = dk_file_commit(&file, err);
    dk_file_abort(&file);
    return status;
}

enum dk_status dk_dictionary_put_beside(struct dk_pipeline *pipeline,
                                        const struct dk_export_settings *settings, const char *path,
                                        struct dk_error *err)
{
    char hash[DK_HASH_HEX_MAX];
    uint64_t size_bytes = 0;
    return settings->format == DK_FORMAT_SAGEMAKER
               ? put_sagemaker(settings->label, path, err)
               : dk_dictionary_put(pipeline, path, hash, &size_bytes, err);
}
