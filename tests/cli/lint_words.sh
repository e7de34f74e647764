# tools/words finds the phrases that it knows in a document and ignores good English.
. "$TESTS/cli/lib.sh"
needs python3 git
cat >bad.md <<'END'
Mend the file, and the next run is told so.
The file lies in logs/, where it stands in for another; it goes on when the server comes back.
derrick drops the row, whatever it be. A run that was cut off begins anew.
The profile is no sensor and brings none. One row a reading, taken for a header.
END
cat >good.md <<'END'
Fix the file; derrick reports it. You can tell TS1 apart from TS2. A drop is one delivery.
The file is no longer in logs/, and there is no copy: derrick continues when the server returns.
DROP TABLE x; each row is read one at a time, and * stands for any characters.
END
code=0
"$TESTS/../tools/words" "$PWD/bad.md" "$PWD/good.md" | sed "s|$PWD/||" || code=$?
[ "$code" -eq 0 ]
expect_exit 1 "$TESTS/../tools/words" "$PWD/bad.md" >/dev/null
expect_exit 0 "$TESTS/../tools/words" "$PWD/good.md"
