"""What the lints share: which files there are, C++ without its comments, and how to report."""

import pathlib
import re
import sys

SKIPPED = {"build", ".git", ".cache", "__pycache__", "corpus"}
CODE = ("common", "servers", "clients", "tests", "tools")

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<mark>[^\s()\\]*)\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'",  # but not the separator in 1'000
    re.S)


def files(root, *suffixes):
    """Every file of the tree with one of the suffixes (all if none), as a path below root."""
    for path in sorted(root.rglob("*")):
        below = path.relative_to(root)
        if path.is_file() and not SKIPPED.intersection(below.parts):
            if not suffixes or path.suffix in suffixes:
                yield below


def sources(root, *suffixes):
    """The C++ files of the tree."""
    for path in files(root, *(suffixes or (".h", ".cpp"))):
        if path.parts[0] in CODE:
            yield path


def without_comments(text, keep_strings=False):
    """C++ with comments blanked, and strings emptied unless kept; line breaks stay."""
    def blank(match):
        token = match.group()
        if token.startswith("/"):
            return re.sub(r"[^\n]", " ", token)
        return token if keep_strings else '""' + "\n" * token.count("\n")
    return _TOKEN.sub(blank, text)


def read(root, path):
    return (root / path).read_text(encoding="utf-8")


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def run(check):
    """`check(root)` yields (path, line, complaint). Prints all; exits 1 if there were any."""
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = 0
    for path, line, complaint in check(root):
        print(f"{path}:{line}: {complaint}")
        found += 1
    print(f"{found} complaints" if found else "nothing to complain about")
    sys.exit(1 if found else 0)
