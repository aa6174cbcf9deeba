"""Kannel as a customer: bearerbox bound to the customers' server, smsbox before it, asked over HTTP as Kannel's own users do."""
import http.client
import http.server
import os
import shutil
import subprocess
import threading
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import godwit_stack as stacks

from .missing import Missing

SENDERS = 8
DELIVERED, ANSWERED = 1, 8  # of the events that Kannel tells by dlr-url; 2 and 16 are failures
PATIENCE = 300

CONFIG = """
group = core
admin-port = {admin}
admin-password = interop
smsbox-port = {box}
box-allow-ip = 127.0.0.1
dlr-storage = internal
log-level = 1

group = smsc
smsc = smpp
smsc-id = godwit
host = 127.0.0.1
port = {smpp}
transceiver-mode = true
smsc-username = demo
smsc-password = demo
system-type = ""
interface-version = 34
max-pending-submits = 100
source-addr-ton = 5
source-addr-npi = 0
dest-addr-ton = 1
dest-addr-npi = 1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {send}
log-level = 1

group = sendsms-user
username = interop
password = interop

group = sms-service
keyword = default
text = "none"
"""


def customer(stand, messages):
    install()
    stack = stand.stack
    ports = {name: stack.port(f"kannel-{name}") for name in ("admin", "box", "send")}
    config = stand.directory.path / "kannel.conf"
    config.write_text(CONFIG.format(smpp=stack.ports["smpp"], **ports))
    with Ledger() as ledger:
        bearerbox = run(stack, "bearerbox", config)
        stack.wait_for("bearerbox", lambda: stacks.listens(ports["box"]), bearerbox)
        smsbox = run(stack, "smsbox", config)
        stack.wait_for("smsbox", lambda: stacks.listens(ports["send"]), smsbox)
        stack.wait_for("Kannel to be bound", lambda: "online" in status(ports["admin"]), bearerbox)
        with ThreadPoolExecutor(SENDERS) as senders:
            for sent in [senders.submit(send, ports["send"], ledger.port, range(n, messages, SENDERS)) for n in range(SENDERS)]:
                sent.result()
        stack.wait_for(f"{messages} receipts", lambda: len(ledger.told(DELIVERED)) >= messages, bearerbox, patience=PATIENCE)
        answered, delivered, failed = (len(ledger.told(event)) for event in (ANSWERED, DELIVERED, None))
        leave(stack, smsbox, bearerbox)
    if (answered, delivered, failed) != (messages, messages, 0):
        raise stacks.Problem(f"of {messages} messages Kannel counts {answered} answered, {delivered} delivered, {failed} failed")
    return f"{version()}: {messages} submitted, {answered} answered, {delivered} delivered"


def install():
    if not shutil.which("bearerbox", path="/usr/sbin:/usr/bin") and os.geteuid() == 0 and shutil.which("apt-get"):
        stacks.say("  installing kannel")
        subprocess.run(["apt-get", "install", "-y", "-qq", "kannel"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if not shutil.which("bearerbox", path="/usr/sbin:/usr/bin"):
        raise Missing("there is no Kannel here (Debian: apt-get install kannel)")


def run(stack, name, config):
    child = stack.child(name, [shutil.which(name, path="/usr/sbin:/usr/bin"), "-v", "1", config])
    stack.start(child)
    return child


def leave(stack, *boxes):
    """Receipts go to any receiver of an account: the next customer's would come here."""
    for box in boxes:
        box.signal(15)
    stack.wait_for("Kannel to end", lambda: not any(box.alive for box in boxes))


def version():
    said = subprocess.run([shutil.which("bearerbox", path="/usr/sbin:/usr/bin"), "--version"], capture_output=True, text=True)
    words = (said.stdout + said.stderr).split("version")
    return "Kannel " + words[1].split()[0].strip("`'.") if len(words) > 1 else "Kannel"


def status(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/status.txt?password=interop", timeout=5).read().decode(errors="replace")
    except OSError:
        return ""


def send(port, ledger, numbers):
    """As smsbox takes them: one request a message; 202 says that bearerbox has it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for n in numbers:
        query = urllib.parse.urlencode({"username": "interop", "password": "interop", "from": "Godwit", "to": f"+49170{n:07}", "text": f"message {n}",
                                        "dlr-mask": 31, "dlr-url": f"http://127.0.0.1:{ledger}/{n}/%d"})
        connection.request("GET", f"/cgi-bin/sendsms?{query}")
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 202:
            raise stacks.Problem(f"Kannel's smsbox answered {answer.status} to message {n}: {said[:200]}")
    connection.close()


class Ledger:
    """Hears what Kannel tells of each message: GET /NUMBER/EVENT."""

    def __init__(self):
        ledger = self
        self.events = {}
        self.lock = threading.Lock()

        class Ear(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                number, event = map(int, self.path.strip("/").split("/"))
                with ledger.lock:
                    ledger.events.setdefault(event, set()).add(number)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 512

        self.server = Server(("127.0.0.1", 0), Ear)
        self.port = self.server.server_address[1]

    def told(self, event):
        """The messages of which that was told; None = any failure."""
        with self.lock:
            return set(self.events.get(event, ())) if event else self.events.get(2, set()) | self.events.get(16, set())

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
