"""A soak: load, burst, drain, books, verdict, report. What is judged, and how, is in verdict.py; what it stands on in soak_stand.py."""
import json
import os
import subprocess
import time

import customers
import godwit_stack as stacks
import mongo_wire
import soak_page
import verdict
from godwit_stack import say
from soak_stand import CarrierLog, SoakStand, pause_until

EVERY = 10          # seconds between two readings
FETCH_EVERY = 2     # … between two looks into the simulator's log
LEAST_FREE_GB = 2
LATEST = 60         # seconds that messages are scheduled ahead at most
DRAIN_WITHIN = 180  # seconds, after what was scheduled last is due
OUTSTANDING = 256   # requests under way in the burst
QUIET_CORES = 0.1   # that others may use while a ratio is measured which others are held against
FINAL = ("DELIVERED", "UNDELIVERABLE", "FAILED", "REFUSED", "EXPIRED", "CANCELLED", "DEAD", "UNKNOWN")
NOTICES = {"$regex": "^deliver[.]"}  # queues of what customers are told over SMPP
RESULTS = stacks.ROOT / "perf" / "results"


def main(options):
    kept = last_kept()
    with SoakStand(options) as stand:
        stand.start_all()
        result = Soak(stand, options).run()
        result["noise"] = stand.noise()
    result["failures"], result["remarks"] = verdict.judge(result, kept, options.books_only)
    result["passed"] = not result["failures"]
    report(result, kept, options)
    return 0 if result["passed"] else 1


def last_kept():
    """The last one that had the machine to itself: what others' work does to the ratio says nothing about Godwit."""
    kept = [json.loads(file.read_text()) for file in sorted(RESULTS.glob("soak-*.json"))]
    return next((r for r in reversed(kept) if r["noise"]["cores_used_by_others"] <= QUIET_CORES), None)


def report(result, kept, options):
    options.report.mkdir(parents=True, exist_ok=True)
    page = options.report / "report.html"
    page.write_text(soak_page.page(result, kept))
    (options.report / "report.json").write_text(json.dumps(result, indent=1) + "\n")
    if options.keep and result["passed"]:
        RESULTS.mkdir(exist_ok=True)
        name = time.strftime("soak-%Y-%m-%dT%H%M")
        short = {k: v for k, v in result.items() if k not in ("samples", "minutes")}
        (RESULTS / f"{name}.json").write_text(json.dumps(short, indent=1) + "\n")
        (RESULTS / f"{name}.html").write_text(page.read_text())
    for remark in result["remarks"]:
        say("  " + remark)
    for failure in result["failures"]:
        say("FAILED: " + failure)
    say(f"{'passed' if result['passed'] else 'FAILED'}; report: {page}")


