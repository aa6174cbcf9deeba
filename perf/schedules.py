"""What a million messages that are scheduled for tomorrow cost today.

CPU of gateway and mongods while nothing is done, and alerts from POST to submit_sm on the wire, without and with them. Then 20,000 messages
fall due at one moment, over a link without a rate: until the last is on the wire, and what alerts take meanwhile. Fails when a message is lost or early.
"""


def options(p):
    p.add_argument("--messages", type=int, default=1_000_000, metavar="N", help="for tomorrow (default: 1000000)")
    p.add_argument("--due", type=int, default=20_000, metavar="N", help="that fall due at one moment (default: 20000)")
    p.add_argument("--alerts", type=int, default=15, metavar="N", help="a second (default: 15)")
    p.add_argument("--seconds", type=int, default=20, help="of idleness, and of alerts (default: 20)")
    p.add_argument("--warm-up", type=int, default=20, metavar="SECONDS", help="of alerts (default: 20)")


def run(stand, o):
    if o.tiny:
        o.messages, o.due, o.seconds, o.warm_up = 3000, 1000, 3, 2
    measuring = []

    def carrier(stand):
        measuring.append(stand.start_perf_java(
            "Schedules", "--http", stand.http, "--simulator-port", stand.stack.ports["simulator"], "--messages", o.messages, "--due", o.due,
            "--alerts", o.alerts, "--seconds", o.seconds, "--warm-up", o.warm_up))

    stand.start(simulator=False, before_gateway=carrier)
    said = stand.await_result(measuring[0], patience=1200)
    for part in ("without", "with"):
        said[part]["cpu_cores"] = stand.cores_between(measuring[0].samples, *said[part]["idle"])
    all_there = all(a["wire"]["count"] + a["failed"] >= a["sent"] for a in (said[part]["alerts"] for part in ("without", "with", "falling")))
    return dict(said, messages=o.messages, ok=all_there and said["early"] == 0 and said["falling"]["sent"] >= o.due)


def text(r):
    lines = [f"{r['messages']:,} messages for tomorrow, accepted in {r['loadSeconds']:.0f} s; {r['early']} came early"]
    for part in ("without", "with"):
        cores = ", ".join(f"{n} {c:.2f}" for n, c in r[part]["cpu_cores"].items() if n not in ("schedules", "postgres"))
        wire = r[part]["alerts"]["wire"]
        lines.append(f"{part:<8} idle CPU cores: {cores}; alerts POST to wire p50 {wire['p50']:.1f}, p99 {wire['p99']:.1f} ms")
    f = r["falling"]
    lines.append(f"{f['sent']:,} of {f['messages']:,} due at one moment: the last on the wire after {f['seconds']:.1f} s, {f['sent'] / max(0.1, f['seconds']):,.0f}/s; "
                 f"alerts meanwhile p50 {f['alerts']['wire']['p50']:.1f}, p99 {f['alerts']['wire']['p99']:.1f} ms")
    return "\n".join(lines)
