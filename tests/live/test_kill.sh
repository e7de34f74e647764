#!/usr/bin/env bash
# timeout: 3600
# Runs are killed by SIGKILL after some change of the disk: no input is lost, the database holds the old state
# or the new, and the next run ends in the same database and the same bytes. See the head of crash/crash.py.
. "$TESTS/live/crash/lib.sh"
cut_off kill
