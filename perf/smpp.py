"""How many submit_sm a second one SMPP session carries over loopback, both ends in one process: ours to the simulator, without and with
receipts, and Cloudhopper's own client to Cloudhopper's own server, by turns.

No gateway and no store: this is the ceiling of a link. Reported besides: the share of the time in GC, and how many submit_sm a second the
simulator takes for a whole core of CPU time of its event loop.
"""
import rounds

PAIRS = {"ours": "our client, the simulator, without receipts", "receipts": "… with receipts", "cloudhopper": "Cloudhopper's client and server"}


def options(p):
    p.add_argument("--window", type=int, default=100, metavar="N", help="(default: 100)")
    p.add_argument("--messages", type=int, default=500_000, metavar="N", help="of a round; Cloudhopper's have a quarter (default: 500000)")


def run(stand, o):
    if o.tiny:
        o.messages = 5_000
    stand.build()
    said = stand.run_perf_java("Smpp", "--window", o.window, "--messages", o.messages, "--rounds", o.rounds, java_options=stand.recording())
    return {"window": o.window, "messages": o.messages, "runs": said["rounds"]}


def text(r):
    def of(pair, figure="per_second"):
        return rounds.middle([run for run in r["runs"] if run["pair"] == pair], figure)

    lines = [f"window {r['window']}, {words}: {rounds.words(of(pair))} submit_sm/s, {100 * of(pair, 'gc')['median']:.1f} % of the time in GC" for pair, words in PAIRS.items()]
    lines.append(f"ours against Cloudhopper's, without receipts: {of('ours')['median'] / of('cloudhopper')['median']:.1f} times")
    lines.append(f"the simulator, for a core of its event loop's CPU time: {rounds.words(of('ours', 'simulator_per_core'))} submit_sm/s")
    return "\n".join(lines)
