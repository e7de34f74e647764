/*
 * facts: rows of well_reading, in this database or each cohort on its node. Nodes are loaded in
 * parallel, a thread and a connection each. Like the functions of struct dk_sql_ops.
 */
#ifndef DK_SPREAD_FACTS_H
#define DK_SPREAD_FACTS_H

#include "spread.h"

enum dk_status dk_mysql_facts_insert(struct dk_mysql_spread *spread, const struct dk_fact *facts,
                                     size_t count, const struct dk_observer *observer,
                                     struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_facts_delete(struct dk_mysql_spread *spread, int64_t well_id, int cohort,
                                     struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_fact_read(struct dk_mysql_spread *spread, const struct dk_fact *fact,
                                  struct dk_readings *into, size_t series, struct dk_error *err)
    DK_CHECK;

#endif
