/* Which sensors move with which condition: eta squared over the cohorts of a rig, ranked. */
#ifndef DK_REPORT_EFFECTS_H
#define DK_REPORT_EFFECTS_H

#include "survey.h"

/* Eta squared from which on a sensor alone separates the states. */
#define DK_EFFECT_STRONG 0.5

/* One pair of condition and sensor. */
struct dk_effect {
    int sensor;
    double best;   /* the largest of all cohorts; NAN: it is defined in none */
    size_t cohort; /* index of that cohort */
    double median; /* over the cohorts where it is defined */
    double chance; /* as in struct dk_survey_rig */
    bool is_real;  /* more than chance, or a test against chance is not possible */
    /* In that cohort: the state whose median is farthest from the reference's, the best state that
     * it has, and by how much. -1: there are not two states with values. */
    int code, reference;
    double difference;
};

/* Fills effects[DK_SENSORS], the strongest first. `medians` is room for a number for each
 * cohort. */
void dk_effects_rank(const struct dk_survey_rig *rig, int condition,
                     struct dk_effect effects[DK_SENSORS], double *medians);

/* What a condition amounts to over all sensors. */
struct dk_effect_summary {
    size_t defined;        /* cohorts in which eta squared is defined for some sensor */
    size_t strong_cohorts; /* where a sensor alone separates the states */
    size_t strong_sensors; /* that do so in some cohort */
    bool above_chance;     /* some sensor moves more than chance allows */
    bool tested;           /* a test against chance was possible */
    double rest;           /* the largest eta squared in the other cohorts */
    size_t stretches;      /* of states in the newest cohort */
};

/* `strong` [rig->cohort_count] gets the numbers of the strong cohorts. */
struct dk_effect_summary dk_effects_sum_up(const struct dk_survey *survey,
                                           const struct dk_survey_rig *rig, int condition,
                                           const struct dk_effect effects[DK_SENSORS], int *strong);

#endif
