#include "resampled.h"

#include <stdlib.h>

/* A rule that a burst was reduced to one value with. */
struct rule {
    enum dk_sample sample;
    enum dk_alignment alignment;
};

#define RULES_MAX (DK_SAMPLE_RULES * (DK_ALIGNMENT_COLUMN + 1))

struct rules {
    struct rule list[RULES_MAX];
    size_t count;
};

static bool is_rule_of(const struct rule *rule, const struct dk_input_settings *settings)
{
    return rule->sample == settings->sample && rule->alignment == settings->alignment;
}

static void add_rule(struct rules *rules, const struct dk_input_settings *settings)
{
    for (size_t i = 0; i < rules->count; i++)
        if (is_rule_of(&rules->list[i], settings))
            return;
    rules->list[rules->count++] =
        (struct rule){.sample = settings->sample, .alignment = settings->alignment};
}

/* The rules of the rig's loaded drops, other than the one that the drop was read with. */
static enum dk_status find_rules(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                 struct rules *rules, struct dk_error *err)
{
    struct dk_ledger_settings *list = NULL;
    size_t count = 0;
    const struct rule own = {.sample = intake->input.sample, .alignment = intake->input.alignment};
    *rules = (struct rules){0};
    const struct dk_ledger_scope scope = {.well = intake->input.well,
                                          .whole_site = intake->input.columns == DK_COLUMNS_WELLS};
    DK_RETURN_IF_ERROR(dk_ledger_settings(pipeline->store, &scope, &list, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct dk_input_settings loaded;
        dk_input_settings_init(&loaded);
        if (dk_input_settings_parse(list[i].text, &loaded, NULL) == DK_OK &&
            !is_rule_of(&own, &loaded))
            add_rule(rules, &loaded);
    }
    free(list);
    return DK_OK;
}

/* Reads the drop with the rule, without a word, and looks for a loaded cohort with such values. A
 * drop that can't be read in this way was not loaded in this way. */
static enum dk_status match_rule(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 const struct rule *rule, struct dk_match *match,
                                 struct dk_error *err)
{
    struct dk_input_settings input = intake->input;
    struct dk_readings readings = {0};
    struct dk_report report = {0};
    input.sample = rule->sample;
    input.alignment = rule->alignment;
    const struct dk_drop_request drop = {
        .drop = &intake->drop, .settings = &input, .profile = &intake->readings.profile};
    const struct dk_match_request request = {
        .readings = &readings,
        .well = input.well,
        .whole_site = input.columns == DK_COLUMNS_WELLS,
        .cohort = pipeline->settings->cohort_given ? input.cohort : 0};
    enum dk_status status = dk_drop_read(&drop, &readings, &report, err);
    if (status == DK_OK)
        status = dk_store_match(pipeline->store, &request, match, err);
    else if (status == DK_ERR_DATA) {
        dk_error_reset(err);
        status = DK_OK;
    }
    dk_readings_reset(&readings);
    dk_report_reset(&report);
    return status;
}

static enum dk_status refuse(const struct dk_intake *intake, const struct rule *rule,
                             const struct dk_match *match, struct dk_error *err)
{
    bool other_sample = rule->sample != intake->input.sample;
    const char *setting = other_sample ? "sample" : "alignment";
    const char *value =
        other_sample ? dk_sample_name(rule->sample) : dk_alignment_name(rule->alignment);
    dk_error_set(err, DK_ERR_REFUSED,
                 "'%s' is cohort %d again, with another %s: run %lld loaded it with %s = %s, and "
                 "read so, %s its values are the same",
                 intake->drop.path, match->cohort, setting, (long long)match->run_id, setting,
                 value, match->kind == DK_MATCH_SAME ? "all" : "most of");
    dk_error_hint(err,
                  "set input.%s = %s to continue as before; to load cohort %d in the new way, "
                  "replace it: --cohort %d --replace",
                  setting, value, match->cohort, match->cohort);
    return DK_ERR_REFUSED;
}

enum dk_status dk_resampled_check(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                  struct dk_error *err)
{
    struct rules rules;
    bool given = pipeline->settings->cohort_given;
    if (intake->match.newest == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(find_rules(pipeline, intake, &rules, err));
    for (size_t i = 0; i < rules.count; i++) {
        struct dk_match match = {0};
        DK_RETURN_IF_ERROR(match_rule(pipeline, intake, &rules.list[i], &match, err));
        bool is_copy = match.kind == DK_MATCH_SAME || (match.kind == DK_MATCH_CORRECTED && !given);
        if (is_copy && !(given && match.cohort == intake->input.cohort))
            return refuse(intake, &rules.list[i], &match, err);
    }
    return DK_OK;
}
