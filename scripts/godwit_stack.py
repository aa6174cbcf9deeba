"""The processes around a gateway: replica sets, PostgreSQL, simulator, and the directory in which they keep their things.

Used by scripts/run, and by whoever needs the same stores (benches, smoke test). Standard library only. Shape of it:

    with DataDirectory(path) as data:           # locked: nobody else can use it meanwhile
        stack = Stack(data)
        stack.stop_on_signals()
        try:
            stack.start_mongo(sets=1, replicas=3)
        finally:
            stack.stop()                        # in reverse order; only what was started here

Every wait goes through Stack.wait_for, which says what is waited for, ends with a Problem when the awaited child dies, and with
Stopped when the user has had enough. A Problem is one sentence for the user; it never carries a stack trace.
"""
import ctypes
import fcntl
import json
import os
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import mongo_wire

ROOT = Path(__file__).resolve().parent.parent
JAR = ROOT / "target" / "godwit.jar"
LEAST_FREE_BYTES = 1_000_000_000
SAY_EVERY = 4  # seconds between two lines while waiting


class Problem(Exception):
    """Why it cannot go on, in one sentence for the user."""


class Silent(Problem, OSError):
    """A process that should answer does not; who expects that catches it as an OSError."""


class Stopped(Exception):
    """The user wants everything stopped."""


def say(words):
    print(words, flush=True)


# ---- the data directory ----------------------------------------------------------------------------------------------------------

class DataDirectory:
    """Where a stack keeps everything. Marked as ours, so that --fresh can never wipe somebody's home; locked while in use.

    The children inherit the lock: it is free again only when the last of them is gone, even if the script itself was killed.
    """

    MARKER = ".godwit-data"

    def __init__(self, path, fresh=False):
        self.path, self.fresh, self.lock = Path(path).absolute(), fresh, None

    def __enter__(self):
        try:
            self._claim()
        except OSError as e:
            raise Problem(f"The data directory {self.path} cannot be used: {e.strerror or e}.")
        if shutil.disk_usage(self.path).free < LEAST_FREE_BYTES:
            raise Problem(f"The disk of {self.path} has {shutil.disk_usage(self.path).free // 10**6} MB free; at least 1000 MB are needed.")
        (self.path / "logs").mkdir(exist_ok=True)
        shutil.rmtree(self.path / "tmp", ignore_errors=True)  # what processes that were killed left behind
        (self.path / "tmp").mkdir(exist_ok=True)
        return self

    def __exit__(self, *_):
        if self.lock:
            self.lock.close()

    def _claim(self):
        marker = self.path / self.MARKER
        if self.path.exists() and not self.path.is_dir():
            raise Problem(f"The data directory {self.path} is not a directory.")
        if self.path.is_dir() and any(self.path.iterdir()) and not marker.exists():
            raise Problem(f"The directory {self.path} holds things that are not Godwit's; please name an empty or new one with --data.")
        self.path.mkdir(parents=True, exist_ok=True)
        self.lock = open(marker, "a+")
        self._take_lock()
        if self.fresh:
            for entry in self.path.iterdir():
                if entry.name != self.MARKER:
                    shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        self.lock.seek(0)
        self.lock.truncate()
        self.lock.write(f"{os.getpid()}\n")
        self.lock.flush()

    def _take_lock(self):
        for second in range(31):
            try:
                return fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.lock.seek(0)
                holder = self.lock.read().strip()
                if holder.isdigit() and is_alive(int(holder)):
                    raise Problem(f"The data directory {self.path} is in use by the process {holder}; stop it, or name another with --data.")
                if second == 0:
                    say(f"The run before was killed; waiting for its processes to leave {self.path}")
            time.sleep(1)
        raise Problem(f"Processes of an earlier run still use {self.path}; stop them (mongod, java), or name another with --data.")

    def read(self, name):
        try:
            return json.loads((self.path / name).read_text())
        except (FileNotFoundError, ValueError):
            return {}

    def write(self, name, value):
        fresh = self.path / (name + ".new")
        fresh.write_text(json.dumps(value, indent=2) + "\n")
        fresh.replace(self.path / name)


