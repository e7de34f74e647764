/* late: cohorts whose delivery should have been here, for a command that stays. */
#ifndef DK_CLI_LATE_H
#define DK_CLI_LATE_H

#include "command.h"

/* Once a day: warns of every cohort whose last day is more than [status] late full days past, and
 * runs the command of [notify] where [notify] on includes late. Each cohort of a rig once, also
 * over restarts: what was reported is in .derrick-late. *day is the day of the last look, 0 at
 * first. The store is closed before and after. */
void dk_late_report(struct dk_session *session, int64_t *day);

#endif
