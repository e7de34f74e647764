/* The time that the ledger records. */
#include <time.h>

#include "private.h"

static int64_t seconds_now(void)
{
    struct timespec now;
    return clock_gettime(CLOCK_REALTIME, &now) == 0 ? (int64_t)now.tv_sec : 0;
}

void dk_ledger_now(char text[DK_TIME_TEXT_MAX])
{
    int64_t now = seconds_now();
    dk_date_time_format(now / 60, text);
    text[DK_DATE_TIME_SIZE - 2] = (char)('0' + now % 60 / 10);
    text[DK_DATE_TIME_SIZE - 1] = (char)('0' + now % 10);
    text[DK_DATE_TIME_SIZE] = '\0';
}

enum dk_status dk_ledger_check_clock(struct dk_error *err)
{
    const int64_t end = dk_days_from_civil(DK_YEAR_MAX + 1, 1, 1) * DK_DAY_MINUTES * 60;
    int64_t now = seconds_now();
    if (now >= 0 && now < end)
        return DK_OK;
    dk_error_set(err, DK_ERR_FAILED, "this machine's clock shows a time before 1970 or after %d",
                 DK_YEAR_MAX);
    dk_error_hint(err, "set the clock, then run again");
    return DK_ERR_FAILED;
}
