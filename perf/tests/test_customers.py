"""What SMPP customers were told again, and whether it may be so."""
import json
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent.parent.parent / "scripts")]
import customers  # noqa: E402

WINDOWS = customers.COUNT * customers.DELIVER_WINDOW


class Repeats(unittest.TestCase):
    def test_what_is_told_once_each_is_no_repeat_and_nothing_is_allowed_without_a_doubt(self):
        told = customers.repeats([("a", 1.0), ("b", 1.0)], [])
        self.assertEqual((told["messages"], told["repeats"], told["bound"], told["unexplained"]), (2, 0, 0, []))

    def test_a_repeat_without_anything_in_between_is_not_explained(self):
        self.assertEqual(customers.repeats([("a", 1.0), ("a", 2.0)], [(50, 51, True)])["unexplained"], ["a"])

    def test_a_cut_in_between_explains_a_repeat_and_allows_as_many_as_the_windows_hold(self):
        told = customers.repeats([("a", 1.0), ("a", 3.0), ("b", 1.5)], [(2, 2, False)])
        self.assertEqual((told["receipts"], told["repeats"], told["unexplained"], told["bound"]), (3, 1, [], WINDOWS))

    def test_a_cut_long_after_the_first_telling_explains_nothing(self):
        self.assertEqual(customers.repeats([("a", 1.0), ("a", 100.0)], [(60, 60, False)])["unexplained"], ["a"])

    def test_a_kill_allows_what_was_answered_shortly_before_too(self):
        told = customers.repeats([("a", 1.0), ("b", 30.0), ("c", 31.0), ("d", 50.0)], [(32, 40, True)])
        self.assertEqual(told["bound"], WINDOWS + 2)

    def test_each_telling_beyond_the_first_counts(self):
        told = customers.repeats([("a", 1.0), ("a", 3.0), ("a", 5.0)], [(2, 2, False), (4, 4, False)])
        self.assertEqual((told["repeats"], told["bound"]), (2, 2 * WINDOWS))


class Files(unittest.TestCase):
    def setUp(self):
        self.home = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.home / "tmp").mkdir()
        self.customers = customers.Customers(SimpleNamespace(), self.home)
        self.customers.receipts.write_text("b DELIVERED 12000\na EXPIRED|TELCO_ERROR 11000\nb DELIVERED 14000\n")
        self.customers.replies.write_text("4917 12000\n4917 13000\n4918 12000\n")

    def test_the_audit_gets_the_receipts_in_order_with_the_statuses_that_they_stand_for(self):
        self.assertEqual(self.customers.for_the_audit().read_text(), "a EXPIRED|TELCO_ERROR\nb DELIVERED\nb DELIVERED\n")

    def test_tellings_are_counted_from_the_beginning_of_the_load(self):
        told = self.customers.told([(3, 3, False)], began=10.0)
        self.assertEqual((told["receipts"], told["messages"], told["repeats"], told["unexplained"]), (3, 2, 1, []))
        self.assertEqual((told["replies"], told["senders"]), (3, 2))


class Shares(unittest.TestCase):
    def test_all_messages_go_over_one_or_the_other(self):
        self.assertEqual(customers.share(SimpleNamespace(rate=100, smpp_share=0.2)), (80, 20))
        self.assertEqual(customers.share(SimpleNamespace(rate=60, smpp_share=0)), (60, 0))

    def test_what_the_account_has_agreed_bounds_what_may_be_unanswered(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "account.json").write_text('{"demo": {"name": "Demo"}, "other": {}}')
        customers.agree(folder)
        accounts = json.loads((folder / "account.json").read_text())
        self.assertEqual((accounts["demo"]["smpp"]["deliverWindow"], accounts["demo"]["name"], accounts["other"]), (customers.DELIVER_WINDOW, "Demo", {}))


if __name__ == "__main__":
    unittest.main()
