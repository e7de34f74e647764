"""S3: derrick's upload compared with aws s3 cp and rclone."""

import subprocess

from measure import environment


def run(bench):
    script = bench.here / "s3"
    bench.report.title("an upload to a local S3 server")
    if not script.exists():
        bench.report.without("S3", "tools/bench/s3 is not here")
        return
    subprocess.run([script], check=False, env=environment())
