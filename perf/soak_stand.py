"""What a soak stands on: a stack of its own, or one that runs already; and the readings that are taken of it while the load lasts."""
import json
import os
import re
import shutil
import sys
import time

import customers
import godwit_stack as stacks
import mongo_wire
from stand import Stand

HEAP = "1g"
LOG_ENTRIES = 200_000  # that the simulator keeps; they are fetched long before they go
GC_LINE = re.compile(r"\[([\d.]+)s\].*?GC\(\d+\) Pause .*? (\d+)M->(\d+)M\(\d+M\) ([\d.]+)ms")
SLOW = {"link": "slow", "prefix": "+4916"}


class SoakStand(Stand):
    def __init__(self, options):
        options.tiny, options.jfr, options.verticles = False, None, stacks.ROOT / "verticles.json"
        super().__init__(options)
        self.given = options.http is not None
        self.gc_log = self.directory.path / "gc.log"
        self.gc_read = 0
        if not self.given:
            options.java_opts = f"-Xms{HEAP} -Xmx{HEAP} -XX:+UseG1GC -XX:+AlwaysPreTouch -Xlog:gc:file={self.gc_log}:uptime:filecount=0 {options.java_opts}"

    def start_all(self):
        if self.given:
            stacks.build_jar(self.stack)
            self.jar = stacks.private_jar(self.stack)
            if not stacks.answers(self.http + "/health/ready"):
                raise stacks.Problem(f"Nothing that is ready answers at {self.http}/health/ready.")
            self.meters()  # a wrong key ends it here; later it would be taken for a gateway that restarts
            self.uris, self.pg = self.options.mongo.split(), self.options.pg
        else:
            self.start()
            self.pg = self.stack.environment["GODWIT_PG_URL"]
            # SYSERR is temporary: such messages are tried again
            self.simulator("profile", {"receiptDelayMin": 200, "receiptDelayMax": 3000, "errors": {"0x08": 0.002}})
        if self.has_simulator:
            self.carrier_before = self.simulator("counters")

    def _simulator(self):
        file = super()._simulator()
        config = json.loads(file.read_text())
        config["verticles"][0]["config"]["logSize"] = LOG_ENTRIES
        file.write_text(json.dumps(config))
        return file

    def _demo(self):
        """… and a link of one segment a second, on whose route messages with a short validity expire."""
        folder = super()._demo()
        for name, key, entry in (
                ("link.json", SLOW["link"], {"host": "127.0.0.1", "port": "${GODWIT_SIMULATOR_PORT:2776}", "systemId": "slow", "password": "secret", "rate": 1}),
                ("route.json", "slow", {"match": {"prefix": SLOW["prefix"]}, "links": [{"link": SLOW["link"], "priority": 1}]})):
            entries = json.loads((folder / name).read_text())
            entries[key] = entry
            (folder / name).write_text(json.dumps(entries))
        customers.agree(folder)
        return folder

    @property
    def http(self):
        return self.options.http.rstrip("/") if self.given else super().http

    @property
    def smpp(self):
        """The doors of SMPP customers, HOST:PORT,…"""
        return f"127.0.0.1:{self.stack.ports['smpp']}"

    @property
    def ops(self):
        return self.http if self.given else super().ops

    @property
    def has_simulator(self):
        return not self.given or self.options.simulator_http is not None

    @property
    def simulator_http(self):
        return self.options.simulator_http.rstrip("/") if self.given else super().simulator_http

    def circumstances(self):
        return dict(super().circumstances(), command="scripts/soak " + " ".join(sys.argv[1:]), rate=self.options.rate, seconds=self.options.seconds,
                    given=self.given, heap=None if self.given else HEAP)

    # -- readings

    def meters(self):
        """A gateway that was given is asked at its REST door, with the operator's key: from the environment, since reports show the command line."""
        return self.meters_of(self.ops, os.environ.get("GODWIT_KEY") or "admin-key") if self.given else super().meters()

    def free_gb(self):
        return shutil.disk_usage(self.directory.path).free / 1e9

    def rss_mb(self):
        """Of the processes that it started."""
        sizes = {}
        for child in self.stack.children():
            try:
                status = (child.alive and open(f"/proc/{child.process.pid}/status").read()) or ""
                sizes[child.name] = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
            except (OSError, AttributeError):
                pass
        return sizes

    def collections(self):
        """What the gateway's collector did since the last call: {heap_mb: the least that a collection left, gc_ms, gcs}."""
        if self.given:
            return {}
        with open(self.gc_log) as log:
            log.seek(self.gc_read)
            text = log.read()
        whole = text.rfind("\n") + 1
        self.gc_read += len(text[:whole].encode())
        found = GC_LINE.findall(text[:whole])
        return {"heap_mb": min((int(after) for _, _, after, _ in found), default=None), "gc_ms": sum(float(ms) for *_, ms in found), "gcs": len(found)}

    def mongo_sizes(self):
        """MB of the first set's database; empty when its primary cannot be asked from here."""
        ports = re.findall(r"127\.0\.0\.1:(\d+)|localhost:(\d+)", self.uris[0])
        port = stacks.primary([int(a or b) for a, b in ports])
        database = re.search(r"//[^/]*/([^?]+)", self.uris[0])
        if not port:
            return {}
        try:
            stats = mongo_wire.command(port, {"dbStats": 1}, database=database.group(1) if database else "godwit", timeout=10)
        except (OSError, mongo_wire.CommandFailed):
            return {}
        return {name: stats[key] / 1e6 for name, key in (("data", "dataSize"), ("storage", "storageSize"), ("indexes", "indexSize"))}

    def parcels(self, which):
        """How many there are in all sets with such a queue's name (a regular expression). Fails with OSError when a set has no primary."""
        return sum(self._parcels(ports, which) for ports in self.stack.ports["mongo"].values())

    @staticmethod
    def _parcels(ports, which):
        port = stacks.primary(ports)
        if not port:
            raise OSError("the set has no primary")
        return mongo_wire.command(port, {"count": "parcels", "query": {"q": which}}, database="godwit", timeout=10)["n"]

    def try_meters(self):
        """None when the gateway does not answer: it may be restarting, and the load must not end for that."""
        try:
            return self.meters()
        except OSError:
            return None


class CarrierLog:
    """Every id that the simulator gives out, fetched while it still has it: a file with lines of an id and its recipient."""

    def __init__(self, stand, path):
        self.stand, self.path, self.missed, self.since = stand, path, 0, int(time.time() * 1000)
        self.next = stand.simulator("messages?limit=0")["count"]
        path.write_text("")

    def fetch(self):
        """All there is by now."""
        with open(self.path, "a") as file:
            while True:
                answer = self.stand.simulator(f"messages?from={self.next}&limit=2000")
                for item in answer["items"]:
                    self.missed += item["number"] - self.next
                    self.next = item["number"] + 1
                    file.write(f"{item['id']} {item['to']}\n")
                    self.took(item)
                if len(answer["items"]) < 2000:
                    return

    def took(self, item):
        """One more segment; for who wants to know more of it than its id."""


def pause_until(stack, moment):
    """False when the user wants to stop."""
    stack.nap(max(0.0, moment - time.monotonic()))
    return not stack.signals
