#!/usr/bin/env python3
"""Pages of tern-httpd in a real browser, over HTTP/2: under one strategy of each kind."""

import base64
import contextlib
import hashlib
import json
import unittest

from browser import needs_browser, play
from running_server import BINARIES, CannotRunHere, Folder, RunningServer, content_of, run

MANY = 30
NUMBERS = range(MANY)
PAGE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Many small things</title>
<link rel="icon" href="data:,">
{"".join(f'<link rel="stylesheet" href="/style/{n}.css">' for n in NUMBERS)}
<style>#tiles {{ display: grid; grid-template-columns: repeat(10, 3em); gap: .3em }}</style>
<script type="module" src="/module/all.js"></script></head>
<body><h1>Many small things</h1><div id="tiles">
{"".join(f'<div id="tile{n}"><img src="/image/{n}.svg" alt="{n}"></div>' for n in NUMBERS)}
</div></body></html>
"""


class Site(Folder):
    """A page of many small things, each of which shows whether it has come."""

    files = {"index.html": PAGE.encode(), "big.bin": content_of(5_000_000),
             "module/all.js": "\n".join(
                 [f"import {{ number as n{n} }} from './{n}.js';" for n in NUMBERS]
                 + [f"window.modules = [{', '.join(f'n{n}' for n in NUMBERS)}];"]).encode()}
    for n in NUMBERS:
        files[f"style/{n}.css"] = f"#tile{n} {{ background: rgb({n}, {200 - n}, 200) }}".encode()
        files[f"module/{n}.js"] = f"export const number = {n};".encode()
        files[f"image/{n}.svg"] = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{n + 1}" height="24">'
            f'<rect width="{n + 1}" height="24" fill="#046"/></svg>').encode()

    def fingerprint(self):
        """Of the certificate's key, for a browser to trust it by."""
        key = run("openssl", "x509", "-in", self.certificate, "-noout", "-pubkey").stdout
        return base64.b64encode(hashlib.sha256(base64.b64decode(
            b"".join(key.splitlines()[1:-1]))).digest()).decode()


def routes(incoming):
    return json.dumps([
        {"path": "/*", "handler": "files", "headers": {"Cache-Control": "no-cache"}},
        {"path": "/incoming/*", "handler": "upload", "body_bytes": 10_000_000,
         "upload": {"folder": str(incoming), "fsync": False}},
        {"path": "/echo", "handler": "echo", "echo": {"of": "body"}, "methods": ["POST"],
         "body_bytes": 10_000_000},
        {"path": "/socket", "handler": "websocket_echo", "websocket_echo": {}}])


@needs_browser
class BrowserHttp2Test(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.remove)

    def start(self, running, strategy):
        """Where a new server is that stops with `running`; its uploads and its log stay."""
        incoming = self.site.path / strategy
        incoming.mkdir()
        log = self.site.path / f"{strategy}.log"
        server = running.enter_context(RunningServer(
            self.site, strategy, [f"routes={routes(incoming)}", "log.access.format=combined",
                                  f"log.access.file={log}"]))
        return server.url("", "tls")

    def check_what_it_left(self, strategy):
        self.assertEqual((self.site.path / strategy / "upload.bin").read_bytes(),
                         self.site.files["big.bin"][:600_000])
        log = (self.site.path / f"{strategy}.log").read_text(encoding="utf-8")
        # The last is RFC 8441's CONNECT, which stands for GET.
        for asked in ("GET / ", "PUT /incoming/upload.bin ", "POST /echo ", "GET /socket "):
            self.assertIn(f'"{asked}HTTP/2.0"', log)
        self.assertNotIn("HTTP/1.1", log)

    def test_pages_downloads_uploads_and_websockets(self):
        pictures = BINARIES.parent / "screenshots"
        pictures.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(self.site.files["big.bin"]).hexdigest()
        played = []
        with contextlib.ExitStack() as running:
            for strategy in ("epoll", "fork_per_client", "thread_pool"):
                with contextlib.suppress(CannotRunHere):
                    played += [strategy, self.start(running, strategy)]
            code, said = play("browser_http2.cjs", [self.site.fingerprint(), str(MANY), digest,
                                                    pictures, *played], self.site.path)
            self.assertEqual(code, 0, said)
        for strategy in played[::2]:
            self.check_what_it_left(strategy)


if __name__ == "__main__":
    unittest.main()
