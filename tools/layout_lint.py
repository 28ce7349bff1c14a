#!/usr/bin/env python3
"""Checks what lies where. Usage: layout_lint.py [ROOT]

 - Nothing at the top level but what the README explains.
 - No file names a path of somebody's machine.
 - Names are snake_case, and none is a drawer for everything.
"""

import re

import source_tree

TOP_LEVEL = {
    "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "clients", "common", "config",
    "docker", "docs", "servers", "tern", "tests", "tools",
}
# Homes and workshops; a server's example may well name /srv, /var or /etc.
MACHINE_PATH = re.compile(r"(?<![\w.@}\])-])/(?:work|farm|home|root|Users|mnt|workspace)/[\w.]")
DRAWER = re.compile(r"(^|_)(utils?|helpers?|misc|manager|common)(_|$)")
TEXT = {".cpp", ".h", ".py", ".sh", ".md", ".json", ".cmake", ".txt", ".in", ".yaml", ".yml", ""}


def check(root):
    for path in sorted(root.iterdir()):
        ignored = path.name.startswith(".") or path.name in source_tree.SKIPPED
        if not ignored and path.name not in TOP_LEVEL:
            yield path.name, 1, "not in the layout of the top level"
    for path in source_tree.files(root):
        if path.suffix in TEXT:
            text = (root / path).read_text(encoding="utf-8", errors="replace")
            for match in MACHINE_PATH.finditer(text):
                yield path, source_tree.line_of(text, match.start()), "names a path of one machine"
    for path in source_tree.sources(root):
        if not re.fullmatch(r"[a-z0-9_]+", path.stem):
            yield path, 1, "a source file's name is snake_case"
        elif DRAWER.search(path.stem):
            yield path, 1, "name a file for the one thing that is in it"


if __name__ == "__main__":
    source_tree.run(check)
