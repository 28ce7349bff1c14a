#!/usr/bin/env python3
"""Rejects files of more than 500 lines and functions of more than 80. Usage: length_lint.py [ROOT]

Comments and blank lines do not count. These are the limits beyond which nobody can argue; half of
them is what to aim for.
"""

import ast
import re

import source_tree

FILE_LIMIT = 500
FUNCTION_LIMIT = 80

CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()]*$"
                       r'|\bTEST_SUITE\s*\(""\)\s*$')


def code_lines(text):
    return sum(1 for line in text.splitlines() if line.strip())


def closing_brace(text, opening):
    depth = 0
    for at in range(opening, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    return len(text) - 1


def functions(text):
    """The (position, text) of each function of C++ without comments and strings."""
    at, statement = 0, 0
    while at < len(text):
        if text[at] == "{" and not CONTAINER.search(text[statement:at]):
            head, end = text[statement:at], closing_brace(text, at)
            # `: member_{…} {` and `value = {…};` are statements that go on.
            if text[end + 1:].lstrip()[:1] not in tuple(",{;)"):
                if "(" in head:
                    indent = len(head) - len(head.lstrip())
                    yield statement + indent, text[statement + indent:end + 1]
                statement = end + 1
            at = end
        elif text[at] in "{};":
            statement = at + 1
        at += 1


def cpp_complaints(root, path):
    text = source_tree.without_comments(source_tree.read(root, path))
    text = re.sub(r"^[ \t]*#.*$", "", text, flags=re.M)
    yield path, 1, code_lines(text), None
    for position, function in functions(text):
        name = re.sub(r"\s+", " ", function.split("(")[0]).split(" ")[-1]
        yield path, source_tree.line_of(text, position), code_lines(function), name


def python_complaints(root, path):
    text = source_tree.read(root, path)
    bare = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    yield path, 1, code_lines(bare), None
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = "\n".join(bare.splitlines()[node.lineno - 1:node.end_lineno])
            yield path, node.lineno, code_lines(body), node.name


def check(root):
    measured = []
    for path in source_tree.sources(root):
        measured += cpp_complaints(root, path)
    for path in source_tree.files(root, ".py"):
        measured += python_complaints(root, path)
    for path, line, length, name in measured:
        if name is None and length > FILE_LIMIT:
            yield path, line, f"{length} lines of code; a file has at most {FILE_LIMIT}"
        if name is not None and length > FUNCTION_LIMIT:
            yield path, line, f"{name} has {length} lines; a function has at most {FUNCTION_LIMIT}"


if __name__ == "__main__":
    source_tree.run(check)
