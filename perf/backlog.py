"""What a claim costs while 1,000 to 10,000,000 messages wait.

The messages wait in ready parcels, as after a large campaign (500 each) or as from an idle system (parcels of one, the worst case). A claim takes
from the front about 500 messages, as a stage does; what was claimed is finished, and as much put at the end, so that the backlog stays
as it is. Only the claim is timed. Ceiling: the same three trips (find, mark, read) by id with the plain driver on the same parcels.
"""
import rounds


def options(p):
    p.add_argument("--messages", default="1000,1000000,10000000", metavar="N,M,…", help="that wait (default: 1000,1000000,10000000)")
    p.add_argument("--parcels", default="500,1", metavar="N,M", help="messages of a parcel (default: 500,1)")
    p.add_argument("--most-parcels", type=int, default=1_000_000, metavar="N", help="what would need more parcels is left out (default: 1000000)")
    p.add_argument("--claims", type=int, default=50, metavar="N", help="in a round (default: 50)")


def run(stand, o):
    if o.tiny:
        o.messages, o.claims = "1000,2000", 5
    stand.start_stores(postgres=False)
    child = stand.start_perf_java("Backlog", "--mongo", stand.uris[0], "--messages", o.messages, "--parcels", o.parcels, "--most-parcels", o.most_parcels, "--claims", o.claims, "--rounds", o.rounds,
                                  java_options=stand.recording())
    said = stand.await_result(child, patience=3600)
    return {"runs": said["rounds"], "aborted": said["aborted"], "claims": o.claims, "cpu_cores": stand.cores_between(child.samples)}


def text(r):
    lines = [f"{r['claims']} claims a round; medians [least–most] of the rounds, milliseconds; plan {r['runs'][0]['plan']}",
             "parcel of   waiting   claim p50            claim p99            msgs/claim   claimed msgs/s   by id p50   ratio p50"]
    for parcel, messages in dict.fromkeys((x["parcel"], x["messages"]) for x in r["runs"]):
        group = [x for x in r["runs"] if (x["parcel"], x["messages"]) == (parcel, messages)]
        p50, raw = rounds.middle(group, "claim", "p50"), rounds.middle(group, "raw", "p50")
        lines.append(f"{parcel:9} {messages:9}   {rounds.words(p50, 1):<20} {rounds.words(rounds.middle(group, 'claim', 'p99'), 1):<20} "
                     f"{rounds.middle(group, 'messages_per_claim')['median']:10.0f} {rounds.middle(group, 'messages_per_second')['median']:16,.0f} "
                     f"{raw['median']:11.1f} {p50['median'] / raw['median']:11.2f}")
    lines.append(f"{r['aborted']} units of work aborted; CPU cores over all, filling included: {', '.join(f'{n} {c:.2f}' for n, c in r['cpu_cores'].items())}")
    return "\n".join(lines)
