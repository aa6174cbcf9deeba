"""The durable queue with nothing around it: messages sent, received and acknowledged a second.

One Java process without HTTP, events or handlers. So many messages of 100 characters are on their way at once, and each that is acknowledged
durably makes room for another; what is to be sent while a commit is in flight goes as one parcel, as at the intake. Stages receive and
acknowledge. "handed": they are in
the sending process, and parcels reach them in memory; "claimed": they are another life with its own connections, which must claim every
parcel. Counted is what is acknowledged durably; at the end nothing may be left, and as much received as sent. Ceilings: the raw driver with
the same messages in parcels of the same size, only inserted (no transaction), and inserted and deleted in a transaction.
"""
import rounds

WANTED = 70_000
# of what is only inserted in the same run
WANTED_RATIO = 0.45


def options(p):
    p.add_argument("--ways", default="handed,claimed", metavar="A,B", help="handed, claimed or both (default)")
    p.add_argument("--callers", type=int, default=4000, metavar="N", help="messages on their way at once (default: 4000)")
    p.add_argument("--senders", type=int, default=4, metavar="N", help="slots that send (default: 4)")
    p.add_argument("--stages", type=int, default=4, metavar="N", help="slots that receive (default: 4)")
    p.add_argument("--seconds", type=int, default=10, help="of a round (default: 10)")
    p.add_argument("--warm-up", type=int, default=10, metavar="SECONDS", help="(default: 10)")


def run(stand, o):
    if o.tiny:
        o.callers, o.seconds, o.warm_up = 200, 2, 1
    stand.start_stores(postgres=False)
    ways = {way: measure(stand, o, way) for way in o.ways.split(",")}
    per_send = max(1, round(next(iter(ways.values()))["rounds"][-1]["messages_per_send"]))
    ceilings = {work: stand.run_perf_java("Ceiling", "--mongo", stand.uris[0], "--work", work, "--messages", per_send, "--clients", 4, "--seconds", 1 if o.tiny else 10)
                for work in ("insert", "carry")}
    return {"ways": ways, "ceilings": ceilings, "callers": o.callers, "senders": o.senders, "stages": o.stages, "ok": all(w["ok"] for w in ways.values())}


def measure(stand, o, way):
    child = stand.start_perf_java("QueueAlone", "--mongo", stand.uris[0], "--way", way, "--callers", o.callers, "--senders", o.senders, "--stages", o.stages,
                                  "--seconds", o.seconds, "--warm-up", o.warm_up, "--rounds", o.rounds, java_options=stand.recording())
    said = stand.await_result(child, patience=120 + o.warm_up + o.rounds * o.seconds)
    said["ok"] = said["parcels_left"] == 0 and said["sent"] == said["received"] == said["acknowledged"]
    return dict(said, cpu_cores=stand.cores_between(child.samples, said["rounds"][0]["began"], said["rounds"][-1]["ended"]))


def text(r):
    lines = [f"{r['callers']} callers, {r['senders']} sending and {r['stages']} receiving slots, messages of 100 characters; median [least–most]"]
    for way, w in r["ways"].items():
        m = rounds.middle(w["rounds"], "per_second")
        ratio = m["median"] / r["ceilings"]["insert"]["messagesPerSecond"]
        lines.append(f"\n{way}: {rounds.words(m)} messages/s sent, received and acknowledged ({rounds.asked(m, WANTED)}; "
                     f"ratio {ratio:.2f}, asked for: ≥ {WANTED_RATIO}, {'met' if ratio >= WANTED_RATIO else 'MISSED'})")
        lines.append(f"  send until durable: p50 {rounds.words(rounds.middle(w['rounds'], 'send', 'p50'))} ms, p99 {rounds.words(rounds.middle(w['rounds'], 'send', 'p99'))} ms")
        lines.append(f"  {rounds.words(rounds.middle(w['rounds'], 'units_per_second'))} units of work/s, {rounds.words(rounds.middle(w['rounds'], 'messages_per_send'))} messages a parcel,"
                     f" {sum(x['aborted'] for x in w['rounds'])} aborted; ratio to the ceilings "
                     + ", ".join(f"{m['median'] / c['messagesPerSecond']:.2f} ({work})" for work, c in r["ceilings"].items()))
        lines.append(f"  CPU cores:  {', '.join(f'{n} {c:.2f}' for n, c in w['cpu_cores'].items())}")
        lines.append(f"  in all {w['sent']} sent, {w['received']} received, {w['acknowledged']} acknowledged, {w['parcels_left']} parcels left: {'ok' if w['ok'] else 'WRONG'}")
    for work, c in r["ceilings"].items():
        words = "only inserted, no transaction" if work == "insert" else "inserted and deleted in a transaction"
        lines.append(f"ceiling, {words}: {c['messagesPerSecond']:,.0f} messages/s in parcels of {c['messages']}, {c['clients']} clients, p50 {c['p50']:.1f} ms, p99 {c['p99']:.1f} ms")
    return "\n".join(lines)
