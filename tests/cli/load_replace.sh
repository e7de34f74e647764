# --replace replaces loaded data by a drop, in one transaction.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 3
sample first 3 3 1
sample second 4 3 2
derrick load first >/dev/null
show derrick load second --replace
derrick convert second -o - >second.csv
derrick export -o - | cmp - second.csv
sqlite3 energymobile.db 'PRAGMA foreign_key_check; SELECT count(*) FROM well_reading;
    SELECT drop_id, run_id, replaced_by FROM drops'

# The same contents with other settings.
show derrick load second --sample max --replace
derrick export -o - | cmp - <(derrick convert second --sample max -o -)
show derrick load second --replace
show derrick load second --sample max

# One cohort of three, then all three again.
sample one 2 1 3
show derrick load one --columns samples --cohort 2
show derrick load one --columns samples --cohort 2 --replace
derrick export -o - | cut -d, -f1,2 | sort | uniq -c
show derrick load second --replace
derrick export -o - | cmp - second.csv
show derrick load second

# If it is interrupted between the first row and the commit, nothing of it remains.
sqlite3 energymobile.db "CREATE TRIGGER fail BEFORE INSERT ON cohorts
    BEGIN SELECT RAISE(ABORT, 'made to fail'); END"
show derrick load first --replace
sqlite3 energymobile.db 'DROP TRIGGER fail'
derrick export -o - | cmp - second.csv
show derrick load first --replace
derrick export -o - | cmp - <(derrick convert first -o -)
sqlite3 energymobile.db 'PRAGMA foreign_key_check; PRAGMA integrity_check'