def is_alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except PermissionError:
        return True
    except ProcessLookupError:
        return False


# ---- ports -----------------------------------------------------------------------------------------------------------------------

def port_is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: connections that just ended do not count
        try:
            s.bind(("", port))
            return True
        except OSError:
            return False


def free_port(but_not=()):
    """Below the range from which the kernel takes ports of outgoing connections, so that it is likely to be free tomorrow, too."""
    for _ in range(1000):
        port = random.randrange(21000, 32000)
        if port not in but_not and port_is_free(port):
            return port
    raise Problem("There is no free port between 21000 and 32000.")


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
        return True
    except OSError:
        return False


# ---- children --------------------------------------------------------------------------------------------------------------------

def die_with_parent():
    """Runs in the child: SIGTERM when the script is gone, so that even kill -9 on it leaves nothing running (Linux)."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    except (OSError, AttributeError):
        pass


class Child:
    """A process in a session of its own: ^C at the terminal reaches only the script, which then stops its children in order."""

    def __init__(self, name, command, log, env=None, keep_open=None):
        self.name, self.command, self.log, self.env, self.keep_open = name, [str(c) for c in command], log, env, keep_open
        self.process, self.started_at = None, []

    def start(self):
        self.started_at.append(time.monotonic())
        keep = [self.keep_open.fileno()] if self.keep_open else []
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT,
                                            env=self.env, start_new_session=True, preexec_fn=die_with_parent, pass_fds=keep)
        return self

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def how_it_ended(self):
        code = self.process.returncode
        return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"

    def last_words(self, lines=8):
        try:
            with open(self.log, "rb") as f:
                f.seek(max(0, os.path.getsize(self.log) - 16_384))
                text = f.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join("    " + line[:300] for line in text[-lines:])

    def signal(self, number):
        if self.alive:
            self.process.send_signal(number)

    def kill(self):
        """The whole session: a stopped child of a child must not stay."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
            self.process.wait()


# ---- the stack -------------------------------------------------------------------------------------------------------------------

