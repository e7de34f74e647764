# A machine whose clock shows a year that the ledger can't hold (as after an empty battery) does not
# record anything.
. "$TESTS/cli/lib.sh"
needs cc sqlite3
cat >clock.c <<'END'
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *now)
{
    (void)id;
    *now = (struct timespec){.tv_sec = SECONDS};
    return 0;
}
END
cc -shared -fPIC -DSECONDS=-86400 -o before.so clock.c
cc -shared -fPIC -DSECONDS=253402300800 -o after.so clock.c
case $(LD_PRELOAD=$PWD/before.so ASAN_OPTIONS=verify_asan_link_order=0 derrick --version 2>&1) in
*preload*) skip "the program can't load a library of this machine" ;;
esac
new_workspace ws 2
sample ws/logs 3 2
for clock in before after; do
    for command in run load; do
        LD_PRELOAD=$PWD/$clock.so ASAN_OPTIONS=verify_asan_link_order=0 show derrick -C ws $command
    done
    LD_PRELOAD=$PWD/$clock.so ASAN_OPTIONS=verify_asan_link_order=0 show derrick init $clock
done
sqlite3 ws/energymobile.db "SELECT COUNT(*) FROM runs; SELECT COUNT(*) FROM well_reading"
ls ws/logs | wc -l
derrick -C ws -q run | steady
