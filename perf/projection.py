"""Events into PostgreSQL: how many a second the projection applies, alone in its own process.

The events are in the store before it starts: four a message, in full pages, the kinds of a message 20 pages apart as under load. Each round
empties the reporting database, as scripts/rebuild-reports does, under the running projector, which then reads everything again; timed from
the first events that it applies to the last. The first round warms up. Ceilings: the driver reading the same pages undecoded, and
PostgreSQL copying the resulting rows into a table with the same indexes in one statement, each alone.
"""
import time

import godwit_stack as stacks
import rounds

WANTED = 20_000


def options(p):
    p.add_argument("--messages", type=int, default=100_000, metavar="N", help="with four events each (default: 100000)")


def run(stand, o):
    if o.tiny:
        o.messages = 2_000
    stand.start_stores()
    stock = stand.run_perf_java("EventStock", "--mongo", stand.uris[0], "--messages", o.messages)
    stand.start_gateway("--only", "reporting")
    await_applied(stand, stock["events"])
    runs = [measure(stand, stock["events"]) for _ in range(o.rounds)]
    ends = stand.run_perf_java("ProjectionCeiling", "--mongo", stand.uris[0], "--postgres", stand.stack.environment["GODWIT_PG_URL"])
    ceilings = {end: stock["events"] / ends[f"{end}_seconds"] for end in ("read", "copy")}
    return {"runs": runs, "stock": stock, "messages": o.messages, "ceilings": ceilings, "ok": all(r["applied"] == stock["events"] for r in runs)}


def applied(stand):
    return sum(v for (name, _), v in stand.meters().items() if name == "godwit_reporting_events_total")


def await_applied(stand, wanted):
    stand.stack.wait_for("all events to be applied", lambda: applied(stand) >= wanted, patience=600)


def measure(stand, events):
    before = applied(stand)
    rebuild = stacks.java_child(stand.stack, "rebuild", ["-cp", stand.jar, "io.godwit.reporting.RebuildReports", "--postgres", stand.stack.environment["GODWIT_PG_URL"],
                                                         "--mongo", " ".join(stand.uris)])
    stand.stack.start(rebuild)
    stand.stack.wait_for("the reports to be emptied", lambda: not rebuild.alive, patience=60)
    if rebuild.process.returncode != 0:
        raise stacks.Problem(f"The reports cannot be emptied: {rebuild.last_words()}")
    stand.stack.wait_for("the projection to begin", lambda: applied(stand) > before, patience=60)
    first, cpu_before, began = applied(stand), stand.cpu(), time.monotonic()
    await_applied(stand, before + events)
    seconds, last = time.monotonic() - began, applied(stand)
    return {"seconds": seconds, "applied": last - before, "per_second": (last - first) / max(seconds, 1e-9), "cpu_cores": stand.cores(cpu_before, began)}


def text(r):
    m = rounds.middle(r["runs"], "per_second")
    lines = [f"{r['messages']} messages, {r['stock']['events']} events in {r['stock']['pages']} pages; median [least–most]",
             f"\n{rounds.words(m)} events/s ({rounds.asked(m, WANTED)})", f"  CPU cores:  {rounds.cores(r['runs'])}"]
    for end, words in (("read", "the driver reading the pages undecoded"), ("copy", "PostgreSQL copying the rows in one statement")):
        lines.append(f"  ceiling, {words}: {r['ceilings'][end]:,.0f} events/s: ratio {m['median'] / r['ceilings'][end]:.2f}")
    lines.append("every event applied once a round: " + ("ok" if r["ok"] else f"WRONG: {[x['applied'] for x in r['runs']]}"))
    return "\n".join(lines)
