#!/usr/bin/env python3
"""The command line of tern-httpd: what it prints, and with which exit code it ends."""

import json
import os
import pathlib
import socket
import unittest

import running_server
from running_daemon import eventually
from running_server import PROGRAM, Folder, for_each_strategy, run, strategies


class CommandLineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        cls.addClassCleanup(cls.folder.remove)
        cls.configuration = cls.folder.path / "http.json"
        cls.configuration.write_text("""{
            // a comment, and settings that are not the defaults
            "listeners": [{"name": "main", "address": "127.0.0.1", "port": 0}],
            "sites": [{"root": "site"}] /* relative to this file */ }""", encoding="utf-8")

    def start(self, *arguments):
        """Runs the server to its end."""
        if "--config" not in arguments:
            arguments = ("--config", self.configuration, *arguments)
        done = run(PROGRAM, *arguments, check=False)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done

    def check_fails(self, code, words, *arguments):
        done = self.start(*arguments)
        self.assertEqual(done.returncode, code, done)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertTrue(done.stderr.startswith("tern-httpd: "), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_version_and_help(self):
        version = self.start("--version")
        self.assertEqual(version.returncode, 0)
        self.assertRegex(version.stdout, r"^tern-httpd \d+\.\d+\.\d+\S*\n$")
        help_text = self.start("--help")
        self.assertEqual(help_text.returncode, 0)
        for option in ("--config", "--check", "--health", "--set", "--port-file",
                       "--print-config", "--version", "--help"):
            self.assertIn(option, help_text.stdout)

    def test_check(self):
        done = self.start("--check")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for strategy in strategies():
            self.assertEqual(
                self.start("--check", "--set", f"concurrency.strategy={strategy}").returncode, 0)

    def test_print_config_has_all_defaults_and_what_was_set(self):
        done = self.start("--print-config", "--set", "concurrency.strategy=poll",
                          "--set", "listeners.0.port=1234", "--set", "limits.idle_timeout_s=2.5")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        effective = json.loads(done.stdout)
        self.assertEqual(effective["concurrency"]["strategy"], "poll")
        self.assertEqual(effective["listeners"][0]["port"], 1234)
        self.assertEqual(effective["limits"]["idle_timeout_s"], 2.5)
        self.assertEqual(effective["concurrency"]["max_connections"], 1024)
        # and it is a configuration itself
        again = self.folder.path / "again.json"
        again.write_text(done.stdout, encoding="utf-8")
        second = run(PROGRAM, "--config", again, "--print-config")
        self.assertEqual(json.loads(second.stdout), effective)

    def test_bad_configurations(self):
        for setting, words in (
                ("concurrency.strategy=magic", ("strategy", "magic", "epoll")),
                ("concurrency.workers=-1", ("workers",)),
                ("concurrency.workers=many", ("workers", "many")),
                ("listeners.0.port=70000", ("port", "70000")),
                ("listeners.0.address=localhost", ("address", "localhost")),
                ("listeners.0.name=a b", ("name",)),
                ("listeners=[]", ("listeners",)),
                ("unknown=1", ("unknown",)),
                ("limits.unknown=1", ("unknown",)),
                ("sites.0.root=/does/not/exist", ("sites/0/root", "/does/not/exist")),
                ('listeners.0.tls={"certificate": "a.pem", "key": "b.pem"}',
                 ("/listeners/0/tls/certificate", "a.pem", "No such file", "allowed: a PEM")),
                ("user=nobody-of-this-name", ("user", "nobody-of-this-name")),
                ('routes=[{"path": "/a", "handler": "x"}]', ("handler",)),
        ):
            with self.subTest(setting=setting):
                self.check_fails(2, words, "--set", setting)
                self.check_fails(2, words, "--check", "--set", setting)

    def test_bad_files_and_arguments(self):
        for text, words in (("{", ()), ("[]", ()), ('{"listeners": 5}', ("listeners",)), ("", ())):
            with self.subTest(text=text):
                bad = self.folder.path / "bad.json"
                bad.write_text(text, encoding="utf-8")
                self.check_fails(2, ("bad.json", *words), "--config", bad)
        self.check_fails(2, ("missing.json",), "--config", self.folder.path / "missing.json")
        self.check_fails(2, ("--wrong",), "--wrong")
        self.check_fails(2, (), "--set", "nothing")

    def test_an_address_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            for strategy in strategies():
                with self.subTest(strategy=strategy):
                    self.check_fails(1, (f"127.0.0.1:{port}", "in use"), "--set",
                                     f"listeners.0.port={port}", "--set",
                                     f"concurrency.strategy={strategy}")

    def test_two_servers_do_not_share_an_address(self):
        def body(server):
            self.check_fails(1, (f"127.0.0.1:{server.port('plain')}",), "--set",
                             f"listeners.0.port={server.port('plain')}", "--set",
                             f"concurrency.strategy={server.strategy}")
            self.check_fails(1, (server.socket,), "--set", "listeners.0.address=" + server.socket,
                             "--set", f"concurrency.strategy={server.strategy}")
            run("curl", "-sSf", "--unix-socket", server.socket, "http://localhost/text.txt")

        for_each_strategy(self, body)

    def test_the_socket_file_of_a_dead_server_is_no_obstacle(self):
        path = self.folder.path / "left_over"
        left = socket.socket(socket.AF_UNIX)
        left.bind(str(path))
        left.close()
        self.assertTrue(path.exists())
        with running_server.RunningServer(self.folder, "poll",
                                          (f"listeners.3.address={path}",)) as server:
            self.assertEqual(server.endpoints["unix"], (str(path), 0))
            run("curl", "-sSf", "--unix-socket", path, "http://localhost/text.txt")

    def test_the_port_file(self):
        def body(server):
            lines = server.ports.read_text(encoding="utf-8").splitlines()
            self.assertEqual([line.split(" ")[0] for line in lines],
                             ["plain", "tls", "six", "unix"])
            self.assertEqual(len(os.listdir(pathlib.Path(server.ports).parent)), 4)
            for name, (address, port) in server.endpoints.items():
                if name != "unix":
                    socket.create_connection((address, port)).close()

        for_each_strategy(self, body)

    def test_a_port_file_that_cannot_be_written(self):
        self.check_fails(1, ("/does/not/exist",), "--port-file", "/does/not/exist/ports", "--set",
                         "log.level=off")

    def test_the_model_in_force_is_one_line_of_the_log(self):
        def body(server):
            log = server.log # which another thread may write
            eventually(lambda: "\n" in log.read_text(encoding="utf-8"))
            line = log.read_text(encoding="utf-8").splitlines()[0]
            for word in (server.strategy, "workers 2", f"127.0.0.1:{server.port('plain')}",
                         f"[::1]:{server.port('six')}", server.socket, "TLS"):
                self.assertIn(word, line)

        for_each_strategy(self, body)


if __name__ == "__main__":
    unittest.main()
