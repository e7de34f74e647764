# -C and --config: which workspace and which file they select, and to which folder their paths are
# relative.
. "$TESTS/cli/lib.sh"
mkdir w
sample drop 2 2
printf '[rig]\nsite = here\n[input]\ncohorts = 2\n' >derrick.ini
printf '[rig]\nsite = workspace\n[input]\ncohorts = 2\n' >w/derrick.ini
printf '[rig]\nsite = other\n[input]\ncohorts = 2\n' >other.ini
site() {
    "$@" | sed -n 's/-.*//;2p'
}
site derrick convert drop -o -
site derrick -C w convert drop -o -
site derrick convert -C w drop -o -
site derrick --workspace=w convert drop -o -
site env DERRICK_WORKSPACE=w "$DERRICK" convert drop -o -
site env DERRICK_WORKSPACE=nowhere "$DERRICK" -C w convert drop -o -
# Paths on the command line are relative to the current folder.
site derrick --config other.ini -C w convert drop -o -
site env DERRICK_CONFIG=other.ini "$DERRICK" -C w convert drop -o -
(cd w && site derrick --config ../other.ini convert ../drop -o -)
derrick -C w convert drop -o one.csv >/dev/null
derrick -C w load drop >/dev/null
derrick -C w export -o two.csv >/dev/null
cmp one.csv two.csv
# Paths in the configuration are relative to the workspace.
ls ./*.csv w
show derrick --config nowhere.ini check drop
show derrick --config '' check drop
show derrick -C '' check drop
show derrick -C other.ini check drop
DERRICK_CONFIG=nowhere.ini show derrick check drop
