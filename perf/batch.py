"""POST /v1/batches: how many messages a second the door accepts.

wrk posts batches of messages of 100 characters, each with its own recipient and text, over N connections. Only the submission component
runs: what is accepted waits in the queue.
"""
import door

WANTED = 30_000


def options(p):
    p.add_argument("--connections", default="8", metavar="N,M,…", help="(default: 8)")
    p.add_argument("--batch", type=int, default=1000, metavar="N", help="messages a call (default: 1000)")
    p.add_argument("--seconds", type=int, default=20, help="of a round (default: 20)")
    p.add_argument("--warm-up", type=int, default=15, metavar="SECONDS", help="(default: 15)")


def run(stand, o):
    if o.tiny:
        o.connections, o.batch, o.seconds, o.warm_up = "2", 20, 2, 1
    o.connections = [int(c) for c in o.connections.split(",")]
    return dict(door.run(stand, o, o.batch), at=o.connections[0])


def text(r):
    return f"batches of {r['batch']} messages; " + door.text(r, WANTED, r["at"])
