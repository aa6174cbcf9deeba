"""How long the choice of a link takes with many routes, accounts, costs and rates, in microseconds.

One Java process with a real directory in MongoDB, seeded: accounts below twenty resellers; routes by account and country, by prefix, by network
with least cost and a quality floor, and by time, sender and tag; fifty links with uploaded costs; one uploaded list of rates. Each round asks once for each of
so many messages of random accounts and numbers. Besides: their prices in a chain of two (quote), and as ceiling the plain look-up of the longest of as many
prefixes. Tells also how much longer the start takes, and what heap it costs, than with an empty directory.
"""
import rounds

WANTED_US = 20
WANTED_START_MS = 5_000
WANTED_HEAP_MIB = 300


def options(p):
    p.add_argument("--routes", type=int, default=5_000, metavar="N", help="(default: 5000)")
    p.add_argument("--accounts", type=int, default=10_000, metavar="N", help="(default: 10000)")
    p.add_argument("--rates", type=int, default=1_000_000, metavar="N", help="rows of the price list (default: 1000000)")
    p.add_argument("--costs", type=int, default=2_000, metavar="N", help="rows of each link's costs (default: 2000)")
    p.add_argument("--messages", type=int, default=500_000, metavar="N", help="of a round (default: 500000)")


def run(stand, o):
    if o.tiny:
        o.routes, o.accounts, o.rates, o.costs, o.messages = 100, 100, 1_000, 20, 2_000
    stand.start_stores(postgres=False)
    said = stand.run_perf_java("Decisions", "--mongo", stand.uris[0], "--routes", o.routes, "--accounts", o.accounts, "--rates", o.rates, "--costs", o.costs,
                               "--messages", o.messages, "--rounds", o.rounds, java_options=stand.recording())
    return dict(said, routes=o.routes, accounts=o.accounts, rates=o.rates, costs=o.costs, ok=said["routed"] == said["messages"])


def text(r):
    lines = [f"{r['routes']:,} routes, {r['accounts']:,} accounts, {r['rates']:,} rates, costs of fifty links with {r['costs']:,} rows each;"
             f" {r['messages']:,} messages a round, median [least–most] in µs"]
    for what, words in (("choose", "choice of a link"), ("quote", "price of a chain of two"), ("plain", "ceiling: longest of as many prefixes")):
        said = [round_[what] for round_ in r["rounds"]]
        lines.append(f"{words}: " + ", ".join(f"{figure} {rounds.words(rounds.middle(said, figure), 2)}" for figure in ("p50", "p99", "p999", "mean")))
    p99 = rounds.middle([round_["choose"] for round_ in r["rounds"]], "p99")["median"]
    lines.append(f"asked for: a choice in ≤ {WANTED_US} µs p99: {'met' if p99 <= WANTED_US else 'MISSED'}; {r['routed']:,} of {r['messages']:,} messages have a link")
    lines.append(f"start {r['start_ms']:,.0f} ms more (asked for: ≤ {WANTED_START_MS:,}, {'met' if r['start_ms'] <= WANTED_START_MS else 'MISSED'}),"
                 f" heap {r['heap_mib']:,.0f} MiB more (≤ {WANTED_HEAP_MIB}, {'met' if r['heap_mib'] <= WANTED_HEAP_MIB else 'MISSED'})")
    return "\n".join(lines)
