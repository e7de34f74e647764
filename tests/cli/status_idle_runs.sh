# Runs that found nothing to do, as most runs of a timer, don't push the others out of the last runs of `status`;
# `status --runs` has them all.
. "$TESTS/cli/lib.sh"
new_workspace w 2
sample w/logs 3 2
derrick -q -C w run >/dev/null
for run in 2 3 4 5 6 7; do
    derrick -q -C w run
done
derrick -C w status | sed -n '/^last runs/,$p' | steady
rm w/aws_s3/*.csv
derrick -q -C w run >/dev/null
derrick -C w status | sed -n '/^last runs/,$p' | steady
derrick -C w status --json | grep -c '"event":"run"'
derrick -C w status --runs | grep -c '^run'
