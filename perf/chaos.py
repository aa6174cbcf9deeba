"""A chaos run: a seeded plan of deaths, pauses and cuts while messages are sent; then the books. The plan: chaos_plan.py, the verdict: chaos_verdict.py."""
import collections
import json
import os
import signal
import time

import chaos_plan
import chaos_verdict
import godwit_stack as stacks
import mongo_wire
import soak
from chaos_proxy import Proxy
from godwit_stack import say
from soak_stand import CarrierLog, SoakStand, pause_until
from stand import children_of_all

VALIDITY = 60       # seconds; a message whose receipt is lost ends UNKNOWN after it
LATEST = 10         # seconds that messages are scheduled ahead at most
DRAIN_WITHIN = LATEST + VALIDITY + 90
START_WITHIN = 120  # seconds, for everything to be ready after the plan
STARTING = 30       # seconds; a gateway that ends sooner has not come up, and is started again
MOST_STARTS = 5     # such starts of one gateway
GATEWAYS = ("gateway-a", "gateway-b")
# both do everything, but for reporting; or the links have a process of their own
LAYOUTS = {"whole": (("submission", "worker", "link", "reporting"), ("submission", "worker", "link")),
           "split": (("submission", "worker", "reporting"), ("submission", "link"))}
LINK = {"responseTimeout": 1000 * chaos_plan.RESPONSE_TIMEOUT, "enquireInterval": 3000, "unknownWait": 2000, "receiptGrace": 2000}
LINKS = {"sim": dict(LINK, binds=2, window=20, unsettledMax=60), "sim2": dict(LINK, window=10, unsettledMax=20), "slow": dict(LINK, window=5, unsettledMax=5)}
UNSETTLED = sum(link.get("binds", 1) * link["unsettledMax"] for link in LINKS.values())
# SYSERR is temporary: such messages are tried again
PROFILE = {"answerDelayMin": 20, "answerDelayMax": 60, "receiptDelayMin": 200, "receiptDelayMax": 1000, "errors": {"0x08": 0.002}}
TROUBLE = {"unanswered": {"paused": True},
           "lose": {"receiptsLost": 0.3}, "double": {"receiptsDoubled": 0.5}, "reorder": {"receiptDelayMin": 0, "receiptDelayMax": 8000}}


def main(options):
    actions = chaos_plan.plan(options.seed, options.minutes)
    say(f"seed {options.seed}: {len(actions)} actions, {options.layout} gateways")
    for action in actions:
        say(f"  {action}")
    if options.plan_only:
        return 0
    with ChaosStand(options) as stand:
        stand.start_all()
        result = Chaos(stand, options).run(actions)
        failures, remarks = chaos_verdict.judge(result)
        if failures:
            stand.keep()
    report(result, failures, remarks, options)
    return 1 if failures else 0


def report(result, failures, remarks, options):
    say("What was done")
    for at, action, note in result["done"]:
        say(f"{at:7.1f} s  {action.what:10} {action.target:10} {action.seconds:3} s  {note}")
    audit = result["audit"] or {}
    say("What was found")
    found = {"accepted": result["sent"]["accepted"], "… and there": audit.get("acceptedAndFound"), "… not final": audit.get("acceptedAndOpen"),
             "sent twice": f"{result['copies']} (at most {result['bound']})", "ended": audit.get("messages"), "findings": audit.get("kinds")}
    for name, value in found.items():
        say(f"  {name:12} {value}")
    for remark in remarks:
        say("  " + remark)
    for failure in failures:
        say("FAILED: " + failure)
    again = f"scripts/chaos --seed {options.seed} --minutes {options.minutes:g} --rate {options.rate} --layout {options.layout}"
    say(f"{'FAILED' if failures else 'passed'}; again: {again}")


