"""Tests of tools/include_lint.py."""

import unittest

from planted import LintCase


def including(*headers):
    return "#pragma once\n" + "".join(f"#include {header}\n" for header in headers)


class IncludeLint(LintCase):
    lint = "include_lint.py"

    def test_lower_layers_may_be_included(self):
        self.assert_clean({
            "common/net/a.h": including('"common/base/b.h"', '"common/session/c.h"', "<vector>"),
            "common/daemon/a.h": including('"common/strategy/b.h"', '"generated/version.h"'),
            "servers/http/sub/a.h": including('"common/protocol/http1/b.h"', '"servers/http/c.h"'),
            "clients/http/a.h": including('"common/net/b.h"', '"common/protocol/http1/b.h"'),
        })

    def test_higher_layers_may_not(self):
        upwards = (("base", "session"), ("protocol", "net"), ("session", "net"), ("net", "hub"),
                   ("hub", "strategy"), ("strategy", "daemon"), ("session", "protocol"))
        for lower, higher in upwards:
            with self.subTest(lower=lower, higher=higher):
                self.assert_complaint(
                    f"common/{lower} must not know common/{higher}",
                    {f"common/{lower}/a.cpp": including(f'"common/{higher}/b.h"')})

    def test_common_never_includes_a_server(self):
        self.assert_complaint("must not know servers/http",
                              {"common/daemon/a.h": including('"servers/http/b.h"')})

    def test_servers_and_clients_keep_apart(self):
        self.assert_complaint("must not know servers/ftp",
                              {"servers/http/a.h": including('"servers/ftp/b.h"')})
        self.assert_complaint("must not know common/strategy",
                              {"clients/http/a.h": including('"common/strategy/b.h"')})

    def test_a_new_layer_must_be_made_known(self):
        self.assert_complaint("is no layer",
                              {"common/extra/a.h": including('"common/base/b.h"')})

    def test_each_big_library_is_included_once(self):
        for header in ("boost/asio.hpp", "boost/beast/http.hpp", "liburing.h", "sys/epoll.h",
                       "nghttp2/nghttp2.h", "wslay/wslay.h", "valijson/schema.hpp",
                       "readline/readline.h"):
            with self.subTest(header):
                one = {"common/base/a.cpp": f"#include <{header}>\n"}
                self.assert_clean(one)
                self.assert_complaint("once is all",
                                      {**one, "common/net/b.cpp": f"#include <{header}>\n"})
                self.assert_complaint("in a header",
                                      {"common/base/a.h": including(f"<{header}>")})
                self.assert_clean({**one, "tests/base/b_test.cpp": f"#include <{header}>\n"})

    def test_some_libraries_have_a_place(self):
        self.assert_clean({"common/net/tls.cpp": "#include <openssl/ssl.h>\n",
                           "common/net/tls_context.cpp": "#include <openssl/ssl.h>\n",
                           "common/base/log.cpp": "#include <spdlog/spdlog.h>\n",
                           "clients/chat/arguments.cpp": "#include <CLI/CLI.hpp>\n",
                           "common/curl/easy.h": including("<curl/curl.h>")})
        self.assert_complaint("CLI11 is for",
                              {"clients/chat/main.cpp": "#include <CLI/CLI.hpp>\n"})
        self.assert_complaint("libcurl is for",
                              {"clients/ftp/main.cpp": "#include <curl/curl.h>\n"})
        self.assert_complaint("OpenSSL is for",
                              {"common/net/socket.cpp": "#include <openssl/ssl.h>\n"})
        self.assert_complaint("spdlog is for",
                              {"common/base/config.cpp": "#include <spdlog/spdlog.h>\n"})

    def test_headers_need_pragma_once(self):
        self.assert_complaint("without #pragma once", {"common/base/a.h": "// #pragma once\n"})

    def test_the_own_header_comes_first(self):
        self.assert_complaint("must be the first include", {
            "common/base/a.h": "#pragma once\n",
            "common/base/a.cpp": '#include <vector>\n#include "common/base/a.h"\n'})

    def test_paths_start_at_the_root(self):
        self.assert_complaint("from the root", {"common/base/a.cpp": '#include "b.h"\n'})

    def test_comments_do_not_count(self):
        self.assert_clean({"common/base/a.cpp": '// #include "common/net/b.h"\n'})


if __name__ == "__main__":
    unittest.main()
