"""Tests of tools/layout_lint.py."""

import unittest

from planted import LintCase


class LayoutLint(LintCase):
    lint = "layout_lint.py"

    def test_the_top_level_is_closed(self):
        self.assert_clean({"README.md": "x", "tern": "x", "build/x": "x", ".gitignore": "x"})
        self.assert_complaint("notes.txt:1: not in the layout", {"notes.txt": "x"})
        self.assert_complaint("src:1: not in the layout", {"src/a.cpp": "x"})

    def test_machine_paths_are_found(self):
        for top in ("home", "root", "work", "mnt"):
            path = f"/{top}/somebody/tern"
            with self.subTest(path):
                self.assert_complaint("docs/a.md:2: names a path",
                                      {"docs/a.md": f"see\n`{path}`\n"})

    def test_system_paths_and_addresses_pass(self):
        self.assert_clean({"docs/a.md": "/srv/www, /etc/tern, http://example.org/home/page\n"})

    def test_names_say_what_is_inside(self):
        self.assert_complaint("one thing", {"common/base/string_utils.h": ""})
        self.assert_complaint("snake_case", {"common/base/UniqueFd.h": ""})
        self.assert_clean({"common/base/unique_fd.h": ""})


if __name__ == "__main__":
    unittest.main()
