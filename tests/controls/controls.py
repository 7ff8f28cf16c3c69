# SPDX-License-Identifier: Apache-2.0
"""The methods that whoever has no predictor uses: causal, with parameters fixed beforehand. A score of 1 is an alarm.

Each makes scores of one column ([row], None: missing) by its own past alone. What several columns of a series say is
joined by maximum, or by the sum of the scores, standardised by its own past in turn.
"""
import math
import random
import zlib
from fnmatch import fnmatchcase

WARM = 10  # values before a column is judged
MOST = 100.0
SIGMAS = 4.0

# Column (glob) → the limit that its rule has, as the product's signatures and the service's objective say, or None; and
# the fault that a person would name who sees it stand out.
KINDS = [
    ("cpu_denied", 0.3, "cpu_denied"), ("cpu_steal", 0.3, "cpu_denied"), ("cpu_given", None, "cpu_denied"),
    ("cpu_usage", 0.9, "cpu_saturation"), ("cpu_waiting", None, "cpu_saturation"), ("cpu_load", None, "cpu_saturation"),
    ("disk_used", 0.95, "disk_full"), ("disk_utilisation", 0.95, "disk_contention"),
    ("disk_*", None, "disk_contention"), ("cpu_iowait", None, "disk_contention"),
    ("memory_pressure", 0.9, "memory_leak"), ("memory_*", None, "memory_leak"),
    ("request_failures", 0.05, "error_burst"), ("error_log_rate", 2.0, "error_burst"),
    ("request_latency", 0.5, "network_degradation"), ("network_*", None, "network_degradation"),
    ("CpuUsageRate_pct", 90.0, "cpu_saturation"), ("CpuUsage_m", None, "cpu_saturation"),
    ("MemoryUsageRate_pct", 90.0, "memory_leak"), ("PodWorkload_ops", None, "error_burst"),
    ("Network*", None, "network_degradation"), ("Pod*Latency*", None, "network_degradation"),
]

# What the service's users see may have any of the causes above: whoever has both alarms believes the cause.
SYMPTOMS = ("request_failures", "request_latency", "error_log_rate")
SYMPTOM_MOST = 1.01


def kind_of(column):
    """(limit or None, fault or '')"""
    for glob, limit, fault in KINDS:
        if fnmatchcase(column, glob):
            return limit, fault
    return None, ""


class Past:
    """Exponentially weighted mean and deviation of what was."""

    def __init__(self, alpha):
        self.alpha, self.n, self.mean, self.var = alpha, 0, 0.0, 0.0

    def sigma(self):
        return max(math.sqrt(self.var), 0.01 * abs(self.mean), 1e-9)  # what hardly varies: 1 % of it

    def distance(self, x):
        return min(abs(x - self.mean) / (SIGMAS * self.sigma()), MOST) if self.n >= WARM else 0.0

    def learn(self, x):
        self.n += 1
        step = max(self.alpha, 1.0 / self.n)
        delta = x - self.mean
        self.mean += step * delta
        self.var = (1 - step) * (self.var + step * delta * delta)


def judged(values, judge):
    return [0.0 if x is None else judge(x) for x in values]


def ewma(values, _, alpha=0.05):
    past = Past(alpha)

    def judge(x):
        score = past.distance(x)
        past.learn(x)
        return score
    return judged(values, judge)


def quantile(sample, q):
    ordered = sorted(sample)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def static(values, terms):
    """Beyond a known limit; else beyond the 99.9 % quantile of the distances from the median in the probation part."""
    if terms["limit"] is not None:
        return judged(values, lambda x: min(x / terms["limit"], terms["most"]))
    first = [x for x in values[:terms["probation"]] if x is not None]
    if len(first) < WARM:
        return [0.0] * len(values)
    median = quantile(first, 0.5)
    far = max(quantile([abs(x - median) for x in first], 0.999), 0.01 * abs(median), 1e-9)
    scores = judged(values, lambda x: min(abs(x - median) / far * 0.999, MOST))  # above it, not at it
    scores[:terms["probation"]] = [0.0] * min(terms["probation"], len(scores))
    return scores


