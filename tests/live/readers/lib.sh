# For the tests that need Python packages:
#
#     . "$TESTS/live/readers/lib.sh"
#     need_readers
#     "$PYTHON" script.py
#
# The packages of tests/requirements.txt come from PyPI into one virtual environment below the folder of
# all build trees, once for each content of that file.

# Sets PYTHON, or skips the test.
need_readers() {
    [ "${DERRICK_TEST_ALL:-}" = 1 ] || skip "reads with packages from PyPI: set DERRICK_TEST_ALL=1"
    need_packages readers "$TESTS/requirements.txt"
}

# The same with the packages of another file: need_packages NAME FILE
need_packages() {
    local venv log
    needs python3 flock sha256sum
    venv=$(dirname "$BUILD")/$1-$(sha256sum <"$2" | head -c 12)
    log=$PWD/pip.log
    PYTHON=$venv/bin/python
    (
        flock 9
        [ -e "$venv/complete" ] && exit 0
        rm -rf "$venv"
        python3 -m venv "$venv" >"$log" 2>&1 &&
            "$PYTHON" -m pip install -q --no-deps -r "$2" >>"$log" 2>&1 &&
            touch "$venv/complete"
    ) 9>"$venv.lock" || skip "can't install $(basename "$2"): $(tail -n 1 "$log")"
}

# Sets WHEEL to a package that is read without being installed, or skips the test: need_wheel NAME==VERSION
need_wheel() {
    local folder log
    folder=$(dirname "$BUILD")/wheels/$1
    log=$PWD/pip.log
    mkdir -p "$folder"
    WHEEL=$(find "$folder" -name '*.whl')
    [ -n "$WHEEL" ] || "$PYTHON" -m pip download -q --no-deps -d "$folder" "$1" >"$log" 2>&1 ||
        skip "can't download $1: $(tail -n 1 "$log")"
    WHEEL=$(find "$folder" -name '*.whl')
}
