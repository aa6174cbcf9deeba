"""A chaos run: a seeded plan of deaths, pauses and cuts while messages are sent; then the books. The plan: chaos_plan.py, the verdict: chaos_verdict.py."""
import collections
import json
import os
import re
import signal
import time

import chaos_plan
import chaos_verdict
import customers
import godwit_stack as stacks
import mongo_wire
import soak
from chaos_proxy import Proxy
from godwit_stack import say
from soak_stand import CarrierLog, SoakStand, pause_until
from stand import children_of_all

LATEST = 10         # seconds that messages are scheduled ahead at most
DRAIN_WITHIN = LATEST + 240  # seconds after the validity, on a machine that others use, too
START_WITHIN = 300  # seconds, for everything to be ready after the plan
MOST_STARTS = 10    # of one gateway that do not come up, such as while the control set has no primary
AUDITS = 3          # tries
RUNS = "Godwit runs ["  # what a gateway that has come up says
DECLARED_DEAD = re.compile(r"process was declared dead in (.+) as incarnation")


class Process:
    """One gateway's process: `kind` of action, which tells what may die at the same time, and the components that it runs."""

    def __init__(self, kind, only, without=()):
        self.kind, self.only, self.without = kind, only, without

    def arguments(self):
        return ["--only", ",".join(self.only), *(["--except", ",".join(self.without)] if self.without else [])]

    @property
    def has_links(self):
        return "link" in self.only

    @property
    def has_door(self):
        return "submission" in self.only

    @property
    def has_smpp(self):
        return "smpp-server" in self.only


LAYOUTS = {
    # both do everything, but for reporting
    "whole": {"gateway-a": Process("gateway", ("submission", "smpp-server", "worker", "link", "reporting")), "gateway-b": Process("gateway", ("submission", "smpp-server", "worker", "link"))},
    # the links have a process of their own
    "split": {"gateway-a": Process("gateway", ("submission", "smpp-server", "worker", "reporting")), "gateway-b": Process("gateway", ("submission", "smpp-server", "link"))},
    # every component has one: one before the carrier, one behind it and the one of SMPP customers may be away at a time
    "components": {"submission": Process("gateway.before", ("submission",)), "worker": Process("gateway.before", ("worker",), ("worker.inbound", "worker.rescue")),
                   "link": Process("gateway.before", ("link",), ("link.await",)), "link.await": Process("gateway.behind", ("link.await",)),
                   "worker.inbound": Process("gateway.behind", ("worker.inbound", "worker.rescue")), "reporting": Process("gateway.behind", ("reporting",)),
                   "smpp-server": Process("gateway.customers", ("smpp-server",))},
}
HEAP = {"components": "160m"}  # else 384m
LINK = {"responseTimeout": 1000 * chaos_plan.RESPONSE_TIMEOUT, "enquireInterval": 3000, "unknownWait": 2000, "receiptGrace": 2000}
LINKS = {"sim": dict(LINK, binds=2, window=20, unsettledMax=60), "sim2": dict(LINK, window=10, unsettledMax=20), "slow": dict(LINK, window=5, unsettledMax=5)}
# seconds; a message whose receipt is lost ends UNKNOWN after it, and none may expire on a slow machine because a set and each component on its way were away in turn
VALIDITY = 120
UNSETTLED = sum(link.get("binds", 1) * link["unsettledMax"] for link in LINKS.values())
# SYSERR is temporary: such messages are tried again
PROFILE = {"answerDelayMin": 20, "answerDelayMax": 60, "receiptDelayMin": 200, "receiptDelayMax": 1000, "errors": {"0x08": 0.002}}
TROUBLE = {"unanswered": {"paused": True},
           "lose": {"receiptsLost": 0.3}, "double": {"receiptsDoubled": 0.5}, "reorder": {"receiptDelayMin": 0, "receiptDelayMax": 8000}}


