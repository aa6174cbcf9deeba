"""One hot account on two worker processes, against many accounts.

Three gateway processes in one cluster: the door with the links, and two workers, which claim all that they route. wrk posts single messages over
N connections, all for one prepaid account, or for many by turns. Both kinds alternate in one run; a message counts when it is final, and the time
counts until the backlog is gone. Aborted: attempts at units of work that were tried again, of all processes, against the units committed.
"""
import hashlib
import json
import time

import counts
import godwit_stack as stacks
import rounds
import stand as stands
import wrk

WANTED = 0.90
ABORTED = 0.01  # of the units of work, at most
PROCESSES = {"door": "submission,link", "worker-a": "worker", "worker-b": "worker"}


def options(p):
    p.add_argument("--accounts", type=int, default=1000, metavar="N", help="that are many (default: 1000)")
    p.add_argument("--connections", type=int, default=256, metavar="N", help="(default: 256)")
    p.add_argument("--seconds", type=int, default=20, help="of load in each round, for each kind (default: 20)")
    p.add_argument("--warm-up", type=int, default=15, metavar="SECONDS", help="for each kind (default: 15)")


class Stand(stands.Stand):
    """The door and two workers in one cluster; accounts with a parent that sells to nobody else, so that each message has one leg."""

    def start_gateway(self, *_):
        ports = {name: self.stack.port(f"cluster-{name}") for name in PROCESSES}
        for name, only in PROCESSES.items():
            first = name == "door"  # the one who imports the accounts
            environment = dict(self.stack.environment, GODWIT_CLUSTER_NAME=f"hot-{ports['door']}", GODWIT_CLUSTER_PORT=str(ports[name]),
                               GODWIT_CLUSTER_MEMBERS=",".join(f"127.0.0.1:{port}" for port in ports.values()),
                               GODWIT_BUS_PORT=str(self.stack.port(f"bus-{name}")), GODWIT_OPS_PORT=str(self.stack.port(f"ops-{name}")),
                               GODWIT_DEMO_DIR=self.stack.environment["GODWIT_DEMO_DIR"] if first else "")
            command = ["-jar", self.jar, "--conf", stacks.ROOT / "conf" / "godwit.json", "--verticles", self.options.verticles.absolute(), "--only", only]
            child = stacks.java_child(self.stack, name, command, f"{self.recording() if name == 'worker-a' else ''} {self.options.java_opts}", environment)
            self.stack.start(child)
            self.stack.wait_for(f"{name} to be ready", lambda: stacks.answers(self.ops_of(name) + "/health/ready"), child, patience=600)

    def ops_of(self, name):
        return f"http://127.0.0.1:{self.stack.ports[f'ops-{name}']}"

    def meters(self):
        """Those of all three, added up."""
        total = {}
        for name in PROCESSES:
            for meter, value in self.meters_of(self.ops_of(name)).items():
                total[meter] = total.get(meter, 0) + value
        return total

    def _demo(self):
        folder = super()._demo()
        if self.options.tiny:
            self.options.accounts = 10
        names = ["hot", *(f"many-{i}" for i in range(self.options.accounts))]
        for file, entry in (("account.json", lambda name: {"name": name, "parent": "operator", "currency": "EUR"}),
                            ("key.json", lambda name: {"account": name, "hash": hashlib.sha256(name.encode()).hexdigest()}),
                            ("topup.json", lambda name: {"account": name, "amount": stands.RICH})):
            entries = json.loads((folder / file).read_text())
            entries.update({name: entry(name) for name in names})
            (folder / file).write_text(json.dumps(entries))
        return folder


def run(stand, o):
    if o.tiny:
        o.connections, o.seconds, o.warm_up = 16, 2, 1
    wrk.find()
    stand.start(postgres=False)
    stand.simulator("profile", {"receiptDelayMin": 500, "receiptDelayMax": 500, "magicNumbers": False})
    for kind in ("hot", "many"):
        measure(stand, o, kind, o.warm_up)
    pairs = []
    for i in range(o.rounds):
        kinds = ("hot", "many") if i % 2 == 0 else ("many", "hot")
        pairs.append({kind: measure(stand, o, kind, o.seconds) for kind in kinds})
    for pair in pairs:
        pair["ratio"] = pair["hot"]["per_second"] / max(1e-9, pair["many"]["per_second"])
    ok = all(pair[kind]["drain_seconds"] is not None and pair[kind]["lost"] == 0 and (o.tiny or pair[kind]["refused"] == 0) for pair in pairs for kind in ("hot", "many"))
    return {"pairs": pairs, "connections": o.connections, "accounts": o.accounts, "ok": ok}


def measure(stand, o, kind, seconds):
    stacks.say(f"{kind}: {o.connections} connections for {seconds} s")
    before, cpu_before, began = stand.meters(), stand.cpu(), time.monotonic()
    said = wrk.load(stand, stand.http, o.connections, seconds, key=kind, accounts=o.accounts if kind == "many" else 0)
    at_end, loaded = stand.meters(), time.monotonic() - began
    drained = counts.drain(stand)
    elapsed, after = time.monotonic() - began, stand.meters()
    figures = counts.figures(before, at_end, after, loaded)
    return dict(said, **figures, drain_seconds=drained, per_second=figures["accepted"] / elapsed, aborted_share=figures["aborted"] / max(1, figures["units"]),
                cpu_cores=stand.cores(cpu_before, began))


def text(r):
    lines = [f"{r['connections']} connections; door with links, and two workers; median [least–most]"]
    for kind, words in (("hot", "one account"), ("many", f"{r['accounts']} accounts")):
        group = [pair[kind] for pair in r["pairs"]]
        lines.append(f"\n{words}: {rounds.words(rounds.middle(group, 'per_second'))} messages/s final, drain included;"
                     f" {rounds.words(rounds.middle(group, 'messages_per_unit'), 1)} messages a unit, {rounds.words(rounds.middle(group, 'units_per_second'))} units/s")
        lines.append(f"  aborted: {sum(x['aborted'] for x in group):.0f} of {sum(x['units'] for x in group):.0f} units of work ({share(group):.2%};"
                     f" asked for: ≤ {ABORTED:.0%}, {'met' if share(group) <= ABORTED else 'MISSED'}); {sum(x['refused'] for x in group)} refused, lost {sum(x['lost'] for x in group):.0f}; the last round:")
        lines += counts.inside(group[-1], group[-1]["cpu_cores"])
    m = rounds.middle(r["pairs"], "ratio")
    lines.append(f"\none account / {r['accounts']} accounts, pair by pair: {rounds.words(m, 2)} (asked for: ≥ {WANTED:.2f}, {'met' if m['median'] >= WANTED else 'MISSED'})")
    return "\n".join(lines)


def share(group):
    return sum(x["aborted"] for x in group) / max(1, sum(x["units"] for x in group))
