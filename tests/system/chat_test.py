#!/usr/bin/env python3
"""People at real programs, nc and a terminal, and what killing a member's process does."""

import json
import os
import pathlib
import pty
import shutil
import signal
import subprocess
import tempfile
import unittest
import urllib.request

from running_daemon import BINARIES, PATIENCE_S, eventually


class ChatServer:
    """Listens at "line", "udp", "irc" and "metrics"."""

    def __init__(self, test, strategy="epoll", stdin=subprocess.DEVNULL, stdout=None):
        temporary = tempfile.TemporaryDirectory(prefix="tern-test-")
        test.addCleanup(temporary.cleanup)
        folder = pathlib.Path(temporary.name)
        listeners = [{"name": name, "protocol": name, "address": "127.0.0.1"}
                     for name in ("line", "udp", "irc")]
        (folder / "chat.json").write_text(json.dumps({
            "listeners": listeners, "metrics_listener": {"port": 0},
            "concurrency": {"strategy": strategy, "workers": 4}}), encoding="utf-8")
        ports = folder / "ports"
        self.process = subprocess.Popen(
            [BINARIES / "tern-chatd", "--config", folder / "chat.json", "--port-file", ports],
            stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=None if stdin == subprocess.DEVNULL else take_terminal)
        test.addCleanup(self.stop, test)
        eventually(ports.exists)
        words = [line.split(" ") for line in ports.read_text(encoding="utf-8").splitlines()]
        self.port = {name: port for name, _, port in words}

    def stop(self, test):
        self.process.send_signal(signal.SIGTERM)
        test.assertEqual(self.process.wait(PATIENCE_S), 0)

    def descriptors(self):
        """How many each child of the server has."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(child): len(os.listdir(f"/proc/{child}/fd"))
                for child in tasks.read_text(encoding="utf-8").split()}

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port['metrics']}/metrics",
                                    timeout=PATIENCE_S) as answer:
            return answer.read().decode().splitlines()


def take_terminal():
    """In the server's process: its standard input becomes its controlling terminal."""
    import fcntl
    import termios
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Program:
    """nc, by TCP or UDP."""

    def __init__(self, test, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)
        self.test = test
        self.prefix = self.suffix = ""
        self.heard = []
        test.addCleanup(self.process.wait, PATIENCE_S)
        test.addCleanup(self.process.kill)
        test.addCleanup(self.process.stdin.close)
        test.addCleanup(self.process.stdout.close)

    def say(self, line):
        self.process.stdin.write(line + "\n")

    def utter(self, text):
        """To the room, in the words of the member's door."""
        self.say(self.prefix + text + self.suffix)

    def hear(self, part):
        """Reads until a line has `part`; returns that line."""
        line = ""
        while part not in line:
            line = self.process.stdout.readline()
            self.test.assertTrue(line, f"the end came instead of {part!r}")
            line = line.rstrip("\r\n")
            self.heard.append(line)
        return line


def by_line(test, server, name):
    member = Program(test, "nc", "127.0.0.1", server.port["line"])
    member.say(name)
    member.hear(f"Hello {name}.")
    return member


def by_datagrams(test, server, name):
    member = Program(test, "nc", "-u", "127.0.0.1", server.port["udp"])
    member.say("Hello. I would like to enter, please.")
    token = member.hear("Begin lines with ").split()[-1]
    member.say(f"{token} {name}")
    member.hear(f"Hello {name}.")
    member.prefix = token + " "
    return member


def by_irc(test, server, name):
    member = Program(test, "nc", "127.0.0.1", server.port["irc"])
    member.say(f"NICK {name}\r\nUSER {name} 0 * :{name}\r\nJOIN #lobby\r")
    member.hear(" 366 ")
    member.prefix, member.suffix = "PRIVMSG #lobby :", "\r"
    return member


def said_in(line):
    """("leo", "text") of what somebody says, in the words of any door."""
    if " PRIVMSG #" in line:
        source, _, _, text = line.split(" ", 3)
        return source[1:].split("!")[0], text.removeprefix(":")
    name, _, text = line.partition(": ")
    return name, text


def give_up(number, frame):
    raise TimeoutError("it did not come in time")


