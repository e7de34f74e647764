#include "store/mysql/local_file.h"

#include <errmsg.h>
#include <stdio.h>
#include <string.h>

static int begin(void **handle, const char *name, void *userdata)
{
    struct dk_mysql_local_file *file = userdata;
    *handle = file;
    file->was_asked = true;
    file->refused = !file->serve || strcmp(name, file->name) != 0;
    if (file->refused)
        snprintf(file->asked, sizeof(file->asked), "%s", name);
    return file->refused;
}

static int serve(void *handle, char *out, unsigned cap)
{
    struct dk_mysql_local_file *file = handle;
    return file->serve(file->context, out, cap);
}

static void end(void *handle)
{
    (void)handle; /* nothing of its own: it is part of the connection */
}

static int explain(void *handle, char *text, unsigned cap)
{
    const struct dk_mysql_local_file *file = handle;
    if (file->refused)
        snprintf(text, cap, "the server asked for local file '%s'; refused", file->asked);
    else
        snprintf(text, cap, "%s", file->err.message);
    return CR_UNKNOWN_ERROR;
}

void dk_mysql_local_file_install(MYSQL *handle, struct dk_mysql_local_file *file)
{
    mysql_set_local_infile_handler(handle, begin, serve, end, explain, file);
}
