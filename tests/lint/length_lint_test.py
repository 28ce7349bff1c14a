"""Tests of tools/length_lint.py."""

import unittest

from planted import LintCase

COMMENTS = "// why\n\n" * 600


def function(lines, head="void f()"):
    """A function of so many lines."""
    return f"{head} {{\n" + "    g();\n" * (lines - 2) + "}\n"


class LengthLint(LintCase):
    lint = "length_lint.py"

    def test_the_limits_themselves_pass(self):
        self.assert_clean({"common/base/a.cpp": COMMENTS + function(80)})
        self.assert_clean({"common/base/a.cpp": COMMENTS + function(50) * 10})

    def test_long_functions_are_found(self):
        heads = ("void f()", "TEST_CASE(\"f\")", "X::X(int a) : a_(a), b_{1}, c_{{2}}",
                 "template <class T> T f(T t) noexcept", "auto f(int a = 1) const -> int")
        for head in heads:
            with self.subTest(head):
                self.assert_complaint("has 81 lines", {"common/base/a.cpp": function(81, head)})

    def test_functions_within_classes_and_namespaces_are_found(self):
        inner = function(81)
        for head in ("namespace a::b", "class A final : public B", "struct A", 'extern "C"',
                     'TEST_SUITE("a/b")'):
            with self.subTest(head):
                text = f"{head} {{\n{function(3)}int x = {{1}};\n{inner}}};\n"
                self.assert_complaint("a.cpp:6: f has 81", {"common/base/a.cpp": text})

    def test_classes_and_tables_may_be_long(self):
        self.assert_clean({"common/base/a.h": "struct A {\n" + "    int x;\n" * 200 + "};\n"})
        self.assert_clean({"common/base/a.cpp": "int x[] = {\n" + "    1,\n" * 200 + "};\n"})

    def test_long_files_are_found(self):
        self.assert_complaint("501 lines of code", {"common/base/a.cpp": "int x;\n" * 501})

    def test_python_is_measured_too(self):
        self.assert_complaint("f has 81 lines",
                              {"tools/a.py": "def f():\n" + "    g()\n" * 80})


if __name__ == "__main__":
    unittest.main()
