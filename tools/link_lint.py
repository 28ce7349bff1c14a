#!/usr/bin/env python3
"""Rejects links in Markdown that lead nowhere. Usage: link_lint.py [ROOT]

A relative link names a file or folder of the tree, and if it goes to a heading of a page, one that the
page has. Every strategy of the registry has its page, and every page of docs is linked by another.
"""

import re

import source_tree

LINK = re.compile(r"\]\(([^)\s]+)\)")
ELSEWHERE = re.compile(r"^[a-z]+:")


def links_of(root, page):
    """The links of a page, without those in code."""
    text = re.sub(r"```.*?```|`[^`\n]*`", lambda code: re.sub(r"[^\n]", " ", code.group()),
                  source_tree.read(root, page), flags=re.S)
    for match in LINK.finditer(text):
        if not ELSEWHERE.match(match.group(1)):
            yield source_tree.line_of(text, match.start()), match.group(1)


def headings_of(text):
    """The anchors that a page's headings have."""
    for title in re.findall(r"^#+ +(.+?) *$", text, re.M):
        yield re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def check(root):
    linked = set()
    pages = list(source_tree.files(root, ".md"))
    for page in pages:
        for line, link in links_of(root, page):
            name, _, anchor = link.partition("#")
            target = (root / page.parent / name).resolve() if name else (root / page).resolve()
            if not target.exists():
                yield page, line, f"{link} leads nowhere"
                continue
            if target != (root / page).resolve():
                linked.add(target)
            if anchor and target.suffix == ".md" and \
                    anchor not in headings_of(target.read_text(encoding="utf-8")):
                yield page, line, f"{link}: the page has no such heading"
    for page in pages:
        if page.parts[0] == "docs" and (root / page).resolve() not in linked:
            yield page, 1, "no other page links to it"
    registry = root / "common/strategy/registry.cpp"
    names = re.findall(r'Entry\{"(\w+)"', registry.read_text(encoding="utf-8")) \
        if registry.exists() else []
    for name in names:
        page = root / "docs/strategies" / f"{name}.md"
        if not page.exists():
            yield page.relative_to(root), 1, f"the strategy {name} has no page"


if __name__ == "__main__":
    source_tree.run(check)
