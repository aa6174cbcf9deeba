"""What others feel of a large campaign.

A million bulk messages of one customer wait for a link with a rate (default 200 segments a second). Meanwhile another customer's alerts come in an open
loop: from POST to submit_sm on the wire, as in `latency`. And a third customer sends ten bulk messages: until the last is on the wire, beside what
the campaign still takes. The same before the campaign, on the idle link, is the ceiling. Fails when one of them is lost or later than the campaign's end.
"""
import hashlib
import json

import rounds


def options(p):
    p.add_argument("--messages", type=int, default=1_000_000, metavar="N", help="of the campaign (default: 1000000)")
    p.add_argument("--rate", type=int, default=200, metavar="N", help="segments a second of the link (default: 200)")
    p.add_argument("--alerts", type=int, default=15, metavar="N", help="a second (default: 15)")
    p.add_argument("--seconds", type=int, default=20, help="of alerts in a round (default: 20)")
    p.add_argument("--rest", type=int, default=120, metavar="SECONDS", help="after the campaign was accepted: until it is routed and waits for the link, and is in the reports (default: 120)")
    p.add_argument("--warm-up", type=int, default=20, metavar="SECONDS", help="of alerts, on the idle link (default: 20)")


def run(stand, o):
    if o.tiny:
        o.messages, o.seconds, o.warm_up, o.rest = 5000, 4, 3, 0
    stand.change_demo = lambda folder: customers(folder, o.rate)
    measuring = []

    def carrier(stand):
        measuring.append(stand.start_perf_java(
            "Fairness", "--http", stand.http, "--simulator-port", stand.stack.ports["simulator"], "--messages", o.messages, "--rate", o.rate,
            "--alerts", o.alerts, "--seconds", o.seconds, "--warm-up", o.warm_up, "--rest", o.rest, "--rounds", o.rounds))

    stand.start(simulator=False, before_gateway=carrier)
    said = stand.await_result(measuring[0], patience=900 + o.warm_up + o.rest + (o.rounds + 1) * (o.seconds + 90))
    all_there = all(r[kind]["wire"]["count"] + r[kind]["failed"] >= r[kind]["sent"] for r in said["rounds"] for kind in ("alerts", "few"))
    overtaken = all(r["few"]["wire"]["max"] / 1000 < max(10, r["campaignEtaSeconds"]) for r in said["rounds"])
    return dict(said, messages=o.messages, rate=o.rate, alert_rate=o.alerts, ok=all_there and (o.tiny or overtaken),
                cpu_cores=stand.cores_between(measuring[0].samples))


def customers(folder, rate):
    """Two more of the reseller's customers, and the link's rate."""
    def change(name, update):
        entries = json.loads((folder / name).read_text())
        update(entries)
        (folder / name).write_text(json.dumps(entries))

    for who in ("alerts", "few"):
        change("account.json", lambda e: e.update({who: dict(e["demo"], name=who)}))
        change("key.json", lambda e: e.update({who: {"account": who, "hash": hashlib.sha256(f"{who}-key".encode()).hexdigest()}}))
        change("topup.json", lambda e: e.update({f"{who}-start": dict(e["demo-start"], account=who)}))
    change("link.json", lambda e: e["sim"].update(rate=rate, window=100, unsettledMax=100 + rate // 5))


def text(r):
    eta = rounds.words(rounds.middle(r["rounds"], "campaignEtaSeconds"), 0)
    lines = [f"{r['messages']:,} bulk messages of one customer, accepted in {r['loadSeconds']:.0f} s; a link of {r['rate']} segments/s; "
             f"{r['alert_rate']} alerts/s of another; medians [least–most] of {len(r['rounds'])} rounds",
             "                                     idle link        beside the campaign"]
    for name, kind, figure in (("alert, POST to wire, p50 ms", "alerts", "p50"), ("alert, POST to wire, p99 ms", "alerts", "p99"),
                               ("ten bulk of a third, median ms", "few", "p50"), ("ten bulk of a third, last ms", "few", "max")):
        lines.append(f"{name:<34} {r['before'][kind]['wire'][figure]:11.1f}        {rounds.words(rounds.middle(r['rounds'], kind, 'wire', figure), 1)}")
    lines.append(f"the campaign itself still takes {eta} s")
    lines.append("CPU cores over all, loading included: " + ", ".join(f"{n} {c:.2f}" for n, c in r["cpu_cores"].items()))
    return "\n".join(lines)
