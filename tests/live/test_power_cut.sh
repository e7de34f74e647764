#!/usr/bin/env bash
# timeout: 3600
# The power goes during a run, at any instant: what may then be left on the disk holds all inputs and the
# old state or the new, and the next run ends in the same database and the same bytes. The disk is a model,
# fed with the calls that the run really makes: see the heads of crash/disk.py and crash/crash.py.
. "$TESTS/live/crash/lib.sh"
cut_off cut
