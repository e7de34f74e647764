# The options of sample, and what it refuses.
. "$TESTS/cli/lib.sh"
show derrick sample
show derrick sample a --readings 1 --cohorts 1
wc -l a/PS1.txt a/profile.txt
show derrick sample b --readings 2 --cohorts 3 --seed 0 --json | steady
show derrick sample c/d --readings 2 --cohorts 1 --seed 9223372036854775807
ls -d c/d
for option in --readings=0 --readings=-1 --readings=x --readings= --readings=1.5 --readings=99999999999 \
    --cohorts=0 --cohorts=x --cohorts=10000 --seed=-1 --seed=x --seed=9223372036854775808; do
    show derrick sample none "$option"
done
show derrick sample ''
touch file
show derrick sample file --readings 1 --cohorts 1
ls
# Its output passes derrick's own check, at any size.
show derrick check b --cohorts 3
