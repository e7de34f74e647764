# Unknown commands and options: the message repeats what was written, suggests what may be meant,
# and says where to look.
. "$TESTS/cli/lib.sh"
for command in stat rnu archives frobnicate x '' help-me; do
    show derrick "$command"
done
show derrick help rnu
show derrick --quite status
show derrick -Z
for option in --cohrots --cohorts-per-file=3 --cohort-s=3 --co --outpt=x -x -qZ --bogus; do
    show derrick convert "$option"
done
show derrick convert --cohorts
show derrick convert -o
show derrick convert --quarantine=yes
show derrick convert --quar=yes
show derrick status now
show derrick load one two
show derrick upload --parallel
# An option of another command is unknown too.
show derrick status --replace
# Wrong options are reported in JSON too, at any position of --json.
show derrick run --bogus --json | steady
show derrick --json rnu | steady
find . -type f
