# A truncated or damaged tar, compressed or not: without its end, members may be missing.
. "$TESTS/cli/lib.sh"
needs zstd gzip xz
new_traps
tar -cf good.tar -C good .
refused_tar() {
    echo "- $1"
    expect_exit 3 derrick -C ws load "$PWD/$2" >said.txt 2>&1
    sed -n "s/\(archive '[^']*'\).*/\1/p; /hint/p" said.txt
    expect_nothing_loaded ws
}
# The end of the last member: only the end mark follows.
end=$(($(tar -tRf good.tar | sed -n 's/^block \([0-9]*\): \*\* .*/\1/p' | tail -n 1) * 512))
for size in 1 512 1024 3000 $((end / 2)) $((end - 512)) "$end"; do
    head -c "$size" good.tar >cut.tar
    refused_tar "$size of $end bytes" cut.tar
done
for kind in gzip zstd xz; do
    $kind -qkf good.tar
    file=$(ls good.tar.*)
    for cut in 1 9 600 2000; do
        head -c "-$cut" "$file" >cut.tar
        refused_tar "$kind, short by $cut" cut.tar
    done
    cp "$file" damaged.tar
    printf '\377\377\377\377' | dd of=damaged.tar bs=1 seek=1500 conv=notrunc status=none
    refused_tar "$kind, damaged" damaged.tar
    rm "$file"
done
head -c $((end + 512)) good.tar >whole.tar
echo "- the end mark, and nothing to fill up the block"
derrick convert whole.tar --cohorts 2 -o whole.csv
expect_same whole.csv good.csv
