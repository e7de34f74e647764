/*
 * The historical CSV's file names and columns, for whoever else must name them. The columns are the
 * four keys, then two for each condition, then one for each sensor, in the catalogue's order.
 */
#ifndef DK_EXPORT_HISTORICAL_H
#define DK_EXPORT_HISTORICAL_H

#include "rig/catalogue.h"

#define DK_HISTORICAL_FILE "oil-well-data-all-historical.csv"
#define DK_HISTORICAL_DICTIONARY_FILE "oil-well-data-all-historical.dictionary.csv"

#define DK_HISTORICAL_PARQUET_FILE "oil-well-data-all-historical.parquet"

#define DK_HISTORICAL_KEYS 4 /* rig_name, cohort, date_time, cumulative_minutes */
#define DK_HISTORICAL_COLUMNS (DK_HISTORICAL_KEYS + 2 * DK_CONDITIONS + DK_SENSORS)

/* Fills in the names of all columns, in order. */
void dk_historical_columns(const char *columns[DK_HISTORICAL_COLUMNS]);

#endif
