# A file that somebody has open for writing is refused, even if it looks complete; so is an archive.
. "$TESTS/cli/lib.sh"
needs zip
new_traps
# Where the kernel does not report writers, as on shares, derrick can only detect changes during the
# run.
case $(stat -f -c %T .) in
ext2/ext3 | xfs | btrfs | tmpfs | f2fs | overlayfs) ;;
*) skip "this file system does not tell of writers" ;;
esac

# Refused while FILE is open for writing: writing WHAT FILE CODE DROP [OPTION...]
writing() {
    spoil "$1" "$3"
    exec 5>>"$2"
    expect_exit 3 derrick -C ws load "$PWD/$4" "${@:5}" 2>&1
    exec 5>&-
    expect_nothing_loaded ws
}
writing "a sensor's file" drop/TS1.txt true drop
writing "the profile" drop/profile.txt true drop
writing "with --quarantine" drop/TS1.txt true drop --quarantine --allow-missing
writing "cut off" drop/PS1.txt "truncate -s 700 PS1.txt" drop
writing "empty yet" drop/PS1.txt ": >PS1.txt" drop
writing "compressed" drop/PS1.txt.gz "gzip PS1.txt" drop
writing "an archive" drop.zip "zip -qr ../drop.zip ." drop.zip
head -c 3000 drop.zip >part.zip
writing "a part of an archive" part.zip true part.zip
spoil "others read it, and write what is passed over" true
exec 5<drop/TS1.txt 6>>drop/description.txt
show derrick -C ws load "$PWD/drop"
