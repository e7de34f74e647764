# Each module compiles with the public headers of the modules that it is declared to depend on, and
# can see no other header of the project.
. "$TESTS/cli/lib.sh"
needs python3 cc

python3 - "$BUILD/compile_commands.json" "$TESTS/.." <<'END'
import json, pathlib, shlex, subprocess, sys

# What each module may include, besides itself; the layers from bottom to top.
MAY_SEE = {
    "base": "",
    "rig": "base",
    "input": "base rig",
    "features": "base",
    "export": "base rig features",
    "store/settings": "",
    "store/sql": "base rig store/settings",
    "store/sqlite": "base rig store/settings store/sql",
    "store/mysql": "base rig store/settings store/sql",
    "store/spread": "base rig store/settings store/sql store/mysql",
    "store": "base rig store/settings store/sql store/sqlite store/mysql store/spread",
    "publish/http": "base",
    "publish/aws": "base publish/http",
    "publish/s3": "base publish/http publish/aws",
    "archive": "base rig input store store/settings",
    "report": "base rig store store/settings",
    "pipeline": "base rig input export store store/settings publish/s3 archive report",
    "sample": "base rig",
    "cli": "base rig input export store store/settings publish/s3 archive report pipeline sample",
}

root = pathlib.Path(sys.argv[2]).resolve()

def owner_of(path):
    """The module of a file below src/: its folder, or a part's folder in it."""
    parts = path.relative_to(root / "src").parts
    part = "/".join(parts[:2])
    return part if part in MAY_SEE else parts[0]

commands = {}

for entry in json.load(open(sys.argv[1])):
    path = pathlib.Path(entry["file"])
    if path.is_relative_to(root / "src") and path.name != "main.c":
        words = shlex.split(entry["command"])
        commands.setdefault(owner_of(path), words)
assert sorted(commands) == sorted(MAY_SEE), sorted(commands)

def compiles(module, header):
    """Whether a file of the module that includes the header compiles."""
    words = [word for word in commands[module] if word.startswith(("-I", "-D", "-std"))]
    system = [pair for word, pair in zip(commands[module], commands[module][1:])
              if word == "-isystem"]
    for folder in system:
        words += ["-isystem", folder]
    text = '#include "%s"\n' % header
    return subprocess.run(["cc", *words, "-fsyntax-only", "-x", "c", "-"], input=text.encode(),
                          stderr=subprocess.DEVNULL).returncode == 0

names = {}
for path in (root / "src").rglob("*.h"):
    names.setdefault(path.name, []).append(path)
for name, paths in sorted(names.items()):
    if len(paths) > 1:
        print("two headers share a name:", *(path.relative_to(root) for path in paths))

for module, seen in MAY_SEE.items():
    folders = [word[2:] for word in commands[module] if word.startswith("-I")]
    for paths in names.values():
        for path in paths:
            parts = path.relative_to(root / "src").parts
            owner = owner_of(path)
            public = "include" in parts
            spelled = "/".join(parts[parts.index("include") + 1:] if public else parts)
            found = any((pathlib.Path(folder) / spelled).exists() for folder in folders)
            allowed = public and (owner == module or owner in seen.split())
            if found and not allowed:
                print(module, "can include", spelled, "of", owner)

# The compiler agrees: one header that a module may include, and two that it may not.
assert compiles("store", "rig/readings.h")
assert not compiles("store", "input/input.h")
assert not compiles("pipeline", "store/private.h")
assert not compiles("pipeline", "store/sql.h")
assert not compiles("store/sqlite", "store/mysql/session.h")
END
