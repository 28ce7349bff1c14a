#!/usr/bin/env python3
"""tern-chat as people use it, in terminals and pipes, against the chat server."""

import json
import os
import pathlib
import re
import signal
import shutil
import socket
import subprocess
import tempfile
import unittest

from running_daemon import eventually
from running_server import BINARIES, PATIENCE_S, run, strategies
from terminal import Terminal

TERN_CHAT = BINARIES / "tern-chat"


class ChatServer:
    """Listens at "line", "tls" and "udp"; a second one can take the place of the first."""

    def __init__(self, folder, strategy, ports=None):
        self.folder = folder
        at = {"line": 0, "tls": 0, "udp": 0, **(ports or {})}
        tls = {"certificate": str(folder / "certificate.pem"), "key": str(folder / "key.pem")}
        configuration = folder / "chat.json"
        configuration.write_text(json.dumps({"listeners": [
            {"name": "line", "protocol": "line", "address": "127.0.0.1", "port": at["line"]},
            {"name": "tls", "protocol": "line", "address": "127.0.0.1", "port": at["tls"],
             "tls": tls},
            {"name": "udp", "protocol": "udp", "address": "127.0.0.1", "port": at["udp"]}],
            "concurrency": {"strategy": strategy, "workers": 4}}), encoding="utf-8")
        self.file = folder / "ports"
        self.file.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [BINARIES / "tern-chatd", "--config", configuration, "--port-file", self.file],
            stderr=subprocess.DEVNULL)

    def __enter__(self):
        eventually(lambda: self.file.exists() or self.process.poll() is not None)
        if self.process.poll() is not None:
            raise unittest.SkipTest("the strategy cannot run here")
        lines = self.file.read_text(encoding="utf-8").splitlines()
        self.ports = {line.split()[0]: int(line.split()[2]) for line in lines}
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_S)

    def at(self, name="line"):
        return f"{'localhost' if name == 'tls' else '127.0.0.1'}:{self.ports[name]}"


class Netcat:
    """Somebody else in the room, by the simplest means."""

    def __init__(self, test, server, name):
        self.test = test
        self.socket = socket.create_connection(("127.0.0.1", server.ports["line"]), PATIENCE_S)
        test.addCleanup(self.socket.close)
        self.file = self.socket.makefile("rb")
        test.addCleanup(self.file.close)
        self.say(name)
        self.hear(f" {name}")  # the list of those who are there
        self.hear("In lobby now")

    def say(self, line):
        self.socket.sendall(line.encode() + b"\n")

    def hear(self, part):
        while part not in (line := self.file.readline().decode()):
            self.test.assertTrue(line, f"the end came instead of {part!r}")
        return line.rstrip("\n")


class ChatClientTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost", "-keyout", str(self.folder / "key.pem"), "-out",
            str(self.folder / "certificate.pem"))

    def serve(self, strategy="poll", **options):
        server = ChatServer(self.folder, strategy, **options)
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def terminal(self, *arguments, **options):
        terminal = Terminal(self.folder, TERN_CHAT, *arguments, **options)
        self.addCleanup(terminal.end)
        return terminal

    def pipe(self, *arguments, stdin="", code=0):
        done = subprocess.run([TERN_CHAT, *arguments], input=stdin, capture_output=True,
                              text=True, check=False, timeout=PATIENCE_S)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done


