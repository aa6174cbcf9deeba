"""What a soak makes of what it reads: the audit's words, the collector's log, the page."""
import http.server
import json
import os
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent.parent.parent / "scripts")]
import godwit_stack  # noqa: E402
import soak  # noqa: E402
import soak_page  # noqa: E402
import soak_stand  # noqa: E402
import stand  # noqa: E402


def audit_child(text, code):
    log = Path(tempfile.mkstemp()[1])
    log.write_text(text)
    return SimpleNamespace(log=log, process=SimpleNamespace(returncode=code), last_words=lambda n: text, how_it_ended=lambda: f"exit code {code}")


class Readings(unittest.TestCase):
    def test_the_audits_findings_and_sums_are_understood(self):
        text = '{"id":"a","kind":"LOST","detail":"x"}\n{"id":"b","kind":"LOST","detail":"y"}\n{"messages":{},"findings":2}\n'
        said = soak.understand(audit_child(text, 1))
        self.assertEqual((said["audit"]["findings"], said["examples"]), (2, {"LOST": "a: x"}))

    def test_an_audit_that_broke_off_is_a_problem_whatever_it_said(self):
        self.assertIsNone(soak.understand(audit_child('{"messages":{},"findings":0}\n', 2))["audit"])
        self.assertIsNone(soak.understand(audit_child("audit: not finished", 1))["audit"])

    def test_collections_are_read_once_each_and_only_whole_lines(self):
        with tempfile.TemporaryDirectory() as home:
            log = Path(home) / "gc.log"
            line = "[{0}s][info][gc] GC({1}) Pause Young (Normal) (G1 Evacuation Pause) {2}M->{3}M(1024M) {4}ms\n"
            log.write_text(line.format("1.2", 0, 300, 40, "5.5") + line.format("2.2", 1, 310, 35, "4.5") + "[3.3s] GC(2) Pause Yo")
            readings = SimpleNamespace(given=False, gc_log=log, gc_read=0)
            self.assertEqual(soak_stand.SoakStand.collections(readings), {"heap_mb": 35, "gc_ms": 10.0, "gcs": 2})
            log.write_text(log.read_text() + "ung (Normal) (G1 Evacuation Pause) 320M->50M(1024M) 1.0ms\n")
            self.assertEqual(soak_stand.SoakStand.collections(readings)["heap_mb"], 50)

    def test_the_simulators_log_is_fetched_once_and_gaps_are_counted(self):
        answers = {"messages?limit=0": {"count": 5}, "messages?from=5&limit=2000": {"items": [{"number": 5, "id": "a", "to": "1"}, {"number": 8, "id": "b", "to": "2"}]},
                   "messages?from=9&limit=2000": {"items": []}}
        with tempfile.TemporaryDirectory() as home:
            log = soak_stand.CarrierLog(SimpleNamespace(simulator=answers.__getitem__), Path(home) / "ids")
            log.fetch()
            log.fetch()
            self.assertEqual((log.path.read_text(), log.missed), ("a 1\nb 2\n", 2))

    def test_the_metrics_of_a_stack_that_was_given_are_asked_for_with_the_operators_key(self):
        with http.server.HTTPServer(("127.0.0.1", 0), Door) as door:
            threading.Thread(target=door.serve_forever, daemon=True).start()
            given = SimpleNamespace(given=True, ops=f"http://127.0.0.1:{door.server_port}", meters_of=stand.Stand.meters_of)
            with mock.patch.dict(os.environ, GODWIT_KEY="the-operators"):
                self.assertEqual(soak_stand.SoakStand.meters(given), {("godwit_events_total", ("SENT",)): 5.0})
            with mock.patch.dict(os.environ, GODWIT_KEY="a-customers"), self.assertRaisesRegex(godwit_stack.Problem, "403"):
                soak_stand.SoakStand.meters(given)
            door.shutdown()


class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.headers["Authorization"] == "Bearer the-operators"
        self.send_response(200 if known else 403)
        self.end_headers()
        self.wfile.write(b'godwit_events_total{type="SENT"} 5.0\n' if known else b"")

    def log_message(self, *_):
        pass


