/* The table of commands, in the order of the help. */
#include "command.h"

const struct dk_command *const dk_commands[] = {
    &dk_command_run,     &dk_command_init,       &dk_command_sample,     &dk_command_check,
    &dk_command_load,    &dk_command_convert,    &dk_command_export,     &dk_command_upload,
    &dk_command_archive, &dk_command_unload,     &dk_command_status,     &dk_command_report,
    &dk_command_watch,   &dk_command_quarantine, &dk_command_trace,      &dk_command_doctor,
    &dk_command_config,  &dk_command_help,       &dk_command_completion, NULL,
};
