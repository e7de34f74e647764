#include "base/observer.h"

void dk_observer_notice(const struct dk_observer *observer, enum dk_level level, const char *fmt,
                        ...)
{
    if (!observer || !observer->notice)
        return;
    char text[DK_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(text, sizeof(text), fmt, args);
    va_end(args);
    observer->notice(observer->context, level, text);
}

void dk_observer_progress(const struct dk_observer *observer, const char *step, uint64_t done,
                          uint64_t total, const char *unit)
{
    if (observer && observer->progress)
        observer->progress(observer->context, step, done, total, unit);
}
