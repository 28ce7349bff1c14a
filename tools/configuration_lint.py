#!/usr/bin/env python3
"""Rejects a configuration reference that its schema has left behind. Usage: configuration_lint.py
[ROOT]

Each docs/configuration-NAME.md must be what configuration_reference.py makes of
config/NAME.schema.json, and every setting must have a description, and be required or have a
default.
"""

import json

import configuration_reference
import source_tree


def undocumented(node, path=""):
    """The settings that say too little, as (where, what is missing)."""
    for key, setting in node.get("properties", {}).items():
        where = f"{path}/{key}"
        if "description" not in setting and "$ref" not in setting:
            yield where, "has no description"
        is_required = key in node.get("required", [])
        if not is_required and "default" not in setting and key != "$schema":
            yield where, "has no default"
        yield from undocumented(setting, where)
    for name, definition in node.get("definitions", {}).items():
        yield from undocumented(definition, f"{path}/definitions/{name}")
    if isinstance(node.get("items"), dict):
        yield from undocumented(node["items"], f"{path}/*")


def check(root):
    for schema_file in configuration_reference.schemas(root):
        schema_path = schema_file.relative_to(root)
        schema = json.loads(schema_file.read_text(encoding="utf-8"))
        missing = list(undocumented(schema))
        for where, what in missing:
            yield schema_path, 1, f"{where} {what}"
        if missing:
            continue
        page = configuration_reference.page_of(schema_file)
        text = source_tree.read(root, page) if (root / page).exists() else ""
        if text != configuration_reference.reference(schema_file):
            yield page, 1, f"is not what {schema_path} says: run tools/configuration_reference.py"


if __name__ == "__main__":
    source_tree.run(check)
