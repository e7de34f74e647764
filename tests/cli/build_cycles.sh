# No two files of a module need each other, directly or through others: whoever reads a module can read
# it from the bottom up.
. "$TESTS/cli/lib.sh"
needs python3 nm

python3 - "$BUILD/CMakeFiles" <<'END'
import collections, pathlib, subprocess, sys

def symbols(path):
    """The public symbols of an object: those that it defines, and those that it needs."""
    defined, needed = set(), set()
    names = subprocess.run(["nm", "-g", path], capture_output=True, text=True, check=True).stdout
    for line in names.splitlines():
        (needed if line.split()[-2] == "U" else defined).add(line.split()[-1])
    return defined, needed

def find_cycle(uses):
    """A list of files in which each uses the next, and the last is the first; or None."""
    done = set()
    def walk(file, above):
        if file in above:
            return above[above.index(file):] + [file]
        if file in done:
            return None
        for other in sorted(uses[file]):
            cycle = walk(other, above + [file])
            if cycle:
                return cycle
        done.add(file)
        return None
    return next(filter(None, (walk(file, []) for file in sorted(uses))), None)

modules = collections.defaultdict(dict)
root = pathlib.Path(sys.argv[1])
for path in root.glob("derrick*.dir/src/**/*.c.o"):
    modules[path.relative_to(root).parts[0]][path.name[:-2]] = symbols(path)
files = sum(len(module) for module in modules.values())
assert len(modules) > 10 and files > 100, (len(modules), files)

for name, module in sorted(modules.items()):
    owner = {symbol: file for file, (defined, _) in module.items() for symbol in defined}
    uses = {file: {owner[symbol] for symbol in needed if owner.get(symbol, file) != file}
            for file, (_, needed) in module.items()}
    cycle = find_cycle(uses)
    if cycle:
        print(f"{name}: {' uses '.join(cycle)}")
assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
END
