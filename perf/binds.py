"""A bind storm at the customers' SMPP server: many idle binds of a few accounts at once, what each costs in memory, and busy ones beside them.

Each account's password is hashed slowly; who is refused comes again 200 ms later. Memory is the gateway's heap after collections and its direct
buffers, by difference, divided by the binds; so a gateway that does other things at the time tells too much.
"""
import json

import rounds
import stand as stands

STORM_SECONDS, BIND_BYTES = 10, 20 * 1024


def options(p):
    p.add_argument("--idle", type=int, default=500, metavar="N", help="binds (default: 500)")
    p.add_argument("--busy", type=int, default=50, metavar="N", help="binds (default: 50)")
    p.add_argument("--accounts", type=int, default=20, metavar="N", help="(default: 20)")
    p.add_argument("--seconds", type=int, default=20, help="of load (default: 20)")


class Stand(stands.Stand):
    """Accounts bind0, bind1, … with the demo's password; direct buffers that the JVM counts."""

    def __init__(self, options):
        super().__init__(options)
        options.java_opts += " -Dio.netty.maxDirectMemory=0"

    def start_gateway(self, *_):
        super().start_gateway("--except", "simulator,reporting")  # what a projector remembers is nobody's bind

    def _demo(self):
        folder, o = super()._demo(), self.options
        password = json.loads((folder / "smpp.json").read_text())["demo"]["password"]
        names = [f"bind{i}" for i in range(o.accounts)]
        binds = (o.idle + o.busy) // o.accounts + 10
        for file, entry in (("account.json", lambda name: {"name": name, "parent": "operator", "currency": "EUR", "smpp": {"binds": binds}}),
                            ("smpp.json", lambda name: {"account": name, "password": password}),
                            ("topup.json", lambda name: {"account": name, "amount": stands.RICH})):
            entries = json.loads((folder / file).read_text())
            entries.update({name: entry(name) for name in names})
            (folder / file).write_text(json.dumps(entries))
        return folder


def run(stand, o):
    if o.tiny:
        o.idle, o.busy, o.accounts, o.seconds = 40, 4, 4, 2
    stand.start(postgres=False)
    gateway = next(child for child in stand.stack.children() if child.name == "gateway")
    runs = [stand.run_perf_java("Binds", "--port", stand.stack.ports["smpp"], "--ops", stand.ops, "--pid", gateway.process.pid, "--idle", o.idle,
                                "--busy", o.busy, "--accounts", o.accounts, "--seconds", o.seconds) for _ in range(o.rounds)]
    first = runs[0]  # only then is no password remembered
    ok = all(r["wrong"] == 0 and r["still_bound"] == o.idle for r in runs)
    if not o.tiny:
        ok = ok and first["storm_seconds"] <= STORM_SECONDS and rounds.middle(runs, "bytes_a_bind")["median"] <= BIND_BYTES
    return {"idle": o.idle, "busy": o.busy, "accounts": o.accounts, "runs": runs, "ok": ok}


def text(r):
    runs = r["runs"]
    lines = [f"{r['idle']} binds of {r['accounts']} accounts at once, no password remembered: {runs[0]['storm_seconds']:.1f} s, {runs[0]['refused']} refused and tried again "
             f"(asked for: ≤ {STORM_SECONDS} s)"]
    if len(runs) > 1:
        lines.append(f"… remembered: {rounds.words(rounds.middle(runs[1:], 'storm_seconds'), 2)} s")
    lines.append(f"memory of an idle bind: {rounds.words(rounds.middle(runs, 'bytes_a_bind'))} octets (asked for: ≤ {BIND_BYTES:,})")
    lines.append(f"{r['busy']} busy binds beside them: {rounds.words(rounds.middle(runs, 'per_second'))} submit_sm/s, answered in p50 "
                 f"{rounds.words(rounds.middle(runs, 'millis', 'p50'), 1)} ms, p99 {rounds.words(rounds.middle(runs, 'millis', 'p99'), 1)} ms; "
                 f"{sum(x['wrong'] for x in runs)} not accepted, {sum(r['idle'] - x['still_bound'] for x in runs)} idle binds lost")
    return "\n".join(lines)
