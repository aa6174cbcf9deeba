"""The plan of a chaos run, its proxy, and what its verdict makes of books that are off."""
import collections
import contextlib
import socket
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent.parent.parent / "scripts")]
import chaos  # noqa: E402
import chaos_plan  # noqa: E402
import chaos_verdict  # noqa: E402
from chaos_proxy import Proxy  # noqa: E402

SEEDS = range(40)


class Plan(unittest.TestCase):
    def test_the_same_seed_gives_the_same_plan_and_another_seed_another(self):
        for seed in SEEDS:
            self.assertEqual(chaos_plan.plan(seed, 3), chaos_plan.plan(seed, 3))
        self.assertEqual(len({tuple(chaos_plan.plan(seed, 3)) for seed in SEEDS}), len(SEEDS))

    def test_a_plan_is_the_one_that_it_always_was(self):
        self.assertEqual(chaos_plan.plan(1, 1.25)[:2], [(5, "customers", "cut", "customers", 1), (10, "gateway", "pause", "gateway-a", 14)])

    def test_every_kind_of_action_comes_within_twenty_short_runs_and_within_any_long_one(self):
        all_cards = {card[:3] for card in chaos_plan.TWO}
        self.assertEqual({a[1:4] for seed in range(20) for a in chaos_plan.plan(seed, 1.25)}, all_cards)
        for seed in SEEDS:
            self.assertEqual({a[1:4] for a in chaos_plan.plan(seed, 10)}, all_cards)

    def test_nothing_is_done_to_a_kind_before_the_one_before_has_been_undone_and_has_recovered(self):
        for seed in SEEDS:
            ends = {}
            for action in chaos_plan.plan(seed, 10):
                self.assertGreaterEqual(action.at, ends.get(action.kind, 0), (seed, action))
                ends[action.kind] = action.at + action.seconds + chaos_plan.recovery(action.kind)

    def test_all_is_undone_before_the_load_ends(self):
        for seed in SEEDS:
            self.assertTrue(all(a.at + a.seconds < 75 for a in chaos_plan.plan(seed, 1.25)))

    def test_a_pause_is_longer_than_others_wait_and_a_silence_is_one_unanswered_window(self):
        for kind, what, _, least, most in chaos_plan.TWO:
            if (kind, what) == ("gateway", "pause"):
                self.assertGreater(least, 12)
            if kind == "link" and what in ("unanswered", "blackhole"):
                self.assertTrue(chaos_plan.RESPONSE_TIMEOUT < least <= most < 2 * chaos_plan.RESPONSE_TIMEOUT)

    def test_each_process_of_each_layout_is_killed_paused_and_restarted_and_so_is_each_set(self):
        for name, layout in chaos.LAYOUTS.items():
            cards = chaos_plan.deck({name: process.kind for name, process in layout.items()}, sets=2)
            done = {a[1:4] for a in chaos_plan.plan(1, 15, cards)}
            for process in layout:
                self.assertLessEqual({(layout[process].kind, what, process) for what in ("kill", "pause", "stop")}, done, name)
            self.assertLessEqual({("mongod", what, target) for what in ("kill", "pause") for target in ("set0", "set1", "set1.primary")}, done)

    def test_of_the_components_one_before_the_carrier_one_behind_it_and_the_door_of_smpp_customers_may_be_away_at_a_time(self):
        kinds = collections.Counter(process.kind for process in chaos.LAYOUTS["components"].values())
        self.assertEqual(kinds, {"gateway.before": 3, "gateway.behind": 3, "gateway.customers": 1})

    def test_each_layout_has_a_door_for_smpp_customers_that_dies(self):
        for name, layout in chaos.LAYOUTS.items():
            cards = chaos_plan.deck({name: process.kind for name, process in layout.items()})
            doors = [process for process in layout if layout[process].has_smpp]
            self.assertTrue(doors, name)
            for door in doors:
                self.assertIn((layout[door].kind, "kill", door), [card[:3] for card in cards])

    def test_only_what_leaves_deliver_sm_without_an_answer_or_its_commit_may_have_them_told_again(self):
        done = [(5, chaos_plan.Action(5, "gateway", "kill", "door", 4)), (20, chaos_plan.Action(20, "customers", "cut", "customers", 1)),
                (30, chaos_plan.Action(30, "gateway.before", "kill", "worker", 4)), (40, chaos_plan.Action(40, "link", "cut", "link", 1)),
                (50, chaos_plan.Action(50, "gateway", "pause", "door", 14)), (70, chaos_plan.Action(70, "gateway", "stop", "door", 10))]
        self.assertEqual(chaos_plan.doubts_of_telling(done, {"door"}), [(5, 9, True), (20, 21, False), (50, 64, True)])

    def test_a_door_that_is_stopped_while_a_primary_is_away_may_tell_again(self):
        done = [(10, chaos_plan.Action(10, "mongod", "pause", "primary", 9)), (30, chaos_plan.Action(30, "gateway", "stop", "door", 10)),
                (60, chaos_plan.Action(60, "gateway", "stop", "door", 10)), (61, chaos_plan.Action(61, "mongod", "kill", "set1.secondary", 5))]
        self.assertEqual(chaos_plan.doubts_of_telling(done, {"door"}), [(30, 40, True)])

    def test_only_what_leaves_submits_in_doubt_may_cause_copies(self):
        self.assertEqual(chaos_plan.bound([("mongod", "kill"), ("postgres", "kill"), ("gateway", "stop"), ("carrier", "lose"), ("link", "slow")], 100), 0)
        self.assertEqual(chaos_plan.bound([("gateway", "kill"), ("link", "blackhole"), ("gateway", "pause")], 100), 400)


