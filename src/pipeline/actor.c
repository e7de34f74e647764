/* actor: who runs which derrick, for the ledger. */
#include "base/host.h"
#include "derrick_version.h"
#include "pipeline/pipeline.h"

void dk_pipeline_name_actor(struct dk_pipeline *pipeline)
{
    const char *reason = pipeline->settings->reason;
    struct dk_ledger_actor actor = {0};
    dk_user_name(actor.user);
    dk_host_name(actor.host);
    dk_text_format(actor.version, sizeof(actor.version), "%s", DERRICK_VERSION);
    dk_text_format(actor.reason, sizeof(actor.reason), "%s", reason ? reason : "");
    dk_ledger_actor_use(pipeline->store, &actor);
}
