#!/usr/bin/env python3
"""Checks that every header compiles alone. Usage: header_lint.py [ROOT]

What was found good is remembered in build/headers by the hash of all that was compiled, so a
second run only preprocesses.
"""

import concurrent.futures
import hashlib
import os
import subprocess

import source_tree

COMPILER = ["g++", "-std=c++20", "-x", "c++", "-I", ".", "-I", "build/release/generated_files"]
WARNINGS = ["-Wall", "-Wextra", "-Werror"]


def compile_alone(root, path):
    """The compiler's first complaint about the header, or None."""
    unit = f'#include "{path}"\n#include "{path}"\n'
    whole = subprocess.run(COMPILER + ["-E", "-P", "-"], input=unit, text=True, cwd=root,
                           capture_output=True, check=False)
    if whole.returncode != 0:
        return whole.stderr.strip()
    good = root / "build/headers" / hashlib.sha256(whole.stdout.encode()).hexdigest()
    if good.exists():
        return None
    result = subprocess.run(COMPILER + WARNINGS + ["-fsyntax-only", "-"], input=unit, text=True,
                            cwd=root, capture_output=True, check=False)
    if result.returncode != 0:
        return result.stderr.strip()
    good.parent.mkdir(parents=True, exist_ok=True)
    good.touch()
    return None


def check(root):
    headers = [path for path in source_tree.sources(root, ".h") if path.parts[0] != "tests"]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda path: compile_alone(root, path), headers)
        for path, problem in zip(headers, results):
            if problem:
                yield path, 1, "does not compile alone\n" + problem


if __name__ == "__main__":
    source_tree.run(check)