class Stack:
    def __init__(self, data):
        self.data = data
        self.signals = 0  # how often the user asked to stop
        self.groups = []  # lists of children in the order in which they were started; each list stops together
        self.ports = data.read("ports.json")
        self.environment = {}  # what the gateway is told of it all

    # -- signals and waiting

    def stop_on_signals(self):
        def count(*_):
            self.signals += 1
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, count)

    def wait_for(self, what, done, child=None, patience=120):
        began = last_said = time.monotonic()
        while True:
            if self.signals:
                raise Stopped()
            ended = child is not None and not child.alive  # looked at first: it may have said its last word just before
            if done():
                return
            now = time.monotonic()
            if ended:
                raise Problem(f"{child.name} ended ({child.how_it_ended()}) while waiting for {what}. Its log is {child.log}:\n{child.last_words()}")
            if now - began > patience:
                raise Problem(f"Gave up waiting for {what} after {patience} s." + (f" The log is {child.log}:\n{child.last_words()}" if child else ""))
            if now - last_said >= SAY_EVERY:
                say(f"  waiting for {what} ({now - began:.0f} s)")
                last_said = now
            time.sleep(0.05)

    def nap(self, seconds):
        """Sleeps, but not when asked to stop."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.signals:
            time.sleep(0.1)

    def run_tool(self, what, command, log):
        """A command that ends, with its output in a log; says every few seconds how far it is. Returns the Child."""
        log.unlink(missing_ok=True)
        child = Child(what, command, log, env=dict(os.environ))
        self.groups.append([child])
        child.start()
        began = last_said = time.monotonic()
        while child.alive:
            if self.signals:
                raise Stopped()
            if time.monotonic() - last_said >= SAY_EVERY:
                last_said = time.monotonic()
                say(f"  {what} ({last_said - began:.0f} s) {child.last_words(1).strip()[:110]}")
            time.sleep(0.05)
        self.groups.remove([child])
        return child

    # -- ports

    def port(self, name, wanted=None, option=None, otherwise=None):
        """`wanted` is the user's wish and must be free (0: any); without it the one from last time, `otherwise`, or any free one."""
        if wanted:
            if not port_is_free(wanted):
                raise Problem(f"Port {wanted} is taken, so {name.upper()} cannot be served there; name another with {option} (0: any).")
            self.ports[name] = wanted
        else:
            known = [p for p in (self.ports.get(name), None if wanted == 0 else otherwise) if p]
            self.ports[name] = next((p for p in known if port_is_free(p)), None) or free_port(self.taken())
        self.data.write("ports.json", self.ports)
        return self.ports[name]

    def taken(self):
        plain = [p for p in self.ports.values() if isinstance(p, int)]
        return set(plain + [p for members in self.ports.get("mongo", {}).values() for p in members])

    # -- children

    def start(self, *children):
        self.groups.append(list(children))
        for child in children:
            child.start()
        return children

    def child(self, name, command, env=None):
        return Child(name, command, self.data.path / "logs" / f"{name}.log", env, keep_open=self.data.lock)

    def children(self):
        return [child for group in self.groups for child in group]

    def stop(self, patience=20):
        """In reverse order. A second ^C makes short work of it."""
        asked_before = self.signals
        for group in reversed(self.groups):
            for child in group:
                child.signal(signal.SIGTERM)
                child.signal(signal.SIGCONT)  # one that was paused could not obey
            until = last_said = time.monotonic()
            until += patience
            while any(c.alive for c in group) and time.monotonic() < until and self.signals <= max(1, asked_before):
                if time.monotonic() - last_said >= SAY_EVERY:
                    last_said = time.monotonic()
                    say("  waiting for " + ", ".join(c.name for c in group if c.alive) + " to stop (^C: at once)")
                time.sleep(0.05)
            for child in group:
                if child.alive:
                    say(f"{child.name} does not stop; killing it")
                if child.process:
                    child.kill()
        self.groups.clear()
        self._end_orphaned_postgres()

    def _end_orphaned_postgres(self):
        """When the process that started PostgreSQL was killed, the server itself is still there, in its directory."""
        cluster = self.data.path / "postgres" / "cluster"
        try:
            pid = int((cluster / "postmaster.pid").read_text().splitlines()[0])
            if os.readlink(f"/proc/{pid}/cwd") == str(cluster.resolve()):
                os.kill(pid, signal.SIGINT)  # fast shutdown
                for _ in range(100):
                    if not is_alive(pid):
                        break
                    time.sleep(0.1)
        except (OSError, ValueError, IndexError):
            pass

    # -- MongoDB

    def start_mongo(self, sets=None, replicas=None, oplog_mb=2048, cache_gb=0.25):
        """Returns one URI per set. The shape (sets, replicas) belongs to the data and stays; None takes what is there, else 1."""
        mongod = self.find_mongod()
        before = self.ports.get("mongo", {})
        sets, replicas = self.mongo_shape(sets, replicas)
        known, members = dict(before), {}
        self.ports["mongo"] = known
        for number in range(sets):
            name = f"set{number}"
            for i, port in enumerate(known.setdefault(name, [])):
                if not port_is_free(port):  # the set is told below where its member lives now
                    known[name][i] = free_port(self.taken())
            while len(known[name]) < replicas:
                known[name].append(free_port(self.taken()))
            members[name] = [self._mongod(mongod, name, i, port, oplog_mb, cache_gb) for i, port in enumerate(known[name])]
        self.data.write("ports.json", self.ports)
        self.start(*[child for children in members.values() for child in children])
        for name, children in members.items():
            self._found(name, known[name], children)
        for name, children in members.items():
            self.wait_for(f"{name} to elect its primary", lambda: primary(known[name]) is not None, children[0])
        return [self.mongo_uri(name) for name in members]

    def mongo_uri(self, name):
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports["mongo"][name])
        return f"mongodb://{hosts}/?replicaSet={name}"

    def find_mongod(self):
        # its words go straight to the terminal; only the path is caught
        child = subprocess.Popen([str(ROOT / "scripts" / "mongod")], stdout=subprocess.PIPE, text=True, start_new_session=True)
        while True:
            try:
                path, _ = child.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if self.signals:
                    os.killpg(child.pid, signal.SIGTERM)  # with the pip that it may be waiting for
                    child.wait()
                    raise Stopped()
        if child.returncode != 0:
            raise Problem("There is no mongod to run (see above).")
        return path.strip()

    def mongo_shape(self, sets, replicas):
        """(sets, replicas) as wished or as they are; a Problem when these differ."""
        before = self.ports.get("mongo", {})
        have_sets = len(before) or None
        have_replicas = len(before["set0"]) if before.get("set0") else None
        for what, wish, have in (("--sets", sets, have_sets), ("--replicas", replicas, have_replicas)):
            if wish and have and wish != have:
                raise Problem(f"{self.data.path} was made with {what} {have}; keep that, wipe it with --fresh, or name another with --data.")
        return sets or have_sets or 1, replicas or have_replicas or 1

    def _mongod(self, mongod, set_name, number, port, oplog_mb, cache_gb):
        name = f"mongod-{set_name}-{number}"
        home = self.data.path / "mongo" / f"{set_name}-{number}"
        home.mkdir(parents=True, exist_ok=True)
        return self.child(name, [
            mongod, "--replSet", set_name, "--dbpath", home, "--port", port, "--bind_ip", "127.0.0.1", "--nounixsocket", "--quiet",
            "--oplogSize", oplog_mb, "--wiredTigerCacheSizeGB", cache_gb,
            "--setParameter", "transactionLifetimeLimitSeconds=5",  # an abandoned transaction blocks others for as long
            "--setParameter", "minSnapshotHistoryWindowInSeconds=60",  # 300 by default: the past of a queue is a third of the work; perf/README.md
            "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=1000",  # 15 s by default, spent idle
            "--setParameter", "diagnosticDataCollectionEnabled=false"])

    def _found(self, name, ports, children):
        """Makes the members one replica set, or reminds them that they are one."""
        for port, child in zip(ports, children):
            self.wait_for(f"{child.name} to answer", lambda: asked(port, {"ping": 1}), child)
        wanted = [f"127.0.0.1:{port}" for port in ports]
        config = {}
        # a member that has just started does not know its set yet, and says the same as one that never had one: "not yet initialized"
        self.wait_for(f"{name} to be founded", lambda: config.update(config_of(ports[0]) or initiate(name, ports)) or config, children[0])
        if [m["host"] for m in config["members"]] != wanted:
            say(f"A port of {name} was taken by somebody else; it moves to {', '.join(map(str, ports))}")
            for member, host in zip(config["members"], wanted):
                member["host"] = host
            config["version"] += 1
            mongo_wire.command(ports[0], {"replSetReconfig": config, "force": True}, timeout=30)


