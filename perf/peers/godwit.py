#!/usr/bin/env python3
"""Godwit as one of the gateways that the peers' bench.py measures (godwit.json beside this file):

    godwit.py stores  --data DIR [--replicas N]    PostgreSQL and the replica set, in the foreground
    godwit.py gateway --data DIR                   all components but the simulator; waits for the stores, then becomes the gateway

The carrier is the peers' own simulator on $SMPP_PORT. As in a real installation one link asks for receipts and one does not; the customer's
messages choose by the tag "no-receipts". Each has a window of 100, as Kannel's, and Godwit's defaults otherwise.
"""
import argparse
import json
import os
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts")]
import godwit_stack as stacks  # noqa: E402

PORTS = {"http": 28080, "ops": 28081, "postgres": 28082}
RICH = 10**15  # micro-units: credit never ends a run
WINDOW = 100


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=["stores", "gateway"])
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--replicas", type=int, default=3, help="mongod nodes (default: 3)")
    options = p.parse_args()
    return stores(options) if options.what == "stores" else gateway(options.data / "gateway.json")


def stores(o):
    """Tells the gateway what to run by a file that is written when all is there."""
    with stacks.DataDirectory(o.data) as data:
        stack = stacks.Stack(data)
        stack.stop_on_signals()
        try:
            stacks.build_jar(stack)
            jar = stacks.private_jar(stack)
            stack.ports["postgres"] = PORTS["postgres"]
            pg_url, postgres = stacks.start_postgres(stack, jar)
            uris = stack.start_mongo(1, o.replicas, oplog_mb=8192, cache_gb=1)
            stacks.await_postgres(stack, postgres)
            data.write("gateway.json", {
                "command": [stacks.java(), "-jar", str(jar), "--verticles", str(ROOT / "verticles.json"), "--conf", str(ROOT / "conf" / "godwit.json"), "--except", "simulator"],
                "environment": {"GODWIT_MONGO_URIS": " ".join(uris), "GODWIT_PG_URL": pg_url, "GODWIT_DEMO_DIR": str(demo(o.data)),
                                "GODWIT_HTTP_PORT": str(PORTS["http"]), "GODWIT_OPS_PORT": str(PORTS["ops"])}})
            while not stack.signals and all(child.alive for child in stack.children()):
                time.sleep(0.1)
            return 0 if stack.signals else stacks.complain("a store ended: " + ", ".join(c.name for c in stack.children() if not c.alive))
        finally:
            stack.stop()


def demo(data):
    """The demo's accounts, keys and rates, with this bench's links and routes."""
    folder = data / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "conf" / "demo", folder)
    topups = json.loads((folder / "topup.json").read_text())
    write(folder / "topup.json", {name: dict(topup, amount=RICH) for name, topup in topups.items()})
    link = {"host": "127.0.0.1", "port": int(os.environ["SMPP_PORT"]), "password": "bench", "bindType": "TRX", "window": WINDOW}
    write(folder / "link.json", {"receipts": dict(link, systemId="receipts", receipts=True), "plain": dict(link, systemId="plain", receipts=False)})
    write(folder / "route.json", {"all": {"match": {}, "links": [{"link": "receipts"}]},
                                  "plain": {"match": {"tag": "no-receipts"}, "links": [{"link": "plain"}]}})
    return folder


def write(path, value):
    path.write_text(json.dumps(value))


def gateway(file):
    until = time.monotonic() + 80
    while not file.exists():
        if time.monotonic() > until:
            raise stacks.Problem(f"the stores did not come up: there is no {file}")
        time.sleep(0.1)
    told = json.loads(file.read_text())
    os.execve(told["command"][0], told["command"], dict(os.environ, **told["environment"]))


if __name__ == "__main__":
    try:
        sys.exit(stacks.main_of(main))
    except stacks.Stopped:
        sys.exit(130)
