#!/usr/bin/env python3
"""`hash-password` of the servers that have users: at a terminal, and from a pipe."""

import os
import pty
import subprocess
import termios
import unittest

from running_server import BINARIES, PATIENCE_S, run

PROGRAMS = ["tern-chatd", "tern-ftpd"]


class Conversation:
    """At a terminal of its own, whose other end is `terminal`."""

    def __init__(self, program):
        self.terminal, self.theirs = pty.openpty()
        self.process = subprocess.Popen([BINARIES / program, "hash-password"], stdin=self.theirs,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        os.close(self.terminal)
        os.close(self.theirs)

    def answer(self, prompt, line):
        said = b""
        while not said.endswith(prompt):
            byte = self.process.stderr.read(1)
            if not byte:
                raise AssertionError(f"{said} and not {prompt}")
            said += byte
        os.write(self.terminal, line + b"\n")

    def end(self):
        out, errors = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out, errors

    def shown(self):
        """What the terminal shows of what was typed."""
        os.set_blocking(self.terminal, False)
        try:
            return os.read(self.terminal, 1000)
        except BlockingIOError:
            return b""


class HashPasswordTest(unittest.TestCase):
    def test_a_terminal_is_asked_twice_and_shows_nothing(self):
        for program in PROGRAMS:
            with self.subTest(program=program), Conversation(program) as conversation:
                conversation.answer(b"Password: ", b"secret")
                conversation.answer(b"Once more: ", b"secret")
                code, out, _ = conversation.end()
                self.assertEqual((code, out[:3], out.count(b"\n")), (0, b"$y$", 1))
                self.assertNotIn(b"secret", conversation.shown())
                flags = termios.tcgetattr(conversation.theirs)[3]
                self.assertTrue(flags & termios.ECHO)

    def test_two_passwords_are_none(self):
        with Conversation(PROGRAMS[0]) as conversation:
            conversation.answer(b"Password: ", b"secret")
            conversation.answer(b"Once more: ", b"secrets")
            code, out, errors = conversation.end()
            self.assertEqual((code, out), (2, b""))
            self.assertIn(b"two passwords", errors)

    def test_a_pipe_is_read_and_not_asked(self):
        for program in PROGRAMS:
            with self.subTest(program=program):
                done = run(BINARIES / program, "hash-password", stdin=b"secret\n")
                self.assertEqual((done.stdout[:3], done.stderr), (b"$y$", b""))
                none = run(BINARIES / program, "hash-password", stdin=b"\n", check=False)
                self.assertEqual((none.returncode, none.stdout), (2, b""))


if __name__ == "__main__":
    unittest.main()
