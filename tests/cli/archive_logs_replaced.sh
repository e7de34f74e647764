# Somebody replaces logs/ by a link after the run has read the drop: derrick leaves alone what the link
# leads to, even files with the names and the contents of what it loaded.
. "$TESTS/cli/lib.sh"
needs cc
cat >swap.c <<'C'
/* Replaces logs/ right before the program makes the drop's folder in archive/. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
int mkdir(const char *path, mode_t mode)
{
    int (*real)(const char *, mode_t) = dlsym(RTLD_NEXT, "mkdir");
    const char *swap = getenv("SWAP");
    unsetenv("LD_PRELOAD"); /* not in the shell */
    if (swap && strncmp(path, "archive/", 8) == 0 && system(swap) != 0)
        abort();
    return real(path, mode);
}
C
cc -shared -fPIC -o swap.so swap.c -ldl
# Runs the program with the library above: replaced COMMAND OPTION...
replaced() {
    env LD_PRELOAD="$PWD/swap.so" SWAP="$1" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" \
        "$DERRICK" "${@:2}"
}
case $(replaced true --version 2>&1) in
*preload*) skip "the program can't load a library of this machine" ;;
esac
for swap in "mv logs ../theirs" "mv logs away; cp -r away ../theirs"; do
    echo "- $swap"
    new_workspace ws 2
    sample ws/logs 3 2
    replaced "$swap && ln -s ../theirs logs" -C ws run 2>&1 | steady
    ls theirs | wc -l
    ls ws/profile | wc -l
    rm -r ws theirs
done
