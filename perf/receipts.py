"""Receipts that find their messages in a large stock: how many are settled a second.

Batches are sent while the simulator holds its receipts back, until all of them are SENT and wait in await parcels; then it delivers all, as
fast as its window allows, in the order of sending ("constant") or in random order ("shuffled"). Timed from the release until the last message
is DELIVERED. Everything runs, the projection too. Ceiling: the raw driver at a stage's step (parcel, pages, deletion) with as many
messages as a unit of work had here: a receipt needs one such step at least.
"""
import time

import counts
import godwit_stack as stacks
import rounds

ORDERS = ("constant", "shuffled")
BATCH = 1_000
TEXT = ("Godwits fly for eleven days. " * 4)[:100]


def options(p):
    p.add_argument("--orders", default=",".join(ORDERS), metavar="A,B", help="constant, shuffled or both (default)")
    p.add_argument("--spread", type=int, default=10_000, metavar="MS", help="shuffled receipts are due within so long after their messages (default: 10000)")
    p.add_argument("--stock", type=int, default=100_000, metavar="N", help="messages that wait for receipts (default: 100000)")


def run(stand, o):
    if o.tiny:
        o.stock, o.spread = 2_000, 1_000
    stand.start()
    sent, runs = 0, []
    for number in range(o.rounds + (0 if o.tiny else 1)):  # the first warms up
        for order in o.orders.split(","):
            found = dict(measure(stand, order, o.spread if order == "shuffled" else 0, sent, o.stock), order=order)
            sent += o.stock
            if o.tiny or number > 0:
                runs.append(found)
    per_unit = max(1, round(rounds.middle(runs, "messages_per_unit")["median"]))
    raw = stand.run_perf_java("Ceiling", "--mongo", stand.uris[0], "--work", "step", "--messages", per_unit, "--clients", 4, "--seconds", 1 if o.tiny else 10)
    for r in runs:
        r["ratio"] = r["per_second"] / raw["messagesPerSecond"]
    stored = counts.stored_events(stand)
    return {"runs": runs, "raw": raw, "stock": o.stock, "stored_events": stored, "ok": stored.get("DELIVERED", 0) >= sent}


def measure(stand, order, spread, first, stock):
    stacks.say(f"{stock} messages, receipts {order}")
    profile = {"receiptDelayMin": 0, "receiptDelayMax": spread, "magicNumbers": False}
    stand.simulator("profile", dict(profile, deliveriesHeld=True))
    for at in range(first, first + stock, BATCH):
        messages = [{"to": f"+49152{n:08d}", "text": TEXT} for n in range(at, min(at + BATCH, first + stock))]
        post(stand, {"messages": messages})
    stand.stack.wait_for("all receipts to be due", lambda: stand.simulator("counters")["waiting"] >= stock, patience=300)
    stand.stack.wait_for("all to be SENT", lambda: counts.events(stand.meters()).get("SENT", 0) >= first + stock, patience=300)
    before, cpu_before, began = stand.meters(), stand.cpu(), time.monotonic()
    stand.simulator("profile", profile)
    stand.stack.wait_for("all to be DELIVERED", lambda: counts.events(stand.meters()).get("DELIVERED", 0) >= first + stock, patience=600)
    seconds, after = time.monotonic() - began, stand.meters()
    return dict(counts.figures(before, after, after, seconds), seconds=seconds, per_second=stock / seconds, cpu_cores=stand.cores(cpu_before, began))


def post(stand, body):
    """Waits and asks again while the gateway says that it is too much at once."""
    stand.stack.wait_for("a batch to be accepted", lambda: stand.post(f"{stand.http}/v1/batches", body, key="demo-key", too_much=(429, 503)))


def text(r):
    lines = [f"a stock of {r['stock']} messages; median [least–most]"]
    for order in dict.fromkeys(x["order"] for x in r["runs"]):
        group = [x for x in r["runs"] if x["order"] == order]
        lines.append(f"\n{order}: {rounds.words(rounds.middle(group, 'per_second'))} receipts/s settled, ratio {rounds.words(rounds.middle(group, 'ratio'), 2)} to the ceiling")
        lines.append(f"  {rounds.words(rounds.middle(group, 'units_per_second'))} units of work/s, {rounds.words(rounds.middle(group, 'messages_per_unit'), 1)} messages a unit,"
                     f" {sum(x['aborted'] for x in group):.0f} aborted; the last round:")
        lines += counts.inside(group[-1], group[-1]["cpu_cores"])
    c = r["raw"]
    lines.append(f"\nceiling: raw driver, {c['messages']} messages a step, {c['clients']} clients: {c['messagesPerSecond']:,.0f} messages/s")
    lines.append(f"stored events: {r['stored_events']}: {'ok' if r['ok'] else 'WRONG: not every message is DELIVERED'}")
    return "\n".join(lines)
