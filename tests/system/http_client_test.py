#!/usr/bin/env python3
"""tern-http against the HTTP server, under every strategy."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import unittest

from running_server import BINARIES, PATIENCE_S, Folder, for_each_strategy

TERN_HTTP = str(BINARIES / "tern-http")


class HttpClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        cls.addClassCleanup(cls.folder.remove)

    def client(self, *arguments, stdin=b"", code=0, **environment):
        done = subprocess.run([TERN_HTTP, *map(str, arguments)], input=stdin, capture_output=True,
                              check=False, timeout=PATIENCE_S, env={**os.environ, **environment})
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def trusting(self, *arguments, **options):
        return self.client("--cafile", self.folder.certificate, *arguments, **options)

    def test_bodies_over_all_listeners(self):
        def body(server):
            for name in ("plain", "tls", "six"):
                for file, content in self.folder.files.items():
                    self.assertEqual(self.trusting("GET", server.url("/" + file, name)).stdout,
                                     content)
            self.assertEqual(self.client("--unix-socket", server.socket,
                                         "localhost/text.txt").stdout, b"some text\n")
            self.assertIn(b"certificate", self.client(server.url("/", "tls"), code=1).stderr)
            self.client("--insecure", server.url("/", "tls"))

        for_each_strategy(self, body)

    def test_heads_and_exit_codes(self):
        def body(server):
            url = server.url("/text.txt")
            shown = self.client("HEAD", url).stdout.decode()
            self.assertTrue(shown.startswith("HTTP/1.1 200 OK\n"), shown)
            self.assertIn("Content-Length: 10\n", shown)
            self.assertTrue(self.client("--head", url).stdout.endswith(b"\n\nsome text\n"))
            self.client(server.url("/missing"), code=4)
            self.client("DELETE", url, code=4)
            timing = self.client("--timing", url).stderr.decode()
            for stage in ("Connection", "First byte", "Total"):
                self.assertRegex(timing, rf"(?m)^{stage} +[\d.]+ (µs|ms|s)$")

        for_each_strategy(self, body)

    def test_downloads_are_whole_or_not_there(self):
        big = self.folder.files["big.bin"]
        target = self.folder.path / "download"
        part = self.folder.path / "download.part"

        def body(server):
            for name in ("plain", "tls"):
                url = server.url("/big.bin", name)
                self.trusting(url, "--output", target)
                self.assertEqual(target.read_bytes(), big)
                self.assertFalse(part.exists())
                target.unlink()

                # An interruption leaves the part with the time of the resource.
                part.write_bytes(big[:1_234_567])
                os.utime(part, (1_000_000_000, 1_000_000_000))
                shown = self.trusting(url, "--output", target, "--continue", "--timing")
                self.assertEqual(target.read_bytes(), big, shown)
                target.unlink()
                part.write_bytes(big)
                os.utime(part, (1_000_000_000, 1_000_000_000))
                self.trusting(url, "--output", target, "--continue")
                self.assertEqual(target.read_bytes(), big)
                target.unlink()

                # The part of another resource is of no use.
                part.write_bytes(b"x" * 1000)
                os.utime(part, (900_000_000, 900_000_000))
                self.trusting(url, "--output", target, "--continue")
                self.assertEqual(target.read_bytes(), big)
                target.unlink()
            self.client(server.url("/missing"), "--output", target, code=4)
            self.assertFalse(target.exists() or part.exists())

        for_each_strategy(self, body)

    def test_uploads_and_forms(self):
        incoming = self.folder.path / "site" / "incoming"
        incoming.mkdir(mode=0o777)
        incoming.chmod(0o777)
        self.addCleanup(incoming.rmdir)
        routes = json.dumps([{"path": "/incoming/*", "handler": "upload", "body_bytes": 4_000_000,
                              "upload": {"folder": str(incoming)}}])
        big = self.folder.path / "site" / "big.bin"

        def body(server):
            for name in ("plain", "tls"):
                url = server.url("/incoming/", name)
                self.trusting(url, "--upload", big)
                self.assertEqual((incoming / "big.bin").read_bytes(),
                                 self.folder.files["big.bin"])
                self.trusting("PUT", url + "piped", "--upload", "-", stdin=b"from a pipe")
                self.assertEqual((incoming / "piped").read_bytes(), b"from a pipe")
                self.trusting(url, "--form", "note=x", "--form", f"file=@{big}")
                for file in ("big.bin", "piped"):
                    self.trusting("DELETE", url + file)
            self.client(server.url("/incoming/x"), "--upload", "/does/not/exist", code=1)

        for_each_strategy(self, body, [f"routes={routes}"])

    def test_a_quick_load_test(self):
        def body(server):
            shown = self.client(server.url("/small.bin"), "--repeat", 60, "--concurrency",
                                3).stdout.decode()
            self.assertRegex(shown, r"^60 answers in ")
            self.assertIn("Status 200: 60\n", shown)
            for percent in ("50 %", "99 %", "99.9 %", "the slowest"):
                self.assertIn(percent, shown)
            missing = self.client(server.url("/missing"), "-n", 2, code=4).stdout.decode()
            self.assertIn("Status 404: 2\n", missing)

        for_each_strategy(self, body)


class CommandLineTest(unittest.TestCase):
    client = HttpClientTest.client

    def answer_once(self, answer):
        """A server that sends these bytes to its first client, and the URL to it."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve():
            peer, _ = listener.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    def test_help_and_bad_arguments(self):
        for word in ("Examples:", "--output", "--concurrency", "Exit codes:"):
            self.assertIn(word, self.client("--help").stdout.decode())
        self.assertRegex(self.client("--version").stdout, rb"^tern-http \d+\.\d+\.\d+")
        for arguments in ((), ("--unknown",), ("G T", "localhost"), ("-C", "localhost"),
                          ("-d", "a", "-j", "b", "localhost"), ("-c", "5", "localhost"),
                          ("-n", "0", "localhost")):
            self.assertRegex(self.client(*arguments, code=2).stderr, rb"^tern-http: .*--help")

    def test_nobody_answers(self):
        with socket.socket() as taken: # by one who does not listen
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            self.assertRegex(self.client(f"127.0.0.1:{port}", code=1).stderr, rb"^tern-http: \S")
        self.client("ftp://127.0.0.1/", code=1)

    def test_an_answer_that_is_cut_off_leaves_its_part(self):
        folder = Folder()
        self.addCleanup(folder.remove)
        target = folder.path / "target"
        part = folder.path / "target.part"
        head = b"HTTP/1.1 200 OK\r\nLast-Modified: Sun, 09 Sep 2001 01:46:40 GMT\r\n"
        url = self.answer_once(head + b"Content-Length: 100\r\n\r\nthe first")
        self.client(url, "-o", target, code=1)
        self.assertFalse(target.exists())
        self.assertEqual(part.read_bytes(), b"the first")
        self.assertEqual(int(part.stat().st_mtime), 1_000_000_000)
        url = self.answer_once(b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\n"
                               b"Content-Length: 5\r\n\r\nwrong")
        self.assertIn(b"another part", self.client(url, "-C", "-o", target, code=1).stderr)
        self.assertEqual(part.read_bytes(), b"the first")
        url = self.answer_once(b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 9-13/14\r\n"
                               b"Content-Length: 5\r\n\r\n rest")
        self.client(url, "-C", "-o", target)
        self.assertEqual(target.read_bytes(), b"the first rest")

    def test_an_interrupted_download_remembers_what_it_is_a_part_of(self):
        folder = Folder()
        self.addCleanup(folder.remove)
        part = folder.path / "target.part"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            client = subprocess.Popen([TERN_HTTP, url, "-o", folder.path / "target"],
                                      stderr=subprocess.PIPE)
            peer, _ = listener.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nLast-Modified: "
                             b"Sun, 09 Sep 2001 01:46:40 GMT\r\n\r\nthe first")
                while not part.exists() or part.stat().st_size < 9:
                    self.assertIsNone(client.poll())
                client.send_signal(signal.SIGINT)
                _, said = client.communicate(timeout=PATIENCE_S)
        self.assertEqual((client.returncode, said), (130, b"tern-http: interrupted\n"))
        self.assertEqual(int(part.stat().st_mtime), 1_000_000_000)

    def on_terminal(self, url, **environment):
        """What a person sees."""
        command = f"stty cols 100; exec '{TERN_HTTP}' '{url}'"
        environment = {**os.environ, "TERM": "xterm", **environment}
        done = subprocess.run(["script", "-qec", command, "/dev/null"], capture_output=True,
                              check=True, timeout=PATIENCE_S, env=environment,
                              stdin=subprocess.DEVNULL)
        return done.stdout.replace(b"\r\n", b"\n").decode()

    def test_what_a_person_sees(self):
        head = b"HTTP/1.1 200 OK\r\nX: \x1b[2J\r\nConnection: close\r\n"
        json_answer = head + b'Content-Type: application/json\r\n\r\n{"b":[1],"a":"\\u001b"}'
        plain = self.on_terminal(self.answer_once(json_answer), NO_COLOR="1")
        self.assertIn('{\n  "b": [\n    1\n  ],\n  "a": "\\u001b"\n}\n', plain)
        self.assertIn("HTTP/1.1 200 OK\nX: \\x1b[2J\n", plain)
        self.assertNotIn("\x1b", plain)
        coloured = self.on_terminal(self.answer_once(json_answer))
        self.assertIn('\x1b[36m"b"\x1b[0m: [', coloured)
        self.assertNotIn("\x1b[2J", coloured)
        text = self.on_terminal(self.answer_once(head + b"\r\nhello\n\x1b]0;x\x07\xe4\xbd\xa0"))
        self.assertTrue(text.endswith("\nhello\n\\x1b]0;x\\x07你\n"), text)
        data = self.on_terminal(self.answer_once(head + b"\r\n\0\1\2"))
        self.assertTrue(data.endswith("(3 B of data: --output FILE keeps them)\n"), data)

    def test_into_a_pipe_goes_the_body_as_it_is(self):
        body = b'{"a":\x1b}\0'
        url = self.answer_once(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               b"Content-Length: 8\r\n\r\n" + body)
        self.assertEqual(self.client(url).stdout, body)


if __name__ == "__main__":
    unittest.main()
