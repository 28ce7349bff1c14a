"""Tests of tools/ban_lint.py."""

import unittest

from planted import LintCase


class BanLint(LintCase):
    lint = "ban_lint.py"

    def test_each_banned_call_is_found(self):
        for call in ("strcpy(a, b)", "strcat(a, b)", "sprintf(a, b)", "gets(a)", "system(a)",
                     "std::system(a)", "popen(a, b)", "::signal(a, b)", "signal(a, b)",
                     "::select(a, b)", "return select(a, b)", "gmtime(&t)", "std::strerror(e)",
                     "rand()"):
            with self.subTest(call):
                self.assert_complaint("common/base/a.cpp:2: ",
                                      {"common/base/a.cpp": f"void f() {{\n    {call};\n}}\n"})

    def test_relatives_and_declarations_pass(self):
        for text in ("snprintf(a, n, b);", "my_strcpy(a, b);", "pool.select(a);",
                     "pool->signal(a);", "fmt::gmtime(t);", "asio::signal_set(a);",
                     "Strategy& select(int a);", "// system(a) is banned",
                     'const char* s = "system(a)";'):
            with self.subTest(text):
                self.assert_clean({"common/base/a.cpp": text + "\n"})

    def test_select_is_for_its_own_strategy(self):
        self.assert_clean({"common/strategy/poller/select_poller.cpp": "::select(a, b);\n"})
        self.assert_complaint("select is banned",
                              {"common/strategy/poller/poll_poller.cpp": "::select(a, b);\n"})

    def test_tests_do_not_sleep(self):
        for path, text in (("tests/net/a_test.cpp", "std::this_thread::sleep_for(1s);"),
                           ("tests/net/a_test.cpp", "::usleep(1);"),
                           ("tests/system/a_test.py", "time.sleep(1)"),
                           ("tests/system/a_test.sh", "sleep 1")):
            with self.subTest(text):
                self.assert_complaint(f"{path}:1: ", {path: text + "\n"})

    def test_others_may_sleep(self):
        self.assert_clean({"common/strategy/a.cpp": "std::this_thread::sleep_for(1s);\n"})


if __name__ == "__main__":
    unittest.main()
