"""Tests of tools/link_lint.py."""

import unittest

from planted import LintCase


class LinkLint(LintCase):
    lint = "link_lint.py"

    def test_links_that_lead_somewhere_pass(self):
        self.assert_clean({
            "README.md": "[a](docs/a.md) [b](docs/a.md#two-words-or-so) [c](https://example.org/)\n",
            "docs/a.md": "# A\n## Two words, or `so`\n[up](../README.md) [here](#a)\n"})

    def test_a_missing_file_is_found(self):
        self.assert_complaint("README.md:2: b.h leads nowhere", {"README.md": "# A\n[b](b.h)\n"})

    def test_a_missing_heading_is_found(self):
        self.assert_complaint("no such heading",
                              {"README.md": "[a](docs/a.md#b)\n", "docs/a.md": "# A\n"})

    def test_what_code_shows_is_no_link(self):
        self.assert_clean({"README.md": "`[a](b)`\n```cpp\n[this](int)\n```\n"})

    def test_a_page_that_nobody_finds_is_found(self):
        self.assert_complaint("docs/a.md:1: no other page links to it", {"docs/a.md": "# A\n"})

    def test_a_strategy_without_a_page_is_found(self):
        self.assert_complaint("docs/strategies/poll.md:1: the strategy poll has no page",
                              {"common/strategy/registry.cpp": 'Entry{"poll", true, make_poll},\n'})


if __name__ == "__main__":
    unittest.main()
