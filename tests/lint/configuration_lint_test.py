"""Tests of tools/configuration_lint.py, and of the reference that it compares with."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from planted import TOOLS, LintCase

SCHEMA = {
    "title": "tern-testd", "description": "A server | for tests.", "type": "object",
    "required": ["name"], "additionalProperties": False,
    "properties": {
        "$schema": {"description": "For editors.", "type": "string"},
        "name": {"description": "Its name.", "type": "string", "minLength": 1},
        "size": {"description": "How large.", "type": "integer", "default": 5, "minimum": 1,
                 "maximum": 9},
        "time": {"description": "How long.", "type": "number", "default": 1,
                 "exclusiveMinimum": 0},
        "way": {"description": "Which way.", "enum": ["left", "right"], "default": "left"},
        "parts": {"description": "Its parts.", "type": "array", "default": [],
                  "items": {"$ref": "#/definitions/part"}},
        "inner": {"description": "Inside.", "type": ["object", "null"], "default": None,
                  "properties": {"deep": {"description": "Deeper.", "type": "boolean",
                                          "default": False}}},
    },
    "definitions": {"part": {"description": "A part.", "type": "object", "properties": {
        "a": {"description": "A letter.", "type": "string", "default": "", "pattern": "^a|b$"}}}},
}


def page_of(schema):
    """What the program writes."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "config").mkdir()
        (root / "config/test.schema.json").write_text(json.dumps(schema), encoding="utf-8")
        subprocess.run([sys.executable, "-B", TOOLS / "configuration_reference.py", folder],
                       check=True, capture_output=True)
        return (root / "docs/configuration-test.md").read_text(encoding="utf-8")


class ConfigurationLint(LintCase):
    lint = "configuration_lint.py"

    def tree(self, page, schema=None):
        return {"config/test.schema.json": json.dumps(schema or SCHEMA),
                "docs/configuration-test.md": page}

    def test_what_the_program_wrote_passes(self):
        self.assert_clean(self.tree(page_of(SCHEMA)))

    def test_another_page_is_found(self):
        self.assert_complaint("is not what config/test.schema.json says",
                              self.tree(page_of(SCHEMA) + "more\n"))

    def test_a_changed_schema_is_found(self):
        changed = json.loads(json.dumps(SCHEMA))
        changed["properties"]["size"]["default"] = 6
        self.assert_complaint("is not what", self.tree(page_of(SCHEMA), changed))

    def test_a_page_that_is_not_there_is_found(self):
        files = self.tree("")
        del files["docs/configuration-test.md"]
        self.assert_complaint("configuration-test.md:1", files)

    def test_settings_without_description_or_default_are_found(self):
        for key, where in (("description", "/size"), ("default", "/size"),
                           ("default", "/definitions/part/a"), ("default", "/inner/deep")):
            with self.subTest(key=key, where=where):
                changed = json.loads(json.dumps(SCHEMA))
                node = changed
                *folders, last = where.split("/")[1:]
                if folders == ["definitions", "part"]:
                    node = changed["definitions"]["part"]
                elif folders:
                    node = changed["properties"][folders[0]]
                del node["properties"][last][key]
                self.assert_complaint(f"{where} has no {key}", self.tree("", changed))


class ConfigurationReference(unittest.TestCase):
    def test_rows_tell_type_default_and_what_is_allowed(self):
        lines = page_of(SCHEMA).splitlines()
        for row in ("| `name` | string | required | not empty | Its name. |",
                    "| `size` | integer | `5` | 1 to 9 | How large. |",
                    "| `time` | number | `1` | more than 0 | How long. |",
                    '| `way` | string | `"left"` | `"left"`, `"right"` | Which way. |',
                    "| `parts` | list of [part](#part) | `[]` |  | Its parts. |",
                    "| `inner` | [inner](#inner) or null | `null` |  | Inside. |",
                    "| `deep` | boolean | `false` |  | Deeper. |",
                    '| `a` | string | `""` | `"^a\\|b$"` | A letter. |'):
            with self.subTest(row):
                self.assertIn(row, lines)
        self.assertIn("A server \\| for tests.", lines)
        self.assertFalse(any("$schema" in line for line in lines))


if __name__ == "__main__":
    unittest.main()
