#!/usr/bin/env python3
"""What nghttp and h2load make of the server over HTTP/2, under every strategy."""

import re
import unittest

from running_server import Folder, content_of, for_each_strategy, run

ECHO = ('routes=[{"path": "/echo", "handler": "echo", "echo": {"of": "body"}, '
        '"methods": ["POST"], "body_bytes": 1000000}]')
UPLOAD = content_of(300_000)


class NghttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        cls.addClassCleanup(cls.folder.remove)

    def check_many_streams(self, server, name):
        """They come in any order, frame by frame; the short ones in a frame each."""
        files = ("index.html", "text.txt", "big.bin", "small.bin")
        contents = [self.folder.files[file] for file in files]
        said = run("nghttp", "--no-verify-peer",
                   *(server.url("/" + file, name) for file in files)).stdout
        self.assertEqual(len(said), sum(map(len, contents)))
        for content in contents:
            self.assertIn(content[:1000], said)

    def check_one_stream(self, server, name):
        big = run("nghttp", "--no-verify-peer", server.url("/big.bin", name)).stdout
        self.assertEqual(big, self.folder.files["big.bin"])
        echoed = run("nghttp", "--no-verify-peer", "-d", str(self.folder.path / "upload"),
                     server.url("/echo", name)).stdout
        self.assertEqual(echoed, UPLOAD)

    def test_nghttp_gets_and_sends_everything_unchanged(self):
        (self.folder.path / "upload").write_bytes(UPLOAD)

        def body(server):
            for name in ("plain", "tls"):
                self.check_many_streams(server, name)
                self.check_one_stream(server, name)
            upgraded = run("nghttp", "--upgrade", server.url("/text.txt")).stdout
            self.assertEqual(upgraded, self.folder.files["text.txt"])

        for_each_strategy(self, body, [ECHO])

    def test_h2load_gets_every_answer(self):
        def body(server):
            for name in ("plain", "tls"):
                said = run("h2load", "-n100", "-c1", "-m10", server.url("/small.bin", name),
                           server.url("/text.txt", name)).stdout.decode()
                self.assertIn("100 done, 100 succeeded, 0 failed, 0 errored, 0 timeout", said)
                self.assertIn("status codes: 100 2xx", said)
                self.assertTrue(re.search(r"Application protocol: h2c?\n", said), said)

        for_each_strategy(self, body)


if __name__ == "__main__":
    unittest.main()
