#!/usr/bin/env python3
"""Where the time went in a flight recording (--jfr of scripts/bench):  perf/jfr.py FILE [DEPTH]

Shares of the execution samples: by the top frame, and by the first frame of Godwit, of the driver, or of another library below it.
"""
import collections
import re
import subprocess
import sys


def stacks(file, depth):
    said = subprocess.run(["jfr", "print", "--events", "jdk.ExecutionSample", "--stack-depth", str(depth), file], capture_output=True, text=True, check=True).stdout
    for event in said.split("jdk.ExecutionSample {")[1:]:
        trace = event.split("stackTrace = [", 1)[-1].split("]", 1)[0]
        yield [re.sub(r"\(.*", "", line.strip()) for line in trace.strip().splitlines() if "(" in line]


def first(frames, prefix):
    return next((f for f in frames if f.startswith(prefix)), None)


def main():
    file, depth = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 64
    tops, godwit, rooms, samples = collections.Counter(), collections.Counter(), collections.Counter(), 0
    for frames in stacks(file, depth):
        if not frames:
            continue
        samples += 1
        tops[frames[0]] += 1
        own = first(frames, "io.godwit.")
        godwit[own or first(frames, "com.mongodb.") or first(frames, "io.vertx.") or first(frames, "io.netty.") or frames[-1]] += 1
        rooms[".".join((own or first(frames, "com.mongodb.") or frames[-1]).split(".")[:3])] += 1
    print(f"{samples} samples")
    for title, counter in (("by room", rooms), ("by the first own frame", godwit), ("by the top frame", tops)):
        print(f"\n{title}")
        for name, count in counter.most_common(20):
            print(f"  {100 * count / max(1, samples):5.1f} %  {name}")


if __name__ == "__main__":
    main()