@unittest.skipUnless(shutil.which("nc"), "needs nc")
class OneRoomTest(unittest.TestCase):
    LINES = 15  # within what one may say at once

    def setUp(self):
        signal.signal(signal.SIGALRM, give_up)
        signal.alarm(5 * PATIENCE_S)
        self.addCleanup(signal.alarm, 0)

    def test_nc_irc_and_udp_members_hear_each_other_in_one_order(self):
        for strategy in ("fork_per_client", "process_pool", "thread_pool", "epoll", "asio"):
            with self.subTest(strategy):
                server = ChatServer(self, strategy)
                members = {"leo": by_line(self, server, "leo"),
                           "una": by_datagrams(self, server, "una"),
                           "ira": by_irc(self, server, "ira")}
                self.assertEqual(members["leo"].hear("ira "), "ira entered the room")
                for i in range(self.LINES):
                    for member in members.values():
                        member.utter(f"line {i}")
                    # nc makes one datagram of lines that come at once
                    members["leo"].hear(f"una: line {i}")
                heard = {name: self.listen(member) for name, member in members.items()}
                whole = self.merged(heard)
                self.assertEqual(len(whole), len(members) * self.LINES)

    def listen(self, member):
        """All that the other two have said."""
        def lines():
            return [line for line in map(said_in, member.heard) if line[1].startswith("line ")]
        while len(lines()) < 2 * self.LINES:
            member.hear("line ")
        return lines()

    def merged(self, heard):
        """The one order that agrees with what each of them has heard, who lacks his own lines."""
        rest = {name: list(lines) for name, lines in heard.items()}
        whole = []
        while any(rest.values()):
            fitting = [line for lines in rest.values() for line in lines[:1]
                       if all(other[:1] == [line] or name == line[0]
                              for name, other in rest.items())]
            self.assertTrue(fitting, f"no common order: {rest}")
            whole.append(fitting[0])
            for name, lines in rest.items():
                if name != fitting[0][0]:
                    self.assertEqual(lines.pop(0), fitting[0])
        return whole

    def test_who_loses_his_process_has_left_and_the_others_talk_on(self):
        for strategy in ("fork_per_client", "process_pool"):
            with self.subTest(strategy):
                server = ChatServer(self, strategy)
                leo = by_line(self, server, "leo")
                before = server.descriptors()
                ira = by_irc(self, server, "ira")
                after = server.descriptors()
                (his,) = [child for child in after if after[child] > before.get(child, 0)]
                leo.hear("ira entered the room")
                os.kill(his, signal.SIGKILL)
                self.assertEqual(leo.hear("ira "), "ira left the room")
                una = by_datagrams(self, server, "una")
                another = by_irc(self, server, "ira")  # the name is free again
                another.utter("still here")
                self.assertEqual(leo.hear("here"), "ira: still here")
                una.utter("me too")
                self.assertIn("una", another.hear("me too"))
                leo.say("/who")
                self.assertIn("In lobby now: ", leo.hear("lobby"))
                leo.say("done")
                self.assertEqual(said_in(another.hear("done")), ("leo", "done"))


class TerminalTest(unittest.TestCase):
    def test_a_line_typed_at_the_servers_terminal_is_announced(self):
        keyboard, terminal = pty.openpty()
        self.addCleanup(os.close, keyboard)
        server = ChatServer(self, stdin=terminal, stdout=terminal)
        os.close(terminal)
        leo = by_line(self, server, "leo")
        os.write(keyboard, "lunch at noon\n".encode())
        self.assertEqual(leo.hear("noon"), "ADMINISTRATOR: lunch at noon")
        os.write(keyboard, b"\xff\nreally\n")
        self.assertEqual(leo.hear("ADMIN"), "ADMINISTRATOR: really")
        os.write(keyboard, b"\x04")  # the end of the input is not the end of the server
        leo.say("/who")
        self.assertEqual(leo.hear("lobby"), "In lobby now: leo")
        screen = ""
        while screen.count("Announced") < 2:
            screen += os.read(keyboard, 4096).decode("latin-1")
        self.assertIn("The line is not valid UTF-8", screen)


class MetricsTest(unittest.TestCase):
    def test_prometheus_finds_the_numbers(self):
        for strategy in ("epoll", "fork_per_client"):
            with self.subTest(strategy):
                server = ChatServer(self, strategy)
                by_line(self, server, "leo")
                eventually(lambda: "tern_chat_members 1" in server.metrics())


if __name__ == "__main__":
    unittest.main()
