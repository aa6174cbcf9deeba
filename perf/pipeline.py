"""From HTTP to the receipt, as fast as it goes.

wrk posts single messages over N connections, each with one request under way; link rate unlimited; the simulator's receipts come
after a constant 500 ms, or after 0 to 10 s in random order. After the load the backlog must drain to nothing. Lost: messages
that were accepted and did not reach a final event, counted in the stored events. The ceiling is the raw driver at the same steps:
transactions of one parcel, one page and one deletion with as many messages each as the run's units of work had on average, by four
clients at once, divided by the five steps of a message.
"""
import json
import os
import shutil
import subprocess
import time

import godwit_stack as stacks
import mongo_wire

RECEIPTS = {"constant": {"receiptDelayMin": 500, "receiptDelayMax": 500}, "shuffled": {"receiptDelayMin": 0, "receiptDelayMax": 10_000}}
FINAL = ("DELIVERED", "UNDELIVERABLE", "FAILED", "REFUSED", "EXPIRED", "CANCELLED", "DEAD", "UNKNOWN")
STEPS = 5
DRAIN_SECONDS = 120
NO_WRK = "wrk is missing: install it, as with apt-get install -y wrk"


def options(p):
    p.add_argument("--connections", default="64,256,1024", metavar="N,M,…", help="(default: 64,256,1024)")
    p.add_argument("--receipts", default="constant,shuffled", metavar="A,B", help="constant, shuffled or both (default)")
    p.add_argument("--seconds", type=int, default=60, help="of load in each run (default: 60)")
    p.add_argument("--warm-up", type=int, default=20, metavar="SECONDS", help="with 64 connections (default: 20)")


def run(stand, o):
    wrk = find_wrk()
    if o.tiny:
        o.connections, o.receipts, o.seconds, o.warm_up = "16", "constant", 3, 1
    stand.start()
    behave(stand, "constant")
    load(stand, wrk, 0, 64, o.warm_up)
    drain(stand)
    runs = []
    for receipts in o.receipts.split(","):
        for connections in o.connections.split(","):
            behave(stand, receipts)
            runs.append(dict(measure(stand, wrk, len(runs) + 1, int(connections), o.seconds), receipts=receipts))
    per_unit = max(1, round(sum(r["messages_per_unit"] for r in runs) / len(runs)))
    ceiling = stand.run_perf_java("Ceiling", "--mongo", stand.uris[0], "--messages", per_unit, "--clients", 4, "--seconds", 2 if o.tiny else 10)
    for r in runs:
        r["ratio"] = r["final_per_second"] / (ceiling["messagesPerSecond"] / STEPS)
    stored = stored_events(stand)
    lost = stored.get("ACCEPTED", 0) - sum(stored.get(t, 0) for t in FINAL)
    return {"runs": runs, "ceiling": ceiling, "stored_events": stored, "lost": lost, "ok": lost == 0 and all(r["lost"] == 0 for r in runs)}


def find_wrk():
    if not shutil.which("wrk") and os.geteuid() == 0 and shutil.which("apt-get"):
        stacks.say("Installing wrk")
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not shutil.which("wrk"):
        raise stacks.Problem(NO_WRK)
    return shutil.which("wrk")


def behave(stand, receipts):
    stand.simulator("profile", dict(RECEIPTS[receipts], magicNumbers=False))


def measure(stand, wrk, number, connections, seconds):
    stacks.say(f"{connections} connections for {seconds} s")
    before, cpu_before, began = stand.meters(), stand.cpu(), time.monotonic()
    said = load(stand, wrk, number, connections, seconds)
    at_end, cpu_after, elapsed = stand.meters(), stand.cpu(), time.monotonic() - began
    drained = drain(stand)
    after = stand.meters()
    return dict(said, connections=connections, **figures(before, at_end, after, elapsed), drain_seconds=drained,
                cpu_cores=dict({n: (cpu_after[n] - cpu_before.get(n, 0)) / elapsed for n in cpu_after}, wrk=said["cpu"] / elapsed))


def load(stand, wrk, number, connections, seconds):
    """One run of wrk, on two threads. Raises a Problem when it says nothing sensible."""
    command = [wrk, "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(stacks.ROOT / "perf" / "post.lua"), stand.http,
               "--", f"49151{number}", "demo-key"]
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


def events(meters):
    return {labels[0]: value for (name, labels), value in meters.items() if name == "godwit_events_total"}


def unfinished(meters):
    counted = events(meters)
    return counted.get("ACCEPTED", 0) - sum(counted.get(t, 0) for t in FINAL)


def drain(stand):
    """Seconds until every accepted message is final; None when that takes too long."""
    began, before = time.monotonic(), None
    while time.monotonic() - began < DRAIN_SECONDS:
        if stand.stack.signals:
            raise stacks.Stopped()
        meters = stand.meters()
        now = events(meters).get("ACCEPTED", 0)
        if unfinished(meters) == 0 and now == before:
            return time.monotonic() - began
        before = now
        time.sleep(0.2)
    return None


