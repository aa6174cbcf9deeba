"""How long submissions stall when something dies, what they are told meanwhile, and whether all that was accepted gets to its end.

Customers post unkeyed single messages in an open loop, from outside. In each round everything dies once, five seconds into a load of its own:

    killed, hung                the primary of the only set: kill -9, SIGSTOP
    gateway                     of two gateways with everything on, the one that has the link: kill -9
    other killed, other hung    of two sets, the primary of the second one
    control killed, control hung    … of the first one, where accounts and balances live

The stall is the longest time without a 202. Killed and paused processes come back some seconds later, within the same load. At the end the books:
every message that was answered with 202 is final.
"""
import collections
import json
import signal
import time
import urllib.request

import godwit_stack as stacks
import mongo_wire
import rounds
import soak

REPLICAS = 3  # of which one may die
ONE_SET, TWO_SETS = ("killed", "hung", "gateway"), ("other killed", "other hung", "control killed", "control hung")
BEFORE = 5              # seconds of load before something dies
WANTED = {"killed": 4.0, "hung": 8.0, "gateway": 1.0, "other killed": 1.0, "other hung": 1.0, "control killed": 1.0, "control hung": 1.0}  # seconds of stall
WORK_WANTED = 15.0      # seconds until the work of a dead gateway goes on
LIMIT = 10.0            # seconds within which a door answers, as conf and verticles.json have it …
ON_ITS_WAY = 0.1        # seconds
SLACK = 1.0             # … and what a busy machine adds
DRAIN_WITHIN = 300      # seconds
AUDITS = 3              # tries
GATEWAYS = ("gateway-a", "gateway-b")
COMPONENTS = "submission,worker,link"


def options(p):
    p.add_argument("--rate", type=int, default=200, metavar="N", help="messages a second (default: 200)")
    p.add_argument("--cases", default=",".join(ONE_SET + TWO_SETS), metavar="A,B,…", help="which of them (default: all)")


def run(stand, o):
    if o.tiny:
        o.cases, o.rate = "killed", 50
    cases = o.cases.split(",")
    bench = Failover(stand, o)
    stand.sets = 2 if set(cases) & set(TWO_SETS) else 1
    stand.start_stores(postgres=False)
    bench.configure()
    found = collections.defaultdict(list)
    for group, names, sets in ((ONE_SET, GATEWAYS, 1), (TWO_SETS, GATEWAYS[:1], 2)):
        wanted = [c for c in cases if c in group]
        if wanted:
            bench.start(names, sets)
            for i in range(o.rounds):
                for case in wanted:
                    found[case].append(bench.measure(case, i + 1))
            bench.drain()
            bench.stop()
    audit = bench.books()
    result = {"rate": o.rate, "limit": LIMIT, "cases": found, "audit": audit}
    result["missed"] = [] if o.tiny else missed(found)
    result["ok"] = books_are_clean(audit) and not result["missed"] and all(r["others"] == {} for case in found.values() for r in case)
    return result


def missed(found):
    """Which of the asked figures were not reached, by their medians."""
    words = [f"{case}: a stall of {rounds.middle(of, 'stall')['median']:.1f} s" for case, of in found.items() if rounds.middle(of, "stall")["median"] > WANTED[case]]
    words += [f"{case}: an answer after {max(r['by_the_gateway'] for r in of):.1f} s" for case, of in found.items() if max(r["by_the_gateway"] for r in of) > LIMIT + SLACK]
    if "gateway" in found and rounds.middle(found["gateway"], "first_submit")["median"] > WORK_WANTED:
        words.append("gateway: its work went on too late")
    return words


def books_are_clean(audit):
    totals = audit["audit"]
    return totals is not None and totals["findings"] == 0 and totals["acceptedAndOpen"] == 0


