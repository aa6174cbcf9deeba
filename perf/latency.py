"""From POST to submit_sm on the wire.

Open loop: messages are sent at their times whatever became of the earlier ones. Sender and carrier are one JVM, so that both
moments come from one monotonic clock: just before the request is written, and when the simulator has read the submit_sm. Rounds of
each rate take turns with rounds of the ceiling: a raw driver transaction of two inserts (parcel and page) on the same replica set.
A message needs two such transactions before it is on the wire.
"""
import statistics
import time

import counts


def options(p):
    p.add_argument("--rates", default="20,100", metavar="N,M", help="messages a second (default: 20,100)")
    p.add_argument("--seconds", type=int, default=20, help="of a round (default: 20)")
    p.add_argument("--warm-up", type=int, default=30, metavar="SECONDS", help="at 100 messages a second (default: 30)")


def run(stand, o):
    if o.tiny:
        o.seconds, o.warm_up = 2, 2
    measuring = []

    def carrier(stand):
        measuring.append(stand.start_perf_java(
            "Latency", "--http", stand.http, "--simulator-port", stand.stack.ports["simulator"], "--mongo", stand.uris[0],
            "--rates", o.rates, "--rounds", o.rounds, "--seconds", o.seconds, "--warm-up", o.warm_up))

    stand.start(simulator=False, before_gateway=carrier)
    before, cpu_before, began = stand.meters(), stand.cpu(), time.monotonic()
    rates = len(o.rates.split(","))
    measured = stand.await_result(measuring[0], patience=120 + o.warm_up + rates * o.rounds * (o.seconds + 20))
    cpu = stand.cores(cpu_before, began)
    counted = counts.figures(before, stand.meters(), stand.meters(), time.monotonic() - began)
    result = {"rates": [summary(rate) for rate in measured["rates"]], "cpu_cores": cpu, "counts": counted}
    result["ok"] = all(r["lost"] == 0 and r["arrived"] > 0 and (o.tiny or r["failed"] == 0) for r in result["rates"])
    return result


def summary(rate):
    """Medians over the rounds of each percentile; the rounds stay in the JSON."""
    rounds = rate["rounds"]
    figures = {name: {p: statistics.median(r[name][p] for r in rounds) for p in ("p50", "p99", "max")} for name in ("wire", "answer", "transaction")}
    arrived, failed = sum(r["wire"]["count"] for r in rounds), sum(r["failed"] for r in rounds)
    return dict(figures, rate=rate["rate"], arrived=arrived, failed=failed, lost=max(0, sum(r["sent"] for r in rounds) - failed - arrived), slip_ms=max(r["slipMs"] for r in rounds),
                hops={k: statistics.median(r["hops"][k] for r in rounds) for k in rounds[0]["hops"]}, rounds=rounds)


def text(r):
    lines = []
    for rate in r["rates"]:
        lines.append(f"{rate['rate']} messages/s, median of {len(rate['rounds'])} rounds      p50 ms   p99 ms   max ms")
        for name, words in (("wire", "POST to submit_sm on the wire"), ("answer", "POST to 202"), ("transaction", "ceiling: one raw transaction")):
            f = rate[name]
            lines.append(f"  {words:<38} {f['p50']:8.1f} {f['p99']:8.1f} {f['max']:8.1f}")
        t = rate["transaction"]
        lines.append(f"  {'ratio to two raw transactions':<38} {rate['wire']['p50'] / (2 * t['p50']):8.2f} {rate['wire']['p99'] / (2 * t['p99']):8.2f}")
        lines.append("  where p50 goes: " + ", ".join(f"{k} {v:.1f} ms" for k, v in rate["hops"].items()))
        lines.append(f"  lost {rate['lost']}, not accepted {rate['failed']}; the sender was late by at most {rate['slip_ms']:.0f} ms")
    lines.append(f"over all: {r['counts']['units_per_message']:.2f} units of work a message, {r['counts']['aborted']:.0f} aborted")
    return "\n".join(lines + counts.inside(r["counts"], r["cpu_cores"]))
