"""POST /v1/messages: how many a second the door accepts.

wrk posts single messages of 100 characters over N connections, each with one request under way. Only the submission component runs:
what is accepted waits in the queue. With everything behind it on, the bench is `pipeline`.
"""
import door

WANTED, AT = 8_000, 256


def options(p):
    p.add_argument("--connections", default="64,256", metavar="N,M,…", help="(default: 64,256)")
    p.add_argument("--seconds", type=int, default=20, help="of a round (default: 20)")
    p.add_argument("--warm-up", type=int, default=15, metavar="SECONDS", help="(default: 15)")


def run(stand, o):
    if o.tiny:
        o.connections, o.seconds, o.warm_up = "16", 2, 1
    o.connections = [int(c) for c in o.connections.split(",")]
    return door.run(stand, o)


def text(r):
    return door.text(r, WANTED, AT)
