# A drop that waits in logs/ to be archived was loaded for one rig, as one cohort. A run for another whose
# name or number begins alike does not take it for done.
. "$TESTS/cli/lib.sh"
new_workspace . 1
sample logs 2 1
show derrick load --set rig.well=11
show derrick run
show derrick run --set rig.well=11 | steady

sample logs 2 1 2
show derrick load --columns samples --cohort 70
show derrick run --columns samples --cohort 7
show derrick run --columns samples | steady
ls logs | wc -l
