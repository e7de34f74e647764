#include "store/store_settings.h"

void dk_store_settings_init(struct dk_store_settings *settings)
{
    *settings = (struct dk_store_settings){.url = "sqlite:energymobile.db", .tls = DK_TLS_AUTO};
}