class Clean(unittest.TestCase):
    """… until one thing is off."""

    def setUp(self):
        self.r = {"audit": {"kinds": {}, "waiting": {}, "money": "checked", "acceptedAndFound": 10, "acceptedAndOpen": 0, "messages": {"DELIVERED": 8, "UNKNOWN": 2},
                            "events": {"RECEIVED": 3}}, "audit_problem": "", "examples": {}, "sent": {"accepted": 10, "errors": 5, "unanswered": 1, "refused": 2, "skipped": 0},
                  "unchecked": [], "given": False, "carrier": {"repliesAccepted": 3, "receiptsLost": 2}, "copies": 4, "bound": 60, "troubles": [], "done": [1, 2],
                  "noise": {"load_average": 1.5}}

    def smpp(self, **told):
        """Five of the ten came over SMPP."""
        self.r["sent"]["smpp"] = {"accepted": 5, "binds": 9, "customers": 4, "unanswered": 1, "unreadable": 0, "waiting": 0, "lost": {"DISCONNECTED": 8},
                                  "told": dict({"receipts": 7, "messages": 5, "repeats": 2, "unexplained": [], "bound": 80, "replies": 3, "senders": 3}, **told)}
        self.r["audit"]["events"]["NOTIFIED"] = 8

    def failures(self):
        return chaos_verdict.judge(self.r)[0]

    def test_clean_books_pass_and_posts_without_an_answer_are_a_remark(self):
        failures, remarks = chaos_verdict.judge(self.r)
        self.assertEqual(failures, [])
        self.assertTrue(any("5 messages" in remark for remark in remarks))

    def test_the_line_about_a_run_says_how_it_ended(self):
        self.assertTrue(chaos_verdict.line(self.r, []).startswith("passed: 2 actions, 10 accepted, 10 there, 0 not final"))
        self.assertTrue(chaos_verdict.line(dict(self.r, audit=None), ["no audit"]).startswith("FAILED (no audit): "))

    def test_a_lost_message_fails(self):
        self.r["audit"]["kinds"] = {"LOST": 1}
        self.assertIn("LOST", self.failures()[0])

    def test_an_accepted_message_that_is_not_there_fails(self):
        self.r["audit"]["acceptedAndFound"] = 9
        self.assertEqual(len(self.failures()), 1)

    def test_a_message_that_is_not_final_fails(self):
        self.r["audit"].update(acceptedAndOpen=1, waiting={"link.sim": 1})
        self.assertEqual(len(self.failures()), 2)

    def test_more_copies_than_the_bound_fail(self):
        self.r["copies"] = 61
        self.assertIn("61", self.failures()[0])

    def test_ids_of_the_carrier_that_nobody_fetched_fail(self):
        self.r["missed"] = 1
        self.assertIn("left the simulator's log", self.failures()[0])

    def test_more_unknown_ends_than_lost_receipts_and_doubts_fail(self):
        self.r["audit"]["messages"]["UNKNOWN"] = 63
        self.assertIn("UNKNOWN", self.failures()[0])

    def test_a_lost_reply_fails_and_one_to_a_copy_does_not(self):
        self.r["carrier"]["repliesAccepted"] = 7
        self.assertEqual(self.failures(), [])
        self.r["carrier"]["repliesAccepted"] = 8
        self.assertEqual(len(self.failures()), 1)

    def test_a_reply_that_was_received_twice_fails(self):
        self.r["audit"]["events"]["RECEIVED"] = 4
        self.assertEqual(len(self.failures()), 1)

    def test_smpp_customers_who_are_cut_off_and_told_again_pass(self):
        self.smpp()
        self.assertEqual(self.failures(), [])
        self.assertIn("7 receipts over SMPP of 5 accepted, 2 again (at most 80)", chaos_verdict.line(self.r, []))

    def test_receipts_that_come_again_more_often_than_they_may_fail(self):
        self.smpp(repeats=81)
        self.assertIn("told 81 times over SMPP what they had been told, at most 80", self.failures()[0])

    def test_a_receipt_that_comes_again_without_a_reason_fails(self):
        self.smpp(unexplained=["06H"])
        self.assertIn("06H", self.failures()[0])

    def test_a_reply_that_smpp_customers_were_not_told_fails_and_one_to_a_copy_does_not(self):
        self.r["carrier"]["repliesAccepted"] = self.r["audit"]["events"]["RECEIVED"] = 8
        self.smpp(replies=8, senders=4)
        self.r["audit"]["events"]["NOTIFIED"] = 13
        self.assertEqual(self.failures(), [])
        self.r["sent"]["smpp"]["told"]["senders"] = 3
        self.assertEqual(len(self.failures()), 1)

    def test_a_trouble_on_the_way_fails(self):
        self.r["troubles"].append("gateway-a ended by itself")
        self.assertEqual(self.failures(), ["gateway-a ended by itself"])

    def test_an_audit_that_was_not_finished_fails(self):
        self.r.update(audit=None, audit_problem="no primary")
        self.assertIn("no primary", self.failures()[0])

    def test_copies_are_counted_by_message_and_not_by_segment(self):
        self.assertEqual(chaos_verdict.copies({("1", 1): 1, ("2", 1): 3, ("3", 1): 2, ("3", 2): 2, ("3", 3): 1}), 3)


