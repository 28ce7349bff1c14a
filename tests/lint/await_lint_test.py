"""Tests of tools/await_lint.py: every bad form is found, every good one passes."""

import unittest

from planted import LintCase

GOOD = """
co_await f(x);
(void) co_await f(x);
auto y = co_await f(x, y[0], z->w);
const Result<int> y = co_await connection.read(into, deadline);
y = co_await f(x);
y = co_await std::move(task);
y = co_await tasks[i + 1].run<std::pair<int, T>>(a + b, (c - d) * e);
y = co_await self->link_.read(into);
Session& session = co_await this_session();
co_await waiting;
co_return co_await f(x);
if (ready) co_await f(x);
if (a && b(c))
    y = co_await f(x);
else
    co_await g(x);
for (;;) { co_await f(x); }
// if (co_await f()) is said in a comment only
const char* s = "co_await f() ? 1 : 2";
Awaiter operator co_await() && noexcept { return {handle_}; }
"""

BAD = (
    "if (co_await f()) g();",
    "while (co_await f()) g();",
    "switch (co_await f()) {}",
    "for (auto x : co_await f()) g();",
    "co_await run([c] { return c; });",
    "co_await f(Options{1});",
    "co_await f({s, 1});",
    "Options o{co_await g(), 1};",
    "co_return Options{co_await g()};",
    "auto x = b ? co_await f() : y;",
    "co_await f(b ? x : y);",
    "co_await f(a && b);",
    "auto x = co_await f() + 1;",
    "co_return co_await f() == 3;",
    "co_await f() , g();",
    "auto x = 1 + co_await f();",
    "g(co_await f());",
    "co_await g(co_await f());",
    "throw Error(co_await f());",
    "auto p = new T(co_await f());",
    "co_return b || co_await f();",
    "if (x) co_await f(b ? x : y);",
)


class AwaitLint(LintCase):
    lint = "await_lint.py"

    def test_good_forms_pass(self):
        self.assert_clean({"common/session/a.cpp": f"Task<void> t() {{{GOOD}}}\n"})

    def test_each_bad_form_is_found(self):
        for form in BAD:
            with self.subTest(form):
                text = f"Task<void> t() {{\n    int before = 0;\n    {form}\n}}\n"
                self.assert_complaint("common/a.cpp:3: ", {"common/a.cpp": text})

    def test_tests_and_headers_are_looked_at_too(self):
        for path in ("tests/session/a_test.cpp", "servers/http/a.h", "clients/http/a.cpp"):
            self.assert_complaint(path, {path: "if (co_await f()) g();"})

    def test_the_compiler_test_is_exempt(self):
        self.assert_clean({"tests/session/compiler_test.cpp": "if (co_await f()) g();"})


if __name__ == "__main__":
    unittest.main()
