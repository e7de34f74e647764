#include "taking.h"

#include <string.h>

bool dk_taking_is_worse(enum dk_status status, enum dk_status other)
{
    static const int codes[] = {0, 3, 2, 1, 5, 4};
    size_t ranks[2];
    for (size_t side = 0; side < 2; side++) {
        int code = dk_status_exit_code(side == 0 ? status : other);
        size_t i = DK_COUNT_OF(codes) - 1;
        while (i > 0 && codes[i] != code)
            i--;
        ranks[side] = i;
    }
    return ranks[0] > ranks[1];
}

enum dk_status dk_taking_refuse(const struct dk_taking *taking, const struct dk_waiting_drop *drop,
                                struct dk_error *err)
{
    enum dk_columns columns = taking->session->config.settings.input.columns;
    /* As for a file without permission: the sender is not at fault. */
    enum dk_status status = drop->kind == DK_DELIVERY_UNLISTED ? DK_ERR_IO : DK_ERR_DATA;
    if (strcmp(drop->path, drop->first) == 0)
        dk_error_set(err, status, "'%s' can't be read: it %s", drop->path,
                     dk_delivery_reason(drop->kind));
    else
        dk_error_set(err, status, "'%s' can't be read: '%s' %s", drop->path, drop->first,
                     dk_delivery_reason(drop->kind));
    dk_error_hint(err, "%s", dk_delivery_hint(drop->kind, columns));
    return status;
}

void dk_taking_note(struct dk_taking *taking, size_t i, enum dk_status status)
{
    taking->taken[i].status = status;
    taking->taken[i].failed = status != DK_OK;
    if (status == DK_OK)
        return;
    if (taking->failed++ == 0)
        taking->first_failed = i;
    if (dk_taking_is_worse(status, taking->worst))
        taking->worst = status;
}
