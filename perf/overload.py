"""What happens when customers send more than a slowed MongoDB takes: submissions slow down, then get 503 with Retry-After, and memory stays bounded.

A gateway with -Xmx256m; every mongod is stopped for most of each second (SIGSTOP), so that commits are few and late. Against it run, in open loops: single
messages, batches of 10,000, and customers who post batches and never read an answer. Afterwards MongoDB runs freely, everything that was accepted
must become final, and the books must be right.
"""
import collections
import re
import signal
import threading
import time

import counts
import failover
import godwit_stack as stacks
from soak_stand import GC_LINE

HEAP_MB = 256
ALLOWED = 0.95          # of the heap that may be left after a collection, at the least of each minute
PERIOD = 1.0            # seconds in which a mongod is stopped once
DEAF = 10               # customers who read no answers
LIMIT, SLACK = failover.LIMIT, 2.0  # seconds; the loop itself may wait for a collection, and all of us for a core
TROUBLE = ("OutOfMemoryError", "Exception in thread")
STALLS = ("has been blocked for",)  # a busy machine does that, too: tiny numbers say nothing about it
LOOK_EVERY = 5          # seconds between two looks at the gateway's slowest request
STARTS_WITHIN = 180     # seconds of the load's own start
DRAIN_WITHIN = 900


def options(p):
    p.add_argument("--seconds", type=int, default=300, help="of overload in each round (default: 300)")
    p.add_argument("--rate", type=float, default=3000, help="single messages a second (default: 3000)")
    p.add_argument("--batches", type=float, default=2, help="batches of 10,000 a second (default: 2)")
    p.add_argument("--share", type=float, default=0.15, help="of the time that MongoDB runs (default: 0.15)")


def run(stand, o):
    if o.tiny:
        o.seconds, o.rate, o.batches, o.share = 6, 300, 0.5, 0.3
    o.rounds = 1  # one long one: what grows with time shows in it
    gc_log = stand.directory.path / "gc.log"
    o.java_opts = f"-Xmx{HEAP_MB}m -XX:+UseG1GC -XX:+ExitOnOutOfMemoryError -Xlog:gc:file={gc_log}:uptime:filecount=0 {o.java_opts}"
    stand.start_stores(postgres=False)
    simulator = stand._java("simulator", "-Xmx1g", "--verticles", stand._simulator())
    stand.stack.wait_for("the simulator", lambda: stacks.listens(stand.stack.ports["simulatorHttp"]), simulator)
    stand.simulator("profile", {"receiptDelayMin": 200, "receiptDelayMax": 1000, "magicNumbers": False})
    stand.start_gateway("--only", "submission,worker,link")
    gateway = next(c for c in stand.stack.children() if c.name == "gateway")
    up_at = gateway.started_at[-1]
    loads = [start(stand, o, "singles", o.rate, 0, 0), start(stand, o, "batches", o.batches, 10_000, 0 if o.tiny else DEAF)]
    stand.stack.wait_for("the load", lambda: any(failover.Failover.rows(load) for load in loads), patience=STARTS_WITHIN)
    began = time.monotonic() - up_at
    took = {}

    def over():
        now = int(time.monotonic() / LOOK_EVERY)
        if now not in took:
            took[now] = failover.slowest_request(stand.ops)
        return not any(load.alive for load in loads) or not gateway.alive

    with Slowed([c for c in stand.stack.children() if c.name.startswith("mongod")], o.share):
        stand.stack.wait_for("the load to end", over, patience=o.seconds + 120)
    ended = time.monotonic() - up_at
    if not gateway.alive:
        raise stacks.Problem(f"the gateway ended ({gateway.how_it_ended()}); its log is {gateway.log}:\n{gateway.last_words(20)}")
    stacks.say("MongoDB runs freely again")
    drained = drain(stand)
    audit = failover.audited(stand, [load.ids for load in loads])
    rows = [row for load in loads for row in failover.Failover.rows(load)]
    result = {"seconds": o.seconds, "rate": o.rate, "batches": o.batches, "share": o.share, "answers": answers(rows), "minutes": minutes(rows),
              "slowest": max(took.values()), "slowest_outside": max(answered - began for _, began, answered, *_ in rows), "heap": heap(gc_log, began, ended), "drain_seconds": drained, "audit": audit,
              "trouble": [line[:200] for line in gateway.log.read_text(errors="replace").splitlines() if any(words in line for words in TROUBLE + (() if o.tiny else STALLS))][:5]}
    result["failures"] = failures(result, o.tiny)
    result["ok"] = not result["failures"]
    return result


