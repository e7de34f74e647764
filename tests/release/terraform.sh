#!/usr/bin/env bash
# timeout: 900
# infra/terraform, as far as that goes without the AWS provider, which is a download of its own:
# Terraform itself formats and loads the files, evaluates the variables, and finds nothing wrong but the
# missing provider. Names, required arguments and simple types are checked with the provider's schema,
# which a package of PyPI contains.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
need_readers
need_wheel cdktf-cdktf-provider-aws==21.22.1
"$PYTHON" "$TESTS/release/terraform.py" "$TESTS/../infra/terraform" "$WHEEL"
