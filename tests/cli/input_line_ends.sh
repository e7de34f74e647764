# Lines that end in something other than LF or CR LF.
. "$TESTS/cli/lib.sh"
new_traps
refused "CR" "tr '\n' '\r' <../good/TS1.txt >TS1.txt"
refused "CR, in long rows" "tr '\n' '\r' <../good/PS1.txt >PS1.txt"
refused "CR, in the profile" "tr '\n' '\r' <../good/profile.txt >profile.txt"
refused "CR CR LF" "sed -i 's/\$/\r\r/' TS1.txt"
refused "CR CR LF in one row" "sed -i '2s/\$/\r\r/' TS1.txt"
refused "LF CR" "sed -i '2,\$s/^/\r/' TS1.txt"
refused "U+2028" "sed -i 's/\$/\xe2\x80\xa8/' TS1.txt"
