#!/usr/bin/env bash
# The units: systemd reads them without a complaint, their exposure is low, and exit code 6 (cells in
# quarantine) is not a success.
. "$TESTS/cli/lib.sh"
needs systemd-analyze
for unit in "$TESTS"/../infra/systemd/*; do
    # The program is not installed on this machine: verify with the one that was built.
    sed "s|/usr/bin/derrick|$DERRICK|" "$unit" >"${unit##*/}"
done
output=$(systemd-analyze verify --man=no ./*.service ./*.timer 2>&1) || fail "$output"
equals "" "$output"

! grep -H 'SuccessExitStatus' ./*.service || fail "a unit calls a failure a success"
! grep -HE '^Exec[A-Za-z]*=-' ./*.service || fail "a unit ignores an exit code"

systemd-analyze security --help | grep -q offline || skip "this systemd-analyze can't rate units offline"
for unit in ./*.service; do
    systemd-analyze security --offline=yes --threshold=16 "$unit" >rating ||
        fail "$unit: $(tail -n 1 rating)"
done