def main(options):
    gateways = LAYOUTS[options.layout]
    actions = chaos_plan.plan(options.seed, options.minutes, chaos_plan.deck({name: process.kind for name, process in gateways.items()}, options.sets))
    say(f"seed {options.seed}: {len(actions)} actions, {options.layout} gateways, sets: {options.sets}")
    for action in actions:
        say(f"  {action}")
    if options.plan_only:
        return 0
    try:
        with ChaosStand(options) as stand:
            stand.start_all()
            result = Chaos(stand, options).run(actions)
            failures, remarks = chaos_verdict.judge(result)
            if failures:
                stand.keep()
            result["noise"] = stand.noise()
    except (stacks.Problem, OSError) as e:
        summarise(options, f"NOT FINISHED: {str(e).splitlines()[0]}")
        raise
    report(result, failures, remarks, options)
    summarise(options, chaos_verdict.line(result, failures))
    return 1 if failures else 0


def again(options):
    more = f" --sets {options.sets}" if options.sets > 1 else ""
    more += f" --smpp-share {options.smpp_share:g}" if options.smpp_share != customers.SHARE else ""
    return f"scripts/chaos --seed {options.seed} --minutes {options.minutes:g} --rate {options.rate} --layout {options.layout}{more}"


def summarise(options, words):
    """One line a run, for who lets many of them run."""
    if options.summary:
        with open(options.summary, "a") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M')} {again(options)}: {words}\n")


def report(result, failures, remarks, options):
    say("What was done")
    for at, action, note in result["done"]:
        say(f"{at:7.1f} s  {action.what:10} {action.target:15} {action.seconds:3} s  {note}")
    audit = result["audit"] or {}
    say("What was found")
    found = {"accepted": result["sent"]["accepted"], "… and there": audit.get("acceptedAndFound"), "… not final": audit.get("acceptedAndOpen"),
             "sent twice": f"{result['copies']} (at most {result['bound']})", "told": chaos_verdict.told_words(result), "ended": audit.get("messages"), "findings": audit.get("kinds")}
    for name, value in found.items():
        say(f"  {name:12} {value}")
    for remark in remarks:
        say("  " + remark)
    for failure in failures:
        say("FAILED: " + failure)
    say(f"{'FAILED' if failures else 'passed'}; again: {again(options)}")


class ChaosStand(SoakStand):
    """Three mongods a set, PostgreSQL, the simulator, a proxy before it, the gateways in one cluster, and a proxy before each door of SMPP customers."""

    def __init__(self, options):
        options.http, options.replicas = None, 3
        super().__init__(options)
        options.java_opts = f"-Xmx{HEAP.get(options.layout, '384m')} -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
        self.sets, self.layout, self.gateways = options.sets, LAYOUTS[options.layout], {}

    def start_all(self):
        super().start_all()
        self.profile()

    def profile(self, **trouble):
        self.simulator("profile", dict(PROFILE, **trouble))

    def start_gateway(self, *_):
        self.proxy = Proxy(self.stack.ports["simulator"]).__enter__()
        self.stack.environment["GODWIT_SIMULATOR_PORT"] = str(self.proxy.port)
        self.smpp_proxies = {name: Proxy(self.stack.port(f"smpp-{name}")).__enter__() for name, process in self.layout.items() if process.has_smpp}
        ports = {name: self.stack.port(f"cluster-{name}") for name in self.layout}
        members = ",".join(f"127.0.0.1:{port}" for port in ports.values())
        for name, process in self.layout.items():
            environment = dict(self.stack.environment, GODWIT_CLUSTER_NAME=f"chaos-{min(ports.values())}", GODWIT_CLUSTER_PORT=str(ports[name]),
                               GODWIT_CLUSTER_MEMBERS=members, GODWIT_BUS_PORT=str(self.stack.port(f"bus-{name}")), GODWIT_HTTP_PORT=str(self.stack.port(f"http-{name}")),
                               GODWIT_OPS_PORT=str(self.stack.port(f"ops-{name}")), GODWIT_SMPP_PORT=str(self.stack.ports.get(f"smpp-{name}", 0)))
            command = ["-jar", self.jar, "--conf", stacks.ROOT / "conf" / "godwit.json", "--verticles", self.options.verticles, *process.arguments()]
            self.gateways[name] = stacks.java_child(self.stack, name, command, self.options.java_opts, environment)
        self.stack.start(*self.gateways.values())
        for name, child in self.gateways.items():
            self.stack.wait_for(f"{name} to be ready", lambda: self.is_ready(name), child, patience=START_WITHIN)

    def is_ready(self, name):
        return stacks.answers(f"http://127.0.0.1:{self.stack.ports[f'ops-{name}']}/health/ready")

    def _demo(self):
        folder = super()._demo()
        links = json.loads((folder / "link.json").read_text())
        for name, settings in LINKS.items():
            links[name].update(settings)
        (folder / "link.json").write_text(json.dumps(links))
        return folder

    @property
    def http(self):
        return ",".join(f"http://127.0.0.1:{self.stack.ports[f'http-{name}']}" for name, process in self.layout.items() if process.has_door)

    @property
    def smpp(self):
        return ",".join(f"127.0.0.1:{proxy.port}" for proxy in self.smpp_proxies.values())

    def child(self, name):
        return next(child for child in self.stack.children() if child.name == name)

    def mongods(self, of):
        """{name: how the set's member sees itself}; nothing for who does not answer."""
        return {f"mongod-{of}-{i}": stacks.asked(port, {"hello": 1}) for i, port in enumerate(self.stack.ports["mongo"][of])}

    def waiting(self):
        """
        Parcels with messages and with what SMPP customers are to be told, and deliveries at the carrier; None when one of them does not answer. Receipts wait for messages that they never
        meet, since the answer to a copy's original was lost: they go at their time, and keep no message from its end.
        """
        try:
            return self.parcels({"$not": {"$regex": "^receipt$"}}) + self.simulator("counters")["waiting"]
        except (OSError, mongo_wire.CommandFailed):
            return None

    def declared_dead(self, name):
        """How often the others took the process for dead, though it lived: in one set, if there are several, in which it was most often."""
        sets = collections.Counter(DECLARED_DEAD.findall(self.gateways[name].log.read_text(errors="replace")))
        return max(sets.values(), default=0)

    def postgres_processes(self):
        master = self._postmaster()
        return [master, *children_of_all().get(master, [])] if master else []

    def keep(self):
        self.temporary = None
        say(f"stores, logs and lists of ids are kept in {self.directory.path}")


