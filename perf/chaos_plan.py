"""What a chaos run does, and when: a pure function of seed and length, so that a run can be done again."""
import math
import random
from typing import NamedTuple

RESPONSE_TIMEOUT = 4    # seconds, of the links of a chaos run
FIRST = 5               # second of the first action: some messages are on their way by then
QUIET = 3               # seconds without trouble at the end of the load
RECOVERY = {"mongod": 8, "gateway": 12, "postgres": 6, "link": 5, "carrier": 2, "customers": 5}  # … before the next of the same kind


class Action(NamedTuple):
    at: int         # seconds after the load began
    kind: str       # of what it is done to: never two of one kind at a time, so of the mongods no two lose their majority; what follows a dot only tells kinds apart
    what: str
    target: str
    seconds: int    # until it is undone: continued, started again, or behaving again

    def __str__(self):
        return f"{self.at:5} s  {self.what} {self.target} for {self.seconds} s"


# kind, what, to what, and for how long at least and at most. Shorter than two response time-outs: a longer silence would be several unanswered windows
MEMBERS = [("mongod", "kill", "primary", 3, 8), ("mongod", "pause", "primary", 7, 11), ("mongod", "kill", "secondary", 3, 8), ("mongod", "pause", "secondary", 7, 11)]
REST = [
    ("postgres", "kill", "postgres", 2, 8), ("postgres", "pause", "postgres", 5, 10),
    ("link", "cut", "link", 1, 1), ("link", "slow", "link", 4, 10), ("link", "blackhole", "link", RESPONSE_TIMEOUT + 1, 2 * RESPONSE_TIMEOUT - 1),
    ("link", "unanswered", "link", RESPONSE_TIMEOUT + 1, 2 * RESPONSE_TIMEOUT - 1),
    ("carrier", "lose", "receipts", 3, 8), ("carrier", "double", "receipts", 3, 8), ("carrier", "reorder", "receipts", 3, 8),
    # customers' connections over SMPP; the silence is shorter than they wait for an answer
    ("customers", "cut", "customers", 1, 1), ("customers", "slow", "customers", 4, 10), ("customers", "blackhole", "customers", 3, 8),
]


def deck(gateways, sets=1):
    """All that may happen. `gateways`: {name: kind}, each process of them; with more than one set, a whole set may die, too."""
    return mongods(sets) + [card for name, kind in gateways.items() for card in process(kind, name)] + REST


def mongods(sets):
    if sets == 1:
        return MEMBERS
    return [(kind, what, f"set{n}.{who}", least, most) for n in range(sets) for kind, what, who, least, most in MEMBERS] + [
        ("mongod", what, f"set{n}", least, most) for n in range(sets) for what, least, most in (("kill", 5, 20), ("pause", 7, 15))]


def process(kind, name):
    """A process that does not beat for 10 s is taken over."""
    return [(kind, "kill", name, 2, 14), (kind, "pause", name, 14, 18), (kind, "stop", name, 10, 14)]


TWO = deck({"gateway-a": "gateway", "gateway-b": "gateway"})

# how often as many messages as one `unsettledMax` a bind may be sent twice for it: once for a cut connection, a killed or paused process with
# links, or an unanswered window; twice for silence on a connection, which leaves a window unanswered and may then cut the connection with another in it
DOUBTS = {("gateway", "kill"): 1, ("gateway", "pause"): 1, ("link", "cut"): 1, ("link", "unanswered"): 1, ("link", "blackhole"): 2}


def plan(seed, minutes, cards=TWO):
    """
    A list of Actions in order of time: every card of the deck once, in an order of its own, before any comes again, as far as the time goes.
    The kinds overlap; within one kind each has been undone, and has had time to recover, before the next.
    """
    lot = random.Random(seed)
    end = math.floor(minutes * 60) - QUIET
    actions, free, at = [], {}, FIRST
    left = shuffled(lot, cards)
    while True:
        ready = next((card for card in left if free.get(card[0], 0) <= at), None)
        if ready is None:
            at = min(free[card[0]] for card in left)
            continue
        kind, what, target, least, most = ready
        seconds = lot.randint(least, most)
        if at + seconds > end:
            return actions
        actions.append(Action(at, kind, what, target, seconds))
        free[kind] = at + seconds + recovery(kind)
        left.remove(ready)
        left = left or shuffled(lot, cards)
        at += lot.randint(3, 7)


def recovery(kind):
    return RECOVERY[kind.split(".")[0]]


def shuffled(lot, cards):
    left = list(cards)
    lot.shuffle(left)
    return left


def bound(done, unsettled):
    """Most copies that the carrier may get. `done`: (kind, what) of each thing that was done; `unsettled`: the sum of all binds' unsettledMax."""
    return unsettled * sum(DOUBTS.get(each, 0) for each in done)


# when deliver_sm may be left unanswered, and whether what was answered shortly before may be unknown as well, since it was not committed
TELLINGS = {("gateway", "kill"): True, ("gateway", "pause"): True, ("gateway", "stop"): True, ("customers", "cut"): False, ("customers", "blackhole"): False}
AFTERMATH = 15  # seconds that commits may fail after a primary was away


def doubts_of_telling(done, doors):
    """
    [(began, ended, uncommitted)]: when SMPP customers may have been told something without its being known. `done`: [(second, Action)]; `doors`: the
    processes that they bind to. One that is stopped tells nothing twice, unless it cannot commit what it was answered.
    """
    away = [(at, at + action.seconds + AFTERMATH) for at, action in done if action.kind == "mongod" and not action.target.endswith("secondary")]
    doubts = []
    for at, action in done:
        kind, ended = action.kind.split(".")[0], at + action.seconds
        if (kind, action.what) not in TELLINGS or (kind == "gateway" and action.target not in doors):
            continue
        if action.what == "stop" and not any(began <= ended and at <= over for began, over in away):
            continue
        doubts.append((at, ended, TELLINGS[kind, action.what]))
    return doubts