class Soak:
    def __init__(self, stand, options):
        self.stand, self.stack, self.options = stand, stand.stack, options
        self.home = stand.directory.path
        self.samples, self.unchecked = [], []
        self.ended_early = None
        self.carrier = None
        self.validity, self.latest = 0, LATEST
        self.rest_rate, self.smpp_rate = (options.rate, 0) if stand.given else customers.share(options)
        self.customers = customers.Customers(stand, self.home) if self.smpp_rate else None

    def run(self):
        if self.stand.has_simulator:
            self.carrier = CarrierLog(self.stand, self.home / "carrier.ids")
        else:
            self.unchecked.append("the carrier's ids and replies were not checked: there is no --simulator-http")
        if not self.stand.pg:
            self.unchecked.append("the reporting database was not checked: there is no --pg")
        if self.stand.given:
            self.unchecked.append("SMPP customers, expiry, heap, RSS and the ratio to a ceiling belong to a stack of its own: left out")
        self.before = self.stand.try_meters() or {}
        sent = self.load()
        burst = None if self.options.books_only or self.stand.given or self.ended_early else self.burst(sent)
        self.drain()
        self.end_customers(sent)
        audit = self.books()
        return dict(self.stand.circumstances(), sent=sent, samples=self.samples, burst=burst, ratio=burst and burst["ratio"], memory=self.memory(),
                    ended_early=self.ended_early, unchecked=self.unchecked, carrier=self.carrier_counts(), minutes=self.minutes(), **audit)

    # -- the load

    def generator(self, name, seconds, outstanding):
        intervals, ids = self.home / f"{name}.intervals", self.home / f"{name}.ids"
        child = self.stand.start_perf_java("Soak", "--http", self.stand.http, "--key", self.options.key, "--rate", self.rest_rate, "--seconds", seconds,
                                           "--outstanding", outstanding, *self.mix(), "--ids", ids, "--intervals", intervals)
        child.intervals, child.ids = intervals, ids
        return child

    def mix(self):
        return ("--seed", self.options.seed, "--expiry", 0 if self.stand.given else 1, "--latest", self.latest, "--validity", self.validity)

    def start_customers(self):
        if self.customers:
            self.customers.start(self.smpp_rate, self.options.seconds, *self.mix())

    def end_customers(self, sent, *doubts):
        """After all was told. What they sent is added to `sent`, and stands there alone, too, with what they were told."""
        if not self.customers:
            return
        try:
            waiting = self.stand.parcels(NOTICES)
        except (OSError, mongo_wire.CommandFailed) as e:
            waiting = f"nobody knows how many ({e})"
        sums = self.customers.end()
        for key in ("sent", "accepted", "rejected", "refused", "errors", "skipped", "unanswered"):
            sent[key] += sums[key]
        sent["smpp"] = dict(sums, told=self.customers.told(*doubts), waiting=waiting)

    def load(self):
        say(f"{self.options.rate} messages a second for {self.options.seconds / 60:g} minutes; ^C ends it early and checks the books")
        self.start_customers()
        child = self.generator("load", self.options.seconds, 0)
        began = time.monotonic()
        self.last = (began, self.before, self.stand.cpu())
        self.last_smpp = {}
        reading = began + EVERY
        while child.alive and not self.ended_early:
            if not pause_until(self.stack, min(reading, time.monotonic() + FETCH_EVERY)):
                self.stack.signals, self.ended_early = 0, "stopped by the user"
                break
            self.fetch()
            if time.monotonic() >= reading:
                self.read(began, child)
                reading += EVERY
        return self.finish(child)

    def finish(self, child):
        """Lets the generator end in order, and returns its sums."""
        if child.alive and self.ended_early:
            say(f"Ending the load: {self.ended_early}")
            child.signal(15)
        self.stack.wait_for("the last answers", lambda: not child.alive, patience=self.options.seconds + 120 if not self.ended_early else 120)
        if not child.out.exists():
            raise stacks.Problem(f"The generator failed ({child.how_it_ended()}); its log is {child.log}:\n{child.last_words(20)}")
        return json.loads(child.out.read_text())

    def fetch(self):
        if not self.carrier:
            return
        try:
            self.carrier.fetch()
        except OSError as e:
            say(f"  the simulator does not answer: {e}")

    def read(self, began, child):
        """One reading of everything, and a line that says how it goes."""
        now, meters, cpu = time.monotonic(), self.stand.try_meters(), self.stand.cpu()
        last_at, last_meters, last_cpu = self.last
        elapsed = now - last_at
        counted = events(meters) if meters else {}
        lately = {k: v - events(last_meters).get(k, 0) for k, v in counted.items()}
        said = last_line(child.intervals)
        s = {"t": now - began, "sent": said.get("sent", 0), "accepted": (lately.get("ACCEPTED", 0) + lately.get("SCHEDULED", 0)) / elapsed,
             "final": sum(lately.get(t, 0) for t in FINAL) / elapsed, "backlog": self.unfinished(counted), "p50": said.get("p50"), "p99": said.get("p99"), "max": said.get("max"),
             "errors": said.get("errors", 0), "refused": said.get("refused", 0), "underWay": said.get("underWay", 0), "rss_mb": self.stand.rss_mb(),
             "cpu": {n: (c - last_cpu.get(n, 0)) / elapsed for n, c in cpu.items()}, "mongo_mb": self.stand.mongo_sizes(), "free_gb": self.stand.free_gb(), **self.stand.collections(), **self.smpp_lately(elapsed)}
        if not meters:
            s.update(accepted=None, final=None, backlog=None)
        self.last = (now, meters or last_meters, cpu)
        self.samples.append(s)
        say(progress(s))
        if s["free_gb"] < LEAST_FREE_GB:
            self.ended_early = f"the disk is nearly full, {s['free_gb']:.1f} GB are left and at least {LEAST_FREE_GB} are needed"

    def smpp_lately(self, elapsed):
        """What the customers over SMPP had a second since the last reading."""
        if not self.customers:
            return {}
        before, self.last_smpp = self.last_smpp, last_line(self.customers.intervals) or self.last_smpp
        return {f"smpp_{what}": (self.last_smpp.get(what, 0) - before.get(what, 0)) / elapsed for what in ("accepted", "receipts")}

    def unfinished(self, counted):
        first = events(self.before)
        return sum(counted.get(t, 0) - first.get(t, 0) for t in ("ACCEPTED", "SCHEDULED")) - sum(counted.get(t, 0) - first.get(t, 0) for t in FINAL)

    # -- the burst and its ceiling

    def burst(self, sent):
        """
        As fast as it goes, for the ratio: final messages a second by what the plain driver moves through one step, with as many messages a unit of
        work, on the same stores right afterwards. Not divided by the steps of a message: these may become fewer, and then the ratio rises. What it
        sends is in the books like all else, and added to `sent`.
        """
        self.drain()
        say(f"{OUTSTANDING} requests under way for {self.options.burst} s, then the ceiling")
        before, began = self.stand.meters(), time.monotonic()
        child = self.generator("burst", self.options.burst, OUTSTANDING)
        while child.alive:
            if not pause_until(self.stack, time.monotonic() + 1):
                raise stacks.Stopped()
            self.fetch()
        sums = self.finish(child)
        after, elapsed = self.stand.meters(), time.monotonic() - began
        for key in ("requests", "sent", "accepted", "rejected", "refused", "errors", "skipped", "unanswered"):
            sent[key] += sums[key]
        self.drain()
        final = sum(events(after).get(t, 0) - events(before).get(t, 0) for t in FINAL) / elapsed
        units, moved = (grown(before, after, name) for name in ("godwit_units_seconds_count", "godwit_unit_messages_sum"))
        per_unit = max(1, round(moved / max(1, units)))
        ceiling = self.stand.run_perf_java("Ceiling", "--mongo", self.stand.uris[0], "--work", "step", "--messages", per_unit, "--clients", 4, "--seconds", 10)
        return {"final_per_second": final, "accepted_per_second": sums["accepted"] / sums["seconds"], "answer": sums["answer"], "messages_per_unit": per_unit,
                "ceiling_per_second": ceiling["messagesPerSecond"], "ratio": final / ceiling["messagesPerSecond"]}

    # -- the end

    def drain(self):
        """Until all that was accepted is final, and the carrier has nothing more to say."""
        began, calm = time.monotonic(), 0
        while calm < 3 and time.monotonic() - began < LATEST + DRAIN_WITHIN:
            if not pause_until(self.stack, time.monotonic() + 1):
                raise stacks.Stopped()
            self.fetch()
            meters = self.stand.try_meters()
            left = None if meters is None else self.unfinished(events(meters))
            calm = calm + 1 if left == 0 and self.is_all_delivered() and self.is_all_told() else 0
            if round(time.monotonic() - began) % EVERY == 0:
                say(f"  draining: {'?' if left is None else round(left)} messages are not final")
        if calm < 3:
            say("It does not drain; the audit tells what waits")

    def is_all_delivered(self):
        """Whether the carrier has nothing more to say; not, as long as it does not answer."""
        try:
            return not self.carrier or self.stand.simulator("counters")["waiting"] == 0
        except OSError:
            return False

    def is_all_told(self):
        """Whether no notice waits for those who come over SMPP."""
        try:
            return not self.customers or self.stand.parcels(NOTICES) == 0
        except (OSError, mongo_wire.CommandFailed):
            return False

    def books(self):
        """{audit, audit_problem, examples}: what scripts/audit finds."""
        ids = self.home / "accepted.ids"
        parts = [str(p) for p in (self.home / "load.ids", self.home / "smpp.ids", self.home / "burst.ids") if p.exists()]
        subprocess.run(["sort", "-o", str(ids), "-T", str(self.home / "tmp"), *parts], check=True, env=dict(os.environ, LC_ALL="C"))
        command = ["-cp", self.stand.jar, "io.godwit.Godwit", "audit", "--mongo", " ".join(self.stand.uris), "--accepted", ids, "--timings", self.home / "timings"]
        if self.stand.pg:
            command += ["--pg", self.stand.pg]
        if self.customers:
            command += ["--receipts", self.customers.for_the_audit()]
        if self.carrier and self.carrier.missed:
            self.unchecked.append(f"the carrier's ids were not checked: {self.carrier.missed} of them left its log before they were fetched")
        elif self.carrier:
            command += ["--carrier-log", self.carrier.path, "--carrier-since", self.carrier.since]
        say("Checking the books")
        child = stacks.java_child(self.stack, "audit", command, "-Xmx1g")
        child.log.unlink(missing_ok=True)
        began = time.monotonic()
        self.stack.start(child)
        while child.alive:
            if not pause_until(self.stack, time.monotonic() + 0.5):
                raise stacks.Stopped()
        say(f"  read in {time.monotonic() - began:.0f} s")
        return understand(child)

    def carrier_counts(self):
        if not self.carrier:
            return None
        now, meters = self.stand.simulator("counters"), self.stand.try_meters() or {}
        received = events(meters).get("RECEIVED", 0) - events(self.before).get("RECEIVED", 0)
        return {"received": received, **{k: v - self.stand.carrier_before.get(k, 0) for k, v in now.items() if isinstance(v, (int, float))}}

    def memory(self):
        if self.stand.given:
            return {}
        heap = verdict.by_minute([(s["t"], s.get("heap_mb")) for s in self.samples], min)
        rss = verdict.by_minute([(s["t"], s["rss_mb"].get("gateway")) for s in self.samples], lambda values: sorted(values)[len(values) // 2])
        return {"heap after collections": verdict.growth(heap), "RSS of the gateway": verdict.growth(rss)}

    def minutes(self):
        file = self.home / "timings"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def events(meters):
    return {labels[0]: value for (name, labels), value in meters.items() if name == "godwit_events_total"}


def grown(before, after, name):
    return sum(v - before.get((n, l), 0) for (n, l), v in after.items() if n == name)


def lines(file):
    return file.exists() and file.stat().st_size > 0


def last_line(file):
    """The generator's last words; {} before it has any."""
    if not lines(file):
        return {}
    with open(file, "rb") as f:
        f.seek(max(0, file.stat().st_size - 4096))
        whole = [line for line in f.read().split(b"\n")[:-1] if line.startswith(b"{") and line.endswith(b"}")]
    return json.loads(whole[-1]) if whole else {}


def progress(s):
    def number(value, unit="", digits=0):
        return "?" if value is None else f"{value:,.{digits}f}{unit}"
    minutes, seconds = divmod(round(s["t"]), 60)
    return (f"{minutes:4}:{seconds:02}  sent {s['sent']:,}  accepted {number(s['accepted'])}/s  final {number(s['final'])}/s  backlog {number(s['backlog'])}"
            f"  over SMPP {number(s.get('smpp_accepted'))}/s, receipts {number(s.get('smpp_receipts'))}/s"
            f"  p99 {number(s['p99'], ' ms')}  RSS {number(s['rss_mb'].get('gateway'), ' MB')}  errors {s['errors']}  free disk {s['free_gb']:.1f} GB")


def understand(child):
    """The audit's lines: findings, and the sums last."""
    totals, examples = None, {}
    with open(child.log, errors="replace") as log:
        for line in log:
            if not line.startswith("{"):
                continue
            said = json.loads(line)
            if "kind" in said:
                examples.setdefault(said["kind"], f"{said['id']}: {said['detail'][:300]}")
            elif "findings" in said:
                totals = said
    if child.process.returncode not in (0, 1) or totals is None:
        return {"audit": None, "audit_problem": child.last_words(4).strip() or child.how_it_ended(), "examples": examples}
    return {"audit": totals, "audit_problem": "", "examples": examples}