class Page(unittest.TestCase):
    def test_a_report_is_one_small_file_that_escapes_what_it_shows(self):
        r = result(readings=9000, failures=["<script>bad</script>"])
        with mock.patch.object(soak_page, "uplot", lambda: ("x" * 50_000, "")):
            page = soak_page.page(r, None)
        self.assertNotIn("<script>bad", page)
        self.assertLess(len(page), 400_000)
        charts = json.loads(page.split("const charts = ")[1].split(";\n")[0])
        self.assertEqual([c["title"] for c in charts][:2], ["Throughput", "Accepted and not final yet (scheduled ones among them)"])
        self.assertTrue(all(len(c["x"]) == len(s["values"]) for c in charts for s in c["series"]))

    def test_a_report_says_what_smpp_customers_sent_and_were_told(self):
        r = result(readings=20)
        r["samples"] = [dict(sample, smpp_accepted=20.0, smpp_receipts=18.0) for sample in r["samples"]]
        r["sent"]["smpp"] = {"sent": 1184, "customers": 4, "binds": 5, "accepted": 1176, "rejected": 8, "refused": 0, "errors": 0, "unanswered": 0,
                             "answer": {"p50": 65.6, "p99": 628.1, "max": 807.9}, "told": {"receipts": 1078, "messages": 1077, "replies": 22}}
        with mock.patch.object(soak_page, "uplot", lambda: ("", "")):
            page = soak_page.page(r, None)
        self.assertIn("1,184 submit_sm of 4 transceivers in 5 binds: 1,176 accepted", page)
        self.assertIn("1,078 receipts told of 1,077 messages, 22 replies", page)
        self.assertIn("Over SMPP", [c["title"] for c in json.loads(page.split("const charts = ")[1].split(";\n")[0])])

    def test_a_kept_result_is_a_page_and_its_figures_and_one_that_failed_is_not_kept(self):
        with tempfile.TemporaryDirectory() as home, mock.patch.object(soak, "RESULTS", Path(home) / "results"), \
                mock.patch.object(soak_page, "uplot", lambda: ("", "")), mock.patch.object(soak, "say"):
            options = SimpleNamespace(report=Path(home) / "report", keep=True)
            soak.report(result(passed=False), None, options)
            self.assertFalse(soak.RESULTS.exists())
            soak.report(result(passed=True), None, options)
            self.assertEqual(sorted(f.suffix for f in soak.RESULTS.iterdir()), [".html", ".json"])
            self.assertTrue(soak.last_kept()["passed"])

    def test_what_was_kept_beside_others_work_is_no_measure(self):
        with tempfile.TemporaryDirectory() as home, mock.patch.object(soak, "RESULTS", Path(home)):
            self.assertIsNone(soak.last_kept())
            for day, cores in ((1, 0.0), (2, 0.1), (3, 0.9)):
                (Path(home) / f"soak-2026-01-0{day}T0000.json").write_text(json.dumps(result(date=f"day {day}", noise={"cores_used_by_others": cores})))
            self.assertEqual(soak.last_kept()["date"], "day 2")

    def test_a_gateway_that_is_gone_is_said_in_words(self):
        with self.assertRaisesRegex(godwit_stack.Problem, "The gateway does not answer at http://127.0.0.1:1/metrics"):
            stand.fetched("gateway", "http://127.0.0.1:1/metrics", 5)


def result(readings=1, **more):
    sample = {"sent": 5, "accepted": 1.0, "final": None, "backlog": 0, "p50": 1, "p99": 2, "max": 3, "errors": 0, "refused": 0, "rss_mb": {"gateway": 1}, "cpu": {},
              "mongo_mb": {}, "free_gb": 1}
    return {"date": "d", "passed": False, "failures": [], "remarks": [], "samples": [dict(sample, t=10 * i) for i in range(readings)], "minutes": [], "burst": None,
            "sent": {"sent": 1, "requests": 1, "seconds": 60, "accepted": 1, "rejected": 0, "refused": 0, "errors": 0, "answer": {"p50": 1, "p99": 1, "max": 1}}, "audit": None,
            "noise": {"cores_used_by_others": 0}, "command": "c", "commit": "c", "cores": 2, "cpu_model": "m", "java": "j", "given": False, "replicas": 1, "heap": "1g", **more}


if __name__ == "__main__":
    unittest.main()
