"""The customers of a soak who come over SMPP (io.godwit.perf.SmppCustomers), and what they were told."""
import itertools
import json
import os
import subprocess

import godwit_stack as stacks

SHARE = 0.2             # of all messages, if nothing else is said
COUNT = 4               # transceivers
DELIVER_WINDOW = 20     # deliver_sm that each may leave unanswered
TERMS = {"deliverWindow": DELIVER_WINDOW, "binds": 4 * COUNT}  # of those who are gone some are counted until they are known to be dead
UNCOMMITTED = 15        # seconds that what was answered may wait for its commit: a primary may be gone meanwhile


def share(options):
    """(messages a second over REST, over SMPP) of all of them."""
    over_smpp = round(options.rate * options.smpp_share)
    return options.rate - over_smpp, over_smpp


def agree(folder):
    """What account demo has agreed about SMPP, into the folder of the demo's entries."""
    accounts = json.loads((folder / "account.json").read_text())
    accounts["demo"]["smpp"] = TERMS
    (folder / "account.json").write_text(json.dumps(accounts))


class Customers:
    """Bound from `start` to `end`."""

    def __init__(self, stand, home):
        self.stand, self.home = stand, home
        self.ids, self.receipts, self.replies, self.intervals = (home / f"smpp.{what}" for what in ("ids", "receipts", "replies", "intervals"))

    def start(self, rate, seconds, *mix):
        self.child = self.stand.start_perf_java("SmppCustomers", "--smpp", self.stand.smpp, "--customers", COUNT, "--rate", rate, "--seconds", seconds, *mix, "--ids", self.ids,
                                                "--receipts", self.receipts, "--replies", self.replies, "--intervals", self.intervals, java_options="-Xmx256m")

    def end(self):
        """They unbind; returns their sums."""
        self.child.signal(15)
        self.stand.stack.wait_for("the SMPP customers to unbind", lambda: not self.child.alive, patience=90)
        if not self.child.out.exists():
            raise stacks.Problem(f"The SMPP customers failed ({self.child.how_it_ended()}); their log is {self.child.log}:\n{self.child.last_words(20)}")
        return json.loads(self.child.out.read_text())

    def for_the_audit(self):
        """The receipts as scripts/audit wants them."""
        file = self.home / "receipts"
        with open(file, "w") as out:
            cut = subprocess.Popen(["cut", "-d", " ", "-f", "1,2", str(self.receipts)], stdout=subprocess.PIPE)
            subprocess.run(["sort", "-T", str(self.home / "tmp")], stdin=cut.stdout, stdout=out, check=True, env=dict(os.environ, LC_ALL="C"))
            cut.stdout.close()
            if cut.wait() != 0:
                raise stacks.Problem("The customers' receipts cannot be read.")
        return file

    def told(self, doubts=(), began=0.0):
        """What all of them were told. `doubts`: see `repeats`; `began`: the moment that these count from, seconds since 1970."""
        with open(self.receipts) as lines:
            tellings = sorted((line.split()[0], int(line.split()[2]) / 1000 - began) for line in lines)
        with open(self.replies) as lines:
            senders = [line.split()[0] for line in lines]
        return dict(repeats(tellings, doubts), replies=len(senders), senders=len(set(senders)))


def repeats(tellings, doubts):
    """
    `tellings`: sorted [(id, second)]. `doubts`: [(began, ended, uncommitted)], when deliver_sm may have been left unanswered, or, if `uncommitted`, what was
    answered in the seconds before, too, without being known to be so. Each of them may make as many be told again; and who is told again
    without any of them in between is `unexplained`.
    """
    messages, again, unexplained = 0, 0, []
    for one, some in itertools.groupby(tellings, lambda telling: telling[0]):
        moments = [second for _, second in some]
        messages += 1
        for first, second in itertools.pairwise(moments):
            again += 1
            if not any(began - UNCOMMITTED <= first <= ended + UNCOMMITTED and second >= began for began, ended, _ in doubts):
                unexplained.append(one)
    bound = sum(COUNT * DELIVER_WINDOW + (sum(began - UNCOMMITTED <= second <= ended for _, second in tellings) if uncommitted else 0) for began, ended, uncommitted in doubts)
    return {"receipts": len(tellings), "messages": messages, "repeats": again, "unexplained": unexplained[:20], "bound": bound}
