"""What every bench stands on: stores, simulator and gateway started for it alone, their CPU time and the gateway's meters."""
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import godwit_stack as stacks

RICH = 10**15  # micro-units for each demo account, so that credit never ends a bench
WINDOW = 1000  # of the link, and of the simulator's receipts
TICKS = os.sysconf("SC_CLK_TCK")
PERF_SOURCES = stacks.ROOT / "src" / "test" / "java" / "io" / "godwit" / "perf"


class Stand:
    """`with Stand(options) as stand: stand.start()`; everything it started is stopped at the end."""

    sets = 1

    def __init__(self, options):
        self.options = options
        self.change_demo = None  # what a bench changes in the folder of the demo's entries
        self.temporary = None if options.data else tempfile.mkdtemp(prefix="godwit-bench-")
        self.directory = stacks.DataDirectory(options.data or self.temporary, fresh=True)
        self.measurements = 0

    def __enter__(self):
        self.stack = stacks.Stack(self.directory.__enter__())
        self.stack.stop_on_signals()
        self.began = time.time()
        self.busy_at_start = self._machine_busy()
        return self

    def __exit__(self, failure, *_):
        self.own_cpu = sum(seconds for name, seconds in self.cpu().items())
        self.stack.stop()
        self.directory.__exit__()
        if failure and not issubclass(failure, stacks.Stopped):
            stacks.say(f"logs are kept in {self.directory.path / 'logs'}")
        elif self.temporary:
            shutil.rmtree(self.temporary, ignore_errors=True)

    # -- starting

    def start(self, simulator=True, before_gateway=None, postgres=True):
        """Everything. `before_gateway(stand)` may start what the gateway needs beside the stores, such as another simulator."""
        self.start_stores(postgres)
        if simulator:
            child = self._java("simulator", "-Xmx1g", "--verticles", self._simulator())
            self.stack.wait_for("the simulator", lambda: stacks.listens(self.stack.ports["simulator"]), child)
        if before_gateway:
            before_gateway(self)
        self.start_gateway("--except", "simulator")

    def build(self):
        stacks.build_jar(self.stack)
        self.jar = stacks.private_jar(self.stack)

    def start_stores(self, postgres=True):
        """The stores, and the environment that tells a gateway where everything is."""
        stack, options = self.stack, self.options
        self.build()
        pg_url, server = stacks.start_postgres(stack, self.jar) if postgres else ("", None)
        self.uris = stack.start_mongo(self.sets, options.replicas, oplog_mb=8192, cache_gb=1)
        stacks.await_postgres(stack, server)
        stack.environment = {
            "GODWIT_HTTP_PORT": str(stack.port("http")), "GODWIT_SMPP_PORT": str(stack.port("smpp")), "GODWIT_OPS_PORT": str(stack.port("ops")),
            "GODWIT_SIMULATOR_PORT": str(stack.port("simulator")), "GODWIT_SIMULATOR_HTTP_PORT": str(stack.port("simulatorHttp")),
            "GODWIT_MONGO_URIS": " ".join(self.uris), "GODWIT_PG_URL": pg_url, "GODWIT_DEMO_DIR": str(self._demo())}

    def start_gateway(self, *which):
        """`which` of the components, in the gateway's own words: --only A,B or --except C."""
        options = self.options
        child = self._java("gateway", f"{self.recording()} {options.java_opts}", "--verticles", options.verticles.absolute(), *which)
        self.stack.wait_for("the gateway to be ready", lambda: stacks.answers(self.ops + "/health/ready"), child, patience=180)

    def stop_gateway(self):
        child = next(c for c in self.stack.children() if c.name == "gateway")
        child.signal(signal.SIGTERM)
        self.stack.wait_for("the gateway to stop", lambda: not child.alive, patience=120)
        self.stack.groups.remove([child])

    def _java(self, name, java_options, *arguments):
        command = ["-jar", self.jar, "--conf", stacks.ROOT / "conf" / "godwit.json", *arguments]
        child = stacks.java_child(self.stack, name, command, java_options, self.stack.environment)
        self.stack.start(child)
        return child

    def recording(self):
        """Java's options for --jfr, for whichever process the bench is about."""
        if not self.options.jfr:
            return ""
        return f"-XX:StartFlightRecording=settings=profile,dumponexit=true,filename={self.options.jfr.absolute()}"

    def _simulator(self):
        file = self.directory.path / "simulator.json"
        config = {"port": "${GODWIT_SIMULATOR_PORT}", "httpPort": "${GODWIT_SIMULATOR_HTTP_PORT}", "window": WINDOW}
        file.write_text(json.dumps({"verticles": [{"name": "simulator", "class": "io.godwit.simulator.SimulatorVerticle", "config": config}]}))
        return file

    def _demo(self):
        """The demo's entries, with more credit than any bench can spend and a link whose window does not bound it."""
        folder = self.directory.path / "demo"
        shutil.copytree(stacks.ROOT / "conf" / "demo", folder)
        topups = json.loads((folder / "topup.json").read_text())
        for topup in topups.values():
            topup["amount"] = RICH
        (folder / "topup.json").write_text(json.dumps(topups))
        links = json.loads((folder / "link.json").read_text())
        links["sim"].update(rate=0, window=WINDOW, unsettledMax=4 * WINDOW)
        (folder / "link.json").write_text(json.dumps(links))
        if self.change_demo:
            self.change_demo(folder)
        return folder

    @property
    def http(self):
        return f"http://127.0.0.1:{self.stack.ports['http']}"

    @property
    def ops(self):
        return f"http://127.0.0.1:{self.stack.ports['ops']}"

    @property
    def simulator_http(self):
        return f"http://127.0.0.1:{self.stack.ports['simulatorHttp']}"

    def perf_classes(self):
        """The mains in the room `perf` of the tests, compiled against the jar."""
        classes = self.directory.path / "perf-classes"
        if not classes.exists():
            javac = Path(stacks.java()).with_name("javac")
            compiled = subprocess.run([str(javac), "-nowarn", "-cp", str(self.jar), "-d", str(classes), *map(str, sorted(PERF_SOURCES.glob("*.java")))],
                                      capture_output=True, text=True)
            if compiled.returncode != 0:
                raise stacks.Problem(f"The bench's own Java does not compile:\n{compiled.stderr}")
        return classes

    def perf_java(self, main, *arguments, java_options=""):
        """A child that runs one of those mains; not started."""
        classes = self.perf_classes()
        return stacks.java_child(self.stack, main.lower(), ["-cp", f"{self.jar}:{classes}", f"io.godwit.perf.{main}", *map(str, arguments)],
                                  f"-Xmx1g {java_options}", self.stack.environment)

    def run_perf_java(self, main, *arguments, patience=600, java_options=""):
        """Runs it to its end; what it says goes to its log. Returns the JSON that it wrote to the file after --out."""
        return self.await_result(self.start_perf_java(main, *arguments, java_options=java_options), patience)

    def start_perf_java(self, main, *arguments, java_options=""):
        self.measurements += 1
        out = self.directory.path / f"{main}-{self.measurements}.json"
        child = self.perf_java(main, "--out", out, *arguments, java_options=java_options)
        child.out = out
        self.stack.start(child)
        return child

    def await_result(self, child, patience):
        """Its JSON. Meanwhile the CPU of all processes is looked at twice a second: see `cores_between`."""
        child.samples = []

        def ended():
            if not child.samples or time.time() - child.samples[-1][0] > 0.5:
                child.samples.append((time.time(), self.cpu()))
            return not child.alive

        self.stack.wait_for(f"{child.name} to measure", ended, patience=patience)
        if child.process.returncode != 0 or not child.out.exists():
            raise stacks.Problem(f"{child.name} failed ({child.how_it_ended()}); its log is {child.log}:\n{child.last_words(20)}")
        return json.loads(child.out.read_text())

    # -- asking

    def post(self, url, body, key=None, too_much=()):
        """The answer as JSON; None when its status is one of `too_much`."""
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST"), timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            if refusal.code in too_much:
                return None
            raise stacks.Problem(f"{url} answered {refusal.code}: {refusal.read().decode(errors='replace')[:300]}")

    def simulator(self, path, body=None):
        url = f"{self.simulator_http}/{path}"
        if body is not None:
            return self.post(url, body)
        return json.loads(fetched("simulator", url, 30))

    def meters(self):
        """The gateway's meters as {(name, (label values…)): value}."""
        return self.meters_of(self.ops)

    @staticmethod
    def meters_of(ops, key=None):
        """`key` is the operator's, where they are read at the REST door; at the address for operators none is asked for."""
        text = fetched("gateway", ops + "/metrics", 30, key)
        meters = {}
        for name, labels, value in re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", text, re.M):
            meters[name, tuple(re.findall(r'="([^"]*)"', labels))] = float(value)
        return meters

    # -- CPU

    def cpu(self):
        """CPU seconds so far by process, its children included; mongod's are told apart by number."""
        children = children_of_all()
        used = {child.name: cpu_of(child.process.pid, children) for child in self.stack.children() if child.alive}
        if "postgres" in used:  # the server has left the process that started it
            used["postgres"] += cpu_of(self._postmaster(), children)
        return used

    @staticmethod
    def cores_between(samples, began=0, ended=float("inf")):
        """Cores used by each process between two moments of the clock (seconds since 1970), as far as the samples tell."""
        within = [s for s in samples if began <= s[0] <= ended] or samples[-1:]
        (first, before), (last, after) = within[0], within[-1]
        return {name: (seconds - before.get(name, 0)) / max(1e-9, last - first) for name, seconds in after.items()} if last > first else {}

    def _postmaster(self):
        try:
            return int((self.directory.path / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return 0

    def cores(self, before, began):
        """Cores used by each process since then: `before` is what `cpu` said at `began` (monotonic)."""
        elapsed = time.monotonic() - began
        return {name: (seconds - before.get(name, 0)) / elapsed for name, seconds in self.cpu().items()}

    @staticmethod
    def _machine_busy():
        fields = [int(x) for x in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        return (sum(fields) - fields[3] - fields[4]) / TICKS  # all but idle and iowait

    # -- circumstances

    def circumstances(self):
        return {"command": "scripts/bench " + " ".join(sys.argv[1:]), "date": time.strftime("%Y-%m-%d %H:%M:%S%z"), "commit": commit(),
                "replicas": self.options.replicas, "cores": os.cpu_count(), "cpu_model": cpu_model(),
                "java": subprocess.run([stacks.java(), "-version"], capture_output=True, text=True).stderr.split("\n")[0],
                "os": platform.platform(), "tiny": self.options.tiny}

    def noise(self):
        """How much others used this machine meanwhile: above about 0.1 cores the figures are preliminary."""
        seconds = max(1e-9, time.time() - self.began)
        others = self._machine_busy() - self.busy_at_start - sum(self.cpu().values()) - sum(os.times()[:4])
        return {"load_average": os.getloadavg()[0], "cores_used_by_others": round(max(0.0, others / seconds), 2)}

    def heading(self, r):
        noise = r["noise"]
        words = [f"$ {r['command']}", f"{r['date']}, commit {r['commit']}, {r['replicas']} mongod, {r['cores']} cores ({r['cpu_model']}), {r['java']}",
                 f"load average {noise['load_average']:.1f}; others used about {noise['cores_used_by_others']:.2f} cores meanwhile"]
        if noise["cores_used_by_others"] > 0.1 or r["tiny"]:
            words.append("PRELIMINARY: " + ("tiny numbers" if r["tiny"] else "the machine was not quiet"))
        return "\n".join(words) + "\n"

    @staticmethod
    def write_json(path, result):
        path.write_text(json.dumps(result, indent=2) + "\n")


def fetched(who, url, patience, key=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    try:
        with urllib.request.urlopen(request, timeout=patience) as answer:
            return answer.read().decode()
    except OSError as e:
        raise stacks.Silent(f"The {who} does not answer at {url}: {e}") from e


def children_of_all():
    """Process ids by the id of their parent."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            children.setdefault(int(stat.read_text().rsplit(") ", 1)[1].split()[1]), []).append(int(stat.parent.name))
        except OSError:
            pass
    return children


def cpu_of(pid, children):
    """Seconds of the process, of those it waited for, and of its living children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS + sum(cpu_of(child, children) for child in children.get(pid, []))


def commit():
    try:
        said = subprocess.run(["git", "-C", str(stacks.ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True)
        return said.stdout.strip() or "unknown"
    except OSError:
        return "unknown"


def cpu_model():
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return found.group(1) if found else platform.machine()