class Conducting(unittest.TestCase):
    def setUp(self):
        quiet = mock.patch.object(chaos, "say", lambda words: None)
        quiet.start()
        self.addCleanup(quiet.stop)

    def conductor(self, alive, said):
        log = Path(self.enterContext(tempfile.TemporaryDirectory())) / "log"
        log.write_text(said)
        self.child = SimpleNamespace(name="gateway-a", alive=alive, log=log, how_it_ended=lambda: "exit code 1", last_words=lambda n: "why", starts=0)
        self.child.start = lambda: setattr(self.child, "starts", self.child.starts + 1)
        return chaos.Conductor(SimpleNamespace(gateways={"gateway-a": self.child}), [])

    def test_a_gateway_that_dies_by_itself_is_a_trouble_and_is_started_again(self):
        conductor = self.conductor(alive=False, said="Godwit runs [link]\n")
        conductor.look_after()
        self.assertEqual((len(conductor.troubles), self.child.starts), (1, 1))
        conductor.look_after()
        self.assertEqual(len(conductor.troubles), 1, "its next life had not come up")

    def test_a_gateway_that_cannot_start_is_started_again(self):
        conductor = self.conductor(alive=False, said="no primary\n")
        conductor.look_after()
        self.assertEqual((conductor.troubles, self.child.starts), ([], 1))

    def test_a_gateway_that_was_killed_stays_dead_until_its_time(self):
        conductor = self.conductor(alive=False, said="Godwit runs [link]\n")
        conductor.under_way.append((5, chaos_plan.Action(1, "gateway", "kill", "gateway-a", 4), None))
        conductor.look_after()
        self.assertEqual((conductor.troubles, self.child.starts), ([], 0))

    def test_what_was_not_done_on_a_slow_machine_is_told_and_no_trouble(self):
        conductor = self.conductor(alive=True, said="Godwit runs [link]\n")
        conductor.pending.append(chaos_plan.Action(60, "mongod", "kill", "primary", 5))
        conductor.end()
        self.assertEqual((conductor.troubles, conductor.pending), ([], []))
        self.assertIn("not done: kill primary", conductor.left_out[0])

    def test_who_was_taken_for_dead_is_counted_in_the_set_in_which_it_was_most_often(self):
        log = Path(self.enterContext(tempfile.TemporaryDirectory())) / "log"
        log.write_text("".join(f"ERROR process was declared dead in set {s} as incarnation 4: it drops\n" for s in (0, 0, 1)))
        stand = SimpleNamespace(gateways={"link": SimpleNamespace(log=log)})
        self.assertEqual(chaos.ChaosStand.declared_dead(stand, "link"), 2)


