# Shared by the scripts of the S3 tests. `here` is tests/live.

skip() {
    echo "$*"
    exit 77
}

for need in /usr/bin/python3 /usr/bin/aws; do
    [ -x "$need" ] || skip "$need is missing: install python3 and awscli"
done
export PYTHONDONTWRITEBYTECODE=1

cached() { # NAME: a value of CMake's cache
    sed -n "s/^$1:[A-Z]*=//p" "$BUILD/CMakeCache.txt"
}

# Builds the driver of the library's S3 functions, unless S3_DRIVER names one.
make_driver() {
    [ -z "${S3_DRIVER:-}" ] || return 0
    local compiler sanitizers
    compiler=$(cached CMAKE_C_COMPILER)
    sanitizers=$(cached DERRICK_SANITIZE)
    driver_folder=$(mktemp -d)
    trap 'rm -rf "$driver_folder"' EXIT
    export S3_DRIVER=$driver_folder/s3_driver
    local src=$here/../../src
    "${compiler:-cc}" -std=c17 -D_GNU_SOURCE -O1 -g ${sanitizers:+-fsanitize="$sanitizers"} \
        -I"$src/base/include" -I"$src/publish/http/include" -I"$src/publish/aws/include" \
        -I"$src/publish/s3/include" "$here/s3/s3_driver.c" "$BUILD"/libderrick_{s3,aws,http,base}.a \
        -o "$S3_DRIVER" -lcurl -lcrypto -lexpat -ljansson -lpthread -lm || exit 1
}

# run_tests NAME...: runs each s3/test_<name>.py; fails if one of them does.
run_tests() {
    local name failed=0
    for name in "$@"; do
        echo "# $name"
        /usr/bin/python3 "$here/s3/test_$name.py" || failed=1
    done
    exit $failed
}
