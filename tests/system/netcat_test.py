#!/usr/bin/env python3
"""Requests typed by hand into nc, with and without a half-close, under every strategy."""

import unittest

from running_server import Folder, for_each_strategy, run

TEXT = b"GET /text.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"
SMALL = b"GET /small.bin HTTP/1.0\r\n\r\n"


class NetcatTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        cls.addClassCleanup(cls.folder.remove)

    def check(self, answer, content, version=b"HTTP/1.1 200 OK\r\n"):
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(version), head)
        self.assertEqual(body, content)

    def test_a_request_and_the_end_of_input(self):
        def body(server):
            text = self.folder.files["text.txt"]
            port = str(server.port("plain"))
            # -N: shutdown(2) after the end of input, so the server must answer a half-closed client
            self.check(run("nc", "-N", "127.0.0.1", port, stdin=TEXT).stdout, text)
            self.check(run("nc", "-N", "::1", str(server.port("six")), stdin=TEXT).stdout, text)
            self.check(run("nc", "-N", "-U", server.socket, stdin=TEXT).stdout, text)
            small = self.folder.files["small.bin"]
            self.check(run("nc", "127.0.0.1", port, stdin=SMALL).stdout, small)

        for_each_strategy(self, body)

    def test_two_requests_in_one_go(self):
        def body(server):
            answer = run("nc", "-N", "127.0.0.1", str(server.port("plain")),
                         stdin=TEXT + TEXT).stdout
            self.assertEqual(answer.count(b"HTTP/1.1 200 OK\r\n"), 2)
            self.assertEqual(answer.count(b"some text\n"), 2)

        for_each_strategy(self, body)

    def test_lines_without_carriage_return(self):
        def body(server):
            answer = run("nc", "127.0.0.1", str(server.port("plain")),
                         stdin=TEXT.replace(b"\r", b"")).stdout
            self.assertTrue(answer.startswith(b"HTTP/1.1 400 Bad Request\r\n"), answer)

        for_each_strategy(self, body)


if __name__ == "__main__":
    unittest.main()