def asked(port, command):
    """The answer, or None when there is none (yet)."""
    try:
        return mongo_wire.command(port, command, timeout=2)
    except (OSError, mongo_wire.CommandFailed):
        return None


def primary(ports):
    """The port of the member that can be written to, or None."""
    return next((p for p in ports if (asked(p, {"hello": 1}) or {}).get("isWritablePrimary")), None)


def config_of(port):
    return (asked(port, {"replSetGetConfig": 1}) or {}).get("config")


def initiate(name, ports):
    """Returns nothing: whether it was done now or long ago, replSetGetConfig will tell."""
    members = [{"_id": i, "host": f"127.0.0.1:{port}", "priority": 1} for i, port in enumerate(ports)]  # the same: nobody takes the lead back
    # measured: 2.2 s without a primary instead of 11. No chains: a secondary that hangs would hold up the other behind it, and so all commits
    settings = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500, "chainingAllowed": False}
    try:
        mongo_wire.command(ports[0], {"replSetInitiate": {"_id": name, "members": members, "settings": settings}}, timeout=60)
    except mongo_wire.CommandFailed as e:
        if e.name != "AlreadyInitialized":
            raise Problem(f"The replica set {name} cannot be founded: {e}.")
    return {}


# ---- Java ------------------------------------------------------------------------------------------------------------------------

