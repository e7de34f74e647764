# README.md, CONTRIBUTING.md and docs/*.md name only commands, options, configuration keys, files and
# links that exist.
. "$TESTS/cli/lib.sh"
needs python3
derrick init -q ws >/dev/null
cat >names.py <<'PY'
"""Prints what the documents name and derrick does not know."""
import configparser
import glob
import os
import re
import subprocess

root = os.environ["TESTS"] + "/.."
foreign = {"--profile", "--format", "--enable-views", "--read-only"}  # options of other programs
foreign_keys = {"s3.addressing_style", "report.html", "report.css", "report.js"}  # of AWS files; of files
configuration = configparser.ConfigParser(interpolation=None)
configuration.optionxform = str
configuration.read("ws/derrick.ini")


def help_of(*command):
    return subprocess.run([os.environ["DERRICK"], *command, "--help"], capture_output=True, text=True).stdout


def options_in(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


top = help_of()
commands = re.findall(r"^  ([a-z]+) ", top.split("commands:")[1].split("\n\n")[0], re.M)
everywhere = options_in(top)
options = {command: options_in(help_of(command)) | everywhere for command in commands}
known = set().union(*options.values(), foreign)


def judge_command(place, code):
    """Judges each `derrick ... COMMAND --option ...` of a line of code."""
    for call in re.findall(r"(?:^|[\s(`])derrick( [^|;#\n`]*)", code):
        words = re.sub(r"(-C|--db|--set|--config|--threads) \S+", "", call).split()
        command = next((word for word in words if not word.startswith("-")), None)
        if command is None or command == "help" or not command.isalpha() or command.isupper():
            continue
        if command not in options:
            print(f"{place}: no command '{command}'")
            continue
        for option in options_in(call) - options[command]:
            print(f"{place}: 'derrick {command}' has no option {option}")


def judge_ini(place, block):
    section = None
    for line in block.splitlines():
        if match := re.match(r"\[(\w+)\]$", line.strip()):
            section = match[1]
        elif section in configuration and (match := re.match(r"\s*(\w+) *=", line)):
            if match[1] not in configuration[section]:
                print(f"{place}: no key '{match[1]}' in [{section}]")


def judge_file(place, span):
    """Judges a path in the repository, or the name of a source file."""
    if re.fullmatch(r"(src|tests|tools|docs|cmake|infra)/[\w./-]+", span):
        if not os.path.exists(f"{root}/{span}"):
            print(f"{place}: no file '{span}'")
    elif re.fullmatch(r"\w+\.[ch]", span) and not glob.glob(f"{root}/src/**/{span}", recursive=True):
        print(f"{place}: no source file '{span}'")


def judge_link(place, path, link):
    """Judges a link to a file, and to a heading in it."""
    file, _, anchor = link.partition("#")
    target = os.path.join(os.path.dirname(path), file) if file else path
    if not os.path.exists(target):
        print(f"{place}: no file for the link {link}")
    elif anchor:
        headings = re.findall(r"^#+ (.*)", open(target).read(), re.M)
        if anchor not in {re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in headings}:
            print(f"{place}: no heading for the link {link}")


pages = [root + "/README.md", root + "/CONTRIBUTING.md", *sorted(glob.glob(root + "/docs/*.md"))]
for path in pages:
    name = os.path.relpath(path, root)
    text = open(path).read()
    blocks = re.findall(r"^```(\w*)[^\n]*\n(.*?)^```", text, re.M | re.S)
    spans = re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    spans = [" ".join(span.split()) for span in spans]
    for span in spans:
        judge_file(name, span)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" not in link:
            judge_link(name, path, link)
    for code in spans + [line for _, block in blocks for line in block.splitlines()]:
        judge_command(name, code)
    for span in spans:
        if span.startswith("--"):
            for option in options_in(span) - known:
                print(f"{name}: no option {option}")
        elif match := re.fullmatch(r"(\w+)\.(\w{3,})", span):
            if match[1] in configuration and span not in foreign_keys and match[2] not in configuration[match[1]]:
                print(f"{name}: no key '{span}'")
    for language, block in blocks:
        if language == "ini":
            judge_ini(name, block)
PY
python3 names.py
