"""What must fail a soak, and what must not. Run: python3 -m unittest discover -s perf/tests"""
import copy
import math
import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import verdict  # noqa: E402


def series(value, minutes=120, noise=0, seed=1):
    lots = random.Random(seed)
    return [(m, value(m) + lots.uniform(-noise, noise)) for m in range(minutes)]


class Growth(unittest.TestCase):
    def test_a_leak_of_a_megabyte_a_minute_is_found_under_noise(self):
        self.assertTrue(verdict.growth(series(lambda m: 200 + m, noise=15))["steady"])

    def test_a_slow_leak_is_found_when_the_soak_is_long(self):
        self.assertTrue(verdict.growth(series(lambda m: 200 + 0.25 * m, minutes=480, noise=10))["steady"])

    def test_a_flat_series_with_noise_is_none(self):
        for seed in range(20):
            self.assertFalse(verdict.growth(series(lambda m: 200, noise=60, seed=seed))["steady"], seed)

    def test_a_warm_up_that_ends_in_the_first_half_is_none(self):
        self.assertFalse(verdict.growth(series(lambda m: min(400, 100 + 10 * m), noise=5))["steady"])

    def test_a_saw_is_none(self):
        self.assertFalse(verdict.growth(series(lambda m: 200 + 10 * (m % 12)))["steady"])

    def test_waves_are_none(self):
        self.assertFalse(verdict.growth(series(lambda m: 300 + 40 * math.sin(m / 8)))["steady"])

    def test_one_jump_of_an_outlier_is_none(self):
        points = series(lambda m: 200, noise=5)
        points[-3] = (points[-3][0], 5000)
        self.assertFalse(verdict.growth(points)["steady"])

    def test_a_decline_is_none(self):
        self.assertFalse(verdict.growth(series(lambda m: 800 - 3 * m))["steady"])

    def test_a_few_minutes_are_not_judged(self):
        self.assertFalse(verdict.growth(series(lambda m: 100 + 50 * m, minutes=10))["steady"])
        self.assertFalse(verdict.growth([])["steady"])

    def test_slope_is_robust(self):
        points = [(x, 2 * x + 1) for x in range(30)] + [(30 + x, 1000) for x in range(5)]
        self.assertAlmostEqual(verdict.theil_sen(points), 2, places=1)

    def test_a_minute_is_what_was_chosen_of_it(self):
        self.assertEqual(verdict.by_minute([(0, 5), (30, 3), (59, None), (61, 9)], min), [(0, 3), (1, 9)])


def result(**changes):
    audit = {"messages": {"DELIVERED": 10}, "events": {"ACCEPTED": 10, "RECEIVED": 2}, "waiting": {}, "findings": 0, "kinds": {}, "money": "checked",
             "acceptedAndFound": 10, "acceptedAndOpen": 0}
    changes = copy.deepcopy(changes)
    r = {"audit": audit, "audit_problem": "", "examples": {}, "unchecked": [], "ended_early": None, "given": False, "ratio": 0.4, "memory": {},
         "sent": {"accepted": 10, "errors": 0, "unanswered": 0, "refused": 0, "skipped": 0},
         "carrier": {"received": 2, "repliesAccepted": 2, "receiptsSent": 10, "receiptsAccepted": 10}}
    for path, value in changes.items():
        at = r
        *outer, last = path.split("__")
        for key in outer:
            at = at[key]
        at[last] = value
    return r


