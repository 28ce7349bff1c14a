#!/usr/bin/env python3
"""What curl makes of the server, under every strategy."""

import json
import shutil
import subprocess
import unittest

from running_daemon import eventually
from running_server import Folder, for_each_strategy, run


class CurlTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        cls.addClassCleanup(cls.folder.remove)

    def curl(self, *arguments, stdin=b"", check=True):
        return run("curl", "-sS", "--max-time", "100", "--cacert", self.folder.certificate,
                   *arguments, stdin=stdin, check=check).stdout

    def status(self, *arguments, stdin=b"", check=True):
        return self.curl("-o", "/dev/null", "-w", "%{http_code}", *arguments, stdin=stdin,
                         check=check).decode()

    def test_all_files_over_all_listeners(self):
        def body(server):
            for name in ("plain", "tls", "six"):
                for file, content in self.folder.files.items():
                    self.assertEqual(self.curl(server.url("/" + file, name)), content)
            for file, content in self.folder.files.items():
                self.assertEqual(self.curl("--unix-socket", server.socket,
                                           "http://localhost/" + file), content)

        for_each_strategy(self, body)

    def test_head(self):
        def body(server):
            head = self.curl("-I", server.url("/small.bin")).decode().splitlines()
            self.assertEqual(head[0], "HTTP/1.1 200 OK")
            self.assertIn("Content-Length: 1000", head)
            self.assertIn("Last-Modified: Sun, 09 Sep 2001 01:46:40 GMT", head)

        for_each_strategy(self, body)

    def test_ranges_and_resumed_downloads(self):
        def body(server):
            big = self.folder.files["big.bin"]
            for name in ("plain", "tls"):
                url = server.url("/big.bin", name)
                self.assertEqual(self.curl("-r", "100-199", url), big[100:200])
                self.assertEqual(self.curl("-r", "-7", url), big[-7:])
                self.assertEqual(self.curl("-r", "2999990-", url), big[2999990:])
                self.assertEqual(self.status("-r", "3000000-", url), "416")
                partial = self.folder.path / "partial"
                partial.write_bytes(big[:1_234_567])
                self.curl("-C", "-", "-o", str(partial), url)
                self.assertEqual(partial.read_bytes(), big)

        for_each_strategy(self, body)

    def test_conditional_requests(self):
        def body(server):
            url = server.url("/text.txt")
            tag = str(self.folder.path / "tag")
            self.assertEqual(self.status("--etag-save", tag, url), "200")
            self.assertEqual(self.status("--etag-compare", tag, url), "304")
            self.assertEqual(self.status("-H", 'If-None-Match: "other"', url), "200")
            self.assertEqual(self.status("-z", "Mon, 10 Sep 2001 00:00:00 GMT", url), "304")
            self.assertEqual(self.status("-z", "Fri, 07 Sep 2001 00:00:00 GMT", url), "200")

        for_each_strategy(self, body)

    def test_compressed(self):
        page = b"".join(b"<p>line %d</p>\n" % (line % 97) for line in range(2000))
        file = self.folder.path / "site" / "page.html"
        file.write_bytes(page)
        self.addCleanup(file.unlink)
        features = run("curl", "--version").stdout
        codings = [name for name, feature in (("gzip", b"libz"), ("br", b"brotli"),
                                              ("zstd", b"zstd")) if feature in features]

        def body(server):
            for name in ("plain", "tls"):
                url = server.url("/page.html", name)
                self.assertEqual(self.curl(url), page)
                self.assertEqual(self.curl("--compressed", url), page)
                sent = self.curl("--compressed", "-o", "/dev/null", "-w", "%{size_download}", url)
                self.assertLess(int(sent), len(page) // 4)
                for coding in codings:
                    accept = "Accept-Encoding: " + coding
                    head = self.curl("--compressed", "-H", accept, "-I", url).decode().lower()
                    self.assertIn("content-encoding: " + coding, head)
                    self.assertIn("vary: accept-encoding", head)
                    self.assertEqual(self.curl("--compressed", "-H", accept, url), page)

        for_each_strategy(self, body)

    def test_listing(self):
        def body(server):
            listing = json.loads(self.curl("-H", "Accept: application/json", server.url("/")))
            found = {entry["name"]: entry.get("size") for entry in listing["entries"]}
            self.assertEqual(found, {
                name.split("/")[0]: None if "/" in name else len(content)
                for name, content in self.folder.files.items()})
            self.assertIn(b"Index of /", self.curl(server.url("/")))

        for_each_strategy(self, body, ["sites.0.listing={}", "sites.0.index=[]"])

    def test_old_http_errors_and_redirects(self):
        def body(server):
            self.assertEqual(self.curl("--http1.0", server.url("/text.txt")), b"some text\n")
            self.assertEqual(self.status(server.url("/missing")), "404")
            self.assertEqual(self.status("-X", "DELETE", server.url("/text.txt")), "405")
            self.assertEqual(self.status("-d", "a=b", server.url("/text.txt")), "405")
            self.assertEqual(self.status("--path-as-is", server.url("/../../etc/passwd")), "400")
            followed = self.curl("-L", "-w", " %{url_effective}", server.url("/folder"))
            self.assertEqual(followed.decode(), "<h1>folder</h1>\n " + server.url("/folder/"))

        for_each_strategy(self, body)

    def test_uploads(self):
        incoming = self.folder.path / "site" / "incoming"
        incoming.mkdir(mode=0o777)
        incoming.chmod(0o777)
        routes = json.dumps([
            {"path": "/incoming/*", "handler": "files"},
            {"path": "/incoming/*", "handler": "upload", "body_bytes": 4_000_000,
             "upload": {"folder": str(incoming)}}])

        def body(server):
            big = self.folder.path / "site" / "big.bin"
            content = self.folder.files["big.bin"]
            for name in ("plain", "tls"):
                url = server.url("/incoming/", name)
                self.assertEqual(self.status("-T", str(big), url), "201")
                self.assertEqual(self.status("-T", str(big), url), "204")
                self.assertEqual((incoming / "big.bin").read_bytes(), content)
                self.assertEqual(self.curl(url + "big.bin"), content)
                self.assertEqual(self.status("-T", "-", url + "piped", stdin=b"from a pipe"), "201")
                self.assertEqual((incoming / "piped").read_bytes(), b"from a pipe")
                self.assertEqual(self.status("-T", str(big), url + "missing/"), "409")

                text = self.folder.path / "site" / "text.txt"
                answer = self.curl("-F", "note=hello", "-F", f"one=@{big};filename=a b.bin",
                                   "-F", f"two=@{text}", url)
                self.assertEqual([file["path"] for file in json.loads(answer)["stored"]],
                                 ["a b.bin", "text.txt"])
                self.assertEqual((incoming / "a b.bin").read_bytes(), content)
                self.assertEqual(self.status("-F", f"one=@{text};filename=../x", url), "400")
                self.assertEqual(self.status("-H", "If-None-Match: *", "-T", str(text), url), "412")
                for file in ("big.bin", "piped", "a%20b.bin", "text.txt"):
                    self.assertEqual(self.status("-X", "DELETE", url + file), "204")
                self.assertEqual(list(incoming.iterdir()), [])

        try:
            for_each_strategy(self, body, [f"routes={routes}"])
        finally:
            shutil.rmtree(incoming)

    def test_uploads_that_are_too_large_or_cut_off(self):
        incoming = self.folder.path / "site" / "incoming"
        incoming.mkdir(mode=0o777)
        incoming.chmod(0o777)
        (incoming / "old").write_bytes(b"old")
        routes = json.dumps([{"path": "/incoming/*", "handler": "upload", "body_bytes": 1000,
                              "upload": {"folder": str(incoming)}},
                             {"path": "/large/*", "handler": "upload", "body_bytes": 4_000_000,
                              "upload": {"folder": str(incoming)}}])

        def body(server):
            big = str(self.folder.path / "site" / "big.bin")
            for name in ("plain", "tls"):
                url = server.url("/incoming/old", name)
                self.assertEqual(self.status("-T", big, url, check=False), "413")
                self.assertEqual(self.status("-H", "Content-Length:", "-H",
                                             "Transfer-Encoding: chunked", "-T", big, url,
                                             check=False), "413")
                self.curl("--limit-rate", "200k", "--max-time", "0.3", "-T", big,
                          server.url("/large/old", name), check=False)
                eventually(lambda: [file.name for file in incoming.iterdir()] == ["old"])
                self.assertEqual((incoming / "old").read_bytes(), b"old")

        try:
            for_each_strategy(self, body, [f"routes={routes}"])
        finally:
            shutil.rmtree(incoming)

    def test_http2(self):
        """By ALPN, by prior knowledge, and by changing over."""
        def body(server):
            ways = (("tls", "--http2"), ("plain", "--http2-prior-knowledge"), ("plain", "--http2"))
            for name, option in ways:
                for file, content in self.folder.files.items():
                    self.assertEqual(self.curl(option, server.url("/" + file, name)), content)
                url = server.url("/big.bin", name)
                head = self.curl(option, "-I", url).decode().splitlines()
                self.assertIn("HTTP/2 200 ", head)
                self.assertIn("content-length: 3000000", head)
                self.assertEqual(self.curl(option, "-r", "100-199", url),
                                 self.folder.files["big.bin"][100:200])
                self.assertEqual(self.status(option, server.url("/missing", name)), "404")
                self.assertEqual(self.status(option, "-d", "a=b", url), "405")
            many = self.curl("--http2", "-w", "%{num_connects}", "-o", "/dev/null",
                             server.url("/text.txt?[1-20]", "tls"))
            self.assertEqual(many, b"1" + b"0" * 19)

        for_each_strategy(self, body)

    def test_http2_uploads(self):
        incoming = self.folder.path / "site" / "incoming"
        incoming.mkdir(mode=0o777)
        incoming.chmod(0o777)
        routes = json.dumps([{"path": "/incoming/*", "handler": "upload", "body_bytes": 4_000_000,
                              "upload": {"folder": str(incoming)}},
                             {"path": "/small/*", "handler": "upload", "body_bytes": 1000,
                              "upload": {"folder": str(incoming)}}])

        def body(server):
            big = self.folder.path / "site" / "big.bin"
            for name, option in (("tls", "--http2"), ("plain", "--http2-prior-knowledge")):
                url = server.url("/incoming/", name)
                self.assertEqual(self.status(option, "-T", str(big), url), "201")
                self.assertEqual((incoming / "big.bin").read_bytes(), big.read_bytes())
                self.assertEqual(self.status(option, "-T", "-", url + "piped",
                                             stdin=b"from a pipe"), "201")
                self.assertEqual((incoming / "piped").read_bytes(), b"from a pipe")
                self.assertEqual(self.status(option, "-T", str(big),
                                             server.url("/small/big.bin", name)), "413")
                for file in ("big.bin", "piped"):
                    self.assertEqual(self.status(option, "-X", "DELETE", url + file), "204")
                self.assertEqual(list(incoming.iterdir()), [])

        try:
            for_each_strategy(self, body, [f"routes={routes}"])
        finally:
            shutil.rmtree(incoming)

    def test_one_connection_for_many_requests(self):
        def body(server):
            for name in ("plain", "tls"):
                urls = [server.url("/text.txt?[1-20]", name)]
                connects = self.curl("-w", "%{num_connects}", "-o", "/dev/null", *urls)
                self.assertEqual(connects, b"1" + b"0" * 19)

        for_each_strategy(self, body)

    def test_many_curls_at_once(self):
        def body(server):
            urls = [server.url("/big.bin", name) for name in ("plain", "tls") for _ in range(4)]
            # Each takes what it gets at once: one client that waits for another would never end.
            copies = [self.folder.path / f"copy{number}" for number in range(len(urls))]
            clients = [subprocess.Popen(["curl", "-sS", "--max-time", "100", "--cacert",
                                         self.folder.certificate, "-o", copy, url])
                       for url, copy in zip(urls, copies)]
            for client, copy in zip(clients, copies):
                self.assertEqual(client.wait(), 0)
                self.assertEqual(copy.read_bytes(), self.folder.files["big.bin"])

        # On a busy machine a client may be slow to begin, while others wait for its place.
        for_each_strategy(self, body, ["limits.last_chance_s=3600"])


if __name__ == "__main__":
    unittest.main()
