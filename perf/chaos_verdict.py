"""What a chaos run may not end with: a pure function of what was found. tests/test_chaos.py feeds it books that are off."""
import verdict

DISTURBED = {"errors": "got no answer or a wrong one", "unanswered": "were never answered"}


def judge(r):
    """(failures, remarks): empty failures = passed. A customer may be left without an answer here; what was answered must hold."""
    calm = dict(r, sent=dict(r["sent"], **dict.fromkeys(DISTURBED, 0)), carrier=None)
    if r["sent"].get("smpp"):
        calm["sent"]["smpp"] = dict(r["sent"]["smpp"], lost={})
    failures, remarks = verdict.books(calm)
    remarks += [f"{r['sent'][what]} messages {words} meanwhile: theirs to post again" for what, words in DISTURBED.items() if r["sent"][what]]
    failures += r["troubles"]
    if r["audit"] is None:
        return failures, remarks
    if r.get("missed"):
        failures.append(f"{r['missed']} ids left the simulator's log before they were fetched: nobody knows what was sent twice")
    if r["copies"] > r["bound"]:
        failures.append(f"{r['copies']} messages were sent twice, at most {r['bound']} may be")
    unknown, lost = r["audit"]["messages"].get("UNKNOWN", 0), r["carrier"]["receiptsLost"]
    if unknown > lost + r["bound"]:
        failures.append(f"{unknown} messages ended UNKNOWN, though only {lost} receipts were lost and at most {r['bound']} messages were in doubt")
    failures += replies(r) + replies_told(r)
    return failures, remarks


def replies(r):
    """Each reply is received once. The copy of a message is answered by its handset, too, and that answer is taken for a repeat."""
    sent, received = r["carrier"]["repliesAccepted"], r["audit"]["events"].get("RECEIVED", 0)
    if sent - r["copies"] <= received <= sent:
        return []
    return [f"books: handsets sent {sent} replies, at most {r['copies']} of them to copies; {received} were received"]


def replies_told(r):
    """Each reply is told to a customer over SMPP: handsets that answer twice, since they had a copy, may have been received twice."""
    received, smpp = r["audit"]["events"].get("RECEIVED", 0), r["sent"].get("smpp")
    if not smpp or smpp["told"]["senders"] >= received - r["copies"]:
        return []
    return [f"books: {received} replies were received, and those of {smpp['told']['senders']} handsets told over SMPP"]


def told_words(r):
    """Over SMPP."""
    smpp = r["sent"].get("smpp")
    if not smpp:
        return "nobody over SMPP"
    told = smpp["told"]
    return f"{told['receipts']} receipts over SMPP of {smpp['accepted']} accepted, {told['repeats']} again (at most {told['bound']}), {told['replies']} replies; {smpp['unanswered']} submits unanswered"


def copies(tally):
    """How many messages too many the carrier took: `tally` counts by (recipient, number of the segment); each recipient has one message."""
    most = {}
    for (recipient, _), count in tally.items():
        most[recipient] = max(most.get(recipient, 0), count)
    return sum(count - 1 for count in most.values())


def line(r, failures):
    """The whole run in one line."""
    audit = r["audit"] or {}
    messages = audit.get("messages", {})
    words = [f"{len(r['done'])} actions", f"{r['sent']['accepted']} accepted", f"{audit.get('acceptedAndFound')} there", f"{audit.get('acceptedAndOpen')} not final",
             f"findings {audit.get('kinds')}", f"{r['copies']} sent twice (bound {r['bound']})", f"{messages.get('UNKNOWN', 0)} UNKNOWN",
             f"{r['sent']['errors'] + r['sent']['unanswered']} posts without an answer", f"told {told_words(r)}", f"load average {r['noise']['load_average']:.1f}"]
    return ("FAILED (" + "; ".join(failure.splitlines()[-1].strip() for failure in failures) + "): " if failures else "passed: ") + ", ".join(words)
