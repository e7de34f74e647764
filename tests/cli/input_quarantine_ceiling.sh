# Quarantine is for glitches of a sensor, not for files that are not a drop.
. "$TESTS/cli/lib.sh"

derrick sample -q drop --readings 200 --cohorts 60 >/dev/null
awk 'NR > 1 { gsub(/[0-9.]+/, "x") } { print }' drop/PS1.txt >bad && mv bad drop/PS1.txt
derrick init -q ws >/dev/null
expect_exit 3 derrick -C ws load --quarantine "$PWD/drop" 2>report
tail -n 3 report
ls ws/quarantine
