# On a terminal: severity words have colours unless NO_COLOR or TERM says otherwise, the progress line is
# cleared before other output, and lines fit. A pseudo-terminal shows what derrick prints.
. "$TESTS/cli/lib.sh"
needs python3
python3 -c 'import os; os.openpty()' 2>/dev/null || skip "no pseudo-terminal to be had here"
sample drop 400 4
cp -r drop bad
sed -i '300s/^[^\t]*/x/' bad/TS1.txt
cp -r drop near
sed -i '300s/^[^\t]*/9999/' near/TS1.txt
rm near/CE.txt
mkdir few
cp drop/PS1.txt drop/profile.txt few

cat >terminal.py <<'END'
import fcntl, os, pty, re, struct, subprocess, sys, termios

COLOURS = {"31": "red", "33": "yellow", "36": "cyan"}

def run(*words, width=80, **environment):
    """What derrick writes to a terminal of that width, as text."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    variables = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen([os.environ["DERRICK"], *words], stdin=subprocess.DEVNULL, stdout=follower,
                               stderr=follower, env={**variables, **environment})
    os.close(follower)
    written = b""
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        written += chunk
    process.wait()
    os.close(leader)
    return written.decode()

def screen(written, width=80):
    """The lines that remain on such a terminal, without colours. Checks that none was too long."""
    lines = [""]
    column = 0
    for part in re.findall(r"\r|\n|\033\[K|\033\[[\d;]*m|[^\r\n\033]+|\033", written):
        if part == "\r":
            column = 0
        elif part == "\n":
            lines.append("")
            column = 0
        elif part == "\033[K":
            lines[-1] = lines[-1][:column]
        elif not part.startswith("\033["):
            lines[-1] = lines[-1][:column] + part + lines[-1][column + len(part):]
            column += len(part)
            assert column <= width, (width, lines[-1])
    return lines

def colours(written):
    """The coloured words, such as 'red error:'."""
    return sorted({f"{COLOURS[code]} {word.strip()}"
                   for code, word in re.findall(r"\033\[1;(\d+)m(.*?)\033\[0m", written)})

def is_drawn(written):
    return re.search(r"read +\d+ % ", written) is not None

check = ["check", "--cohorts", "4"]
print("# colours")
for name, environment in (("TERM=xterm", {"TERM": "xterm"}), ("NO_COLOR=1", {"TERM": "xterm", "NO_COLOR": "1"}),
                          ("NO_COLOR=", {"TERM": "xterm", "NO_COLOR": ""}), ("TERM=dumb", {"TERM": "dumb"}),
                          ("no TERM", {})):
    bad = run(*check, "bad", **environment)
    good = run(*check, "near", "--allow-missing", **environment)
    print(f"{name}: {', '.join(colours(bad) + colours(good)) or 'none'};",
          "progress" if is_drawn(bad) else "no progress", "" if "\033" in bad + good else "(no escape at all)")
    assert "\033[0m" in bad or not re.search(r"\033\[\d", bad), bad

print("# what remains on a terminal of 80 columns")
print("\n".join(screen(run(*check, "bad", TERM="xterm"))))
print("# and of 50, where the progress line is shorter")
written = run(*check, "bad", width=50, TERM="xterm")
assert is_drawn(written)
print("\n".join(screen(written, 50)))
print("# 16 missing files")
print("\n".join(screen(run(*check, "few", TERM="xterm"))))

print("# results that follow progress")
for line in screen(run("--progress", "always", "convert", "drop", "--cohorts", "4", "-o", "out.csv", TERM="xterm")):
    print(line)
    assert not is_drawn(line), line
END
python3 terminal.py | sed 's/ *$//'
