# An option wins over the environment, which wins over derrick.ini, which wins over the default. The
# last of several options wins.
. "$TESTS/cli/lib.sh"
sample drop 2 2
site() {
    derrick convert drop --cohorts 2 -o - "$@" | sed -n 's/-.*//;2p'
}
site
printf '[rig]\nsite = ini\n' >derrick.ini
site
DERRICK_RIG_SITE=env site
DERRICK_RIG_SITE=env site --set rig.site=flag
site --set rig.site=flag
site --set rig.site=first --set rig.site=last

# The options that have their own key, and the environment's short name for the database.
printf '[input]\ncohorts = 7\nsample = last\n[database]\nurl = sqlite:ini.db\n' >derrick.ini
show derrick check drop | head -3
DERRICK_INPUT_COHORTS=8 show derrick check drop | head -3
DERRICK_INPUT_COHORTS=8 show derrick check drop --cohorts 2
show derrick check drop --cohorts 9 --set input.cohorts=2
first_value() {
    derrick convert drop --cohorts 2 -o - --format sagemaker --label pump "$@" | sed -n '1s/^0,\([^,]*\),.*/\1/p'
}
last=$(awk 'NR == 1 { print $(NF / 2) }' drop/PS1.txt)
[ "$(first_value)" = "$last" ]
[ "$(DERRICK_INPUT_SAMPLE=first first_value)" = "$(awk 'NR == 1 { print $1 }' drop/PS1.txt)" ]
[ "$(DERRICK_INPUT_SAMPLE=first first_value --sample last)" = "$last" ]
database() {
    derrick load --cohorts 2 drop "$@" >/dev/null
    ls ./*.db
    rm ./*.db
}
database
DERRICK_DATABASE_URL=sqlite:env.db database
DERRICK_DATABASE_URL=sqlite:env.db DERRICK_DB=sqlite:short.db database
DERRICK_DB=sqlite:short.db database --db sqlite:flag.db

# A wrong value from the environment or an option is blamed on that source.
DERRICK_INPUT_SAMPLE=median show derrick check drop
DERRICK_DB='' show derrick check drop
DERRICK_RIG_WELL=1.5 show derrick check drop --set rig.well=2
show derrick check drop --sample median
show derrick check drop --threads many
show derrick check drop --set input.sample=median
show derrick check drop --set input.sampel=mean
show derrick check drop --set input.sample
show derrick check drop --set sample=mean
show derrick check drop --set =
# derrick ignores a name that belongs to no key.
DERRICK_NONSENSE=1 show derrick check drop --cohorts 2
