#!/usr/bin/env python3
"""Keys that only root may read: before tern-ftpd gives up its privileges, and when it cannot."""

import ftplib
import os
import pathlib
import pwd
import ssl
import unittest

from running_ftp_server import PROGRAM, FtpServer
from running_server import PATIENCE_S, run


class FtpPrivilegesTest(unittest.TestCase):
    @unittest.skipUnless(os.geteuid() == 0, "not root")
    def test_keys_are_read_before_privileges_are_dropped(self):
        with FtpServer("epoll", ["user=nobody", 'tls={"certificate": "certificate.pem", '
                                 '"key": "key.pem"}']) as server:
            (server.path / "key.pem").chmod(0o400)  # as openssl has made it, for root only
            context = ssl.create_default_context(cafile=server.certificate)
            with ftplib.FTP_TLS(context=context, timeout=PATIENCE_S) as client:
                client.connect("localhost", server.port["plain"])
                client.login()
                client.prot_p()
            status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
            nobody = pwd.getpwnam("nobody").pw_uid
            self.assertIn(f"\nUid:\t{nobody}\t{nobody}\t{nobody}\t{nobody}\n", status)

    def test_a_key_that_cannot_be_read_is_told_in_one_line(self):
        with FtpServer("epoll") as server:
            (server.path / "folder.pem").mkdir()
            for setting, pointer in (("tls", "/tls"), ("listeners.1.tls", "/listeners/1/tls")):
                for key in ("folder.pem", "missing.pem", "certificate.pem"):
                    value = '{"certificate": "certificate.pem", "key": "%s"}' % key
                    done = run(PROGRAM, "--config", server.path / "ftp.json", "--set",
                               f"{setting}={value}", check=False)
                    said = done.stderr.decode()
                    self.assertEqual((done.returncode, said.count("\n")), (2, 1), said)
                    for word in (pointer, key):
                        self.assertIn(word, said)


if __name__ == "__main__":
    unittest.main()
