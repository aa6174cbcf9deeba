#!/usr/bin/env python3
"""A customer's system, made with the public SMPP library smpplib: sends messages over one transceiver and waits for their receipts.

Fetches the library once with pip, into the cache (${GODWIT_CACHE:-${XDG_CACHE_HOME:-~/.cache}/godwit}). Exit code 0 when each message got its id
and its receipt.
    scripts/smpp_customer.py --port 2775 [--host H] [--system-id demo] [--password demo] [--messages 100] [--to 491701234567]
"""
import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

LIBRARIES = ["smpplib==2.2.4", "six==1.17.0"]
TIMEOUT = 60


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, default=2775)
    p.add_argument("--system-id", default="demo")
    p.add_argument("--password", default="demo")
    p.add_argument("--messages", type=int, default=100)
    p.add_argument("--to", default="491701234567")
    options = p.parse_args()
    sys.path.insert(0, str(library()))
    return send(options)


def library():
    """The folder with the library."""
    named = os.environ.get("GODWIT_CACHE")
    cache = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "godwit"
    home = cache / "-".join(LIBRARIES).replace("==", "-")
    if not (home / "smpplib").is_dir():
        work = home.with_name(f"{home.name}.{os.getpid()}")
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-input", "--disable-pip-version-check", "--root-user-action",
                        "ignore", "--target", str(work), *LIBRARIES], check=True, stdin=subprocess.DEVNULL, timeout=300)
        try:
            work.rename(home)
        except OSError:
            pass  # somebody else was faster
    return home if home.is_dir() else work


def send(options):
    import smpplib.client
    import smpplib.consts as consts
    import smpplib.gsm as gsm

    ids, states = [], {}
    client = smpplib.client.Client(options.host, options.port, timeout=5, allow_unknown_opt_params=True)
    client.set_message_sent_handler(lambda pdu: ids.append(pdu.message_id.decode()))

    def received(pdu):
        found = re.match(rb"id:(\S+) .* stat:(\S+) ", pdu.short_message)
        if found:
            states[found.group(1).decode()] = found.group(2).decode()
        return 0

    client.set_message_received_handler(received)
    client.connect()
    client.bind_transceiver(system_id=options.system_id, password=options.password)
    for i in range(options.messages):
        parts, coding, esm_class = gsm.make_parts(f"Hello {i} from smpplib")
        client.send_message(source_addr_ton=consts.SMPP_TON_ALNUM, source_addr="Godwit", dest_addr_ton=consts.SMPP_TON_INTL,
                            dest_addr_npi=consts.SMPP_NPI_ISDN, destination_addr=options.to, short_message=parts[0], data_coding=coding,
                            esm_class=esm_class, registered_delivery=True)
    until = time.monotonic() + TIMEOUT
    while (len(ids) < options.messages or len(states) < len(ids)) and time.monotonic() < until:
        client.read_once()
    client.unbind()
    client.disconnect()
    delivered = sum(1 for one in ids if states.get(one) == "DELIVRD")
    print(f"{len(ids)} message ids, {delivered} receipts that say DELIVRD")
    return 0 if len(set(ids)) == options.messages == delivered else 1


if __name__ == "__main__":
    sys.exit(main())
