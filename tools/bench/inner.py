"""The inner loops alone, in GB/s."""

import drops


def run(bench):
    drop = drops.full(bench)
    bench.report.title("inner loops, one thread, text in the cache, the fastest of five tries")
    for line in bench.call(bench.programs / "parts", drop / "PS1.txt").splitlines():
        name, rate, values = line.split("\t")
        bench.report.figure("inner", name, f"{float(rate):9.2f} GB/s{float(values):9.0f} M cells/s",
                            gb_per_s=float(rate), million_per_s=float(values))
