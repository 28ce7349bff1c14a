"""How a benchmark of HTTP compares servers: what they serve, rounds in turn, and a table.

The contenders of a row take turns, so that a noisy moment of the machine hits all alike; what is
printed are medians over the rounds, and their ratios to the peers.
"""
import os
import statistics
import subprocess


def prepare(folder):
    """What the servers serve; readable for a server that gives up its privileges."""
    os.chmod(folder, 0o755)
    www = folder / "www"
    www.mkdir()
    for name, size in {"1k.bin": 1024, "100k.bin": 100 * 1024, "10m.bin": 10 * 1024 * 1024}.items():
        (www / name).write_bytes(os.urandom(size))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                    "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
                   check=True, capture_output=True)
    os.chmod(folder / "key.pem", 0o644)


def measure(load, row, contenders, rounds, seconds):
    """Medians of what `load` sees, by contender."""
    results = {contender.name: [] for contender in contenders}
    started = []
    try:
        for contender in contenders:
            contender.start()
            started.append(contender)
            load(contender, row, 1)  # warms caches, uncounted
        for _ in range(rounds):
            for contender in contenders:
                results[contender.name].append(load(contender, row, seconds))
    finally:
        for contender in started:
            contender.stop()
    return {name: {
        **{key: statistics.median(r[key] for r in seen) for key in ("rate", "cpu", "time")},
        "errors": next((r["errors"] for r in seen if r["errors"]), ""),
    } for name, seen in results.items()}


def best_of(results, peer):
    """The better of a peer's variants, figure by figure; None if it does not take part."""
    variants = [result for name, result in results.items() if name.startswith(peer)]
    return variants and {"cpu": min(result["cpu"] for result in variants),
                         "rate": max(result["rate"] for result in variants)}


def ratio(figure, other):
    return f"{figure / other if other else float('nan'):9.2f}"


def report(row, results, time):
    peers = {name: best_of(results, name) for name in ("nginx", "h2o", "apache")}
    peers = {name: best for name, best in peers.items() if best}
    print(f"\n{row.title} (medians)")
    columns = "".join(f" {'of ' + name:>9}" for name in peers)
    print(f"{'':28} {'CPU/request':>14}{columns} {'requests/s':>11}{columns} {time:>12}")
    for name, result in results.items():
        cpu = "".join(f" {ratio(result['cpu'], peer['cpu'])}" for peer in peers.values())
        rate = "".join(f" {ratio(result['rate'], peer['rate'])}" for peer in peers.values())
        print(f"{name:28} {result['cpu']:11.2f} us{cpu} {result['rate']:11.0f}{rate} "
              f"{result['time']:9.2f} ms  {result['errors']}", flush=True)
