# Files that are not text, under the name of a text file.
. "$TESTS/cli/lib.sh"
needs zip
new_traps
refused "a workbook" "zip -q TS1.xlsx PS1.txt; mv TS1.xlsx TS1.txt"
refused "an old workbook" "{ printf '\320\317\021\340\241\261\032\341'; seq 999; } >TS1.txt"
refused "a PDF" "{ printf '%%PDF-1.4\n'; seq 999; } >TS1.txt"
refused "deflated data" "seq 9999 | gzip -n | tail -c +11 >TS1.txt"
refused "a page of a proxy" "printf '<!DOCTYPE html>\n<html><body>Please log in</body></html>\n' >TS1.txt"
refused "a listing" "ls >TS1.txt"
refused "a database" "cp ../ws/energymobile.db TS1.txt"
