/*
 * The columns of the historical CSV, for whoever else must name them: the first ones here, then two
 * a condition, then one a sensor, as the catalogue has them.
 */
#ifndef DK_EXPORT_HISTORICAL_H
#define DK_EXPORT_HISTORICAL_H

#include "rig/catalogue.h"

#define DK_HISTORICAL_KEYS 4
#define DK_HISTORICAL_COLUMNS (DK_HISTORICAL_KEYS + 2 * DK_CONDITIONS + DK_SENSORS)

/* Fills in the names of all columns, in order. */
void dk_historical_columns(const char *columns[DK_HISTORICAL_COLUMNS]);

#endif
