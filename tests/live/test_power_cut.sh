#!/usr/bin/env bash
# timeout: 3600
# The power fails at any moment of a run. Whatever may then remain on the disk contains all inputs
# and the old or the new state, and the next run ends with the same database and the same bytes. The
# disk is simulated from the calls that the run really makes: see the heads of crash/disk.py and
# crash/crash.py.
. "$TESTS/live/crash/lib.sh"
cut_off cut