class ChaosStand(SoakStand):
    """Three mongods, PostgreSQL, the simulator, a proxy before it, and two gateways in one cluster."""

    def __init__(self, options):
        options.http, options.replicas = None, 3
        super().__init__(options)
        options.java_opts = "-Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
        self.gateways = {}

    def start_all(self):
        super().start_all()
        self.profile()

    def profile(self, **trouble):
        self.simulator("profile", dict(PROFILE, **trouble))

    def start_gateway(self, *_):
        self.proxy = Proxy(self.stack.ports["simulator"]).__enter__()
        self.stack.environment["GODWIT_SIMULATOR_PORT"] = str(self.proxy.port)
        ports = [self.stack.port(f"cluster-{name}") for name in GATEWAYS]
        members = ",".join(f"127.0.0.1:{port}" for port in ports)
        for name, port, only in zip(GATEWAYS, ports, LAYOUTS[self.options.layout]):
            environment = dict(self.stack.environment, GODWIT_CLUSTER_NAME=f"chaos-{ports[0]}", GODWIT_CLUSTER_PORT=str(port), GODWIT_CLUSTER_MEMBERS=members,
                               GODWIT_BUS_PORT=str(self.stack.port(f"bus-{name}")), GODWIT_HTTP_PORT=str(self.stack.port(f"http-{name}")),
                               GODWIT_OPS_PORT=str(self.stack.port(f"ops-{name}")), GODWIT_SMPP_PORT="0")
            command = ["-jar", self.jar, "--conf", stacks.ROOT / "conf" / "godwit.json", "--verticles", self.options.verticles, "--only", ",".join(only)]
            self.gateways[name] = stacks.java_child(self.stack, name, command, self.options.java_opts, environment)
        self.stack.start(*self.gateways.values())
        for name, child in self.gateways.items():
            self.stack.wait_for(f"{name} to be ready", lambda: self.is_ready(name), child, patience=180)

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
        return ",".join(f"http://127.0.0.1:{self.stack.ports[f'http-{name}']}" for name in GATEWAYS)

    def child(self, name):
        return next(child for child in self.stack.children() if child.name == name)

    def mongods(self):
        """{name: how the member sees itself}; nothing for who does not answer."""
        return {f"mongod-set0-{i}": stacks.asked(port, {"hello": 1}) for i, port in enumerate(self.stack.ports["mongo"]["set0"])}

    def waiting(self):
        """
        Parcels with messages, and deliveries at the carrier; None when one of them does not answer. Receipts wait for messages that they never
        meet, since the answer to a copy's original was lost: they go at their time, and keep no message from its end.
        """
        port = stacks.primary(self.stack.ports["mongo"]["set0"])
        try:
            return mongo_wire.command(port, {"count": "parcels", "query": {"q": {"$not": {"$regex": "^(receipt$|deliver[.])"}}}}, database="godwit")["n"] + self.simulator("counters")["waiting"] if port else None
        except (OSError, mongo_wire.CommandFailed):
            return None

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
        self.done, self.doubts, self.troubles = [], [], []
        self.starts = collections.Counter()
        self.profile = {}

    def step(self):
        now = time.monotonic() - self.began
        for entry in [e for e in self.under_way if e[0] <= now]:
            self._undo(entry)
        for action in [a for a in self.pending if a.at <= now]:
            if action.kind == "mongod" and not self.set_is_whole():
                continue  # the majority comes first; it is late then
            self.pending.remove(action)
            note, undo = getattr(self, action.kind)(action)
            self.under_way.append((now + action.seconds, action, undo))
            self.done.append((now, action, note))
            self.doubts.append((action.kind, action.what))
            say(f"{now:7.1f} s  {action.what} {action.target} {note}")
        self.look_after()

    def _undo(self, entry):
        self.under_way.remove(entry)
        entry[2]()
        say(f"{time.monotonic() - self.began:7.1f} s    … {entry[1].what} {entry[1].target} is over")

    def end(self):
        """Everything is continued, started and behaves again."""
        for entry in list(self.under_way):
            self._undo(entry)
        for action in self.pending:
            self.troubles.append(f"not done: {action.what} {action.target}; its time was over before the set had three members")
        self.pending.clear()

    def set_is_whole(self):
        states = self.stand.mongods().values()
        return all(s and (s.get("isWritablePrimary") or s.get("secondary")) for s in states) and any(s.get("isWritablePrimary") for s in states)

    def look_after(self):
        """A gateway that died without being told to is a trouble, unless it could not start: that may be, when the control set has no primary."""
        resting = {action.target for _, action, _ in self.under_way}
        for name, child in self.stand.gateways.items():
            if child.alive or name in resting:
                continue
            if time.monotonic() - child.started_at[-1] > STARTING or self.starts[name] >= MOST_STARTS:
                self.troubles.append(f"{name} ended by itself ({child.how_it_ended()}): {child.last_words(1).strip()}")
            self.starts[name] += 1
            say(f"         {name} did not come up ({child.how_it_ended()}); it is started again")
            child.start()

    # -- one method a kind: does it, and returns (a note, what undoes it)

    def mongod(self, action):
        states = self.stand.mongods()
        wanted = "isWritablePrimary" if action.target == "primary" else "secondary"
        return self.process(action, self.stand.child(next(name for name, state in states.items() if state.get(wanted))))

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
        return child.name, child.start

    def start_again(self, child):
        if child.alive:
            say(f"         {child.name} has not drained in its time, and is killed")
            self.doubts.append(("gateway", "kill"))
            child.kill()
        child.start()

    def postgres(self, action):
        processes, child = self.stand.postgres_processes(), self.stand.child("postgres")
        if action.what == "kill":
            send(processes, signal.SIGKILL)
            child.kill()
            return f"{len(processes)} processes", child.start
        send(processes, signal.SIGSTOP)
        return f"{len(processes)} processes", lambda: send(processes, signal.SIGCONT)

    def link(self, action):
        proxy = self.stand.proxy
        if action.what == "cut":
            return f"{proxy.cut()} connections", lambda: None
        if action.what == "slow":
            proxy.slow(0.3)
            return "300 ms each way", lambda: proxy.slow(0)
        if action.what == "blackhole":
            proxy.silence()
            return "", proxy.speak
        return self.carrier(action)

    def carrier(self, action):
        self.profile[action.what] = TROUBLE[action.what]
        self._behave()
        return "", lambda: (self.profile.pop(action.what), self._behave())

    def _behave(self):
        self.stand.profile(**{key: value for trouble in self.profile.values() for key, value in trouble.items()})


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
        self.settle(conductor.troubles)
        self.drain()
        self.allow_unknown()
        books = self.books()
        return dict(sent=sent, given=False, unchecked=self.unchecked, done=conductor.done, troubles=conductor.troubles,
                    copies=chaos_verdict.copies(self.carrier.counts), bound=chaos_plan.bound(conductor.doubts, UNSETTLED), carrier=self.stand.simulator("counters"), **books)

    def load(self, conductor):
        child = self.generator("load", self.options.seconds, 0)
        conductor.began = time.monotonic()
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
        while calm < 3 and time.monotonic() - began < DRAIN_WITHIN:
            if not pause_until(self.stack, time.monotonic() + 1):
                raise stacks.Stopped()
            self.fetch()
            left = self.stand.waiting()
            calm = calm + 1 if left == 0 else 0
            if round(time.monotonic() - began) % soak.EVERY == 0:
                say(f"  draining: {left} parcels and deliveries wait")
        if calm < 3:
            say("It does not drain; the audit tells what waits")

    def allow_unknown(self):
        """Who was on the air when something died may end UNKNOWN, and so may who lost his receipt; the verdict says how many."""
        file = self.home / "load.ids"
        lines = file.read_text().splitlines()
        file.write_text("".join(line + ("|UNKNOWN" if "DELIVERED" in line or "TELCO_ERROR" in line else "") + "\n" for line in lines))
