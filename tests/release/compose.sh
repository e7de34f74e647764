#!/usr/bin/env bash
# compose.yaml against the schema of the Compose specification, which a package of PyPI contains.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
need_readers
need_wheel docker-compose==1.29.2
"$PYTHON" "$TESTS/release/compose.py" "$TESTS/../compose.yaml" "$WHEEL"
