"""wrk as the customers: each connection has one request under way, `post.lua` writes them."""
import json
import os
import shutil
import subprocess

import godwit_stack as stacks

NO_WRK = "wrk is missing: install it, as with apt-get install -y wrk"
runs = 0  # each run writes to numbers that no earlier one has used


def find():
    if not shutil.which("wrk") and os.geteuid() == 0 and shutil.which("apt-get"):
        stacks.say("Installing wrk")
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not shutil.which("wrk"):
        raise stacks.Problem(NO_WRK)
    return shutil.which("wrk")


def load(stand, url, connections, seconds, batch=0, key="demo-key", accounts=0):
    """
    One run of wrk, on two threads; with `batch` each request carries so many messages; with `accounts` they come from so many by turns, whose keys
    are `key`-0, `key`-1, and so on. Returns what post.lua says at the end, and wrk's own CPU
    seconds. Raises a Problem when it says nothing sensible.
    """
    global runs
    command = [find(), "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(stacks.ROOT / "perf" / "post.lua"), url,
               "--", f"49151{runs}", key, str(batch), str(accounts)]
    runs += 1
    child = stand.stack.child("wrk", command)
    child.log.unlink(missing_ok=True)
    before = os.times()
    stand.stack.start(child)
    stand.stack.wait_for("wrk", lambda: not child.alive, patience=seconds + 60)
    used = os.times()
    lines = child.log.read_text().splitlines()
    if child.process.returncode != 0 or not any(line.startswith("{") for line in lines):
        raise stacks.Problem(f"wrk failed ({child.how_it_ended()}):\n{child.last_words()}")
    said = json.loads(next(line for line in reversed(lines) if line.startswith("{")))
    return dict(said, cpu=used[2] + used[3] - before[2] - before[3])
