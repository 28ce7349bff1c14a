"""Tests of tools/header_lint.py."""

import unittest

from planted import LintCase


class HeaderLint(LintCase):
    lint = "header_lint.py"

    def test_a_complete_header_passes(self):
        self.assert_clean({"common/base/a.h": "#pragma once\n#include <string>\nstd::string f();\n",
                           "common/net/b.h": '#pragma once\n#include "common/base/a.h"\n'})

    def test_a_header_that_leans_on_its_includer_is_found(self):
        self.assert_complaint("common/base/a.h:1: does not compile alone",
                              {"common/base/a.h": "#pragma once\nstd::string f();\n"})

    def test_a_header_without_a_guard_is_found(self):
        self.assert_complaint("servers/http/a.h", {"servers/http/a.h": "struct A {};\n"})

    def test_a_missing_include_is_found(self):
        self.assert_complaint("common/base/a.h",
                              {"common/base/a.h": '#pragma once\n#include "common/base/b.h"\n'})


if __name__ == "__main__":
    unittest.main()
