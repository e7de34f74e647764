# The memory for compression does not grow with the number of processors: a full-size file with 64
# threads in 128 MB.
. "$TESTS/cli/lib.sh"
needs python3
case $BUILD in
*asan* | *tsan*) skip "a sanitizer's memory is its own" ;;
esac
[ -z "${DERRICK_TEST_EMULATED:-}" ] || skip "an emulator's memory is its own"
sample all 2205 60
new_workspace w 60
mv all/PS1.txt all/profile.txt w/logs
rm -r all
cat >peak.py <<'PY'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("in bounds" if peak_kb <= 128 * 1024 else f"{peak_kb} kB at the peak")
PY
python3 peak.py "$DERRICK" -q -C w --threads 64 --set archive.compress=zstd run --allow-missing | steady
ls w/archive/*-run1
