#include "store/fact.h"

uint64_t dk_fact_rows(const struct dk_fact *facts, size_t count)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < count; i++)
        rows += facts[i].readings->rows;
    return rows;
}

void dk_fact_put_columns(struct dk_buffer *text)
{
    dk_buffer_put(text, "well_id, cohort, reading, date_time, cumulative_minutes, well_profile");
    for (int i = 0; i < DK_SENSORS; i++)
        dk_buffer_putf(text, ", %s", dk_sensors[i].name);
}

void dk_fact_put_table(struct dk_buffer *text, const struct dk_dialect *dialect, const char *name)
{
    dk_buffer_putf(text,
                   "CREATE TABLE IF NOT EXISTS %s (\n"
                   "    well_id INTEGER NOT NULL,\n"
                   "    cohort INTEGER NOT NULL,\n"
                   "    reading INTEGER NOT NULL,\n"
                   "    date_time %s NOT NULL,\n"
                   "    cumulative_minutes INTEGER NOT NULL,\n"
                   "    well_profile INTEGER NOT NULL,\n",
                   name, dialect->time);
    for (int i = 0; i < DK_SENSORS; i++)
        dk_buffer_putf(text, "    %s DOUBLE NULL,\n", dk_sensors[i].name);
    dk_buffer_putf(text, "    PRIMARY KEY (well_id, cohort, reading)%s", dialect->fact_key);
}
