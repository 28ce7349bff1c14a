#!/usr/bin/env python3
"""Draws docs/pictures/strategies.svg from docs/strategies/measured.json.

Usage: strategies_chart.py            draws it
       strategies_chart.py MEASURED   takes the figures from what `./tern bench http --rows
                                      strategies` has printed to this file, and draws it
"""

import html
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).absolute().parents[1]
MEASURED = ROOT / "docs/strategies/measured.json"
CHART = ROOT / "docs/pictures/strategies.svg"

# A line of the benchmark: the contender, microseconds, and their ratio to nginx.
LINE = re.compile(r"^tern (\w+) .*?[\d.]+ us +([\d.]+) ", re.M)

WIDTH, LEFT, ROW, TOP = 720, 150, 26, 56
STYLE = """
    text { font: 14px system-ui, sans-serif; fill: #24292f; }
    .small { font-size: 12px; fill: #57606a; }
    .name { font-family: ui-monospace, monospace; font-size: 13px; text-anchor: end; }
    .bar { fill: #0969da; }
    .figure { fill: #ffffff; text-anchor: end; }
    .peer { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 4 3; }
    @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3; }
        .small { fill: #8b949e; }
        .bar { fill: #4493f8; }
        .figure { fill: #0d1117; }
        .peer { stroke: #f0883e; }
    }
"""


def figures_from(text, names):
    """The ratios to nginx of our strategies, from what the benchmark has printed."""
    found = {name: float(ratio) for name, ratio in LINE.findall(text) if name in names}
    if missing := set(names) - set(found):
        raise ValueError(f"no figures of {', '.join(sorted(missing))}")
    return {name: found[name] for name in names}


def chart_of(measured):
    """The picture, as text."""
    figures = sorted(measured["of_nginx"].items(), key=lambda item: item[1])
    scale = (WIDTH - LEFT - 20) / figures[-1][1]
    height = TOP + ROW * len(figures) + 34
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{html.escape(measured['what'])}</title>",
        f"<style>{STYLE}</style>",
        f'<text x="10" y="20">{html.escape(measured["what"])}</text>',
        f'<text x="10" y="40" class="small">{html.escape(measured["load"])}</text>']
    for index, (name, figure) in enumerate(figures):
        top = TOP + ROW * index
        lines += [f'<text x="{LEFT - 10}" y="{top + 16}" class="name">{html.escape(name)}</text>',
                  f'<rect x="{LEFT}" y="{top + 3}" width="{figure * scale:.1f}" '
                  f'height="{ROW - 8}" rx="2" class="bar"/>',
                  f'<text x="{LEFT + figure * scale - 8:.1f}" y="{top + 17}" class="figure">'
                  f"{figure:.2f}</text>"]
    peer = LEFT + scale
    bottom = TOP + ROW * len(figures) + 4
    lines += [f'<line x1="{peer:.1f}" y1="{TOP - 4}" x2="{peer:.1f}" y2="{bottom}" class="peer"/>',
              f'<text x="{peer:.1f}" y="{bottom + 18}" class="small" text-anchor="middle">nginx: 1'
              "</text>",
              "</svg>"]
    return "\n".join(lines) + "\n"


def main():
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    if len(sys.argv) > 1:
        printed = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
        measured["of_nginx"] = figures_from(printed, list(measured["of_nginx"]))
        MEASURED.write_text(json.dumps(measured, indent=4) + "\n", encoding="utf-8")
    CHART.write_text(chart_of(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
