#!/usr/bin/env python3
"""A crowd that uploads, downloads, resumes, renames, lists and deletes, until SIGTERM comes.

Until then nothing may fail, and after it only whole commands; then the library holds whole files
only, all that were confirmed among them, and nothing else. 200 clients for minutes under
`./tern test --all`, otherwise a few clients for some rounds.
"""

import contextlib
import ftplib
import io
import os
import random
import signal
import ssl
import threading
import time
import unittest

from running_daemon import eventually, memory_of
from running_ftp_server import BIG, for_each_strategy
from running_server import PATIENCE_S

TEST_ALL = bool(os.environ.get("TERN_TEST_ALL")) and not os.environ.get("TERN_SANITIZE")
CLIENTS = 200 if TEST_ALL else 40
ROUNDS = 2  # for each client at least
SHARED_NAMES = 5
# All in all less than the ten minutes that a test may take.
SECONDS = {"epoll": 300, "fork_per_client": 60, "thread_pool": 60} if TEST_ALL else {}


def content(random_number):
    """Tells what it is: where it was taken from the random bytes of all, and how much."""
    size = random_number.choice((0, 1, 1000, 65_536, random_number.randrange(400_000)))
    start = random_number.randrange(2_000_000)
    return b"%08d %08d\n" % (start, size) + BIG[start:start + size]


def is_whole(found):
    if len(found) < 18:
        return False
    start, size = (int(word) for word in found[:18].split())
    return found[18:] == BIG[start:start + size]


class Member(threading.Thread):
    """One client. It has files of its own, and others that all of them write and read."""

    def __init__(self, server, number, stopping):
        super().__init__(daemon=True)
        self.server, self.number, self.stopping = server, number, stopping
        self.random = random.Random(number)
        self.rounds = 0
        self.failure = None
        self.confirmed = {}  # by name: what must be there
        self.attempted = {}  # by name: what may be there instead; None: nothing

    def run(self):
        try:
            while not self.stopping.is_set():
                self.one_session()
                self.rounds += 1
        except (ftplib.Error, EOFError, OSError) as error:
            # A server that stops may end a conversation, but never keep anybody waiting.
            if isinstance(error, TimeoutError) or not self.stopping.is_set():
                self.failure = error
        except Exception as error:  # pylint: disable=broad-except
            self.failure = error

    def connect(self):
        if self.number % 3 > 0:
            client = ftplib.FTP(timeout=PATIENCE_S)
        else:
            context = ssl.create_default_context(cafile=self.server.certificate)
            client = ftplib.FTP_TLS(context=context, timeout=PATIENCE_S)
        client.connect("localhost", self.server.port["plain"])
        client.login("bob", "secret")
        if isinstance(client, ftplib.FTP_TLS):
            client.prot_p()
        client.set_pasv(self.number % 4 > 0)
        return client

    def one_session(self):
        with self.connect() as client:
            for step in self.random.sample((self.upload, self.share, self.download, self.resume,
                                            self.rename, self.list, self.delete), 7):
                step(client)

    def store(self, client, name, bytes_):
        self.attempted[name] = bytes_
        client.storbinary(f"STOR {name}", io.BytesIO(bytes_))
        self.confirmed[name] = bytes_
        del self.attempted[name]

    def fetch(self, client, name, rest=None):
        received = io.BytesIO()
        client.retrbinary(f"RETR {name}", received.write, rest=rest)
        return received.getvalue()

    def own(self):
        return self.random.choice(sorted(self.confirmed)) if self.confirmed else None

    def upload(self, client):
        name = f"own-{self.number}-{self.random.randrange(3)}"
        self.store(client, name, content(self.random))

    def share(self, client):
        name = f"shared-{self.random.randrange(SHARED_NAMES)}"
        client.storbinary(f"STOR {name}", io.BytesIO(content(self.random)))
        if not is_whole(self.fetch(client, name)):
            raise AssertionError(f"{name} is not whole")

    def download(self, client):
        name = self.own()
        if name and self.fetch(client, name) != self.confirmed[name]:
            raise AssertionError(f"{name} is not what it was")

    def resume(self, client):
        """Up and down, as clients do after a broken connection."""
        name = f"resumed-{self.number}"
        whole = content(self.random)
        middle = self.random.randrange(18, len(whole) + 1)
        self.store(client, name, whole[:middle])
        self.attempted[name] = whole
        client.storbinary(f"STOR {name}", io.BytesIO(whole[middle:]), rest=middle)
        self.confirmed[name] = whole
        del self.attempted[name]
        if self.fetch(client, name, rest=middle) != whole[middle:]:
            raise AssertionError(f"{name} was not resumed")

    def rename(self, client):
        name = self.own()
        if not name or name.startswith("resumed"):
            return
        self.attempted[name], self.attempted["new " + name] = None, self.confirmed[name]
        client.rename(name, "new " + name)
        client.rename("new " + name, name)
        del self.attempted[name], self.attempted["new " + name]

    def list(self, client):
        names = [name for name, _ in client.mlsd()]
        missing = set(self.confirmed) - set(names)
        if missing:
            raise AssertionError(f"not listed: {missing}")

    def delete(self, client):
        name = self.own()
        if name:
            self.attempted[name] = None
            client.delete(name)
            del self.confirmed[name], self.attempted[name]


