/*
 * The survey: what a page shows, read from the store and summed up.
 *
 * Two depths. Of every rig: its cohorts, counts of values, and the states of its components, which
 * cost a few queries. Of the rigs that the page shows in full, besides: the detail of each cohort,
 * which takes one pass over its readings.
 */
#ifndef DK_REPORT_SURVEY_H
#define DK_REPORT_SURVEY_H

#include "measures.h"
#include "report/html_page.h"
#include "store/ledger.h"

#define DK_COMPONENTS 4 /* the conditions that are parts of a rig; the fifth is the stable flag */
#define DK_SHUFFLES 200

_Static_assert(DK_LABELS_MAX == DK_CONDITION_CODES_MAX, "a label is the index of a code");

/* One day of one sensor; NAN where no value is there. */
struct dk_day {
    double low, median, high;
};

/* A profile as stretches of equal codes, one list for each condition. */
struct dk_survey_profile {
    int64_t profile_set;
    size_t rows;
    struct dk_stretch *stretches[DK_CONDITIONS]; /* owned; [counts[condition]] */
    size_t counts[DK_CONDITIONS];
    uint32_t *orders[DK_COMPONENTS]; /* owned; [DK_SHUFFLES][counts]; NULL until a rig needs them */
    size_t blocks;                   /* condition blocks */
};

/* What one pass over a cohort's readings finds. */
struct dk_cohort_detail {
    uint64_t zeros[DK_SENSORS]; /* values that are exactly 0 */
    struct dk_box whole[DK_SENSORS];
    double low[DK_SENSORS], high[DK_SENSORS]; /* NAN: no value */
    struct dk_box state[DK_COMPONENTS][DK_LABELS_MAX][DK_SENSORS];
    double eta[DK_COMPONENTS][DK_SENSORS]; /* NAN: not defined */
    struct dk_day *days;                   /* owned; [DK_SENSORS][cohort_days] */
};

struct dk_survey_cohort {
    struct dk_store_series place;
    size_t profile;    /* index in the survey's profiles */
    int64_t first_day; /* days since 1970 of its first reading */
    struct dk_store_quality quality[DK_SENSORS];
    bool has_quality;                /* false: an older derrick loaded it and nothing was counted */
    struct dk_cohort_detail *detail; /* owned; NULL unless the rig is shown in full */
};

/* The state that a component is in at the end of the newest cohort. */
struct dk_component_now {
    int code;             /* index in the catalogue */
    int64_t since_minute; /* of the first reading in this state */
    uint64_t readings;    /* that many readings have been in it */
};

/* Counts over all cohorts of a rig. */
struct dk_rig_counts {
    uint64_t readings;
    uint64_t expected; /* readings of whole cohorts, from the first to the newest */
    uint64_t values, missing, quarantined, outside;
    int absent_sensors; /* without a single value; their missing values are not counted above */
    bool absent[DK_SENSORS];
    size_t cohorts_expected;   /* from the first to the newest */
    size_t cohorts_incomplete; /* with fewer readings than a whole cohort */
};

/* How the values of a sensor are drawn and rounded. */
struct dk_scale {
    double low, high; /* of all values; NAN: there are none */
    int decimals;     /* that are shown */
    /* What the chart shows: less than all where a few peaks would squeeze the rest. */
    double shown_low, shown_high;
};

struct dk_survey_rig {
    struct dk_well well;
    char name[DK_RIG_NAME_MAX];
    struct dk_survey_cohort *cohorts; /* within the survey's list */
    size_t cohort_count;
    bool in_full;
    struct dk_rig_counts counts;
    struct dk_component_now now[DK_CONDITIONS];
    uint64_t state_readings[DK_CONDITIONS][DK_LABELS_MAX];
    uint64_t state_stretches[DK_CONDITIONS][DK_LABELS_MAX];
    size_t cohorts_hidden; /* loaded, but left out by the request's filter */
    int newest_loaded;     /* a cohort, 0: none is left out */
    bool ends_early;       /* a newer cohort is loaded than the page shows */
    int next_cohort;
    int64_t next_first_day, next_end_day; /* days since 1970; the end is the day after its last */
    int64_t late_days; /* since its end; negative: until then. As of the survey's day */
    int worst_count;   /* components in their worst state now */
    /* In full: eta squared that the best cohort stays below in 95 % of shuffles; NAN: not known. */
    double chance[DK_COMPONENTS][DK_SENSORS];
    struct dk_scale scale[DK_SENSORS]; /* in full */
    bool one_profile;                  /* all cohorts have the same */
    size_t profiles;                   /* distinct ones */
};

struct dk_survey_drop {
    struct dk_ledger_drop row;
    struct dk_ledger_file *files; /* owned */
    size_t file_count;
    char loaded_by[16]; /* the command */
    char started[DK_TIME_TEXT_MAX];
};

struct dk_survey {
    const struct dk_page_request *request;
    struct dk_survey_cohort *cohorts; /* owned; by rig, then cohort */
    size_t cohort_count;
    struct dk_survey_rig *rigs; /* owned; what needs attention first */
    size_t rig_count;
    struct dk_survey_profile *profiles; /* owned */
    size_t profile_count;
    struct dk_survey_drop *drops; /* owned; of the rigs in full, newest first */
    size_t drop_count;
    struct dk_ledger_run last_run; /* run_id 0: none is recorded */
    int64_t as_of_day;             /* days since 1970 */
};

/* Reads what does not take a pass over the readings: all but drops and details, and counts only
 * where a load or a run left them (has_quality). After any status the caller resets. */
enum dk_status dk_survey_begin(struct dk_survey *survey, struct dk_store *store,
                               const struct dk_page_request *request, struct dk_error *err)
    DK_CHECK;
/* Reads all of it. The same. */
enum dk_status dk_survey_read(struct dk_survey *survey, struct dk_store *store,
                              const struct dk_page_request *request, struct dk_error *err) DK_CHECK;
void dk_survey_reset(struct dk_survey *survey);

/* The detail of all cohorts of the rigs in full (detail.c). */
enum dk_status dk_survey_read_details(struct dk_survey *survey, struct dk_store *store,
                                      struct dk_error *err) DK_CHECK;
/* One cohort's, of its readings (summary.c). `maxima` [DK_COMPONENTS][DK_SENSORS][DK_SHUFFLES]
 * takes what the shuffles reach, where that is more. */
enum dk_status dk_cohort_detail_make(struct dk_cohort_detail *detail,
                                     const struct dk_readings *readings,
                                     const struct dk_survey_profile *profile, size_t cohort_days,
                                     float *maxima, struct dk_error *err) DK_CHECK;

/* How bad a code is: 0 is the best state, codes - 1 the worst. */
int dk_code_severity(int condition, int code);
/* The code of that severity. */
int dk_severity_code(int condition, int severity);

/* The first day (since 1970) of all cohorts of a rig, and the day after the last one. */
int64_t dk_rig_first_day(const struct dk_survey_rig *rig);
int64_t dk_rig_end_day(const struct dk_survey *survey, const struct dk_survey_rig *rig);

#endif
