#!/usr/bin/env python3
"""Writes docs/configuration-NAME.md from config/NAME.schema.json: one table for each object.

Usage: configuration_reference.py [ROOT]. The pages are generated: change the schema, and run this.
tools/configuration_lint.py complains about a page that is not what this makes.
"""

import json
import pathlib
import sys

ENDING = ".schema.json"


def page_of(schema_file):
    """The page for a schema, as a path below the root."""
    return pathlib.Path("docs", f"configuration-{schema_file.name.removesuffix(ENDING)}.md")


def schemas(root):
    return sorted((root / "config").glob("*" + ENDING))


def code(value):
    """A JSON value for a cell of a table."""
    text = json.dumps(value, ensure_ascii=False).replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def cell(text):
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


class Page:
    """The page in the making. Objects are sections, in the order in which they are mentioned."""

    def __init__(self, schema):
        self.schema = schema
        self.text = []
        self.done = set()
        self.waiting = []

    def resolve(self, node):
        """A node with what it refers to; what stands beside the reference goes first."""
        reference = node.get("$ref")
        if reference is None:
            return node
        name = reference.removeprefix("#/definitions/")
        return {**self.schema["definitions"][name], **node}

    def later(self, path, node):
        """Queues an object's section, and returns a link to it."""
        key = node.get("$ref", path)
        title = key.removeprefix("#/definitions/")
        if key not in self.done:
            self.done.add(key)
            self.waiting.append((title, self.resolve(node)))
        return f"[{title}](#{anchor(title)})"

    def type_of(self, path, node):
        whole = self.resolve(node)
        if "enum" in whole:
            return kind_of_values(whole["enum"])
        kinds = whole.get("type", "any")
        return " or ".join(self.one_type(path, node, whole, kind)
                           for kind in ([kinds] if isinstance(kinds, str) else kinds))

    def one_type(self, path, node, whole, kind):
        if kind == "array":
            return "list of " + self.type_of(path + "[]", whole["items"])
        if kind != "object":
            return kind
        if "properties" in whole:
            return self.later(path, node)
        return "object of " + self.type_of(path + ".*", whole["additionalProperties"])

    def section(self, title, node):
        if title:
            self.text += [f"## {title}", ""]
        self.text += [cell(node["description"]), "",
                      "| key | type | default | allowed | description |",
                      "| --- | --- | --- | --- | --- |"]
        required = node.get("required", [])
        for key, setting in node["properties"].items():
            if key != "$schema":
                self.row(f"{title}.{key}" if title else key, key, setting, key in required)
        self.text.append("")

    def row(self, path, key, setting, is_required):
        whole = self.resolve(setting)
        default = "required" if is_required else ""
        if "default" in whole:
            default = code(whole["default"])
        self.text.append(f"| `{key}` | {self.type_of(path, setting)} | {default} | "
                         f"{allowed(self, whole)} | {cell(whole['description'])} |")

    def write(self, source):
        self.text = [f"# Configuration of {self.schema['title']}", "",
                     f"<!-- Generated from {source} by tools/configuration_reference.py. -->", ""]
        self.section("", self.schema)
        while self.waiting:
            self.section(*self.waiting.pop(0))
        return "\n".join(self.text).rstrip() + "\n"


def anchor(title):
    """As GitHub makes it of a heading."""
    return "".join(letter for letter in title.lower() if letter.isalnum() or letter in "-_")


def kind_of_values(values):
    return "string" if all(isinstance(value, str) for value in values) else "integer"


def allowed(page, node):
    """What a value must be, beyond its type."""
    parts = bounds(node)
    if "enum" in node:
        parts.append(", ".join(code(value) for value in node["enum"]))
    if node.get("minItems"):
        parts.append(f"at least {node['minItems']}")
    if node.get("uniqueItems"):
        parts.append("each once")
    if node.get("minLength") and "pattern" not in node:
        parts.append("not empty")
    if "pattern" in node:
        parts.append(code(node["pattern"]))
    for part in ("items", "additionalProperties"):
        if isinstance(node.get(part), dict):
            inner = page.resolve(node[part])
            if "properties" not in inner and allowed(page, inner):
                parts.append("each: " + allowed(page, inner))
    return "; ".join(parts)


def bounds(node):
    lower = node.get("minimum", node.get("exclusiveMinimum"))
    upper = node.get("maximum", node.get("exclusiveMaximum"))
    more_than = "more than " if "exclusiveMinimum" in node else ""
    if lower is not None and upper is not None:
        return [f"{more_than}{lower} to {upper}"]
    if lower is not None:
        return [f"more than {lower}" if more_than else f"{lower} or more"]
    return [] if upper is None else [f"up to {upper}"]


def reference(schema_file):
    """The page's text."""
    schema = json.loads(schema_file.read_text(encoding="utf-8"))
    return Page(schema).write("config/" + schema_file.name)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    for schema_file in schemas(root):
        page = root / page_of(schema_file)
        page.parent.mkdir(exist_ok=True)
        page.write_text(reference(schema_file), encoding="utf-8")
        print(f"wrote {page.relative_to(root)}")


if __name__ == "__main__":
    main()