class Conductor:
    """Does what the plan says, and undoes it. `step` returns at once; what was done, and what went wrong meanwhile, is in `done` and `troubles`."""

    def __init__(self, stand, actions):
        self.stand, self.pending, self.began = stand, list(actions), time.monotonic()
        self.under_way = []     # [until, action, undo]
        self.done, self.doubts, self.troubles, self.left_out = [], [], [], []
        self.undrained = []     # (second, name) of who was stopped, had not drained in time, and was killed
        self.starts = collections.Counter()
        self.profile = {}
        self.before = {}        # octets of each gateway's log when it was started last

    def step(self):
        now = time.monotonic() - self.began
        for entry in [e for e in self.under_way if e[0] <= now]:
            self._undo(entry)
        for action in [a for a in self.pending if a.at <= now]:
            kind = action.kind.split(".")[0]
            if kind == "mongod" and not self.set_is_whole():
                continue  # the majority comes first; it is late then
            self.pending.remove(action)
            note, undo = getattr(self, kind)(action)
            self.under_way.append((now + action.seconds, action, undo))
            self.done.append((now, action, note))
            if kind != "gateway" or self.stand.layout[action.target].has_links:
                self.doubts.append((kind, action.what))
            say(f"{now:7.1f} s  {action.what} {action.target} {note}")
        self.look_after()

    def _undo(self, entry):
        self.under_way.remove(entry)
        entry[2]()
        say(f"{time.monotonic() - self.began:7.1f} s    … {entry[1].what} {entry[1].target} is over")

    def end(self):
        """Everything is continued, started and behaves again. What was not done on a slow machine is no fault of what is tested."""
        for entry in list(self.under_way):
            self._undo(entry)
        for action in self.pending:
            self.left_out.append(f"not done: {action.what} {action.target}; its time was over before the set had three members")
        self.pending.clear()

    def set_is_whole(self):
        """Each of them."""
        return all(self._is_whole(list(self.stand.mongods(name).values())) for name in self.stand.stack.ports["mongo"])

    @staticmethod
    def _is_whole(states):
        return all(s and (s.get("isWritablePrimary") or s.get("secondary")) for s in states) and any(s.get("isWritablePrimary") for s in states)

    def look_after(self):
        """A gateway that died without being told to is a trouble, unless it could not start: that may be, when the control set has no primary."""
        resting = {action.target for _, action, _ in self.under_way}
        for name, child in self.stand.gateways.items():
            if child.alive or name in resting:
                continue
            how = f"{name} {'ended by itself' if self.came_up(child) else 'did not come up'} ({child.how_it_ended()})"
            self.starts[name] += 1
            if self.came_up(child) or self.starts[name] == MOST_STARTS:
                self.troubles.append(f"{how}: {child.last_words(1).strip()}")
            say(f"         {how}; it is started again")
            self.begin(child)

    def begin(self, child):
        """Starts it; what it says from now on is of this life."""
        self.before[child.name] = child.log.stat().st_size
        child.start()

    def came_up(self, child):
        with open(child.log, "rb") as log:
            log.seek(self.before.get(child.name, 0))
            return RUNS.encode() in log.read()

    # -- one method a kind: does it, and returns (a note, what undoes it)

    def mongod(self, action):
        """Target: a whole set, or the primary or a secondary of one, or of the only one."""
        name, _, who = action.target.rpartition(".")
        states = self.stand.mongods(name or ("set0" if who in ("primary", "secondary") else who))
        wanted = {"primary": "isWritablePrimary", "secondary": "secondary"}.get(who)
        names = [next((n for n, state in states.items() if state and state.get(wanted)), next(iter(states)))] if wanted else list(states)
        undone = [self.process(action, self.stand.child(each))[1] for each in names]
        return ", ".join(names), lambda: [undo() for undo in undone]

    def gateway(self, action):
        return self.process(action, self.stand.gateways[action.target])

    def process(self, action, child):
        if action.what == "pause":
            child.signal(signal.SIGSTOP)
            return child.name, lambda: child.signal(signal.SIGCONT)
        if action.what == "stop":
            child.signal(signal.SIGTERM)
            return child.name, lambda: self.start_again(child)
        child.kill()
        return child.name, lambda: self.begin(child)

    def start_again(self, child):
        if child.alive:
            say(f"         {child.name} has not drained in its time, and is killed")
            self.undrained.append((time.monotonic() - self.began, child.name))
            if self.stand.layout[child.name].has_links:
                self.doubts.append(("gateway", "kill"))
            child.kill()
        self.begin(child)

    def postgres(self, action):
        processes, child = self.stand.postgres_processes(), self.stand.child("postgres")
        if action.what == "kill":
            send(processes, signal.SIGKILL)
            child.kill()
            return f"{len(processes)} processes", child.start
        send(processes, signal.SIGSTOP)
        return f"{len(processes)} processes", lambda: send(processes, signal.SIGCONT)

    def link(self, action):
        return self.carrier(action) if action.what == "unanswered" else self.connections(action, [self.stand.proxy])

    def customers(self, action):
        return self.connections(action, list(self.stand.smpp_proxies.values()))

    @staticmethod
    def connections(action, proxies):
        if action.what == "cut":
            return f"{sum(proxy.cut() for proxy in proxies)} connections", lambda: None
        if action.what == "slow":
            for proxy in proxies:
                proxy.slow(0.3)
            return "300 ms each way", lambda: [proxy.slow(0) for proxy in proxies]
        for proxy in proxies:
            proxy.silence()
        return "", lambda: [proxy.speak() for proxy in proxies]

    def carrier(self, action):
        self.profile[action.what] = TROUBLE[action.what]
        self._behave()
        return "", lambda: (self.profile.pop(action.what), self._behave())

    def _behave(self):
        self.stand.profile(**{key: value for trouble in self.profile.values() for key, value in trouble.items()})


