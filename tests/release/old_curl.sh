#!/usr/bin/env bash
# What needs curl compiles with the oldest curl that cmake/Dependencies.cmake accepts: this machine's
# headers, with that version and without what is newer. (make check-oldest has an old curl itself.)
. "$TESTS/cli/lib.sh"
needs cc pkg-config python3
root=$(cd "$TESTS/.." && pwd)
minimum=$(sed -n 's/.*libcurl>=\([0-9.]*\).*/\1/p' "$root/cmake/Dependencies.cmake")
[ "$minimum" = 7.74 ] || fail "the numbers below are those of curl 7.74, not of '$minimum'"
option_max=304 # CURLOPT_HSTSWRITEDATA
info_max=59    # CURLINFO_PROXY_ERROR
url_max=17     # CURLUE_NO_FRAGMENT

header=$(echo '#include <curl/curl.h>' | cc -M $(pkg-config --cflags libcurl) -x c - |
    tr ' ' '\n' | grep -m 1 '/curl/curl\.h$')
mkdir -p old/curl
{
    echo '#include_next <curl/curl.h>'
    echo '#undef LIBCURL_VERSION_NUM'
    echo '#define LIBCURL_VERSION_NUM 0x074a00'
    sed -n "s/^ *CURLOPT\(DEPRECATED\)\?(\(CURLOPT_[A-Z0-9_]*\), *[A-Z_]*, *\([0-9]*\).*/\2 \3 $option_max/p
        s/^ *\(CURLINFO_[A-Z0-9_]*\) *= *CURLINFO_[A-Z_]* *+ *\([0-9]*\).*/\1 \2 $info_max/p
        s/^ *\(CURLUE_[A-Z0-9_]*\), *\/\* *\([0-9]*\) .*/\1 \2 $url_max/p" "$header" "${header%curl.h}urlapi.h" |
        awk '$2 > $3 { print "#undef " $1; print "#pragma GCC poison " $1 }'
    for name in curl_easy_header curl_easy_nextheader curl_easy_ssls_import curl_global_trace \
        curl_url_strerror curl_ws_recv curl_ws_send; do
        echo "#pragma GCC poison $name"
    done
} >old/curl/curl.h

# Compiles each file that the build compiles in the module publish, with the old header first.
compile() { # FLAGS...
    python3 - "$BUILD" "$@" <<'PY'
import json, pathlib, shlex, subprocess, sys
build, *flags = sys.argv[1:]
compiled = 0
for entry in json.loads(pathlib.Path(build, "compile_commands.json").read_text()):
    if "/src/publish/" not in entry["file"]:
        continue
    command = shlex.split(entry["command"])
    command = [command[0], *flags, *command[1:], "-fsyntax-only", "-Werror", "-DCURL_DISABLE_DEPRECATION"]
    subprocess.run(command, cwd=entry["directory"], check=True)
    compiled += 1
sys.exit(0 if compiled > 10 else f"{compiled} files of src/publish")
PY
}
compile -I "$PWD/old"

# The header is what the files see, and it lacks what is newer.
if grep -q 'PROTOCOLS_STR' "$header"; then
    for use in CURLOPT_PROTOCOLS_STR CURLOPT_REDIR_PROTOCOLS_STR CURLINFO_CAPATH CURLUE_BAD_SCHEME; do
        ! echo "#include <curl/curl.h>
            int use(void) { return (int)$use; }" | cc -I old -fsyntax-only -x c - 2>/dev/null ||
            fail "the header still has $use"
    done
fi
sed -i 's/^#define LIBCURL_VERSION_NUM.*/#define LIBCURL_VERSION_NUM 0x075500/' old/curl/curl.h
! compile -I "$PWD/old" 2>/dev/null || fail "nothing depends on the version of curl: is the guard gone?"
