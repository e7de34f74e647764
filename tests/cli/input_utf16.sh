# Wide characters are reported as such, with and without a byte order mark, in files of any size.
. "$TESTS/cli/lib.sh"
needs iconv
new_traps
for encoding in UTF-16 UTF-16LE UTF-16BE UTF-32 UTF-32LE UTF-32BE; do
    refused "$encoding" "iconv -f ASCII -t $encoding ../good/TS1.txt >TS1.txt"
done
refused "a large file" "iconv -f ASCII -t UTF-16LE ../good/PS1.txt >PS1.txt"
refused "the profile" "iconv -f ASCII -t UTF-16 ../good/profile.txt >profile.txt"
refused "nothing but the mark" "printf '\377\376' >TS1.txt"
refused "EBCDIC" "iconv -f ASCII -t EBCDIC-US ../good/TS1.txt >TS1.txt"
