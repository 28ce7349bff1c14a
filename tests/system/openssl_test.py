#!/usr/bin/env python3
"""What openssl s_client makes of the server's TLS, under every strategy."""

import unittest

from running_server import Folder, for_each_strategy, run

REQUEST = b"GET /small.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class OpensslTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        cls.addClassCleanup(cls.folder.remove)

    def connect(self, server, *options, listener="tls"):
        return run("openssl", "s_client", "-connect", f"127.0.0.1:{server.port(listener)}",
                   "-servername", "localhost", "-CAfile", self.folder.certificate,
                   "-verify_return_error", "-ign_eof", *options, stdin=REQUEST, check=False)

    def test_versions_and_verification(self):
        def body(server):
            for version in ("-tls1_2", "-tls1_3"):
                done = self.connect(server, version, "-quiet")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(done.stdout.startswith(b"HTTP/1.1 200 OK\r\n"))
                self.assertTrue(done.stdout.endswith(self.folder.files["small.bin"]))

        for_each_strategy(self, body)

    def test_old_versions_are_refused(self):
        def body(server):
            done = self.connect(server, "-tls1_1", "-cipher", "ALL@SECLEVEL=0")
            self.assertNotEqual(done.returncode, 0)
            self.assertNotIn(b"200 OK", done.stdout)

        for_each_strategy(self, body)

    def test_protocol_by_alpn(self):
        def body(server):
            done = self.connect(server, "-alpn", "h9,http/1.1")
            self.assertIn(b"ALPN protocol: http/1.1", done.stdout)

        for_each_strategy(self, body)

    def test_a_resumed_session(self):
        def body(server):
            session = str(self.folder.path / "session")
            self.connect(server, "-tls1_2", "-sess_out", session)
            done = self.connect(server, "-tls1_2", "-sess_in", session)
            self.assertIn(b"Reused, TLSv1.2", done.stdout)
            self.assertIn(b"200 OK", done.stdout)

        for_each_strategy(self, body)


if __name__ == "__main__":
    unittest.main()
