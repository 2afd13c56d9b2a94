"""What every Python side of a benchmark shares: its options and the loop that answers run.mjs.

Protocol: one JSON line {"name": ..., "parameters": {...}}, then `ready`. A line `run N` on stdin
runs N whole steps and prints {"seconds": [...], "losses": [...]}; `quit` ends.
"""

import argparse
import json
import math
import sys
import time


def read_options(description):
    """The options that run.mjs gives to every side."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--spec", type=json.loads, required=True, help="networks, from programs.mjs")
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--policy", default="float32")
    parser.add_argument("--form", default="plain")
    return parser.parse_args()


def timed(run, count):
    """Seconds of each of `count` steps, and the losses of the last one."""
    seconds, losses = [], []
    for _ in range(count):
        start = time.perf_counter()
        losses = run()
        seconds.append(time.perf_counter() - start)
    losses = [float(loss) for loss in losses]
    if not all(math.isfinite(loss) for loss in losses):
        sys.exit(f"a loss is not finite: {losses}")
    return seconds, losses


def serve(name, parameters, run, warmup):
    """Warms up, says what is running, answers the driver until it says quit."""
    timed(run, warmup)
    print(json.dumps({"name": name, "parameters": parameters}), flush=True)
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            return
        if len(words) != 2 or words[0] != "run":
            sys.exit(f"unknown command: {line.strip()}")
        seconds, losses = timed(run, int(words[1]))
        print(json.dumps({"seconds": seconds, "losses": losses}), flush=True)
