"""What benchmarks do to a server: requests by wrk or h2load, and connections that only stay."""
import re
import resource
import socket
import subprocess

from contenders import LOAD_CORE


def milliseconds(text):
    match = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text)
    if not match:  # wrk has seen too few answers
        return float("nan")
    number, unit = match.groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[unit]


def requests(contender, row, seconds):
    """One round of wrk: what it saw, and what that cost the server."""
    scheme, port = ("https", contender.tls_port) if row.tls else ("http", contender.port)
    before = contender.cpu()
    output = subprocess.run(
        ["taskset", "-c", LOAD_CORE, "wrk", "--latency", "-t1", f"-c{row.connections}",
         f"-d{seconds}s", *row.options, f"{scheme}://127.0.0.1:{port}{row.path}"],
        check=True, capture_output=True, text=True).stdout
    cost = contender.cpu() - before
    count = int(re.search(r"(\d+) requests in", output).group(1))
    errors = re.search(r"Socket errors: (.*)|Non-2xx or 3xx responses: (.*)", output)
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1)),
        "cpu": cost / max(count, 1) * 1e6,
        "time": milliseconds(re.search(r"99%\s+(\S+)", output).group(1)),
        "errors": errors.group(0).strip() if errors else "",
    }


def http2_requests(contender, row, seconds):
    """The same by h2load, over HTTP/2: with prior knowledge, or as TLS agrees on it."""
    scheme, port = ("https", contender.tls_port) if row.tls else ("http", contender.port)
    before = contender.cpu()
    output = subprocess.run(
        ["taskset", "-c", LOAD_CORE, "h2load", "-t1", f"-c{row.connections}", f"-m{row.streams}",
         f"-D{seconds}", f"{scheme}://127.0.0.1:{port}{row.path}"],
        check=True, capture_output=True, text=True).stdout
    cost = contender.cpu() - before
    good = int(re.search(r"status codes: (\d+) 2xx", output).group(1))
    failed = re.search(r"requests: .*?(\d+) failed, (\d+) errored, (\d+) timeout", output)
    times = re.search(r"time for request: +\S+ +(\S+)", output)  # the longest
    return {
        "rate": float(re.search(r"([\d.]+) req/s", output).group(1)),
        "cpu": cost / max(good, 1) * 1e6,
        "time": milliseconds(times.group(1)),
        "errors": failed.group(0) if any(int(n) for n in failed.groups()) or not good else "",
    }


def read_answer(connection):
    """One answer that has a Content-Length."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            raise RuntimeError("the server has ended the connection")
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    left = int(re.search(rb"(?i)\r\ncontent-length: *(\d+)", head).group(1)) - len(body)
    while left > 0:
        left -= len(connection.recv(left))


def memory_of_idle(contender, path, count):
    """Bytes (PSS of the whole process tree) for each connection that has had one answer."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    connections = []

    def open_one():
        connection = socket.create_connection(("127.0.0.1", contender.port))
        connections.append(connection)
        connection.sendall(request)
        read_answer(connection)

    try:
        open_one()  # what the first one needs is not each one's
        before = contender.memory()
        for _ in range(count):
            open_one()
        return (contender.memory() - before) / count
    finally:
        for connection in connections:
            connection.close()
