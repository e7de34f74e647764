# --cohort names the one cohort of a drop. Of a drop that brings several it can't take some, and is
# refused instead of being passed over.
. "$TESTS/cli/lib.sh"
new_workspace . 2
sample logs 2 2
for command in check load run; do
    show derrick "$command" --cohort 1
done
show derrick load --columns samples --cohort 1-2
show derrick load --columns samples --cohort x
show derrick status | steady