class Failover:
    def __init__(self, stand, o):
        self.stand, self.stack, self.o, self.home = stand, stand.stack, o, stand.directory.path
        self.gateways, self.number, self.log_read = {}, 0, 0

    # -- what it stands on

    def configure(self):
        """The link is a little slower than the load, so that whoever dies leaves work behind; and who is in doubt is tried again soon."""
        file = self.home / "demo" / "link.json"
        links = json.loads(file.read_text())
        links["sim"].update(rate=round(0.8 * self.o.rate), window=50, unsettledMax=100, unknownWait=2000, receiptGrace=2000)
        file.write_text(json.dumps(links))
        simulator = self.stand._java("simulator", "-Xmx1g", "--verticles", self.stand._simulator())
        self.stack.wait_for("the simulator", lambda: stacks.listens(self.stack.ports["simulator"]) and stacks.listens(self.stack.ports["simulatorHttp"]), simulator)
        self.stand.simulator("profile", {"answerDelayMin": 20, "answerDelayMax": 60, "receiptDelayMin": 200, "receiptDelayMax": 1000, "magicNumbers": False})

    def start(self, names, sets):
        stack = self.stack
        ports = {name: stack.port(f"cluster-{name}") for name in names}
        for name in names:
            environment = dict(stack.environment, GODWIT_MONGO_URIS=" ".join(self.stand.uris[:sets]), GODWIT_CLUSTER_NAME=f"failover-{ports[names[0]]}",
                               GODWIT_CLUSTER_PORT=str(ports[name]), GODWIT_CLUSTER_MEMBERS=",".join(f"127.0.0.1:{p}" for p in ports.values()),
                               GODWIT_BUS_PORT=str(stack.port(f"bus-{name}")), GODWIT_HTTP_PORT=str(stack.port(f"http-{name}")),
                               GODWIT_OPS_PORT=str(stack.port(f"ops-{name}")), GODWIT_SMPP_PORT="0")
            command = ["-jar", self.stand.jar, "--conf", stacks.ROOT / "conf" / "godwit.json", "--verticles", self.o.verticles.absolute(), "--only", COMPONENTS]
            self.gateways[name] = stacks.java_child(stack, name, command, f"-Xmx384m {self.o.java_opts}", environment)
        stack.start(*self.gateways.values())
        self.await_ready()

    def stop(self):
        for child in self.gateways.values():
            child.signal(signal.SIGTERM)
        for name, child in self.gateways.items():
            self.stack.wait_for(f"{name} to stop", lambda: not child.alive, patience=60)
        self.gateways.clear()

    def await_ready(self):
        for name, child in self.gateways.items():
            self.stack.wait_for(f"{name} to be ready", lambda: stacks.answers(f"{self.ops(name)}/health/ready"), child, patience=180)
        self.stack.wait_for("the link to be bound", lambda: self.stand.simulator("sessions")["items"], patience=60)

    def ops(self, name):
        return f"http://127.0.0.1:{self.stack.ports[f'ops-{name}']}"

    def doors(self):
        return [f"http://127.0.0.1:{self.stack.ports[f'http-{name}']}" for name in self.gateways]

    # -- one death

    def measure(self, case, number):
        stacks.say(f"{case}, round {number}")
        away = 17 if case == "gateway" else 6 if self.o.tiny else 12
        before = 2 if self.o.tiny else BEFORE
        load = self.load(before + away + (1 if self.o.tiny else 6))
        self.stack.wait_for("the load", lambda: load.answers.exists() and load.answers.stat().st_size or not load.alive, load)  # it may have holes yet
        self.stack.nap(before)
        dead, undo, door = self.harm(case)
        died = time.time()
        self.stack.nap(away)
        undo()
        self.stack.wait_for("the load to end", lambda: not load.alive, patience=90)
        if load.process.returncode != 0:
            raise stacks.Problem(f"the load failed; its log is {load.log}:\n{load.last_words(20)}")
        figures = dict(self.figures(load, died, door), died=dead, **json.loads(load.out.read_text()))
        figures.update(self.on_the_wire(died), by_the_gateway=max(slowest_request(self.ops(name)) for name in self.gateways))
        self.stack.wait_for("all members of the sets", self.are_whole, patience=120)
        self.await_ready()
        return figures

    def load(self, seconds):
        self.number += 1
        answers, ids = self.home / f"{self.number}.answers", self.home / f"{self.number}.ids"
        child = self.stand.start_perf_java("Posts", "--http", ",".join(self.doors()), "--rate", self.o.rate, "--seconds", seconds, "--batch", 0, "--chars", 100,
                                           "--deaf", 0, "--first", self.number * 1_000_000, "--answers", answers, "--ids", ids)
        child.answers, child.ids = answers, ids
        return child

    @staticmethod
    def rows(load):
        """[(door, began, answered, status, code, retry after)], seconds since 1970."""
        if not load.answers.exists():
            return []
        lines = [line.split() for line in load.answers.read_text().splitlines()]
        return [(int(d), int(b) / 1000, int(a) / 1000, int(status), code, retry) for d, b, a, status, code, retry in (line for line in lines if len(line) == 6)]

    def harm(self, case):
        """(who, what undoes it, the number of his door or None)."""
        if case == "gateway":
            bound = max(range(len(self.gateways)), key=lambda i: self.link_is_up(list(self.gateways)[i]))
            name, child = list(self.gateways.items())[bound]
            child.kill()
            return name, child.start, bound
        name = "set1" if case.startswith("other") else "set0"
        port = stacks.primary(self.stack.ports["mongo"][name])
        child = next(c for c in self.stack.children() if c.name == f"mongod-{name}-{self.stack.ports['mongo'][name].index(port)}")
        if case.endswith("hung"):
            child.signal(signal.SIGSTOP)
            return child.name, lambda: child.signal(signal.SIGCONT), None
        child.kill()
        return child.name, child.start, None

    def link_is_up(self, name):
        with urllib.request.urlopen(f"{self.ops(name)}/metrics", timeout=10) as answer:
            return any(line.startswith("godwit_link_up") and '"sim"' in line and line.endswith(" 1.0") for line in answer.read().decode().splitlines())

    def are_whole(self):
        for ports in self.stack.ports["mongo"].values():
            states = [stacks.asked(port, {"hello": 1}) or {} for port in ports]
            if not all(s.get("isWritablePrimary") or s.get("secondary") for s in states) or not any(s.get("isWritablePrimary") for s in states):
                return False
        return True

    def figures(self, load, died, dead_door):
        rows = self.rows(load)
        accepted = sorted(answered for _, _, answered, status, _, _ in rows if status == 202)
        since = [max([a for a in accepted if a <= died], default=died)] + [a for a in accepted if a > died]
        told = collections.Counter(code for *_, status, code, retry in rows if status == 503 and retry != "-")
        # a dead gateway answers nobody: those who asked it ask elsewhere
        others = collections.Counter(f"{status} {code}" for door, _, _, status, code, retry in rows
                                     if status not in (202, 503) and not (status == 0 and door == dead_door) or status == 503 and retry == "-")
        took = [(began, answered - began) for door, began, answered, status, _, _ in rows if status != 0 or door != dead_door]
        return {"stall": max(later - earlier for earlier, later in zip(since, since[1:])) if len(since) > 1 else float("inf"),
                "slowest": max(t for _, t in took), "slowest_begun_2s_later": max((t for began, t in took if began > died + 2), default=0.0),
                "accepted": len(accepted), "told": dict(told), "others": dict(others), "unanswered_by_the_dead": sum(r[3] == 0 for r in rows if r[0] == dead_door)}

    def on_the_wire(self, died):
        """Seconds from the death to the first submit_sm that came later than what was on its way."""
        after = [at for at in (item["receivedAtMillis"] / 1000 - died for item in self.fetch()) if at > ON_ITS_WAY]
        return {"first_submit": min(after, default=float("inf"))}

    def fetch(self):
        """What the carrier has got since the last call."""
        items = []
        while True:
            answer = self.stand.simulator(f"messages?from={self.log_read}&limit=2000")
            items += answer["items"]
            if answer["items"]:
                self.log_read = answer["items"][-1]["number"] + 1
            if len(answer["items"]) < 2000:
                return items

    # -- the end

    def drain(self):
        self.stack.wait_for("all messages to be final", lambda: self.waiting() == 0, patience=DRAIN_WITHIN)

    def waiting(self):
        """None when one of them does not answer."""
        try:
            left = self.stand.simulator("counters")["waiting"]
            for ports in self.stack.ports["mongo"].values():
                port = stacks.primary(ports)
                if port is None:
                    return None
                left += mongo_wire.command(port, {"count": "parcels", "query": {"q": {"$nin": ["receipt", "stranger"]}}}, database="godwit")["n"]
            return left
        except (OSError, mongo_wire.CommandFailed):
            return None

    def books(self):
        return audited(self.stand, sorted(self.home.glob("[0-9]*.ids")))