class Books(unittest.TestCase):
    def fails(self, words, **changes):
        failures, _ = verdict.judge(result(**changes), None, True)
        self.assertTrue(any(words in f for f in failures), failures)

    def test_clean_books_pass(self):
        self.assertEqual(verdict.judge(result(), None, False)[0], [])

    def test_every_kind_of_finding_fails(self):
        self.fails("2 x LOST, such as 06H", audit__kinds={"LOST": 2}, examples={"LOST": "06H"})

    def test_messages_that_still_wait_fail(self):
        self.fails("3 messages still wait in link.sim", audit__waiting={"link.sim": 3})

    def test_accepted_messages_that_are_not_final_fail_on_any_stack(self):
        self.fails("4 of the accepted messages are not final", audit__acceptedAndOpen=4, given=True)

    def test_what_others_do_on_a_given_stack_is_no_failure(self):
        changes = {"given": True, "audit__waiting": {"route": 3}, "audit__money": "moved", "audit__events": {"RECEIVED": 99}}
        self.assertEqual(verdict.judge(result(**changes), None, True)[0], [])
        self.fails("1 were received", given=True, carrier__received=1)

    def test_an_audit_that_did_not_finish_fails(self):
        self.fails("no primary", audit=None, audit_problem="no primary")

    def test_money_that_was_not_checked_fails(self):
        self.fails("money was not at rest", audit__money="moved")

    def test_a_reply_that_was_not_received_fails(self):
        self.fails("sent 2 replies, 1 were received", audit__events={"RECEIVED": 1})

    def test_an_id_that_was_given_out_and_not_found_fails(self):
        self.fails("told of 10 ids, 9", audit__acceptedAndFound=9)

    def test_a_soak_in_which_nothing_was_accepted_fails(self):
        self.fails("nothing was accepted", sent__accepted=0, audit__acceptedAndFound=0)

    def test_wrong_answers_fail(self):
        self.fails("1 messages got a wrong answer", sent__errors=1)
        self.fails("never answered", sent__unanswered=1)

    def test_a_full_disk_fails_and_the_user_does_not(self):
        self.fails("disk", ended_early="the disk is nearly full")
        self.assertEqual(verdict.judge(result(ended_early="stopped by the user"), None, True)[0], [])

    def smpp_fails(self, words, **changes):
        """Half of them came over SMPP, until one thing is off."""
        told = {"receipts": 5, "messages": 5, "repeats": 0, "unexplained": [], "bound": 0, "replies": 2, "senders": 2}
        smpp = {"accepted": 5, "binds": 4, "customers": 4, "unanswered": 0, "unreadable": 0, "waiting": 0, "lost": {}, "told": told}
        r = result(sent__smpp=smpp, audit__events={"RECEIVED": 2, "NOTIFIED": 7})
        self.assertEqual(verdict.judge(r, None, True)[0], [])
        self.fails(words, **dict({"sent__smpp": smpp, "audit__events": {"RECEIVED": 2, "NOTIFIED": 7}}, **changes))

    def test_receipts_over_smpp_that_the_audit_misses_or_finds_wrong_fail(self):
        self.smpp_fails("1 x RECEIPT_MISSING, such as 06H", audit__kinds={"RECEIPT_MISSING": 1}, examples={"RECEIPT_MISSING": "06H"})
        self.smpp_fails("1 x RECEIPT_WRONG, such as 06H", audit__kinds={"RECEIPT_WRONG": 1}, examples={"RECEIPT_WRONG": "06H"})

    def test_receipts_that_still_wait_for_smpp_customers_fail(self):
        self.smpp_fails("3 parcels of what customers are to be told over SMPP still wait", sent__smpp__waiting=3)

    def test_a_receipt_that_is_none_fails(self):
        self.smpp_fails("1 receipts over SMPP tell of no end", sent__smpp__unreadable=1)

    def test_a_receipt_that_comes_twice_though_nothing_happened_fails(self):
        self.smpp_fails("told 1 times over SMPP what they had been told, at most 0 may be", sent__smpp__told__repeats=1)

    def test_a_reply_that_was_not_told_and_one_that_was_told_twice_fail(self):
        self.smpp_fails("2 replies were received, and 1 told over SMPP", sent__smpp__told__replies=1)
        self.smpp_fails("told 1 times over SMPP what they had been told", sent__smpp__told__replies=3)

    def test_what_was_told_and_is_not_in_the_events_fails(self):
        self.smpp_fails("6 NOTIFIED events say so", audit__events={"RECEIVED": 2, "NOTIFIED": 6})

    def test_a_connection_of_an_smpp_customer_that_was_lost_in_a_soak_fails(self):
        self.smpp_fails("lost their connections: {'NOT_ALIVE': 1}", sent__smpp__lost={"NOT_ALIVE": 1})

    def test_a_soak_in_which_nothing_went_over_smpp_fails(self):
        self.smpp_fails("that proves nothing", sent__smpp__accepted=0)
        self.smpp_fails("that proves nothing", sent__smpp__told__receipts=0)

    def test_a_carrier_that_cannot_be_asked_is_no_failure(self):
        self.assertEqual(verdict.judge(result(carrier=None), None, True)[0], [])


class Speed(unittest.TestCase):
    KEPT = {"date": "2026-11-23", "ratio": 0.5}

    def test_less_than_60_per_cent_of_the_kept_ratio_fails(self):
        self.assertIn("slower", verdict.judge(result(ratio=0.29), self.KEPT, False)[0][0])

    def test_a_little_less_is_noise(self):
        self.assertEqual(verdict.judge(result(ratio=0.31), self.KEPT, False)[0], [])

    def test_without_a_kept_result_nothing_is_compared(self):
        self.assertEqual(verdict.judge(result(ratio=0.01), None, False)[0], [])

    def test_speed_and_memory_are_not_judged_when_only_the_books_are_asked_for(self):
        leak = {"heap": verdict.growth(series(lambda m: 200 + m))}
        self.assertEqual(verdict.judge(result(ratio=0.01, memory=leak), self.KEPT, True)[0], [])
        self.assertIn("memory grows steadily: heap", verdict.judge(result(memory=leak), None, False)[0][0])


if __name__ == "__main__":
    unittest.main()
