"""What the HTTP door takes, alone: a gateway process with nothing but the submission component, so that the queue just collects.

For the benches `submit` and `batch`. Ceilings from the same run and the same wrk: bare Vert.x HTTP with the same server options and the same
JSON parse; and the raw driver accepting as many messages a transaction (parcel and pages) as the run's units of work had.
"""
import time

import counts
import godwit_stack as stacks
import rounds
import wrk


def run(stand, o, batch=0):
    """`batch` messages a request; 0: POST /v1/messages."""
    wrk.find()
    stand.start_stores(postgres=False)
    stand.start_gateway("--only", "submission")
    answered = accepted(wrk.load(stand, stand.http, o.connections[0], o.warm_up, batch), batch)
    runs = [measure(stand, connections, o.seconds, batch) for _ in range(o.rounds) for connections in o.connections]
    answered += sum(r["accepted"] for r in runs)
    stored = counts.stored_events(stand).get("ACCEPTED", 0)
    per_unit = max(1, round(rounds.middle(runs, "messages_per_unit")["median"]))
    raw = stand.run_perf_java("Ceiling", "--mongo", stand.uris[0], "--work", "accept", "--messages", per_unit, "--clients", 4, "--seconds", 1 if o.tiny else 10)
    bare = ceiling(stand, o, batch)
    for r in runs:
        r["ratio_bare"] = r["accepted_per_second"] / bare[r["connections"]]["accepted_per_second"]
    refused = sum(r["refused"] + r["socketErrors"] + r["timeouts"] for r in runs)
    # what was under way when wrk stopped may be stored without having been answered
    return {"runs": runs, "bare": bare, "raw": raw, "batch": batch, "answered": answered, "stored": stored, "ok": stored >= answered > 0 and (o.tiny or refused == 0)}


def accepted(said, batch):
    return (said["requests"] - said["refused"]) * max(1, batch)


def measure(stand, connections, seconds, batch):
    stacks.say(f"{connections} connections for {seconds} s")
    before, cpu_before, began = stand.meters(), stand.cpu(), time.monotonic()
    said = wrk.load(stand, stand.http, connections, seconds, batch)
    cores, elapsed, after = stand.cores(cpu_before, began), time.monotonic() - began, stand.meters()
    return dict(counts.figures(before, after, after, elapsed), **said, connections=connections, accepted=accepted(said, batch),
                accepted_per_second=accepted(said, batch) / said["seconds"], cpu_cores=dict(cores, wrk=said["cpu"] / elapsed))


def ceiling(stand, o, batch):
    """What the same wrk gets from bare Vert.x, by connections."""
    port = stand.stack.port("bare")
    child = stand.perf_java("BareHttp", "--port", port)
    stand.stack.start(child)
    stand.stack.wait_for("bare HTTP", lambda: stacks.listens(port), child)
    url = f"http://127.0.0.1:{port}"
    wrk.load(stand, url, o.connections[0], 1 if o.tiny else 5, batch)
    said = {c: wrk.load(stand, url, c, 1 if o.tiny else 5, batch) for c in o.connections}
    return {c: dict(s, accepted_per_second=accepted(s, batch) / s["seconds"]) for c, s in said.items()}


def text(r, wanted, at):
    """`wanted` messages a second were asked for at so many connections."""
    lines = ["only the submission component runs: what is accepted waits in the queue; median [least–most]"]
    for connections in r["bare"]:
        group = [x for x in r["runs"] if x["connections"] == connections]
        m = rounds.middle(group, "accepted_per_second")
        asked = f" ({rounds.asked(m, wanted)})" if connections == at else ""
        lines.append(f"\n{connections} connections: {rounds.words(m)} messages/s accepted{asked}")
        lines.append(f"  202 p50 {rounds.words(rounds.middle(group, 'p50Ms'), 1)} ms, p99 {rounds.words(rounds.middle(group, 'p99Ms'), 1)} ms;"
                     f" {rounds.words(rounds.middle(group, 'units_per_second'))} units of work/s, {rounds.words(rounds.middle(group, 'messages_per_unit'), 1)} messages a unit,"
                     f" {sum(x['aborted'] for x in group):.0f} aborted; {sum(x['refused'] for x in group)} refused, {sum(x['socketErrors'] + x['timeouts'] for x in group)} errors")
        lines.append(f"  CPU cores:  {rounds.cores(group)}")
        lines.append(f"  ceiling, bare Vert.x HTTP with the same parse: {r['bare'][connections]['accepted_per_second']:,.0f} messages/s: ratio {rounds.words(rounds.middle(group, 'ratio_bare'), 2)};"
                     f" raw driver: ratio {m['median'] / r['raw']['messagesPerSecond']:.2f}")
    c = r["raw"]
    lines.append(f"\nceiling, raw driver accepting {c['messages']} messages a transaction, {c['clients']} clients: {c['messagesPerSecond']:,.0f} messages/s, p50 {c['p50']:.1f} ms, p99 {c['p99']:.1f} ms")
    lines.append(f"answered with 202: {r['answered']} messages; stored as ACCEPTED: {r['stored']}: {'ok' if r['ok'] else 'WRONG'}")
    return "\n".join(lines)
