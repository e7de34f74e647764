# Bytes that are not ASCII are printed as numbers, never raw.
. "$TESTS/cli/lib.sh"
new_traps
refused "a degree sign in Latin-1" "put TS1.txt 2 2 '21.5\xb0'"
refused "the same in UTF-8" "put TS1.txt 2 2 '21.5\xc2\xb0C'"
refused "in the first row" "put TS1.txt 1 1 '21.5\xb0'"
refused "a no-break space in a number" "put TS1.txt 2 2 '1\xa0000'"
refused "a minus sign of a typesetter" "put TS1.txt 2 2 '\xe2\x88\x925'"
refused "digits of another script" "put TS1.txt 2 2 '\xd9\xa3'"
refused "an escape sequence" "put TS1.txt 2 2 '\x1b[31m5'"
refused "in the profile" "put profile.txt 2 2 '100\xb0'"
