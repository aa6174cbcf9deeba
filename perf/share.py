"""What the handlers billing and routing cost: CPU of the gateway a message, with them and without.

The same gateway twice by turns: with the chain of verticles.json, and with one that ends in a plug-in which sends everything over the link for nothing, so that no
credit is fetched, reserved, billed or released either. wrk posts over N connections; the gateway's CPU until the backlog is gone, over the messages that are final.
"""
import json
import time
import zipfile

import counts
import godwit_stack as stacks
import rounds
import wrk

MOST_SHARE = 0.15
LEFT_OUT = ("routing", "billing")


def options(p):
    p.add_argument("--connections", type=int, default=256, metavar="N", help="(default: 256)")
    p.add_argument("--seconds", type=int, default=30, help="of load in each round, for each chain (default: 30)")
    p.add_argument("--warm-up", type=int, default=30, metavar="SECONDS", help="after each start of the gateway (default: 20)")


def run(stand, o):
    if o.tiny:
        o.connections, o.seconds, o.warm_up = 16, 2, 1
    wrk.find()
    chains = {"with": (o.verticles, ()), "without": (straight(stand, o), ("--plugins", plugin(stand)))}
    stand.start()
    stand.simulator("profile", {"receiptDelayMin": 500, "receiptDelayMax": 500, "magicNumbers": False})
    stand.stop_gateway()
    pairs = []
    for i in range(o.rounds):
        kinds = ("with", "without") if i % 2 == 0 else ("without", "with")
        pairs.append({kind: measure(stand, o, kind, *chains[kind]) for kind in kinds})
    for pair in pairs:
        pair["added"] = pair["with"]["cpu_us"] / pair["without"]["cpu_us"] - 1
    ok = all(pair[kind]["drain_seconds"] is not None and pair[kind]["lost"] == 0 for pair in pairs for kind in chains)
    return {"pairs": pairs, "connections": o.connections, "ok": ok}


def straight(stand, o):
    """verticles.json with another chain."""
    listed = json.loads(o.verticles.read_text())
    for verticle in listed["verticles"]:
        if verticle["name"] == "worker":
            verticle["config"]["handlers"] = [h for h in verticle["config"]["handlers"] if h not in LEFT_OUT] + ["straight"]
    file = stand.directory.path / "straight.json"
    file.write_text(json.dumps(listed))
    return file


def plugin(stand):
    """The folder with the plug-in; its jar is there when the gateway starts."""
    folder = stand.directory.path / "plugins"
    folder.mkdir()
    stand.build()
    with zipfile.ZipFile(folder / "straight.jar", "w") as jar:
        jar.write(stand.perf_classes() / "io/godwit/perf/StraightHandler.class", "io/godwit/perf/StraightHandler.class")
        jar.writestr("META-INF/services/io.godwit.worker.MessageHandler", "io.godwit.perf.StraightHandler\n")
    return folder


def measure(stand, o, kind, verticles, more):
    stacks.say(f"{kind} billing and routing: {o.connections} connections for {o.seconds} s")
    o.verticles = verticles
    stand.start_gateway("--except", "simulator", *more)
    wrk.load(stand, stand.http, o.connections, o.warm_up)
    counts.drain(stand)
    before, cpu_before, began = stand.meters(), stand.cpu(), time.monotonic()
    said = wrk.load(stand, stand.http, o.connections, o.seconds)
    at_end, elapsed = stand.meters(), time.monotonic() - began
    drained = counts.drain(stand)
    figures, cpu = counts.figures(before, at_end, stand.meters(), elapsed), stand.cpu()["gateway"] - cpu_before["gateway"]
    stand.stop_gateway()
    return dict(said, **figures, drain_seconds=drained, cpu_us=1e6 * cpu / max(1, figures["accepted"]))


def text(r):
    lines = [f"{r['connections']} connections; median [least–most]"]
    for kind in ("with", "without"):
        group = [pair[kind] for pair in r["pairs"]]
        lines.append(f"{kind} billing and routing: {rounds.words(rounds.middle(group, 'cpu_us'))} µs of the gateway's CPU a message, {rounds.words(rounds.middle(group, 'accepted_per_second'))} accepted/s,"
                     f" {rounds.words(rounds.middle(group, 'messages_per_unit'), 1)} messages a unit; lost {sum(x['lost'] for x in group):.0f}")
    m = {k: 100 * v for k, v in rounds.middle(r["pairs"], "added").items()}
    lines.append(f"they add, pair by pair: {rounds.words(m, 1)} % (asked for: ≤ {MOST_SHARE:.0%}, {'met' if m['median'] <= 100 * MOST_SHARE else 'MISSED'})")
    return "\n".join(lines)