def java():
    home = os.environ.get("JAVA_HOME")
    command = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not command or not os.access(command, os.X_OK):
        raise Problem("There is no java; install a JDK, 17 or newer, or name one in $JAVA_HOME.")
    said = subprocess.run([command, "-version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    version = said.split('"')[1].split(".")[0] if '"' in said else "0"
    if not version.isdigit() or int(version) < 17:
        raise Problem(f"{command} is Java {version}; 17 or newer is needed.")
    return command


def jar_is_current():
    if not JAR.exists():
        return False
    made = JAR.stat().st_mtime
    sources = ROOT / "src" / "main"  # folders, too: a file that was deleted changes only its folder
    return all(p.stat().st_mtime <= made for p in [ROOT / "pom.xml", sources, *sources.rglob("*")])


def build_jar(stack):
    if jar_is_current():
        return
    if not shutil.which("mvn"):
        raise Problem("There is no mvn to build target/godwit.jar with; install Maven.")
    JAR.parent.mkdir(exist_ok=True)
    with open(JAR.parent / "build.lock", "w") as lock:  # two runs in one source tree
        stack.wait_for("another build in this source tree", lambda: try_lock(lock), patience=900)
        if jar_is_current():
            return
        say("Building target/godwit.jar")
        log = stack.data.path / "logs" / "build.log"
        build = stack.run_tool("building", ["mvn", "-B", "-ntp", "-Dmaven.test.skip=true", "package"], log)
        if build.process.returncode != 0:
            errors = [line for line in log.read_text(errors="replace").splitlines() if "ERROR" in line][:8]
            raise Problem(f"The build failed; all of it is in {log}:\n" + "\n".join("    " + e[:300] for e in errors))


def try_lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def private_jar(stack):
    """A copy beside the data: a build while the gateway runs must not pull the classes from under it."""
    copy = stack.data.path / "godwit.jar"
    shutil.copyfile(JAR, copy.with_suffix(".new"))
    copy.with_suffix(".new").replace(copy)
    return copy


def java_child(stack, name, arguments, options="", env=None):
    # temporary files beside the data, so that a process that is killed leaves nothing elsewhere
    command = [java(), f"-Djava.io.tmpdir={stack.data.path / 'tmp'}", *shlex.split(options), *arguments]
    return stack.child(name, command, env=dict(os.environ, **(env or {})))


def start_postgres(stack, jar):
    """Starts it without waiting (see await_postgres); returns (URI, child), the child None when the user names a server."""
    if os.environ.get("GODWIT_PG_URL"):
        return os.environ["GODWIT_PG_URL"], None
    port = stack.port("postgres")
    child = java_child(stack, "postgres", ["-cp", jar, "io.godwit.reporting.EmbeddedPostgres",
                                           "--data", stack.data.path / "postgres", "--port", port], "-Xmx256m -XX:TieredStopAtLevel=1")
    child.log.unlink(missing_ok=True)  # the line that is waited for must be of this start
    stack.start(child)
    return f"postgresql://postgres@127.0.0.1:{port}/godwit", child


def await_postgres(stack, child):
    if child:
        stack.wait_for("PostgreSQL", lambda: b"PostgreSQL is ready" in child.log.read_bytes(), child)


def answers(url):
    """True when a GET gives 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False


def complain(problem):
    print(f"{Path(sys.argv[0]).name}: {problem}", file=sys.stderr, flush=True)
    return 1


def main_of(run):
    """Runs `run()`, whose result is the exit code; a Problem before it could handle one becomes words, too."""
    try:
        return run()
    except Problem as e:
        return complain(e)
