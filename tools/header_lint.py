#!/usr/bin/env python3
"""Checks that every header compiles alone. Usage: header_lint.py [ROOT]

Through ccache where there is one: what has not changed was found good before.
"""

import concurrent.futures
import os
import shutil
import subprocess

import source_tree

COMPILER = ["g++", "-std=c++20", "-I", ".", "-I", "build/release/generated_files", "-Wall",
            "-Wextra", "-Werror"]


def compile_alone(root, path):
    """The compiler's first complaint about the header, or None."""
    unit = root / "build/headers" / path.with_suffix(".cpp")
    unit.parent.mkdir(parents=True, exist_ok=True)
    unit.write_text(f'#include "{path}"\n#include "{path}"\n', encoding="utf-8")
    command = COMPILER + ["-c", str(unit.relative_to(root)),
                          "-o", str(unit.relative_to(root).with_suffix(".o"))]
    if cache := shutil.which("ccache"):
        command.insert(0, cache)
    result = subprocess.run(command, text=True, cwd=root, capture_output=True, check=False,
                            env={**os.environ, "CCACHE_BASEDIR": str(root), "CCACHE_NOHASHDIR": "1"})
    return result.stderr.strip() if result.returncode != 0 else None


def check(root):
    headers = [path for path in source_tree.sources(root, ".h") if path.parts[0] != "tests"]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda path: compile_alone(root, path), headers)
        for path, problem in zip(headers, results):
            if problem:
                yield path, 1, "does not compile alone\n" + problem


if __name__ == "__main__":
    source_tree.run(check)
