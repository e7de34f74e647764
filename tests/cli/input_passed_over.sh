# Files of no sensor are ignored silently; -v names them, and they stay where they are.
. "$TESTS/cli/lib.sh"
new_traps
others='description.txt documentation.txt Thumbs.db desktop.ini .DS_Store ._TS1.txt README
    PS7.txt PS11.txt xPS1.txt TS1a.txt profiles.txt checksums.md5 manifest.sha256'
accepted "others" "for file in $(printf "'%s' " $others); do echo junk >\$file; done; mkdir .git more
    echo junk >more/TS1.log"
accepted "with -v" "echo junk >description.txt; echo junk >._TS1.txt" -v
accepted "what comes close to a file that is there gets a notice" "echo junk >TS1.txt.sha256; echo junk >PS1.bak"
accepted "a pipe that is nobody's" "mkfifo other.txt"
accepted "a link that is nobody's" "ln -s nowhere other.txt"
cp good/* ws/logs
echo junk >ws/logs/description.txt
derrick -C ws run 2>/dev/null | steady
ls ws/logs