class FtpCrowdTest(unittest.TestCase):
    def await_rounds(self, members, seconds):
        end = time.monotonic() + seconds
        tick = threading.Event()
        while time.monotonic() < end or any(member.rounds < ROUNDS for member in members):
            for member in members:
                if member.failure or not member.is_alive():
                    raise AssertionError(f"client {member.number}") from member.failure
            tick.wait(0.02)

    def check_library(self, server, members):
        names = {path.name for path in server.home.iterdir()}
        known = {f"shared-{number}" for number in range(SHARED_NAMES)}
        for member in members:
            known |= set(member.confirmed) | set(member.attempted)
            for name in set(member.confirmed) | set(member.attempted):
                allowed = [store[name] for store in (member.confirmed, member.attempted)
                           if name in store] + ([] if name in member.confirmed else [None])
                found = (server.home / name).read_bytes() if name in names else None
                self.assertIn(found, allowed, name)
        for name in names:
            self.assertIn(name, known)  # and no temporary file
            if name.startswith("shared"):
                self.assertTrue(is_whole((server.home / name).read_bytes()), name)

    def test_a_crowd_keeps_its_files_whole_to_the_end(self):
        def body(server):
            stopping = threading.Event()
            members = [Member(server, number, stopping) for number in range(CLIENTS)]
            for member in members:
                member.start()
            self.await_rounds(members, SECONDS.get(server.strategy, 0))
            stopping.set()
            server.process.send_signal(signal.SIGTERM)
            for member in members:
                member.join(2 * PATIENCE_S)
                self.assertFalse(member.is_alive())
                if member.failure:
                    raise AssertionError(f"client {member.number}") from member.failure
            self.assertEqual(server.process.wait(PATIENCE_S), 0)
            self.check_library(server, members)

        for_each_strategy(self, ["epoll", "fork_per_client", "thread_pool"], body,
                          ["limits.last_chance_s=0.1"])

    @unittest.skipIf(os.environ.get("TERN_SANITIZE"), "a sanitizer keeps what was given back")
    def test_uploads_that_wait_need_little_memory(self):
        piece = bytes(200_000)

        def body(server):
            def begin(number):
                client = ftplib.FTP(timeout=PATIENCE_S)
                client.connect("127.0.0.1", server.port["plain"])
                client.login("bob", "secret")
                client.voidcmd("TYPE A")  # what is converted has to stand somewhere
                data = client.transfercmd(f"STOR upload-{number}")
                data.sendall(piece)
                eventually(lambda: f"{len(piece)} bytes so far" in client.sendcmd("STAT"))
                return client, data

            with contextlib.ExitStack() as ends:
                def hold(numbers):
                    for number in numbers:
                        client, data = begin(number)
                        ends.callback(client.close)
                        ends.callback(data.close)

                hold(range(4))  # what the first ones need is not each one's
                before = memory_of(server.process.pid)
                hold(range(4, 44))
                grown = memory_of(server.process.pid) - before
                # The converted text of a whole piece would be more; what the allocator keeps for
                # later, once, is less.
                self.assertLess(grown / 40, 80_000)

        for_each_strategy(self, ["epoll"], body)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # of sockets that were open when the server ended
