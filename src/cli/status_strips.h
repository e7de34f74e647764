/* status_strips: how complete a rig is, and the condition of its components, as strips of
 * characters. */
#ifndef DK_CLI_STATUS_STRIPS_H
#define DK_CLI_STATUS_STRIPS_H

#include "command.h"
#include "report/outline.h"

/* More rigs than this would push everything else off the screen: `derrick report` shows them. */
#define DK_STRIPS_RIGS_MAX 4

/* Prints the lines of one rig, for people only. Blocks where the locale is one of UTF-8, and ASCII
 * where it is not, or TERM is dumb. There is no colour in them. */
void dk_status_strips_print(struct dk_session *session, const struct dk_outline_rig *rig);

#endif
