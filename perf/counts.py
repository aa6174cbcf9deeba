"""What a gateway counted, and what its store holds: units of work, parcels, events; from its meters unless said otherwise."""
import time

import godwit_stack as stacks
import mongo_wire

FINAL = ("DELIVERED", "UNDELIVERABLE", "FAILED", "REFUSED", "EXPIRED", "CANCELLED", "DEAD", "UNKNOWN")
DRAIN_SECONDS = 120


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


def reported(stand):
    """Seconds until the reports have every event that this gateway stored; None when that takes too long."""
    began = time.monotonic()
    while time.monotonic() - began < DRAIN_SECONDS:
        if stand.stack.signals:
            raise stacks.Stopped()
        meters = stand.meters()
        if sum(v for (name, _), v in meters.items() if name == "godwit_reporting_events_total") >= sum(events(meters).values()):
            return time.monotonic() - began
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


def inside(counts, cpu):
    """What the gateway counted, as lines of text."""
    def listed(values):
        return ", ".join(f"{name} {count:.0f}" for name, count in sorted(values.items()))

    units = ", ".join(f"{n} {s['units']:.0f} x {s['messages_per_unit']:.1f} messages in {s['mean_ms']:.0f} ms" for n, s in sorted(counts["slots"].items()))
    claims = ", ".join(f"{n} {c:.0f} for {counts['claimed'].get(n, 0):.0f}" for n, c in sorted(counts["claims"].items()))
    return ["  CPU cores:  " + ", ".join(f"{n} {c:.2f}" for n, c in cpu.items()), "  units:      " + units,
            "  parcels:    " + listed(counts["puts"]), "  claims:     " + (claims or "none")]
