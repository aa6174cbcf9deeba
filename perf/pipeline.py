"""From HTTP to the receipt, as fast as it goes.

wrk posts single messages over N connections, each with one request under way; link rate unlimited; the simulator's receipts come
after a constant 500 ms, or after 0 to 10 s in random order. After the load the backlog must drain to nothing. Lost: messages
that were accepted and did not reach a final event, counted in the stored events. The ceiling is the raw driver at the same steps:
transactions of one parcel, one page and one deletion with as many messages each as the run's units of work had on average, by four
clients at once, divided by the three steps that a message needs at least: accept and route, send, receipt.
"""
import statistics
import time

import counts
import godwit_stack as stacks
import rounds
import wrk

RECEIPTS = {"constant": {"receiptDelayMin": 500, "receiptDelayMax": 500}, "shuffled": {"receiptDelayMin": 0, "receiptDelayMax": 10_000}}
STEPS = 3  # accept and route, send, receipt
DRAIN_WITHIN = 30  # seconds, as asked for
REPORTED_WITHIN = 60  # seconds after the load, as asked for


def options(p):
    p.add_argument("--connections", default="64,256,1024", metavar="N,M,…", help="(default: 64,256,1024)")
    p.add_argument("--receipts", default="constant,shuffled", metavar="A,B", help="constant, shuffled or both (default)")
    p.add_argument("--seconds", type=int, default=60, help="of load in each round (default: 60)")
    p.add_argument("--warm-up", type=int, default=20, metavar="SECONDS", help="with 64 connections (default: 20)")


def run(stand, o):
    if o.tiny:
        o.connections, o.receipts, o.seconds, o.warm_up = "16", "constant", 3, 1
    wrk.find()
    stand.start()
    behave(stand, "constant")
    wrk.load(stand, stand.http, 64, o.warm_up)
    counts.drain(stand)
    counts.reported(stand)
    kinds = [(receipts, int(connections)) for receipts in o.receipts.split(",") for connections in o.connections.split(",")]
    runs = [measure(stand, receipts, connections, o.seconds) for _ in range(o.rounds) for receipts, connections in kinds]
    per_unit = max(1, round(statistics.mean(r["messages_per_unit"] for r in runs)))
    ceiling = stand.run_perf_java("Ceiling", "--mongo", stand.uris[0], "--work", "step", "--messages", per_unit, "--clients", 4, "--seconds", 2 if o.tiny else 10)
    for r in runs:
        r["ratio"] = r["final_per_second"] / (ceiling["messagesPerSecond"] / STEPS)
    stored = counts.stored_events(stand)
    lost = stored.get("ACCEPTED", 0) - sum(stored.get(t, 0) for t in counts.FINAL)
    nothing_lost = lost == 0 and all(r["lost"] == 0 for r in runs)
    in_time = o.tiny or all(r["drain_seconds"] is not None and r["drain_seconds"] <= DRAIN_WITHIN and r["reported_seconds"] is not None and r["reported_seconds"] <= REPORTED_WITHIN for r in runs)
    return {"runs": runs, "ceiling": ceiling, "stored_events": stored, "lost": lost, "in_time": in_time, "ok": nothing_lost and in_time}


def behave(stand, receipts):
    stand.simulator("profile", dict(RECEIPTS[receipts], magicNumbers=False))


def measure(stand, receipts, connections, seconds):
    stacks.say(f"{connections} connections for {seconds} s, receipts {receipts}")
    behave(stand, receipts)
    before, cpu_before, began = stand.meters(), stand.cpu(), time.monotonic()
    said = wrk.load(stand, stand.http, connections, seconds)
    at_end, cores, elapsed = stand.meters(), stand.cores(cpu_before, began), time.monotonic() - began
    drained = counts.drain(stand)
    after = stand.meters()
    reported = counts.reported(stand)  # the next round begins without a backlog there, too
    return dict(said, receipts=receipts, connections=connections, **counts.figures(before, at_end, after, elapsed), drain_seconds=drained,
                reported_seconds=None if drained is None or reported is None else drained + reported, cpu_cores=dict(cores, wrk=said["cpu"] / elapsed))


def text(r):
    kinds = {}
    for x in r["runs"]:
        kinds.setdefault((x["receipts"], x["connections"]), []).append(x)
    lines = [f"median of {len(next(iter(kinds.values())))} [least–most]; asked for: nothing lost, drained within {DRAIN_WITHIN} s, in the reports within {REPORTED_WITHIN} s"]
    for (receipts, connections), group in kinds.items():
        lines.append(f"\n{receipts}, {connections} connections: " + ", ".join(
            f"{rounds.words(rounds.middle(group, key), digits)} {unit}" for key, digits, unit in
            (("accepted_per_second", 0, "accepted/s"), ("final_per_second", 0, "final/s"), ("ratio", 2, "of the ceiling"))))
        drains, reports = (["never" if x[key] is None else f"{x[key]:.1f} s" for x in group] for key in ("drain_seconds", "reported_seconds"))
        lines.append(f"  202 p50 {rounds.words(rounds.middle(group, 'p50Ms'))} ms, p99 {rounds.words(rounds.middle(group, 'p99Ms'))} ms; backlog at the end"
                     f" {rounds.words(rounds.middle(group, 'backlog_at_end'))}, drained in {', '.join(drains)}, in the reports after {', '.join(reports)}; lost {sum(x['lost'] for x in group):.0f}")
        lines.append("  " + ", ".join(f"{rounds.words(rounds.middle(group, key), digits)} {unit}" for key, digits, unit in
                                      (("units_per_second", 0, "units/s"), ("messages_per_unit", 1, "messages a unit"), ("units_per_message", 3, "units a message"), ("aborted", 0, "aborted"))))
        lines.append(f"  {sum(x['requests'] for x in group)} answers, {sum(x['refused'] for x in group)} refused, {sum(x['socketErrors'] + x['timeouts'] for x in group)} errors; the last round:")
        lines += counts.inside(group[-1], group[-1]["cpu_cores"])
    c = r["ceiling"]
    lines.append(f"\nceiling: raw driver, {c['messages']} messages a step, {c['clients']} clients: {c['messagesPerSecond']:.0f} messages/s a step"
                 f" ({c['messagesPerSecond'] / STEPS:.0f}/s over {STEPS} steps), p50 {c['p50']:.1f} ms, p99 {c['p99']:.1f} ms")
    lines.append(f"stored events: {r['stored_events']}; accepted and not final: {r['lost']}; {'drained in time' if r['in_time'] else 'NOT DRAINED IN TIME'}")
    return "\n".join(lines)
