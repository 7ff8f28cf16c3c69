#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SCORER = os.path.join(HERE, "../../../shared/score/score.py")
ROWS, FAULT = 200, 150  # a row a second; the memory fills from FAULT to the end


def write(path, lines):
    with open(path, "w") as handle:
        handle.write("\n".join(lines) + "\n")


class Compare(unittest.TestCase):
    """Runs of memory that leaks in every other one, by the campaign's rules."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        series, labels = ["series,file,scored_from"], ["series,start,end,onset,breach,fault_type,detail"]
        for i in range(12):
            dice = random.Random(i)
            leak = [max(0.0, (row - FAULT) * 0.02) if i % 2 else 0.0 for row in range(ROWS)]
            values = [min(1.0, 0.3 + dice.gauss(0, 0.01) + more) for more in leak]
            write(self.path(f"{i:02}.csv"), ["timestamp,memory_pressure"] + [f"{t},{x:.4f}" for t, x in enumerate(values)])
            series.append(f"campaign/{i:02},{i:02}.csv,50")
            if i % 2:
                how = f"{FAULT + 3},memory_leak,abrupt: leaks" if i == 11 else f"{FAULT + 31},memory_leak,gradual: leaks"
                labels.append(f"campaign/{i:02},{FAULT},{ROWS},{FAULT},{how}")
        write(self.path("series.csv"), series)
        write(self.path("labels.csv"), labels)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def call(self, said, scorer=SCORER):
        """said: rows after the fault's begin at which each alarms; the figures by measure and control."""
        write(self.path("said.csv"), ["timestamp,series,score,fault_type,confidence"] + [
            f"{FAULT + row},campaign/{i:02},2,memory_leak,0.9" for i in range(1, 12, 2) for row in said])
        done = subprocess.run([sys.executable, os.path.join(HERE, "compare"), self.folder.name, self.path("said.csv"),
                               "--score", scorer, "--resamples", "100", "--json", self.path("out.json")], capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        if done.returncode:
            return done.returncode, done.stdout
        with open(self.path("out.json")) as handle:
            return {(r["measure"], r["control"]): r for r in json.load(handle)}, done.stdout

    def test_without_a_scorer_it_says_so(self):
        code, said = self.call([1], self.path("nowhere.py"))
        self.assertEqual(code, 77)
        self.assertIn("skipped: there is no scorer", said)

    @unittest.skipUnless(os.path.exists(SCORER), "no scorer beside the project")
    def test_who_is_always_right_is_better_than_chance(self):
        figures, said = self.call(range(2, 40))
        self.assertEqual(len(figures), 6 * 6)
        for control in ("always-on", "random"):
            for measure in ("event F1", "before the breach", "median lead"):
                one = figures[measure, control]
                self.assertEqual(one["verdict"], "better", one)
                self.assertLess(one["theirs"], one["ours"])
                self.assertTrue(one["low"] <= one["difference"] <= one["high"])
        self.assertEqual(figures["event F1", "random"]["ours"], 1.0)
        self.assertAlmostEqual(figures["median lead", "random"]["ours"], 29 / 31)
        abrupt = figures["abrupt, 3 steps", "always-on"]
        self.assertEqual((abrupt["ours"], abrupt["theirs"], abrupt["verdict"]), (1.0, 0.0, "better"))
        limit = figures["event F1", "static threshold"]  # sees each leak, too
        self.assertEqual((limit["theirs"], limit["verdict"]), (1.0, "not shown"))
        self.assertIn("not shown", said)

    @unittest.skipUnless(os.path.exists(SCORER), "no scorer beside the project")
    def test_who_says_nothing_is_worse_than_a_limit(self):
        figures, _ = self.call([])
        self.assertEqual(figures["event F1", "static threshold"]["verdict"], "worse")
        self.assertEqual(figures["event F1", "static threshold"]["ours"], 0.0)
        self.assertEqual(figures["fault type", "static threshold"]["theirs"], 1.0)
        noisy = figures["fault type, as quiet", "always-on"]  # it has no threshold at which it is
        self.assertEqual((noisy["theirs"], noisy["their_false_per_day"]), (0.0, 0.0))

    @unittest.skipUnless(os.path.exists(SCORER), "no scorer beside the project")
    def test_sums_are_what_the_scorer_says_of_all(self):
        figures, _ = self.call(range(25, 60))
        done = subprocess.run([sys.executable, SCORER, self.folder.name, self.path("said.csv"), "--threshold", "1", "--json",
                               "--vus-buffer", "0"], capture_output=True, text=True, check=True)
        whole = json.loads(done.stdout)
        for measure, key in (("event F1", "event_f1"), ("fault type", "fault_type_balanced_accuracy")):
            self.assertAlmostEqual(figures[measure, "always-on"]["ours"], whole[key], msg=measure)
        self.assertAlmostEqual(whole["predicted_before_breach"], 5 / 6)
        self.assertEqual(figures["before the breach", "always-on"]["ours"], 1.0)  # of the gradual ones
        self.assertEqual(figures["abrupt, 3 steps", "always-on"]["ours"], 0.0)


if __name__ == "__main__":
    unittest.main()
