"""How many submit_sm a second one SMPP session carries over loopback, to the simulator in the same process; without and with receipts.

No gateway and no store: this is the ceiling of a link.
"""
import rounds


def options(p):
    p.add_argument("--window", type=int, default=100, metavar="N", help="(default: 100)")
    p.add_argument("--messages", type=int, default=500_000, metavar="N", help="of a round (default: 500000)")


def run(stand, o):
    if o.tiny:
        o.messages = 5_000
    stand.build()
    said = stand.run_perf_java("Smpp", "--window", o.window, "--messages", o.messages, "--rounds", o.rounds, java_options=stand.recording())
    return {"window": o.window, "messages": o.messages, "runs": said["rounds"]}


def text(r):
    return "\n".join(f"window {r['window']}, {'with' if receipts else 'without'} receipts: "
                     f"{rounds.words(rounds.middle([x for x in r['runs'] if x['receipts'] == receipts], 'per_second'))} submit_sm/s" for receipts in (False, True))
