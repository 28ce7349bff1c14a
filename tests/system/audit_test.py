#!/usr/bin/env python3
"""What the tools of those who break servers make of ours. They take minutes, and the speed of a
release build: `./tern test --all`."""

import json
import os
import re
import shutil
import unittest

from running_server import (BINARIES, CannotRunHere, Folder, RunningServer, run_for,
                            strategies)

ECHO = 'routes=[{"path": "/echo", "methods": ["POST"], "handler": "echo", ' \
       '"echo": {"of": "body"}}]'
# Timeouts bound the harm there, as the table of strategies says.
ONE_CLIENT_A_WORKER = ("iterative", "process_pool")
DESCRIPTORS_OF_SELECT = 1024


@unittest.skipUnless(os.environ.get("TERN_TEST_ALL") and "release" in BINARIES.parts,
                     "only in ./tern test --all")
class AuditTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        cls.addClassCleanup(cls.folder.remove)

    def test_testssl_finds_nothing(self):
        report = self.folder.path / "testssl.json"
        with RunningServer(self.folder, "epoll") as server:
            run_for(300, "testssl", "--quiet", "--color", "0", "--warnings", "batch", "--jsonfile",
                    str(report), "--protocols", "--std", "--vulnerable", server.url("/", "tls"))
        findings = json.loads(report.read_text(encoding="utf-8"))
        good = {found["id"] for found in findings if found["severity"] == "OK"}
        self.assertIn("TLS1_3", good)
        self.assertIn("heartbleed", good)
        bad = [found for found in findings if found["severity"] in ("LOW", "MEDIUM", "HIGH",
                                                                    "CRITICAL")]
        self.assertEqual(bad, [])

    def test_litmus_finds_nothing(self):
        site = self.folder.path / "litmus"
        site.mkdir()
        routes = [{"path": "/dav/*", "methods": ["PUT", "DELETE", "MKCOL"], "handler": "upload",
                   "upload": {"folder": str(site / "dav")}},
                  {"path": "/dav/*", "handler": "files"}]
        settings = [f"sites.0.root={site}", "cache.revalidate_s=0", f"routes={json.dumps(routes)}"]
        for suite in ("basic", "http"):
            shutil.rmtree(site / "dav", ignore_errors=True)
            (site / "dav").mkdir()
            with RunningServer(self.folder, "epoll", settings) as server:
                done = run_for(120, "env", "-C", str(site), f"TESTS={suite}", # it leaves a log
                               "litmus", "-k", server.url("/dav/"))
            results = re.findall(rb"\d+\. (\w+)\.+ (pass|FAIL)(?: \((.*)\))?", done.stdout)
            self.assertGreater(len(results), 3, done.stdout)
            # What it says of WebDAV is true: we do not claim it.
            bad = [name for name, result, reason in results
                   if result != b"pass" and b"does not claim WebDAV" not in reason]
            self.assertEqual(bad, [], done.stdout)

    def test_slow_clients_never_keep_others_from_being_served(self):
        attacks = {"slow headers": ("-H", "/text.txt", ()),
                   "slow bodies": ("-B", "/echo", ("-s", "8192", "-t", "POST")),
                   "slow reading": ("-X", "/big.bin", ("-w", "512", "-y", "1024", "-z", "32"))}
        for strategy in strategies():
            if strategy in ONE_CLIENT_A_WORKER:
                continue
            for attack, (letter, path, options) in attacks.items():
                with self.subTest(strategy=strategy, attack=attack):
                    self.attack(strategy, letter, path, options)

    def attack(self, strategy, letter, path, options):
        clients = DESCRIPTORS_OF_SELECT // 3 if strategy == "select" else 1500
        settings = ["concurrency.max_connections=4000", ECHO]
        try:
            with RunningServer(self.folder, strategy, settings) as server:
                done = run_for(120, "slowhttptest", letter, "-c", str(clients), "-r", "500", "-i",
                               "2", "-l", "20", "-p", "5", "-u", server.url(path), *options)
        except CannotRunHere as reason:
            print(f"SKIPPED {strategy}: {reason}")
            return
        plain = re.sub(rb"\x1b\[[0-9;]*m", b"", done.stdout)
        answers = re.findall(rb"service available:\s+(\w+)", plain)
        self.assertGreater(len(answers), 1, plain)
        self.assertEqual(set(answers), {b"YES"}, plain)


if __name__ == "__main__":
    unittest.main()
