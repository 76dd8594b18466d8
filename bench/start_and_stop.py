"""How long the sandbox takes to start, and to stop on Ctrl-C: `python -m bench.start_and_stop`."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 7


def main() -> int:
    """Print the median, the least and the most of some runs, in seconds."""
    with tempfile.TemporaryDirectory() as data, tempfile.NamedTemporaryFile(suffix=".env") as nothing:
        _run(data, nothing.name)  # the first start makes the databases
        starts, stops = zip(*(_run(data, nothing.name) for _ in range(RUNS)), strict=True)
    for name, figures in (("start to address", starts), ("Ctrl-C to end", stops)):
        middle, least, most = statistics.median(figures), min(figures), max(figures)
        print(f"{name}: median {middle:.2f} s, {least:.2f} to {most:.2f} s, {RUNS} runs")
    return 0


def _run(data: str, env_file: str) -> tuple[float, float]:
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-m", "bot", "--env-file", env_file],
        env={**os.environ, "DISCORD_TOKEN": "", "DATA_DIR": data, "SANDBOX_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    next(line for line in process.stdout if "http://" in line)
    up = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    return up - began, time.monotonic() - up


if __name__ == "__main__":
    sys.exit(main())