def last_line(words):
    return words.strip().splitlines()[-1].strip()


def send(processes, number):
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            pass


class Tally(CarrierLog):
    """… and how often each segment of each recipient came."""

    def __init__(self, stand, path):
        super().__init__(stand, path)
        self.counts = collections.Counter()

    def took(self, item):
        self.counts[item["to"], item["seq"]] += 1


class Chaos(soak.Soak):
    def run(self, actions):
        self.carrier = Tally(self.stand, self.home / "carrier.ids")
        self.validity, self.latest, self.before = VALIDITY, LATEST, {}
        conductor = Conductor(self.stand, actions)
        sent = self.load(conductor)
        conductor.end()
        self.unchecked += conductor.left_out
        self.settle(conductor.troubles)
        self.drain()
        unplanned = self.take_over(conductor)
        self.end_customers(sent, self.doubts_of_telling(conductor, unplanned), self.began)
        self.allow_unknown()
        books = self.books()
        return dict(sent=sent, given=False, unchecked=self.unchecked, done=conductor.done, troubles=conductor.troubles,
                    copies=chaos_verdict.copies(self.carrier.counts), missed=self.carrier.missed, bound=chaos_plan.bound(conductor.doubts, UNSETTLED), carrier=self.stand.simulator("counters"), **books)

    def doubts_of_telling(self, conductor, unplanned):
        """When SMPP customers may have been told what they are told again later."""
        doors = {name for name, process in self.stand.layout.items() if process.has_smpp}
        end = time.time() - self.began
        return (chaos_plan.doubts_of_telling([(at, action) for at, action, _ in conductor.done], doors) + [(at, at, True) for at, name in conductor.undrained if name in doors]
                + [(0, end, True) for name in unplanned if name in doors])

    def load(self, conductor):
        self.start_customers()
        child = self.generator("load", self.options.seconds, 0)
        conductor.began, self.began = time.monotonic(), time.time()
        fetched = 0
        while child.alive:
            if not pause_until(self.stack, time.monotonic() + 0.2):
                raise stacks.Stopped()
            conductor.step()
            if time.monotonic() - fetched > soak.FETCH_EVERY:
                self.fetch()
                fetched = time.monotonic()
        return self.finish(child)

    def settle(self, troubles):
        """Everything runs and is ready again."""
        try:
            for name, child in self.stand.gateways.items():
                self.stack.wait_for(f"{name} to be ready again", lambda: self.stand.is_ready(name), child, patience=START_WITHIN)
        except stacks.Problem as e:
            troubles.append(str(e))
        for child in self.stack.children():
            if child.name in ("simulator", "postgres") or child.name.startswith("mongod"):
                if not child.alive:
                    troubles.append(f"{child.name} does not run any more ({child.how_it_ended()})")

    def drain(self):
        """Until the queue is empty, and the carrier has nothing more to say."""
        say("Draining")
        began, calm, left = time.monotonic(), 0, None
        while calm < 3 and time.monotonic() - began < self.validity + DRAIN_WITHIN:
            if not pause_until(self.stack, time.monotonic() + 1):
                raise stacks.Stopped()
            self.fetch()
            left = self.stand.waiting()
            calm = calm + 1 if left == 0 else 0
            if round(time.monotonic() - began) % soak.EVERY == 0:
                say(f"  draining: {left} parcels and deliveries wait")
        if calm < 3:
            say("It does not drain; the audit tells what waits")

    def take_over(self, conductor):
        """A machine that is too busy makes the living look dead: what they had submitted by then is in doubt as if they had been paused. Returns their names."""
        looked_dead = []
        for name in self.stand.gateways:
            paused = sum(action.what == "pause" and action.target == name for _, action, _ in conductor.done)
            unplanned = max(0, self.stand.declared_dead(name) - paused)
            looked_dead += [name] * unplanned
            if unplanned:
                self.unchecked.append(f"{name} was declared dead {unplanned} times though nobody paused it")
            if self.stand.layout[name].has_links:
                conductor.doubts.extend([("gateway", "pause")] * unplanned)
        return looked_dead

    def books(self):
        """A machine that is too busy lets an audit run into time-outs: that says nothing about the books."""
        for _ in range(AUDITS):
            books = super().books()
            if books["audit"]:
                break
            say(f"The audit was not finished: {last_line(books['audit_problem'])}")
        return books

    def allow_unknown(self):
        """Who was on the air when something died may end UNKNOWN, and so may who lost his receipt; the verdict says how many."""
        for file in [self.home / "load.ids"] + ([self.customers.ids] if self.customers else []):
            lines = file.read_text().splitlines()
            file.write_text("".join(line + ("|UNKNOWN" if "DELIVERED" in line or "TELCO_ERROR" in line else "") + "\n" for line in lines))
