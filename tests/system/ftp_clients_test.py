#!/usr/bin/env python3
"""What tnftp, ncftp and npm's basic-ftp make of the FTP server.

basic-ftp is not Debian's: `./tern test` puts it below build. Where it could not be had, its test is
skipped, and says so.
"""

import pathlib
import unittest

from running_ftp_server import BIG, for_each_strategy
from running_server import run, strategies

TREE = pathlib.Path(__file__).resolve().parents[2]
BASIC_FTP = TREE / "build" / "clients" / "node_modules" / "basic-ftp"
CLIENTS = TREE / "tests" / "system" / "clients"


class FtpMoreClientsTest(unittest.TestCase):
    def test_tnftp_passive_and_active(self):
        def body(server):
            file, back = server.path / "file", server.path / "back"
            for passive in ("on", "off"):
                def tnftp(*commands):
                    script = "\n".join(("user bob secret", f"passive {passive}", "binary",
                                        *commands, "bye", ""))
                    return run("tnftp", "-n", "-i", "-v", "localhost", str(server.port["plain"]),
                               stdin=script.encode()).stdout.decode()
                file.write_bytes(BIG)
                said = tnftp("mkdir folder", "cd folder", f"put {file} big", "ls", f"get big {back}",
                             "rename big other")
                self.assertIn(" big\n", said.replace("\r", ""))
                self.assertEqual(back.read_bytes(), BIG)
                stored = server.home / "folder" / "other"
                self.assertEqual(stored.read_bytes(), BIG)
                back.write_bytes(BIG[:1_234_567])
                stored.write_bytes(BIG[:2_000_000])
                tnftp("cd folder", "restart 2000000", f"put {file} other", f"reget other {back}")
                self.assertEqual(stored.read_bytes(), BIG)
                self.assertEqual(back.read_bytes(), BIG)
                tnftp("delete folder/other", "rmdir folder")
                self.assertEqual(list(server.home.iterdir()), [])

        for_each_strategy(self, strategies(), body)

    def test_ncftp_passive_and_active(self):
        def body(server):
            file, back = server.path / "big", server.path / "back"
            back.mkdir(exist_ok=True)
            for mode in ("-F", "-E"):
                def ncftp(program, *arguments):
                    return run("env", f"HOME={server.path}", program, "-u", "bob", "-p", "secret",
                               "-P", str(server.port["plain"]), mode, *arguments).stdout.decode()
                file.write_bytes(BIG)
                ncftp("ncftpput", "-V", "-m", "127.0.0.1", "folder", str(file))
                stored = server.home / "folder" / "big"
                self.assertEqual(stored.read_bytes(), BIG)
                self.assertEqual(ncftp("ncftpls", "-1", "ftp://127.0.0.1/folder/"), "big\n")
                ncftp("ncftpget", "-V", "127.0.0.1", str(back), "folder/big")
                self.assertEqual((back / "big").read_bytes(), BIG)
                (back / "big").write_bytes(BIG[:1_234_567])
                ncftp("ncftpget", "-V", "-z", "127.0.0.1", str(back), "folder/big")
                self.assertEqual((back / "big").read_bytes(), BIG)
                stored.write_bytes(BIG[:2_000_000])
                # -s: with sendfile, ncftp 3.2.6 resumes with the whole file.
                ncftp("ncftpput", "-V", "-s", "-z", "127.0.0.1", "folder", str(file))
                self.assertEqual(stored.read_bytes(), BIG)
                ncftp("ncftpls", "-W", "RNFR folder/big", "-W", "RNTO folder/other",
                      "ftp://127.0.0.1/")
                self.assertEqual((server.home / "folder" / "other").read_bytes(), BIG)
                ncftp("ncftpls", "-W", "DELE folder/other", "-W", "RMD folder", "ftp://127.0.0.1/")
                self.assertEqual(list(server.home.iterdir()), [])
                (back / "big").unlink()

        for_each_strategy(self, strategies(), body)

    @unittest.skipUnless(BASIC_FTP.exists(), f"no {BASIC_FTP}: `./tern test` would install it")
    def test_basic_ftp_plain_and_explicit_and_implicit_tls(self):
        def body(server):
            file = server.path / "file"
            file.write_bytes(BIG)
            for listener, encryption in (("plain", "none"), ("plain", "explicit"),
                                         ("tls", "implicit")):
                run("node", CLIENTS / "basic_ftp_round.cjs", BASIC_FTP, "localhost",
                    str(server.port[listener]), encryption, server.certificate, file,
                    server.path / "back")
                self.assertEqual(list(server.home.iterdir()), [])

        for_each_strategy(self, ["iterative", "fork_per_client", "thread_pool", "epoll"], body)


if __name__ == "__main__":
    unittest.main()