def slowest_request(ops):
    """Seconds that the gateway took for its slowest request of the last minutes, by its own clock; 0 when it does not say."""
    try:
        with urllib.request.urlopen(f"{ops}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return 0.0
    return max((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("godwit_http_requests_seconds_max{") and 'route="/v1/' in line), default=0.0)


def audited(stand, files):
    """What scripts/audit finds: {audit, audit_problem, examples}; each line of the files is an id that must be there. Again when an election came between."""
    accepted = stand.directory.path / "accepted"
    accepted.write_text("".join(sorted(line + "\n" for file in files for line in file.read_text().splitlines())))
    for _ in range(AUDITS):
        said = audited_once(stand, accepted)
        if said["audit"]:
            break
    return said


def audited_once(stand, accepted):
    child = stacks.java_child(stand.stack, "audit", ["-cp", stand.jar, "io.godwit.Godwit", "audit", "--mongo", " ".join(stand.uris), "--accepted", accepted], "-Xmx1g")
    child.log.unlink(missing_ok=True)
    stacks.say("Checking the books")
    stand.stack.start(child)
    stand.stack.wait_for("the audit", lambda: not child.alive, patience=300)
    return soak.understand(child)


def text(r):
    lines = [f"{r['rate']} unkeyed messages/s, open loop; medians of {len(next(iter(r['cases'].values())))} rounds [least–most], seconds",
             f"{'what dies':<16} {'longest time without a 202':<34} {'slowest answer':<22} {'… begun 2 s later':<22} {'first submit_sm':<22} 503 with Retry-After"]
    for case, of in r["cases"].items():
        told = collections.Counter()
        for one in of:
            told.update(one["told"])
        lines.append(f"{case:<16} {rounds.words(rounds.middle(of, 'stall'), 2) + f' (asked for: ≤ {WANTED[case]:g})':<34} {rounds.words(rounds.middle(of, 'slowest'), 2):<22}"
                     f" {rounds.words(rounds.middle(of, 'slowest_begun_2s_later'), 2):<22} {rounds.words(rounds.middle(of, 'first_submit'), 2):<22} {dict(told) or 'none'}")
        if case == "gateway":
            lines.append(f"{'':<16} its work, the link, goes on with the first submit_sm (asked for: ≤ {WORK_WANTED:g}); it left"
                         f" {rounds.words(rounds.middle(of, 'unanswered_by_the_dead'))} requests unanswered, the other went on")
        others = [one["others"] for one in of if one["others"]]
        if others:
            lines.append(f"{'':<16} WRONG answers: {others}")
    totals = r["audit"]["audit"]
    lines.append("books: " + (f"{totals['acceptedAndFound']} accepted and there, {totals['acceptedAndOpen']} not final, {totals['findings']} findings {totals.get('kinds', '')}"
                              if totals else f"NOT READ: {r['audit']['audit_problem']}"))
    lines += [f"MISSED: {words}" for words in r["missed"]]
    longest = max(one["by_the_gateway"] for of in r["cases"].values() for one in of)
    lines.append(f"a door answers within {r['limit']:g} s (answerTimeout); the slowest request by the gateways' own clocks: {longest:.1f} s")
    return "\n".join(lines)
