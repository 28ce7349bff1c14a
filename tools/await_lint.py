#!/usr/bin/env python3
"""Rejects the co_await forms that GCC 12 miscompiles. Usage: await_lint.py [ROOT]

A statement with co_await must be one of
    co_await CALL;    [TYPE] NAME = co_await CALL;    co_return co_await CALL;
where CALL has no brace, no ?:, no && or ||, no lambda and no second co_await. This is stricter
than the compiler needs, so that nobody has to know its faults by heart.
"""

import re

import source_tree

# It tries out the bad forms.
EXEMPT = "tests/session/compiler_test.cpp"

AWAIT = re.compile(r"(?<!operator )\bco_await\b")
ALLOWED = re.compile(
    r"^(co_await|co_return\s+co_await|\(void\)\s*co_await"
    r"|[\w:<>,&*\s\[\].\->()]+?=\s*co_await)\b(?P<call>.*)$", re.S)
LAMBDA = re.compile(r"(^|[(,=\s])\[[^\]]*\]\s*(\(|\{|mutable)")
# A call with its arguments taken out: `tasks[].run()`, `std::move()`, `read<>()`.
BARE_CALL = re.compile(r"\s*\*?[\w:]+([(\[<][)\]>]|\s*(\.|->)\s*\w+)*\s*")
LABEL = re.compile(r"^(else\s+|do\s+|case\s+[\w:]+\s*:\s*|default\s*:\s*)+")

IN_CALL = (
    (re.compile("co_await"), "two co_await in one statement: name the first one's result"),
    (LAMBDA, "lambda in an awaited call: name it first"),
    (re.compile(r"\{"), "braces in an awaited call: name the object first"),
    (re.compile(r"\?|&&|\|\|"), "?:, && or || in an awaited call: name the value first"),
)


def statement_start(text, at):
    depth = 0
    while at > 0:
        character = text[at - 1]
        if character in ")]":
            depth += 1
        elif character in "([":
            depth -= 1
        elif character in ";{}" and depth <= 0:
            break
        at -= 1
    return at


def statement_around(text, at):
    """The statement that holds text[at:], with a `{` before it if it is an initialiser's part."""
    start, end, depth = statement_start(text, at), at, 0
    while end < len(text):
        character = text[end]
        if character in "([{":
            depth += 1
        elif character == "}" and depth == 0:
            return "{" + text[start:end]
        elif character in ")]}":
            depth -= 1
        elif character == ";" and depth <= 0:
            break
        end += 1
    return text[start:end].strip()


def after_condition(statement):
    """Splits `if (…) rest` into the condition and the rest."""
    begin, depth = statement.find("("), 0
    for at in range(max(begin, 0), len(statement)):
        depth += {"(": 1, ")": -1}.get(statement[at], 0)
        if depth == 0:
            return statement[begin:at], statement[at + 1:].strip()
    return statement[begin:], ""


def without_arguments(call):
    kept, depth = "", 0
    call = re.sub(r"<[\w:\s,*&<>]*>(?=\()", "<>", call)
    for character in call:
        depth -= character in ")]"
        kept += character if depth == 0 else ""
        depth += character in "(["
    return kept


def complaint(statement):
    if statement.startswith("{"):
        return "co_await inside braces: name its result first"
    statement = LABEL.sub("", statement)
    if re.match(r"^(if|while|for|switch)\b", statement):
        condition, rest = after_condition(statement)
        if "co_await" in condition:
            return "co_await inside a condition: name its result first"
        return complaint(rest)
    if re.search(r"\b(throw|new)\b.*co_await", statement, re.S):
        return "co_await inside throw or new: name its result first"
    match = ALLOWED.match(statement)
    if not match:
        return "co_await inside a larger expression: name its result first"
    for pattern, reason in IN_CALL:
        if pattern.search(match["call"]):
            return reason
    if not BARE_CALL.fullmatch(without_arguments(match["call"])):
        return "co_await inside a larger expression: name its result first"
    return None


def check(root):
    for path in source_tree.sources(root):
        if str(path) == EXEMPT:
            continue
        text = source_tree.without_comments(source_tree.read(root, path))
        for match in AWAIT.finditer(text):
            reason = complaint(statement_around(text, match.start()))
            if reason:
                yield path, source_tree.line_of(text, match.start()), reason


if __name__ == "__main__":
    source_tree.run(check)
