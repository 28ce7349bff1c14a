#!/usr/bin/env python3
"""Runs clang-tidy over common, servers and clients. Usage: tidy.py BUILD_FOLDER

BUILD_FOLDER holds the compile_commands.json of a clang build. A file found good is remembered, in
the user's cache as ccache does, by the hash of all that it includes: only what has changed is
checked again, in whichever clone.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
CHECKED = ("common/", "servers/", "clients/")
REMEMBERED = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache",
                          "tern/tidy")
TIDY = "clang-tidy-14"
COMPILER = "clang++-14"


def fingerprint(path, command):
    """A hash of the file with all that it includes, its comments (NOLINT) and our settings."""
    options = [word.replace(str(ROOT), ".") for word in shlex.split(command)
               if word.startswith(("-I", "-D", "-std", "-f"))]
    whole = subprocess.run([COMPILER, *options, "-E", "-C", "-P", path], cwd=ROOT, check=False,
                           capture_output=True)
    if whole.returncode != 0:
        return None  # clang-tidy will say why
    settings = (ROOT / ".clang-tidy").read_bytes()
    return hashlib.sha256(settings + " ".join(options).encode() + whole.stdout).hexdigest()


def complaints(path, command, build_folder):
    digest = fingerprint(path, command)
    if digest is not None and (REMEMBERED / digest).exists():
        return ""
    result = subprocess.run([TIDY, "--quiet", "-p", build_folder, path], cwd=ROOT, text=True,
                            capture_output=True, check=False)
    if result.returncode != 0:
        return result.stdout + result.stderr
    if digest is not None:
        (REMEMBERED / digest).touch()
    return ""


def main(build_folder):
    REMEMBERED.mkdir(parents=True, exist_ok=True)
    units = {}
    for unit in json.loads(pathlib.Path(build_folder, "compile_commands.json").read_text()):
        path = os.path.relpath(os.path.join(unit["directory"], unit["file"]), ROOT)
        if path.startswith(CHECKED):
            units[path] = unit["command"]
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(complaints, path, command, build_folder)
                for path, command in sorted(units.items())]
        for job in jobs:
            bad += job.result() != ""
            print(job.result(), end="", flush=True)
    print(f"clang-tidy: {len(units)} files, {bad} with complaints")
    return 1 if bad or not units else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