@unittest.skipUnless(shutil.which("tmux"), "needs tmux")
class PersonTest(ChatClientTest):
    def test_a_conversation_under_every_strategy(self):
        for strategy in set(strategies()) - {"iterative"}: # which has one member at a time
            with self.subTest(strategy=strategy), ChatServer(self.folder, strategy) as server:
                netcat = Netcat(self, server, "leo")
                ann = self.terminal(server.at(), "--timestamps")
                ann.shows("What is your name?")
                ann.type("ann")
                ann.shows("In lobby now: ")
                netcat.hear("ann entered the room")
                ann.type("hello from a terminal")
                self.assertEqual(netcat.hear("terminal"), "ann: hello from a terminal")
                netcat.say("hello ann")
                ann.shows(lambda lines: any(re.fullmatch(r"\d\d:\d\d leo: hello ann", line)
                                            for line in lines))
                ann.type("/quit")
                self.assertEqual(ann.exit_code(), 0)
                netcat.hear("ann left the room")
                netcat.socket.close()

    def test_messages_do_not_tear_the_line_that_is_typed(self):
        server = self.serve()
        netcat = Netcat(self, server, "leo")
        ann = self.terminal(server.at(), "--name", "ann", "--no-timestamps", columns=40)
        ann.shows("In lobby now: ")
        # 你好，世界 is ten columns wide, and the whole wraps.
        typed = "你好，世界 " + "abcdefghi " * 5 + "end"
        ann.write(typed)
        shown = [line for line in (typed[:32], typed[32:]) if line]
        ann.shows(lambda lines: lines[-1:] != [] and lines[-1].endswith("end"))
        for number in range(20):
            netcat.say(f"message {number} 小明")
        ann.shows("message 19")
        ann.shows(lambda lines: lines[-1:] != [] and lines[-1].endswith("end") and
                  "".join(lines[-2:]).replace(" ", "") == "> ".strip() + typed.replace(" ", ""))
        lines = ann.lines()
        for number in range(20):
            self.assertIn(f"leo: message {number} 小明", lines, shown)
        # The cursor is where the text ends, and goes back by whole characters.
        ann.keys("Home", "Right", "Right", "Delete", "C-e", "!", "Enter")
        self.assertEqual(netcat.hear("end"), "ann: 你好世界 " + typed[6:] + "!")
        ann.type("/quit")
        self.assertEqual(ann.exit_code(), 0)

    def test_wide_characters_keep_the_cursor_right(self):
        server = self.serve()
        ann = self.terminal(server.at(), "--name", "ann")
        ann.shows("In lobby now: ")
        ann.write("你好a")
        ann.shows("> 你好a")
        eventually(lambda: ann.cursor()[0] == 2 + 2 + 2 + 1)
        ann.keys("BSpace", "BSpace")
        eventually(lambda: ann.cursor()[0] == 2 + 2)

    def test_names_and_commands_are_completed(self):
        server = self.serve()
        netcat = Netcat(self, server, "leonardo")
        ann = self.terminal(server.at(), "--name", "ann")
        ann.shows("In lobby now: ")
        ann.write("leo")
        ann.keys("Tab")
        ann.shows("> leonardo:")
        ann.type("hi")
        self.assertEqual(netcat.hear("hi"), "ann: leonardo: hi")
        ann.write("/ms")
        ann.keys("Tab")
        ann.shows("> /msg")
        ann.write("leo")
        ann.keys("Tab")
        ann.shows("> /msg leonardo")
        ann.type("in private")
        self.assertIn("to you: in private", netcat.hear("private"))
        ann.keys("Up", "Up", "Enter")  # history
        self.assertEqual(netcat.hear("hi"), "ann: leonardo: hi")

    def test_a_lost_connection_comes_back(self):
        server = self.serve()
        ann = self.terminal(server.at(), "--name", "ann")
        ann.shows("In lobby now: ann")
        server.__exit__()
        ann.shows("connection lost: ")
        ann.shows("trying again in ")
        ann.write("half a li")
        # The port of a connection that has ended is nobody else's for a while; others may be.
        again = self.serve(ports={"line": server.ports["line"]})
        ann.shows("connected again")
        ann.shows(lambda lines: sum("In lobby now: ann" in line for line in lines) == 2)
        netcat = Netcat(self, again, "leo")
        ann.type("ne")
        self.assertEqual(netcat.hear("ann:"), "ann: half a line")

    def test_signals_leave_the_terminal_as_it_was(self):
        server = self.serve()
        script = ('trap : INT; before=$(stty -g); "$0" "$@"; code=$?; '
                  '[ "$before" = "$(stty -g)" ] && echo same terminal, $code')
        shell = Terminal(self.folder, "sh", "-c", script, TERN_CHAT, server.at())
        self.addCleanup(shell.end)
        shell.shows("What is your name?")
        shell.keys("C-c")
        shell.shows("same terminal, 130")

    def test_a_name_in_use_is_asked_for_again(self):
        server = self.serve()
        Netcat(self, server, "ann")
        ann = self.terminal(server.at(), "--name", "ann")
        ann.shows("in use")
        ann.type("eve")
        ann.shows("Hello eve")

    def test_nothing_that_is_received_controls_the_terminal(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            ann = self.terminal(f"127.0.0.1:{listener.getsockname()[1]}", "--no-reconnect")
            peer, _ = listener.accept()
            with peer:
                peer.sendall(b"hello\n\x1b[2J\x1b]0;evil\x07\x9b31m\xc2\x9b\r\x08 \xe2\x80\xaex\n"
                             b"an unfinished line")
                ann.shows(lambda lines: "".join(lines[-2:-1])[len("12:34 "):] ==
                          "\\x1b[2J\\x1b]0;evil\\x07\\x9b31m\\u009b\\r\\x08 \\u202ex")
                ann.shows("hello")
        self.assertEqual(ann.exit_code(), 1)
        self.assertIn("connection lost", ann.screen())

    def test_colours_only_where_they_are_wanted(self):
        server = self.serve()
        Netcat(self, server, "leo").say("in colour")
        for environment, wanted in (({}, True), ({"NO_COLOR": "1"}, False)):
            ann = self.terminal(server.at(), "--name", f"ann{wanted}", **environment)
            ann.shows("In lobby now: ")
            ann.type("/history")
            ann.shows("in colour")
            netcat = Netcat(self, server, f"eve{wanted}")
            netcat.say("hello")
            ann.shows(": hello")
            escapes = re.findall(r"\x1b\[\d*m", ann.screen(colours=True))
            self.assertEqual(bool(escapes), wanted, escapes)
            ann.keys("C-d")
            self.assertEqual(ann.exit_code(), 0)


class PipeTest(ChatClientTest):
    def test_lines_go_in_and_messages_come_out(self):
        for strategy in strategies():
            with self.subTest(strategy=strategy), ChatServer(self.folder, strategy) as server:
                trust = ("--tls", "--cafile", str(self.folder / "certificate.pem"))
                for name, options in (("line", ()), ("tls", trust), ("udp", ("--udp",))):
                    done = self.pipe(server.at(name), "--name", f"ann{name}", *options,
                                     stdin="/me waves\n/who\nlast line without an end")
                    heard = done.stdout.splitlines()
                    self.assertEqual(heard[1], f"Hello ann{name}. Type /help to see what you can "
                                     "do.", heard)
                    self.assertEqual(heard[-1], f"Goodbye ann{name}")

    def test_what_is_said_arrives(self):
        server = self.serve()
        netcat = Netcat(self, server, "leo")
        for name, options in (("line", ()), ("udp", ("--udp",)), ("tls", ("--tls", "-k"))):
            self.pipe(server.at(name), "-n", name, *options, stdin="你好\nend\n")
            self.assertEqual(netcat.hear("你好"), f"{name}: 你好")
            self.assertEqual(netcat.hear("end"), f"{name}: end")
            netcat.hear(f"{name} left")

    def test_the_first_line_is_the_name_where_none_is_given(self):
        server = self.serve()
        heard = self.pipe(server.at(), stdin="eve\n/who\n").stdout
        self.assertIn("Hello eve", heard)

    def test_it_stays_when_the_input_has_ended_and_it_was_asked_to(self):
        server = self.serve()
        client = subprocess.Popen([TERN_CHAT, server.at(), "-n", "log", "--stay"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(client.stdout.close)
        self.addCleanup(client.wait)
        netcat = Netcat(self, server, "leo")
        while "In lobby now" not in client.stdout.readline():
            pass
        netcat.say("for the log")
        while (line := client.stdout.readline()) != "leo: for the log\n":
            self.assertTrue(line)
        client.send_signal(signal.SIGTERM)
        self.assertEqual(client.wait(PATIENCE_S), 130)

    def test_a_certificate_that_nobody_vouches_for_is_refused(self):
        server = self.serve()
        self.assertIn("certificate", self.pipe(server.at("tls"), "--tls", code=1).stderr)
        file = str(self.folder / "certificate.pem")
        wrong = f"127.0.0.1:{server.ports['tls']}" # which it is not for
        self.assertIn("mismatch", self.pipe(wrong, "--tls", "--cafile", file, code=1).stderr)

    def test_help_and_bad_arguments(self):
        for word in ("Examples:", "--udp", "--no-prompt", "Exit codes:"):
            self.assertIn(word, self.pipe("--help").stdout)
        for arguments in ((), ("--unknown",), ("a:b:c:0]",), ("localhost:0",),
                          ("localhost", "--tls", "--udp"), ("localhost", "--cafile", "x")):
            if arguments != ("a:b:c:0]",):
                self.assertRegex(self.pipe(*arguments, code=2).stderr, "^tern-chat: .*--help")

    def test_nobody_listens(self):
        for kind, word, options in ((socket.SOCK_STREAM, "refused", ()),
                                    (socket.SOCK_DGRAM, "nobody", ("--udp",))):
            with socket.socket(type=kind) as taken: # by one who hears nobody
                taken.bind(("127.0.0.1", 0))
                address = taken.getsockname()
                if kind == socket.SOCK_DGRAM:
                    taken.connect(address)
                said = self.pipe(f"127.0.0.1:{address[1]}", *options, code=1).stderr
            self.assertIn(word, said)


if __name__ == "__main__":
    unittest.main()
