"""node-smpp, on both sides: a customer of the customers' server, and a carrier of a link of ours."""
import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path

import godwit_stack as stacks

from .missing import Missing

HERE = Path(__file__).resolve().parent
LIBRARY = "smpp@0.5.1"
PREFIX = "+39"  # what the link to it carries
PATIENCE = 120


def customer(stand, messages):
    count = max(10, messages // 10)
    said = stand.directory.path / "node-customer.json"
    child = start(stand, "esme", stand.stack.ports["smpp"], count, said)
    stand.stack.wait_for("node-smpp to send and receive", lambda: not child.alive, patience=PATIENCE)
    if child.process.returncode != 0 or not said.exists():
        raise stacks.Problem(f"node-smpp failed ({child.how_it_ended()}):\n{child.last_words()}")
    found = json.loads(said.read_text())
    if (found["answered"], found["delivered"]) != (count, count):
        raise stacks.Problem(f"node-smpp as a customer: {found}")
    return f"node-{LIBRARY}: {count} submitted, answered and delivered, unbound by unbind_resp"


def carrier(stand, messages):
    count = max(10, messages // 10)
    if stand.node_carrier is None:
        library()  # says what is missing
    child, said = stand.node_carrier, result(stand)
    stand.stack.wait_for("our link's bind", lambda: "bound" in child.last_words(), child, patience=60)
    texts = [f"{('Ciao', 'Perché [€]', 'Привет', 'x' * 200)[i % 4]} {i}" for i in range(count)]
    answer = stand.post(f"{stand.http}/v1/batches", {"messages": [{"to": f"{PREFIX}3471{i:06}", "text": text} for i, text in enumerate(texts)]}, "demo-key")
    if answer["accepted"] != count:
        raise stacks.Problem(f"of {count} messages for node-smpp {answer['accepted']} were accepted: {answer['rejected'][:2]}")
    waiting = [message["id"] for message in answer["messages"]]

    def delivered():
        while waiting and status(stand, waiting[-1]) == "DELIVERED":
            waiting.pop()
        return not waiting

    stand.stack.wait_for(f"{count} deliveries over node-smpp", delivered, child, patience=PATIENCE)
    child.signal(15)
    stand.stack.wait_for("node-smpp to end", lambda: not child.alive)
    found = json.loads(said.read_text())
    wrong = set(texts) - set(found["texts"])
    if wrong:
        raise stacks.Problem(f"{len(wrong)} texts did not arrive as they were sent, such as {sorted(wrong)[:2]}")
    return f"node-{LIBRARY}: {count} messages in {found['submits']} segments arrived word by word, all DELIVERED"


def start_carrier(stand):
    """Before the gateway, which is ready when its links are up."""
    stand.node_carrier = start(stand, "smsc", stand.stack.ports["node"], result(stand))


def result(stand):
    return stand.directory.path / "node-carrier.json"


def status(stand, message):
    request = urllib.request.Request(f"{stand.http}/v1/messages/{message}", headers={"Authorization": "Bearer demo-key"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["status"]


def start(stand, script, *arguments):
    environment = {**os.environ, "NODE_PATH": str(library() / "node_modules")}
    child = stand.stack.child(f"node-{script}", ["node", HERE / f"{script}.js", *arguments], environment)
    stand.stack.start(child)
    return child


def library():
    """The folder with the library, fetched once with npm."""
    if not shutil.which("node"):
        raise Missing("there is no Node.js here")
    named = os.environ.get("GODWIT_CACHE")
    cache = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "godwit"
    home = cache / f"node-{LIBRARY}"
    if not (home / "node_modules" / "smpp").is_dir():
        if not shutil.which("npm"):
            raise Missing(f"{LIBRARY} is not in the cache, and there is no npm to fetch it with")
        home.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["npm", "install", "--prefix", home, "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", LIBRARY], capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise Missing(f"npm could not fetch {LIBRARY}: {done.stderr.strip().splitlines()[-1:]}")
    return home


def add_link(folder, port):
    """To the demo's entries: a link to where node-smpp will listen, and what goes over it."""
    for file, name, entry in (("link.json", "node", {"host": "127.0.0.1", "port": port, "systemId": "godwit", "password": "secret", "window": 50}),
                              ("route.json", "node", {"match": {"prefix": PREFIX}, "links": [{"link": "node", "priority": 1}]})):
        entries = json.loads((folder / file).read_text())
        entries[name] = entry
        (folder / file).write_text(json.dumps(entries))