def figures(before, at_end, after, elapsed):
    def grown(later, name, *labels):
        return sum(v - before.get((n, l), 0) for (n, l), v in later.items() if n == name and (not labels or l == labels))

    def by_label(later, name):
        return {l: v - before.get((n, l), 0) for (n, l), v in later.items() if n == name and v - before.get((n, l), 0) > 0}

    units = by_label(after, "godwit_units_seconds_count")
    puts = by_label(after, "godwit_queue_put_total")
    accepted = grown(after, "godwit_events_total", "ACCEPTED")
    slots = {l[0]: {"units": n, "messages_per_unit": grown(after, "godwit_unit_messages_sum", *l) / n,
                    "mean_ms": 1000 * grown(after, "godwit_units_seconds_sum", *l) / n} for l, n in units.items()}
    return {
        "accepted_per_second": grown(at_end, "godwit_events_total", "ACCEPTED") / elapsed,
        "final_per_second": sum(grown(at_end, "godwit_events_total", t) for t in FINAL) / elapsed,
        "accepted": accepted, "lost": unfinished(after), "backlog_at_end": unfinished(at_end), "slots": slots,
        "units": sum(units.values()), "units_per_message": sum(units.values()) / max(1, accepted),
        "units_per_second": sum(by_label(at_end, "godwit_units_seconds_count").values()) / elapsed,
        "messages_per_unit": grown(after, "godwit_unit_messages_sum") / max(1, sum(units.values())),
        "aborted": grown(after, "godwit_units_aborted_total"),
        "puts": {" ".join(l): n for l, n in puts.items()}, "claims": {l[0]: n for l, n in by_label(after, "godwit_queue_claims_total").items()},
        "claimed": {l[0]: n for l, n in by_label(after, "godwit_queue_claimed_total").items()},
    }


def stored_events(stand):
    """Events by type in the store itself, over the days that the bench may have touched."""
    port = stacks.primary(stand.stack.ports["mongo"]["set0"])
    pipeline = [{"$unwind": "$e"}, {"$group": {"_id": "$e.type", "n": {"$sum": 1}}}]
    counted = {}
    names = mongo_wire.command(port, {"listCollections": 1, "nameOnly": True}, database="godwit")["cursor"]["firstBatch"]
    for name in (c["name"] for c in names if c["name"].startswith("events_")):
        answer = mongo_wire.command(port, {"aggregate": name, "pipeline": pipeline, "cursor": {}}, database="godwit", timeout=300)
        for row in answer["cursor"]["firstBatch"]:
            counted[row["_id"]] = counted.get(row["_id"], 0) + row["n"]
    return counted


def text(r):
    lines = ["receipts  conns  accepted/s  final/s  202 p50/p99 ms  backlog  drain s  units/s  msgs/unit  units/msg  aborted  lost  ratio"]
    for x in r["runs"]:
        drained = "never" if x["drain_seconds"] is None else f"{x['drain_seconds']:.1f}"
        lines.append(f"{x['receipts']:<9} {x['connections']:5} {x['accepted_per_second']:11.0f} {x['final_per_second']:8.0f} {x['p50Ms']:7.0f} /{x['p99Ms']:6.0f}"
                     f" {x['backlog_at_end']:8.0f} {drained:>8} {x['units_per_second']:8.0f} {x['messages_per_unit']:10.1f} {x['units_per_message']:10.3f}"
                     f" {x['aborted']:8.0f} {x['lost']:5.0f} {x['ratio']:6.2f}")
    for x in r["runs"]:
        lines.append(f"\n{x['receipts']}, {x['connections']} connections ({x['requests']} answers, {x['refused']} refused, {x['socketErrors'] + x['timeouts']} errors)")
        lines += inside(x, x["cpu_cores"])
    c = r["ceiling"]
    lines.append(f"\nceiling: raw driver, {c['messages']} messages a step, {c['clients']} clients: {c['messagesPerSecond']:.0f} messages/s a step"
                 f" ({c['messagesPerSecond'] / STEPS:.0f}/s over {STEPS} steps), p50 {c['p50']:.1f} ms, p99 {c['p99']:.1f} ms")
    lines.append(f"stored events: {r['stored_events']}; accepted and not final: {r['lost']}")
    return "\n".join(lines)


def inside(counts, cpu):
    """What the gateway counted, as lines of text."""
    def listed(values):
        return ", ".join(f"{name} {count:.0f}" for name, count in sorted(values.items()))

    units = ", ".join(f"{n} {s['units']:.0f} x {s['messages_per_unit']:.1f} messages in {s['mean_ms']:.0f} ms" for n, s in sorted(counts["slots"].items()))
    claims = ", ".join(f"{n} {c:.0f} for {counts['claimed'].get(n, 0):.0f}" for n, c in sorted(counts["claims"].items()))
    return ["  CPU cores:  " + ", ".join(f"{n} {c:.2f}" for n, c in cpu.items()), "  units:      " + units,
            "  parcels:    " + listed(counts["puts"]), "  claims:     " + (claims or "none")]
