#!/usr/bin/env bash
# timeout: 3600
# Kills runs by SIGKILL after each change of the disk: no input is lost, the database has the old or
# the new state, and the next run ends with the same database and the same bytes. See the head of
# crash/crash.py.
. "$TESTS/live/crash/lib.sh"
cut_off kill