def predict_linear(values, terms, window=20):
    """Least squares over the last `window` values, as far ahead as the horizon: beyond the limit, or 4 sigma from the mean."""
    past, last, total, moment = Past(0.01), [], 0.0, 0.0
    middle, spread = (window - 1) / 2, window * (window * window - 1) / 12

    def judge(x):
        nonlocal total, moment
        if len(last) == window:
            oldest = last.pop(0)
            moment -= total - oldest
            total -= oldest
        moment += len(last) * x
        total += x
        last.append(x)
        score = 0.0
        if len(last) == window:
            slope = (moment - middle * total) / spread
            ahead = total / window + slope * (middle + terms["horizon"])
            if terms["limit"] is not None:
                score = min(max(ahead, x) / terms["limit"], terms["most"])
            elif past.n >= 2 * window:
                score = past.distance(ahead)
        past.learn(x)
        return score
    return judged(values, judge)


def holt_winters(values, terms, alpha=0.2, beta=0.02, gamma=0.1):
    """Additive, with the day for its season where the series has more than two of them; the residual by its own past."""
    season = terms["day"] if 2 * terms["day"] < len(values) else 1
    index, past = [0.0] * season, Past(0.02)
    level, trend, at, begun = 0.0, 0.0, -1, False

    def judge(x):
        nonlocal level, trend, begun
        slot = at % season
        if not begun:
            level, begun = x, True
        residual = x - (level + trend + index[slot])
        score = past.distance(residual) if at >= season + WARM else 0.0
        past.learn(residual)
        before = level
        level = alpha * (x - index[slot]) + (1 - alpha) * (level + trend)
        trend = beta * (level - before) + (1 - beta) * trend
        if season > 1:
            index[slot] += gamma * (x - level - index[slot])
        return score
    scores = []
    for x in values:
        at += 1
        scores.append(0.0 if x is None else judge(x))
    return scores


METHODS = {"EWMA": ewma, "predict_linear": predict_linear, "static threshold": static, "Holt-Winters": holt_winters}


def latch(scores, width=100):
    """Only what is more than anything in the last rows: an alarm begins, and doesn't go on."""
    out, best = [], []  # best: (row, score), falling
    for i, score in enumerate(scores):
        while best and best[0][0] < i - width:
            best.pop(0)
        out.append(score if not best or score > best[0][1] else 0.0)
        while best and best[-1][1] <= score:
            best.pop()
        best.append((i, score))
    return out


def join(columns, scores):
    """The maximum of the columns' scores, and the fault of the column that has it."""
    best, faults = [], []
    names = [kind_of(column)[1] for column in columns]
    for row in zip(*scores):
        most = max(row)
        best.append(most)
        faults.append(names[row.index(most)])
    return best, faults


def detections(method, recording, terms):
    """{variant: (scores, faults)} of one series. recording: {column: values}. Rules with limits are all, or one variant."""
    limited = [c for c in recording if kind_of(c)[0] is not None] if method in ("static threshold", "predict_linear") else []
    found = {}
    for which, columns in (("limits", limited), ("max", [] if limited and terms["only_limits"] else list(recording))):
        if not columns:
            continue
        scores = [METHODS[method](recording[c], terms_of(c, which, terms)) for c in columns]
        best, faults = join(columns, scores)
        found[which] = best, faults
        found[which + " latch"] = latch(best), faults
        if which == "max" and len(columns) > 1:
            found["sum"] = ewma([sum(row) for row in zip(*scores)], None), faults
    return found


def terms_of(column, which, terms):
    limit = kind_of(column)[0] if which == "limits" else None
    return {**terms, "limit": limit, "most": SYMPTOM_MOST if column in SYMPTOMS else MOST}


def always_on(rows, fault):
    return [1.0] * rows, [fault] * rows


def at_random(name, rows, faults):
    """One row in a hundred."""
    dice = random.Random(zlib.crc32(name.encode()))
    scores = [math.log(max(dice.random(), 1e-12)) / math.log(0.01) for _ in range(rows)]
    return scores, [dice.choice(faults) for _ in range(rows)]
