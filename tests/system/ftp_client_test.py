#!/usr/bin/env python3
"""tern-ftp as people and scripts use it, against the FTP server."""

import hashlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

from running_daemon import eventually
from running_ftp_server import BIG, for_each_strategy
from running_server import BINARIES, PATIENCE_S
from terminal import Terminal

TERN_FTP = BINARIES / "tern-ftp"
SECRET = {"TERN_FTP_PASSWORD": "secret"}


def client(test, *arguments, code=0, **environment):
    done = subprocess.run([TERN_FTP, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, timeout=PATIENCE_S,
                          env={**os.environ, **SECRET, **environment})
    test.assertEqual(done.returncode, code, (done.stderr + done.stdout).decode())
    return (done.stdout + done.stderr).decode()


def here(test):
    temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
    test.addCleanup(temporary.cleanup)
    return pathlib.Path(temporary.name)


class ScriptTest(unittest.TestCase):
    def test_files_go_and_come_under_strategies_of_each_kind(self):
        def body(server):
            folder = here(self)
            sent, back = folder / "big file", folder / "back"
            back.mkdir()
            ways = [("ftp", "plain", ())]
            if server.strategy == "epoll":
                trust = ("--cafile", server.certificate)
                ways += [("ftp", "plain", ("--tls", *trust)), ("ftps", "tls", trust)]
            for scheme, name, more in ways:
                url = f"{scheme}://bob@localhost:{server.port[name]}/"
                sent.write_bytes(BIG)
                client(self, "put", sent, url, *more)
                self.assertEqual((server.home / "big file").read_bytes(), BIG)
                self.assertRegex(client(self, "ls", url, *more), r"2.9 MiB .* big file\n")
                client(self, "get", url + "big%20file", "--into", back, *more)
                self.assertEqual((back / "big file").read_bytes(), BIG)
                self.assertEqual([file.name for file in back.iterdir()], ["big file"])
                (server.home / "big file").unlink()

        for_each_strategy(self, ["iterative", "fork_per_client", "thread_pool", "epoll"], body)

    def test_what_is_missing_is_brought_in_both_directions(self):
        def body(server):
            folder = here(self)
            url = f"ftp://bob@localhost:{server.port['plain']}/"
            there, part = server.home / "big", folder / "big.part"
            there.write_bytes(BIG)
            os.utime(there, (1_000_000_000, 1_000_000_000))
            part.write_bytes(BIG[:1_000_000])
            os.utime(part, (1_000_000_000, 1_000_000_000))
            client(self, "get", url + "big", "--into", folder, "--continue")
            self.assertEqual((folder / "big").read_bytes(), BIG)
            self.assertFalse(part.exists())

            # The part of another file is of no use.
            part.write_bytes(b"x" * 1_000_000)
            os.utime(part, (900_000_000, 900_000_000))
            client(self, "get", url + "big", "--into", folder, "--continue")
            self.assertEqual((folder / "big").read_bytes(), BIG)

            # One that only looks like a part of it is found out by its digest.
            part.write_bytes(b"x" * 1_000_000)
            os.utime(part, (1_000_000_000, 1_000_000_000))
            said = client(self, "get", url + "big", "--into", folder, "--continue", code=4)
            self.assertIn("the digests differ", said)
            self.assertFalse(part.exists())

            there.write_bytes(BIG[:2_000_000])
            client(self, "put", folder / "big", url, "--continue")
            self.assertEqual(there.read_bytes(), BIG)

            # What is there need not be the beginning of it, and may be longer.
            for other in (b"x" * 2_000_000, b"x" * len(BIG), BIG + b"x"):
                there.write_bytes(other)
                client(self, "put", folder / "big", url, "--continue")
                self.assertEqual(there.read_bytes(), BIG)

        for_each_strategy(self, ["poll"], body)

    def test_folders_come_with_all_that_is_in_them(self):
        def body(server):
            folder = here(self)
            files = {f"tree/{branch}/{leaf}": os.urandom(1000)
                     for branch in "ab" for leaf in range(5)}
            for name, content in files.items():
                (server.home / name).parent.mkdir(parents=True, exist_ok=True)
                (server.home / name).write_bytes(content)
            url = f"ftp://bob@localhost:{server.port['plain']}/tree/"
            client(self, "get", url, "--recursive", "--into", folder, "--parallel", 3)
            found = {str(file.relative_to(folder)): file.read_bytes()
                     for file in folder.rglob("*") if file.is_file()}
            self.assertEqual(found, files)
            (folder / "tree" / "a" / "loop").symlink_to(folder)

            for _ in range(2): # what is there already is no trouble
                client(self, "put", folder / "tree", url, "--recursive")
            sent = server.home / "tree" / "tree"
            found = {"tree/" + str(file.relative_to(sent)): file.read_bytes()
                     for file in sent.rglob("*") if file.is_file()}
            self.assertEqual(found, files)
            self.assertFalse((sent / "a" / "loop").exists())
            client(self, "put", folder / "tree", url, code=1)
            shutil.rmtree(server.home / "tree")

        for_each_strategy(self, ["epoll", "thread_pool"], body)

    def test_failures_tell_what_and_how(self):
        def body(server):
            url = f"ftp://bob@localhost:{server.port['plain']}/"
            folder = here(self)
            self.assertIn("550", client(self, "get", url + "missing", "--into", folder, code=1))
            self.assertEqual(list(folder.iterdir()), [])
            client(self, "put", "/does/not/exist", url, code=1)
            client(self, "ls", url, code=3, TERN_FTP_PASSWORD="wrong")
            tls = f"ftps://bob@localhost:{server.port['tls']}/"
            self.assertIn("certificate", client(self, "ls", tls, code=1))
            client(self, "ls", tls, "--insecure")
            session = f"bob@localhost:{server.port['plain']}"
            for commands, code in (("ls\nquit\n", 0), ("get missing\nls\n", 1), ("dance\n", 2)):
                done = subprocess.run([TERN_FTP, session], input=commands.encode(), check=False,
                                      capture_output=True, timeout=PATIENCE_S, cwd=folder,
                                      env={**os.environ, **SECRET})
                self.assertEqual(done.returncode, code, done.stderr)

        for_each_strategy(self, ["poll"], body)

    def test_help_and_bad_arguments(self):
        for word in ("Examples:", "--recursive", "--tls", "Exit codes:"):
            self.assertIn(word, client(self, "--help"))
        for arguments in ((), ("get",), ("put", "x"), ("ls",), ("a", "b"), ("--unknown",)):
            self.assertRegex(client(self, *arguments, code=2), "^tern-ftp: .*--help")
        client(self, "ls", "http://localhost/", code=1)


@unittest.skipUnless(shutil.which("tmux"), "needs tmux")
class PersonTest(unittest.TestCase):
    def terminal(self, folder, *arguments, **options):
        terminal = Terminal(folder, "sh", "-c", 'cd "$0" && exec "$@"', folder, TERN_FTP,
                            *arguments, lines=60, **options)
        self.addCleanup(terminal.end)
        return terminal

    def test_a_session_under_some_strategies(self):
        def body(server):
            folder = here(self)
            (folder / "local.txt").write_text("from here\n", encoding="utf-8")
            (server.home / "你好.txt").write_text("hello \x1b[31m\n", encoding="utf-8")
            for number in range(6):
                (server.home / f"part{number}").write_bytes(BIG[:100_000 + number])
            ftp = self.terminal(folder, f"bob@localhost:{server.port['plain']}")
            ftp.shows("Password of bob:")
            ftp.type("secret")
            ftp.shows("mget PATTERN...")
            ftp.shows("ftp:/>")
            ftp.type("ls")
            ftp.shows("你好.txt")
            ftp.write("cat 你")
            ftp.keys("Tab")
            ftp.shows("cat 你好.txt")
            ftp.keys("Enter")
            ftp.shows("hello \\x1b[31m")
            ftp.type("mkdir 'new folder'")
            ftp.type("cd 'new folder'")
            ftp.shows("ftp:/new folder>")
            ftp.type("pwd")
            ftp.type("put local.txt")
            ftp.shows("/new folder/local.txt is there")
            ftp.type("mv local.txt other.txt")
            ftp.type("get other.txt back.txt")
            ftp.shows("back.txt is here")
            self.assertEqual((folder / "back.txt").read_text(encoding="utf-8"), "from here\n")
            ftp.type("rm other.txt")
            ftp.type("cd ..")
            ftp.type("rmdir 'new folder'")
            eventually(lambda: not (server.home / "new folder").exists())
            ftp.type("mget part*")
            for number in range(6):
                ftp.shows(f"/part{number}")
                eventually(lambda name=f"part{number}": (folder / name).exists())
                self.assertEqual((folder / f"part{number}").read_bytes(), BIG[:100_000 + number])
            ftp.type("cat missing")
            ftp.shows("550")
            ftp.type("dance")
            ftp.shows("There is no command dance")
            ftp.type("quit")
            self.assertEqual(ftp.exit_code(), 0)
            shutil.rmtree(server.home)
            server.home.mkdir()

        for_each_strategy(self, ["epoll", "process_pool"], body)


class HostileServer:
    """Speaks just enough FTP to send one listing, and sends whatever it likes."""

    def __init__(self, test, listing):
        self.listing = listing
        self.listener = socket.create_server(("127.0.0.1", 0))
        test.addCleanup(self.listener.close)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        test.addCleanup(self.thread.join)

    def serve(self):
        peer, _ = self.listener.accept()
        data = socket.create_server(("127.0.0.1", 0))
        with peer, data, peer.makefile("rwb", buffering=0) as lines:
            lines.write(b"220 hello\r\n")
            while line := lines.readline():
                verb = line.split()[0].upper()
                if verb == b"EPSV":
                    lines.write(b"229 (|||%d|)\r\n" % data.getsockname()[1])
                elif verb == b"MLSD":
                    lines.write(b"150 here\r\n")
                    channel, _ = data.accept()
                    with channel:
                        channel.sendall(self.listing)
                    lines.write(b"226 done\r\n")
                else:
                    lines.write({b"USER": b"331 password\r\n", b"PASS": b"230 welcome\r\n",
                                 b"PWD": b'257 "/"\r\n', b"TYPE": b"200 yes\r\n"}.get(
                                     verb, b"502 no\r\n"))


class HostileNamesTest(unittest.TestCase):
    def test_no_name_leads_out_of_the_local_folder(self):
        folder = here(self)
        names = (b"../out", b"..", b"/etc/evil", b"a/../../out", b"\x1b[2J", b"a\xff", b"in\tside")
        listing = b"".join(b"type=file;size=1; " + name + b"\r\n" for name in names)
        listing += b"".join(b"type=dir; " + name + b"\r\n" for name in names)
        server = HostileServer(self, listing)
        (folder / "into").mkdir()
        said = client(self, "get", f"ftp://127.0.0.1:{server.port}/", "--recursive", "--into",
                      folder / "into")
        self.assertEqual(said.count("left out, for its name"), 2 * len(names))
        self.assertEqual(sorted(folder.rglob("*")), [folder / "into"])


if __name__ == "__main__":
    unittest.main()