def start(stand, o, name, rate, batch, deaf):
    """A load that goes on for so long that the slow time lies within it."""
    child = stand.start_perf_java("Posts", "--http", stand.http, "--rate", rate, "--seconds", o.seconds, "--batch", batch, "--chars", 160, "--deaf", deaf,
                                  "--first", 0 if batch else 800_000_000, "--answers", stand.directory.path / f"{name}.answers", "--ids", stand.directory.path / f"{name}.ids")
    child.answers, child.ids = stand.directory.path / f"{name}.answers", stand.directory.path / f"{name}.ids"
    return child


class Slowed:
    """`with Slowed(children, share)`: they run for that share of the time only, all at the same times, so that none takes another for dead."""

    def __init__(self, children, share):
        self.children, self.share, self.over = children, share, threading.Event()
        self.thread = threading.Thread(target=self._turns, daemon=True)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _turns(self):
        while not self.over.is_set():
            for child in self.children:
                child.signal(signal.SIGSTOP)
            self.over.wait(PERIOD * (1 - self.share))
            for child in self.children:
                child.signal(signal.SIGCONT)
            self.over.wait(PERIOD * self.share)


def drain(stand):
    """Seconds until all that was accepted is final; None when that takes too long."""
    began = time.monotonic()
    while time.monotonic() - began < DRAIN_WITHIN:
        seconds = counts.drain(stand)
        if seconds is not None:
            return time.monotonic() - began
    return None


def answers(rows):
    return dict(collections.Counter(f"{status}{'' if status == 202 else ' ' + code}{' WITHOUT Retry-After' if status == 503 and retry == '-' else ''}"
                                    for *_, status, code, retry in rows))


def minutes(rows):
    """What each minute's requests were told: [{minute, 202, 503, slowest}]."""
    first, by_minute = min(row[1] for row in rows), collections.defaultdict(list)
    for row in rows:
        by_minute[int((row[1] - first) // 60)].append(row)
    return [{"minute": minute, "202": sum(r[3] == 202 for r in of), "503": sum(r[3] == 503 for r in of), "slowest": max(r[2] - r[1] for r in of)}
            for minute, of in sorted(by_minute.items())]


def heap(log, began, ended):
    """By minute of the overload, MB after collections: [(least, most)]."""
    by_minute = collections.defaultdict(list)
    for at, _, after, _ in GC_LINE.findall(log.read_text()):
        if began <= float(at) <= ended:
            by_minute[int((float(at) - began) // 60)].append(int(after))
    return [(min(of), max(of)) for _, of in sorted(by_minute.items())]


def failures(r, tiny):
    totals = r["audit"]["audit"]
    words = [f"{count} answers were {answer}" for answer, count in r["answers"].items() if not re.fullmatch(r"202|503 (overloaded|store-unavailable|outcome-unknown)", answer)]
    if not tiny and not any(answer.startswith("503") for answer in r["answers"]):
        words.append("nobody was refused: this was no overload")
    if not tiny and r["slowest"] > LIMIT + SLACK:
        words.append(f"an answer took {r['slowest']:.1f} s")
    if not tiny and any(least > ALLOWED * HEAP_MB for least, _ in r["heap"]):
        words.append(f"the heap was full: {r['heap']}")
    words += [f"log: {line}" for line in r["trouble"]]
    if r["drain_seconds"] is None:
        words.append("it does not drain")
    if not failover.books_are_clean(r["audit"]):
        words.append(f"books: {totals or r['audit']['audit_problem']} {r['audit']['examples']}")
    return words


def text(r):
    lines = [f"{r['rate']:,.0f} singles/s, {r['batches']:g} batches of 10,000 a second, MongoDB runs {100 * r['share']:.0f} % of the time, -Xmx{HEAP_MB}m, {r['seconds']} s",
             "answers to requests: " + ", ".join(f"{count:,} {answer}" for answer, count in sorted(r["answers"].items())) + f"; slowest {r['slowest']:.1f} s by the gateway's clock, {r['slowest_outside']:.1f} s by the customers'",
             "minute   202      503      slowest s   heap after collections, MB (least–most)"]
    for minute, of in zip(r["minutes"], r["heap"] + [None] * len(r["minutes"])):
        lines.append(f"{minute['minute']:>6}   {minute['202']:<8} {minute['503']:<8} {minute['slowest']:<11.1f} {f'{of[0]}–{of[1]}' if of else 'no collection'}")
    totals = r["audit"]["audit"]
    lines.append(f"drained in {r['drain_seconds']:.0f} s" if r["drain_seconds"] is not None else "NOT DRAINED")
    lines.append(f"books: {totals['acceptedAndFound']:,} accepted and there, {totals['acceptedAndOpen']} not final, {totals['findings']} findings" if totals
                 else f"books: NOT READ: {r['audit']['audit_problem']}")
    return "\n".join(lines + [f"FAILED: {words}" for words in r["failures"]])
