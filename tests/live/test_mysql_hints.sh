#!/usr/bin/env bash
# timeout: 120
# What a server refuses because of how it is set up, with a hint that names the setting.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"

start_server db --enforce-storage-engine=Aria
make_users db
derrick init ws >/dev/null

enforced() {
    fails_with 4 "enforce_storage_engine" derrick -C ws --db "$(url db)" init
}
no_lock() {
    local code=0
    start_proxy db "error:GET_LOCK(:1105:prohibits use of GET_LOCK"
    (fails_with 4 "named lock \(GET_LOCK\)" derrick -C ws \
        --db "mysql://maker@127.0.0.1:$(cat proxy.port)/energymobile" init) || code=$?
    stop_proxy
    return "$code"
}
check "a server that enforces another storage engine" enforced
check "a proxy that refuses GET_LOCK" no_lock
finish
