"""What makes a soak a failure: pure functions of what was measured. tests/test_verdict.py feeds them series that must fail and series that must pass."""
import statistics

KEPT_SHARE = 0.6        # of the kept result's ratio to its own ceiling
LEAST_POINTS = 20       # in the second half, a minute apart: fewer say nothing about steady growth
GROWTH_SHARE = 0.10     # of the median, over the second half
GROWTH_MB = 32          # and at least so much: less is the noise of a JVM
STEADY = 0.5            # Kendall's tau: 1 = every later value is higher than every earlier one, 0 = no trend


def theil_sen(points):
    """The median of the slopes between all pairs: outliers, even a third of all points, do not move it. `points`: [(x, y)]."""
    slopes = [(y2 - y1) / (x2 - x1) for i, (x1, y1) in enumerate(points) for x2, y2 in points[i + 1:] if x2 != x1]
    return statistics.median(slopes) if slopes else 0.0


def kendall(points):
    """How steadily it rises, from -1 to 1."""
    signs = [(y2 > y1) - (y2 < y1) for i, (_, y1) in enumerate(points) for _, y2 in points[i + 1:]]
    return sum(signs) / len(signs) if signs else 0.0


def by_minute(points, choose):
    """[(seconds, value)] as [(minutes, chosen value of that minute)]; None is left out."""
    minutes = {}
    for seconds, value in points:
        if value is not None:
            minutes.setdefault(int(seconds // 60), []).append(value)
    return [(minute, choose(values)) for minute, values in sorted(minutes.items())]


def growth(minutes):
    """What the second half of [(minutes, MB)] does: {points, slope (MB an hour), grown (MB), tau, bound (MB), steady}."""
    half = minutes[len(minutes) // 2:]
    slope = theil_sen(half)
    grown = slope * (half[-1][0] - half[0][0]) if len(half) > 1 else 0.0
    bound = max(GROWTH_MB, GROWTH_SHARE * statistics.median(y for _, y in half)) if half else GROWTH_MB
    tau = kendall(half)
    enough = len(half) >= LEAST_POINTS
    return {"points": len(half), "slope_mb_per_hour": slope * 60, "grown_mb": grown, "bound_mb": bound, "tau": tau, "enough": enough,
            "steady": enough and grown > bound and tau > STEADY}


def memory(r):
    """Failures and remarks about memory. Heap: the least that any collection of a minute left; RSS: a minute's median."""
    failures, remarks = [], []
    for name, g in r["memory"].items():
        words = (f"{name}: {g['slope_mb_per_hour']:+.1f} MB an hour over the second half ({g['grown_mb']:+.1f} MB in all, tau {g['tau']:.2f};"
                 f" steady growth is more than {g['bound_mb']:.0f} MB with tau over {STEADY})")
        if g["steady"]:
            failures.append("memory grows steadily: " + words)
        else:
            remarks.append(words if g["enough"] else f"{name}: {g['points']} minutes in the second half are too few to judge (at least {LEAST_POINTS})")
    return failures, remarks


def speed(r, kept):
    """`kept`: the last kept result, or None."""
    if r.get("ratio") is None:
        return [], ["speed was not measured"]
    if kept is None or kept.get("ratio") is None:
        return [], [f"the burst reached {r['ratio']:.2f} of the ceiling; no result is kept to compare with"]
    words = f"the burst reached {r['ratio']:.2f} of the ceiling of this run, the kept one of {kept['date']} {kept['ratio']:.2f} of its own"
    if r["ratio"] < KEPT_SHARE * kept["ratio"]:
        return [f"slower: {words}; at least {KEPT_SHARE:.0%} of the kept ratio is needed"], []
    return [], [words]


def books(r):
    """Failures and remarks about what the audit, the customers and the carrier say."""
    failures, remarks = [], list(r["unchecked"])
    audit, sent = r["audit"], r["sent"]
    if audit is None:
        return ["the audit could not be finished: " + r["audit_problem"]], remarks
    for kind, count in sorted(audit["kinds"].items()):
        failures.append(f"books: {count} x {kind}, such as {r['examples'].get(kind, '?')}")
    if audit["acceptedAndOpen"]:
        failures.append(f"not drained: {audit['acceptedAndOpen']} of the accepted messages are not final")
    others = remarks if r["given"] else failures  # a given stack may have messages that are not ours
    for queue, count in sorted(audit["waiting"].items()):
        others.append(f"not drained: {count} messages still wait in {queue}")
    if audit["money"] != "checked":
        others.append("books: the money was not at rest, so it could not be checked")
    if audit["acceptedAndFound"] != sent["accepted"]:
        failures.append(f"books: customers were told of {sent['accepted']} ids, {audit['acceptedAndFound']} of them are there")
    if sent["accepted"] == 0:
        failures.append("nothing was accepted at all")
    failures += carrier(r, remarks) + smpp(r, remarks)
    if sent["errors"]:
        failures.append(f"{sent['errors']} messages got a wrong answer or none; the generator's log has the first")
    if sent["unanswered"]:
        failures.append(f"{sent['unanswered']} requests were never answered")
    for what in ("refused", "skipped"):
        if sent[what]:
            remarks.append(f"{sent[what]} messages were {'refused with 429 or 503' if what == 'refused' else 'not sent: too many were under way, or nobody was bound'}")
    return failures, remarks


def carrier(r, remarks):
    """What the handsets sent must have been received."""
    counters = r.get("carrier")
    if counters is None:
        return []
    received = counters["received"] if r["given"] else r["audit"]["events"].get("RECEIVED", 0)
    failures = []
    if received != counters["repliesAccepted"]:
        failures.append(f"books: handsets sent {counters['repliesAccepted']} replies, {received} were received")
    if counters["receiptsAccepted"] != counters["receiptsSent"]:
        remarks.append(f"the carrier sent {counters['receiptsSent']} receipts, repetitions included; {counters['receiptsAccepted']} were taken")
    if r["audit"].get("carrierIdsExplained"):
        remarks.append(f"{r['audit']['carrierIdsExplained']} segments were sent twice, and events explain them")
    return failures


def smpp(r, remarks):
    """
    What customers were told over SMPP. That each receipt which was asked for came, with the status that the events say, and none for what was never
    accepted, the audit finds: RECEIPT_MISSING, RECEIPT_WRONG.
    """
    s = r["sent"].get("smpp")
    if not s:
        return []
    told, events, failures = s["told"], r["audit"]["events"], []
    received = events.get("RECEIVED", 0)
    again = told["repeats"] + max(0, told["replies"] - received)
    if not s["accepted"] or not told["receipts"]:
        failures.append(f"over SMPP {s['accepted']} messages were accepted, and {told['receipts']} receipts told: that proves nothing")
    if s["waiting"]:
        failures.append(f"not drained: {s['waiting']} parcels of what customers are to be told over SMPP still wait")
    if s["unreadable"]:
        failures.append(f"{s['unreadable']} receipts over SMPP tell of no end; the customers' log has them")
    if again > told["bound"]:
        failures.append(f"customers were told {again} times over SMPP what they had been told, at most {told['bound']} may be")
    if told["unexplained"]:
        failures.append(f"customers were told again over SMPP though nothing had happened meanwhile: {', '.join(told['unexplained'])}")
    if told["replies"] < received:
        failures.append(f"books: {received} replies were received, and {told['replies']} told over SMPP")
    if events.get("NOTIFIED", 0) != told["messages"] + received:
        failures.append(f"books: {told['messages']} messages' receipts and {received} replies were told over SMPP, and {events.get('NOTIFIED', 0)} NOTIFIED events say so")
    if s["lost"]:
        failures.append(f"SMPP customers lost their connections: {s['lost']}")
    remarks.append(f"over SMPP {s['accepted']} were accepted by {s['binds']} binds of {s['customers']} customers, {told['receipts']} receipts and {told['replies']} replies told,"
                   f" {again} of them again (at most {told['bound']} may be); {s['unanswered']} submits were never answered")
    return failures


def judge(r, kept, books_only):
    """(failures, remarks): empty failures = passed."""
    failures, remarks = books(r)
    if r["ended_early"]:
        (remarks if r["ended_early"] == "stopped by the user" else failures).append("ended early: " + r["ended_early"])
    if not books_only:
        for found, said in (memory(r), speed(r, kept)):
            failures += found
            remarks += said
    return failures, remarks
