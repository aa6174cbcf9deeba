"""What a large directory costs a gateway: its start until it is ready, and its heap; and how long a price takes to find.

10,000 accounts with a key each, 5,000 routes, and one price list of 1,000,000 prefixes. The same gateway starts with the demo's directory and with that one,
by turns; the heap is what lives after a full collection (GC.class_histogram). The price is that of a message with one leg, whole: account, network, list.
"""
import subprocess
import time
from pathlib import Path

import godwit_stack as stacks
import rounds

START_SECONDS = 5.0
HEAP_MIB = 300
LOOK_UP_NANOS = 1_000


def options(p):
    p.add_argument("--accounts", type=int, default=10_000, metavar="N", help="(default: 10,000)")
    p.add_argument("--rates", type=int, default=1_000_000, metavar="N", help="prefixes of the price list (default: 1,000,000)")
    p.add_argument("--routes", type=int, default=5_000, metavar="N", help="(default: 5,000)")


def run(stand, o):
    if o.tiny:
        o.accounts, o.rates, o.routes = 200, 2_000, 100
    stand.start()  # the demo's entries come in; the first start is not counted
    stand.stop_gateway()
    small = [start(stand) for _ in range(o.rounds)]
    filled = stand.run_perf_java("DirectoryStock", "--mongo", stand.uris[0], "--work", "fill", "--accounts", o.accounts, "--rates", o.rates, "--routes", o.routes)
    large = [start(stand) for _ in range(o.rounds)]
    price = stand.run_perf_java("DirectoryStock", "--mongo", stand.uris[0], "--work", "price", "--rounds", max(3, o.rounds))
    return {"small": small, "large": large, "price": price, "entries": filled["entries"], "accounts": o.accounts, "rates": o.rates, "routes": o.routes}


def start(stand):
    """Seconds until a gateway was ready, and MiB that live in it then; it is stopped again."""
    began = time.monotonic()
    stand.start_gateway("--except", "simulator")
    ready = time.monotonic() - began
    child = next(c for c in stand.stack.children() if c.name == "gateway")
    heap = live_bytes(child.process.pid) / 2**20
    stand.stop_gateway()
    stacks.say(f"  ready after {ready:.1f} s, {heap:.0f} MiB live")
    return {"ready": ready, "heap": heap}


def live_bytes(pid):
    jcmd = Path(stacks.java()).with_name("jcmd")
    said = subprocess.run([str(jcmd), str(pid), "GC.class_histogram"], capture_output=True, text=True, check=True).stdout
    return int(next(line for line in reversed(said.splitlines()) if line.startswith("Total")).split()[2])


def text(r):
    ready = [rounds.middle(r[kind], "ready") for kind in ("small", "large")]
    heap = [rounds.middle(r[kind], "heap") for kind in ("small", "large")]
    nanos = rounds.middle(r["price"]["rounds"], "mean")
    more = ready[1]["median"] - ready[0]["median"], heap[1]["median"] - heap[0]["median"]
    return "\n".join([
        f"{r['accounts']:,} accounts, {r['rates']:,} prefixes with a price, {r['routes']:,} routes; {r['entries']:,} entries; median [least–most]",
        f"start until ready: {rounds.words(ready[0], 1)} s with the demo's directory, {rounds.words(ready[1], 1)} s with this one:"
        f" {more[0]:.1f} s more ({judged(more[0], START_SECONDS, 's')})",
        f"heap after a collection: {rounds.words(heap[0])} MiB, {rounds.words(heap[1])} MiB: {more[1]:.0f} MiB more ({judged(more[1], HEAP_MIB, 'MiB')})",
        f"price of a message with one leg: {rounds.words(nanos)} ns, p99 of hundreds {rounds.words(rounds.middle(r['price']['rounds'], 'p99'))} ns"
        f" ({judged(nanos['median'], LOOK_UP_NANOS, 'ns')}); {r['price']['priced']:.0%} of the numbers have one"])


def judged(is_, wanted, unit):
    return f"asked for: ≤ {wanted:,.0f} {unit}, {'met' if is_ <= wanted else 'MISSED'}"
