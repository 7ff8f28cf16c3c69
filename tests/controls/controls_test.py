#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
import math
import random
import unittest

import controls
import tally
from tally import Tally

TERMS = {"probation": 40, "day": 24, "horizon": 20, "limit": None, "most": controls.MOST, "only_limits": False}


def noise(rows, level=10.0, seed=1):
    dice = random.Random(seed)
    return [level + dice.gauss(0, 1) for _ in range(rows)]


class Methods(unittest.TestCase):
    def test_none_looks_ahead(self):
        values = noise(300)
        values[200:] = [x + 30 for x in values[200:]]
        values[90:95] = [None] * 5
        for name, method in controls.METHODS.items():
            for cut in (60, 201, 250):
                self.assertEqual(method(values[:cut], TERMS), method(values, TERMS)[:cut], name)

    def test_each_sees_a_jump_and_nothing_before_it(self):
        values = noise(300)
        values[200:] = [x + 30 for x in values[200:]]
        for name, method in controls.METHODS.items():
            scores = method(values, TERMS)
            self.assertLess(sum(score >= 1 for score in scores[40:200]), 8, name)
            self.assertGreaterEqual(max(scores[200:205]), 1, name)

    def test_what_is_missing_scores_nothing(self):
        for name, method in controls.METHODS.items():
            self.assertEqual(method([None] * 50, TERMS), [0.0] * 50, name)
            self.assertEqual(len(method([], TERMS)), 0, name)

    def test_a_flat_series_never_alarms(self):
        for name, method in controls.METHODS.items():
            self.assertLess(max(method([5.0] * 200, TERMS)), 1, name)

    def test_a_known_limit_is_the_limit(self):
        scores = controls.static([0.5, 0.89, 0.9, 1.0, None], {**TERMS, "limit": 0.9})
        self.assertEqual([score >= 1 for score in scores], [False, False, True, True, False])

    def test_a_line_crosses_its_limit_ahead_of_itself(self):
        ramp = [0.3] * 40 + [0.3 + 0.01 * i for i in range(60)]  # 0.9 at row 100
        scores = controls.predict_linear(ramp, {**TERMS, "limit": 0.9})
        first = next(i for i, score in enumerate(scores) if score >= 1)
        self.assertTrue(75 <= first <= 85, first)
        flat = controls.predict_linear([0.3] * 100, {**TERMS, "limit": 0.9})
        self.assertAlmostEqual(flat[-1], 0.3 / 0.9, places=9)

    def test_the_season_is_expected(self):
        day = [10.0 + (40 if hour == 12 else 0) for hour in range(24)]
        values = day * 20
        values[19 * 24 + 12] = 10.0  # the noon that did not come
        scores = controls.holt_winters(values, TERMS)
        self.assertGreater(scores[19 * 24 + 12], 2 * max(scores[15 * 24:19 * 24 + 12]))

    def test_a_latch_emits_records_only(self):
        self.assertEqual(controls.latch([1, 3, 2, 3, 4, 1]), [1, 3, 0, 0, 4, 0])
        self.assertEqual(controls.latch([5, 1, 1, 2], width=2), [5, 0, 0, 2])


class Series(unittest.TestCase):
    def test_the_column_that_stands_out_names_the_fault(self):
        self.assertEqual(controls.kind_of("disk_used"), (0.95, "disk_full"))
        self.assertEqual(controls.kind_of("disk_iops"), (None, "disk_contention"))
        self.assertEqual(controls.kind_of("m01"), (None, ""))
        scores, faults = controls.join(["cpu_usage", "disk_used"], [[0.1, 2.0], [0.3, 1.0]])
        self.assertEqual(scores, [0.3, 2.0])
        self.assertEqual(faults, ["disk_full", "cpu_saturation"])

    def test_who_has_limits_needs_no_more(self):
        recording = {"cpu_usage": [0.2] * 30 + [0.95] * 5, "request_latency": [0.1] * 30 + [9.0] * 5, "disk_iops": noise(35)}
        found = controls.detections("static threshold", recording, {**TERMS, "only_limits": True})
        self.assertEqual(set(found), {"limits", "limits latch"})
        scores, faults = found["limits"]
        self.assertEqual([score >= 1 for score in scores], [False] * 30 + [True] * 5)
        self.assertEqual(faults[-1], "cpu_saturation")  # the cause before what the service's users see
        self.assertEqual(set(controls.detections("EWMA", recording, TERMS)), {"max", "max latch", "sum"})

    def test_chance_is_the_same_each_time(self):
        self.assertEqual(controls.at_random("a", 500, ["x"]), controls.at_random("a", 500, ["x"]))
        scores, _ = controls.at_random("a", 100000, ["x"])
        self.assertTrue(800 < sum(score >= 1 for score in scores) < 1200)
        self.assertEqual(controls.always_on(3, "x"), ([1.0] * 3, ["x"] * 3))


def tally_of(hits, events, false=0, kinds=None):
    one = Tally()
    one.hits, one.events, one.false, one.days, one.kinds = hits, events, false, 1.0, kinds or {}
    one.leads = [0.5] * hits + [0.0] * (events - hits)
    return one


class Figures(unittest.TestCase):
    def test_sums_are_of_all_series(self):
        whole = tally.total([tally_of(1, 2, 1, {"a": [2, 1]}), tally_of(1, 1, 0, {"a": [1, 1], "b": [1, 0]})])
        self.assertAlmostEqual(tally.event_f1(whole), 2 / 3)
        self.assertAlmostEqual(tally.balanced_accuracy(whole), (2 / 3 + 0) / 2)
        self.assertAlmostEqual(tally.before_breach(whole), 2 / 3)
        self.assertEqual(tally.median_lead(whole), 0.5)
        self.assertEqual(tally.false_rate(whole), 0.5)

    def test_nothing_labelled_has_no_figure(self):
        for measure in (tally.nab_standard, tally.event_f1, tally.before_breach, tally.median_lead, tally.balanced_accuracy):
            self.assertIsNone(measure(Tally()))

    def test_the_bootstrap_is_paired(self):
        good, bad = [tally_of(1, 1)] * 30, [tally_of(0, 1, 1)] * 30
        self.assertEqual(tally.paired_bootstrap(tally.event_f1, good, bad, 200), (1.0, 1.0))
        self.assertEqual(tally.paired_bootstrap(tally.event_f1, good, good, 200), (0.0, 0.0))
        mixed = [tally_of(i % 2, 1) for i in range(30)]
        low, high = tally.paired_bootstrap(tally.event_f1, mixed, bad, 200)
        self.assertTrue(0.3 < low < tally.event_f1(tally.total(mixed)) < high < 0.9)
        self.assertEqual((low, high), tally.paired_bootstrap(tally.event_f1, mixed, bad, 200))
        self.assertEqual(tally.paired_bootstrap(tally.event_f1, [Tally()], [Tally()], 10), (None, None))

    def test_a_deviation_is_that_of_its_past(self):
        past = controls.Past(0.01)
        for x in noise(2000, 100.0):
            past.learn(x)
        self.assertTrue(abs(past.mean - 100) < 0.5 and 0.8 < math.sqrt(past.var) < 1.2)


if __name__ == "__main__":
    unittest.main()