class Echo:
    """A server that says everything again."""

    def __enter__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()
        return self.server.getsockname()[1]

    def serve(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.repeat, args=(connection,), daemon=True).start()

    @staticmethod
    def repeat(connection):
        with connection:
            try:
                while data := connection.recv(1000):
                    connection.sendall(data)
            except OSError:
                pass

    def __exit__(self, *_):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()


class Through(unittest.TestCase):
    def setUp(self):
        self.opened = contextlib.ExitStack()
        self.addCleanup(self.opened.close)
        self.proxy = self.opened.enter_context(Proxy(self.opened.enter_context(Echo())))

    def connect(self):
        client = self.opened.enter_context(socket.create_connection(("127.0.0.1", self.proxy.port), 5))
        client.sendall(b"hello")
        self.assertEqual(client.recv(100), b"hello")
        return client

    def test_what_is_cut_is_gone_and_a_new_connection_works(self):
        client = self.connect()
        self.assertEqual(self.proxy.cut(), 1)
        with self.assertRaises(ConnectionError):
            client.recv(100) or self.fail("closed in order, and not cut")
        self.connect()

    def test_what_is_silent_comes_through_when_it_speaks_again(self):
        client = self.connect()
        self.proxy.silence()
        client.sendall(b"later")
        client.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            client.recv(100)
        self.proxy.speak()
        client.settimeout(5)
        self.assertEqual(client.recv(100), b"later")

    def test_what_is_slow_takes_its_time_both_ways_and_keeps_its_order(self):
        client = self.connect()
        self.proxy.slow(0.2)
        began = chaos.time.monotonic()
        client.sendall(b"a" * 100_000)
        got = b""
        while len(got) < 100_000:
            got += client.recv(100_000)
        self.assertEqual(got, b"a" * 100_000)
        self.assertGreaterEqual(chaos.time.monotonic() - began, 0.4)


if __name__ == "__main__":
    unittest.main()
