#!/usr/bin/env bash
# A drop with more corrected cells than one list may have, because they were applied in parts: a rebuild
# loads them all again.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 2
sample logs 265 2 3
for file in logs/PS[1-6].txt; do
    awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= NF; i++) if (i % 100 > 20) $i = "x"; print }' "$file" >spoilt
    mv spoilt "$file"
done
expect_exit 6 derrick -q run --quarantine --set input.quarantine_max=100% >/dev/null 2>&1
# As `quarantine apply` keeps them.
derrick quarantine list | awk -F '\t' -v OFS='\t' 'NR > 1 { $11 = 150 } { print }' >corrections.tsv
mv corrections.tsv archive/*-run1/
rm energymobile.db
derrick init --rebuild 2>&1 | tee rebuilt.txt
grep -q "^derrick: note: 251220 corrected cells of .* are loaded again" rebuilt.txt || fail "not all are loaded again"
equals "251220|251220" "$(sqlite3 energymobile.db "SELECT COUNT(*), COUNT(value) FROM quarantine")"
