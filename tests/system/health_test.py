#!/usr/bin/env python3
"""What containers need of every server: --health, and settings from the environment."""

import contextlib
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from running_daemon import eventually
from running_server import BINARIES, PATIENCE_S, Folder, run

TLS = '"tls": {"certificate": "certificate.pem", "key": "key.pem"}'


def listeners(protocols):
    """One plain and one encrypted listener for each protocol, and a Unix socket for the first."""
    texts = []
    for protocol in protocols:
        spoken = f'"protocol": "{protocol}", ' if protocol else ""
        texts.append(f'{{"name": "{protocol}plain", {spoken}"address": "0.0.0.0", "port": 0}}')
        if protocol != "udp":
            texts.append(f'{{"name": "{protocol}tls", {spoken}"address": "::", "port": 0, {TLS}}}')
    spoken = f'"protocol": "{protocols[0]}", ' if protocols[0] else ""
    texts.append(f'{{"name": "unix", {spoken}"address": "@tern-health-{os.getpid()}"}}')
    return "[" + ", ".join(texts) + "]"


SERVERS = {
    "chat": f'{{"listeners": {listeners(["line", "irc", "web", "udp"])}}}',
    "ftp": f'{{"listeners": {listeners([""])}, "anonymous": {{"home": "site"}}}}',
    "http": f'{{"listeners": {listeners([""])}, "sites": [{{"root": "site"}}]}}',
}


class HealthTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        cls.addClassCleanup(cls.folder.remove)

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        self.addCleanup(temporary.cleanup)
        self.ports = pathlib.Path(temporary.name) / "ports"

    def start(self, server, *arguments, **variables):
        """Starts the server; returns its process and its arguments."""
        file = self.folder.path / f"{server}.json"
        file.write_text(SERVERS[server], encoding="utf-8")
        command = [BINARIES / f"tern-{server}d", "--config", file, "--port-file", self.ports]
        return command, subprocess.Popen([*command, *arguments], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         env={**os.environ, **variables})

    def finish(self, process, number=signal.SIGTERM):
        process.send_signal(number)
        _, said = process.communicate(timeout=PATIENCE_S)
        return process.returncode, said.decode()

    @contextlib.contextmanager
    def running(self, server, *arguments, **variables):
        command, process = self.start(server, *arguments, **variables)
        try:
            eventually(lambda: self.ports.exists() or process.poll() is not None)
            yield command
        except BaseException:
            print(self.finish(process, signal.SIGKILL))
            raise
        code, said = self.finish(process)
        self.assertEqual(code, 0, said)

    def healthy(self, command):
        done = run(*command, "--health", check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def when_healthy(self, command):
        """As above; none while it is not."""
        answer = self.healthy(command)
        return answer if answer[0] == 0 else None

    def test_a_server_that_answers_at_all_listeners_is_healthy(self):
        for server in SERVERS:
            for strategy in ("epoll", "fork_per_client", "thread_pool"):
                with self.subTest(server=server, strategy=strategy), \
                        self.running(server, "--set", f"concurrency.strategy={strategy}") as command:
                    _, out, _ = eventually(lambda: self.when_healthy(command))
                    self.assertRegex(out, r"^(\d+) of \1 listeners answer\n$")

    def test_no_server_is_not_healthy(self):
        for server in SERVERS:
            with self.subTest(server=server):
                with self.running(server) as command:
                    eventually(lambda: self.when_healthy(command))
                code, out, errors = self.healthy(command)
                self.assertEqual((code, out), (1, ""))
                self.assertRegex(errors, rf"^tern-{server}d: health: \w+ .*refused.*\n$")
                self.ports.unlink()

    def test_another_server_at_the_port_is_not_healthy(self):
        with socket.create_server(("127.0.0.1", 0)) as impostor:
            def answer():
                client, _ = impostor.accept()
                with client:
                    client.sendall(b"+OK who is there?\r\n")
                    select.select([client], [], [], PATIENCE_S) # until it has read

            for server in ("ftp", "http"):
                thread = threading.Thread(target=answer)
                thread.start()
                file = self.folder.path / f"{server}.json"
                file.write_text(SERVERS[server], encoding="utf-8")
                done = run(BINARIES / f"tern-{server}d", "--config", file, "--health", "--set",
                           f"listeners.0.port={impostor.getsockname()[1]}", check=False)
                thread.join()
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(b"+OK who is there?", done.stderr)

    def test_a_port_that_nobody_knows_is_a_mistake(self):
        file = self.folder.path / "http.json"
        file.write_text(SERVERS["http"], encoding="utf-8")
        done = run(BINARIES / "tern-httpd", "--config", file, "--health", check=False)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(b"/listeners/0/port: found 0", done.stderr)

    def test_the_environment_sets_what_the_command_line_can(self):
        file = self.folder.path / "http.json"
        file.write_text(SERVERS["http"], encoding="utf-8")
        variables = {"TERN_SET_concurrency__strategy": "poll", "TERN_SET_listeners__0__port": "81",
                     "TERN_SET_concurrency__max_connections": "7"}
        done = subprocess.run(
            [BINARIES / "tern-httpd", "--config", file, "--print-config", "--set",
             "concurrency.max_connections=8"], capture_output=True, timeout=PATIENCE_S,
            check=True, env={**os.environ, **variables})
        effective = json.loads(done.stdout)
        self.assertEqual(effective["concurrency"]["strategy"], "poll")
        self.assertEqual(effective["listeners"][0]["port"], 81)
        self.assertEqual(effective["concurrency"]["max_connections"], 8)

    def test_a_bad_variable_is_one_line_and_exit_code_2(self):
        for name, value in (("TERN_SET_concurrency__strategy", "magic"),
                            ("TERN_SET_unknown", "1"), ("TERN_SET_", "1"),
                            ("TERN_SET_concurrency____strategy", "poll")):
            for server in SERVERS:
                with self.subTest(name=name, server=server):
                    _, process = self.start(server, **{name: value})
                    out, said = process.communicate(timeout=PATIENCE_S)
                    said = said.decode()
                    self.assertEqual((process.returncode, out), (2, b""), said)
                    self.assertEqual(said.count("\n"), 1, said)
                    self.assertTrue(said.startswith(f"tern-{server}d: {name}={value}: "), said)


if __name__ == "__main__":
    unittest.main()
