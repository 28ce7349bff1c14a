#!/usr/bin/env python3
"""Checks what includes what. Usage: include_lint.py [ROOT]

 - Lower layers never include higher ones, and no server or client another.
 - Each big library is included by one .cpp only, so that it costs one compilation and can be
   replaced in one place. Tests may include what they like.
 - Project headers are named from the root; headers say `#pragma once`; a .cpp begins with its own
   header.
"""

import re

import source_tree

# Each layer with all those that it may include.
LAYERS = {
    "common/base": {"common/base"},
    "common/protocol": {"common/base", "common/protocol"},
    "common/files": {"common/base", "common/files"},
    "common/session": {"common/base", "common/session"},
}
for below, above in (("session", "net"), ("net", "hub"), ("hub", "strategy"),
                     ("strategy", "daemon")):
    LAYERS[f"common/{above}"] = LAYERS[f"common/{below}"] | {f"common/{above}"}
LAYERS["common/simulation"] = LAYERS["common/net"] | {"common/simulation"}
SERVER_MAY = LAYERS["common/daemon"] | LAYERS["common/protocol"] | LAYERS["common/files"]
for part in ("terminal", "editing", "curl"): # what clients are made of
    LAYERS[f"common/{part}"] = {"common/base", f"common/{part}"}
CLIENT_MAY = LAYERS["common/net"] | LAYERS["common/protocol"] | LAYERS["common/files"] | {
    "common/terminal", "common/editing", "common/curl"}

# Library, its headers, and which files may include it: one .cpp, or those that match.
LIBRARIES = (
    ("Boost.Asio", r"boost/asio\b", None),
    ("Boost.Beast", r"boost/beast\b", None),
    ("liburing", r"liburing\.h", None),
    ("epoll", r"sys/epoll\.h", None),
    ("nghttp2", r"nghttp2/", None),
    ("wslay", r"wslay/", None),
    ("CLI11", r"CLI/", r"(common/daemon|clients/\w+)/arguments\.cpp|"
     r"common/base/command_line\.cpp"),
    ("readline", r"readline/", None),
    ("libcurl", r"curl/", r"common/curl/easy\.h"),
    ("valijson", r"valijson/", None),
    ("OpenSSL", r"openssl/", r"common/net/tls\w*\.cpp|(servers|clients)/ftp/digest\.cpp|"
     r"common/protocol/websocket/accept_key\.cpp"),
    ("spdlog", r"spdlog/", r"common/base/log\.cpp"),
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def layer_of(path):
    parts = str(path).split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else None


def allowed_for(layer):
    if layer.startswith("common/"):
        return LAYERS.get(layer)
    return (SERVER_MAY if layer.startswith("servers/") else CLIENT_MAY) | {layer}


def direction_complaint(path, included):
    target = layer_of(included)
    if target is None or not included.startswith(("common/", "servers/", "clients/", "tests/", "tools/")):
        return None if included.startswith("generated/") else "name its path from the root"
    if path.parts[0] in ("tests", "tools"):
        return None
    layer = layer_of(path)
    allowed = allowed_for(layer) if layer else None
    if allowed is None:
        return f"{layer or path} is no layer of common/: add it to LAYERS in tools/include_lint.py"
    if target not in allowed:
        return f"{layer} must not know {target}"
    return None


def form_complaints(root, path, text, includes):
    if path.suffix == ".h" and not re.search(r"^#pragma once$", text, re.M):
        yield path, 1, "a header without #pragma once"
    own = path.with_suffix(".h")
    if path.suffix == ".cpp" and (root / own).exists() and includes and includes[0][2] != str(own):
        yield path, includes[0][0], f'"{own}" must be the first include'


def library_complaints(path, includes, users):
    """Complains about a file by itself; notes in `users` who uses a library that one may use."""
    for line, _, included in includes:
        for name, headers, may in LIBRARIES:
            if not re.match(headers, included):
                continue
            if may is not None and not re.fullmatch(may, str(path)):
                yield path, line, f"{name} is for {may} only"
            elif may is None and path.suffix != ".cpp":
                yield path, line, f"{name} in a header: it is for one .cpp only"
            elif may is None:
                users.setdefault(name, {})[path] = line


def check(root):
    users = {}
    for path in source_tree.sources(root):
        text = source_tree.without_comments(source_tree.read(root, path), keep_strings=True)
        includes = [(source_tree.line_of(text, m.start(1)), m[1], m[2])
                    for m in INCLUDE.finditer(text)]
        yield from form_complaints(root, path, text, includes)
        for line, bracket, included in includes:
            reason = direction_complaint(path, included) if bracket == '"' else None
            if reason:
                yield path, line, f"includes {included}: {reason}"
        if path.parts[0] not in ("tests", "tools"):
            yield from library_complaints(path, includes, users)
    for name, paths in users.items():
        for path, line in list(paths.items())[1:]:
            yield path, line, f"{name} is included by {next(iter(paths))} already, and once is all"


if __name__ == "__main__":
    source_tree.run(check)
