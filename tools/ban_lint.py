#!/usr/bin/env python3
"""Rejects calls that are unsafe, or that make tests flaky. Usage: ban_lint.py [ROOT]"""

import re

import source_tree

# What is banned, where it is allowed all the same, and what to use instead.
CALL = r"(?<![\w.>:])(?:::|std::)?(?:%s)\s*\("
BANS = (
    (CALL % "strcpy|strcat|sprintf|vsprintf|gets", None, "unbounded: use std::string or fmt"),
    (CALL % "system|popen", None, "runs a shell: use posix_spawn or execve"),
    (CALL % "signal", None, "use sigaction"),
    (CALL % "select", r"common/strategy/(poller/)?select\w*\.(cpp|h)", "for the select strategy"),
    (CALL % "strtok|localtime|gmtime|asctime|ctime|strerror", None,
     "not thread-safe: use its _r variant"),
    (CALL % "rand|srand", None, "use <random>, or RAND_bytes for secrets"),
)
TEST_BANS = (
    (CALL % "sleep|usleep|nanosleep", None, "wait for an event, not for time"),
    (r"\bsleep_(for|until)\b", None, "wait for an event, not for time"),
)
# A word before the name makes it a declaration: `int select(`.
DECLARATION = re.compile(r"(?:\b(?!return\b|co_return\b|throw\b|else\b)\w+[\s*&]+)$")


def complaints(path, text, bans):
    for pattern, allowed, reason in bans:
        if allowed and re.fullmatch(allowed, str(path)):
            continue
        for match in re.finditer(pattern, text):
            line_start = text.rfind("\n", 0, match.start()) + 1
            before = text[line_start:match.start()]
            if "::" not in match.group() and DECLARATION.search(before):
                continue
            name = match.group().rstrip("( ")
            yield path, source_tree.line_of(text, match.start()), f"{name} is banned: {reason}"


def check(root):
    for path in source_tree.sources(root):
        text = source_tree.without_comments(source_tree.read(root, path))
        yield from complaints(path, text, BANS)
        if path.parts[0] == "tests":
            yield from complaints(path, text, TEST_BANS)
    for path in source_tree.files(root, ".py", ".sh"):
        if path.parts[0] == "tests" and path.parts[1] != "lint":
            text = re.sub(r"#.*", "", source_tree.read(root, path))
            for match in re.finditer(r"\btime\.sleep\(|^\s*sleep\s", text, re.M):
                yield (path, source_tree.line_of(text, match.end()),
                       "sleep is banned: wait for an event, not for time")


if __name__ == "__main__":
    source_tree.run(check)
