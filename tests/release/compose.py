"""Checks a compose file: compose.py FILE WHEEL, the wheel being docker-compose's."""

import json
import sys
import zipfile

import jsonschema
import yaml

file, wheel = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    schema = json.loads(archive.read("compose/config/compose_spec.json"))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
with open(file, encoding="utf-8") as stream:
    compose = yaml.safe_load(stream)
errors = list(validator.iter_errors(compose))
for error in errors:
    print(f"{error.json_path}: {error.message}")

# What the schema leaves open: each volume that a service names is declared.
for name, service in compose["services"].items():
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if not source.startswith((".", "/")) and source not in compose.get("volumes", {}):
            errors.append(source)
            print(f"services.{name}: volume '{source}' is not declared")

# The check itself: a misspelt key and a wrong type are found.
for wrong in ({"services": {"a": {"imagee": "x"}}}, {"services": {"a": {"image": 5}}}):
    if not list(validator.iter_errors(wrong)):
        errors.append(wrong)
        print(f"the schema accepts {wrong}")
sys.exit(1 if errors else 0)
