# A profile that arrived in logs/ moves to profile/ and is used for later drops; the earlier one
# goes into the archive. The same drop again does not restore an old profile.
. "$TESTS/cli/lib.sh"
new_workspace . 1
run() {
    show derrick run --columns samples "$@" | steady
    find logs profile -type f | sort
    (cd "$(ls -d archive/*-run"$run")" && sha256sum --quiet -c manifest.sha256 && grep -c . manifest.sha256)
    run=$((run + 1))
}
run=1

sample logs 2 1 1
cp -r logs first
run

echo "== the next drop contains none"
sample logs 2 1 2
rm logs/profile.txt
run
expect_same profile/profile.txt first/profile.txt

echo "== another one, with another name"
sample logs 2 1 3
printf '100\t80\t2\t90\t0\n3\t100\t0\t130\t1\n' >logs/profile-2023-06-01.txt
rm logs/profile.txt
cp logs/profile-2023-06-01.txt newest.txt
run
expect_same profile/profile-2023-06-01.txt newest.txt
expect_same archive/*-run3/earlier-profile.txt first/profile.txt

echo "== the first drop again"
cp first/* logs
run
expect_same profile/profile-2023-06-01.txt newest.txt

echo "== the same profile again"
sample logs 2 1 4
mv newest.txt logs/profile.txt
run
