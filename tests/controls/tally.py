# SPDX-License-Identifier: Apache-2.0
"""What score.py counts, series by series, so that sums of it are the score of any choice of series."""
import bisect
import random
import statistics

LEVELS = (1.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0)  # the first: as it is
QUICK = 3  # steps from the onset


class Tally:
    """Of one series at one threshold."""
    __slots__ = ("events", "hits", "false", "days", "nab", "leads", "quick", "kinds")

    def __init__(self):
        self.events = self.hits = self.false = 0
        self.days = self.nab = 0.0
        self.leads = []  # by gradual window with a breach: the lead, of the time from onset to breach; 0: none
        self.quick = []  # by abrupt window: whether the first alarm comes within QUICK steps
        self.kinds = {}  # fault → [windows, named rightly]

    def add(self, other):
        self.events += other.events
        self.hits += other.hits
        self.false += other.false
        self.days += other.days
        self.nab += other.nab
        self.leads.extend(other.leads)
        self.quick.extend(other.quick)
        for kind, (windows, right) in other.kinds.items():
            mine = self.kinds.setdefault(kind, [0, 0])
            mine[0] += windows
            mine[1] += right


def total(tallies):
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def nab_standard(t):  # raw: -1 per window missed to 1 per window detected at once
    return 50 * (t.nab + t.events) / t.events if t.events else None


def event_f1(t):
    return 2 * t.hits / (2 * t.hits + t.false + t.events - t.hits) if t.events else None


def before_breach(t):
    return sum(lead > 0 for lead in t.leads) / len(t.leads) if t.leads else None


def median_lead(t):
    return statistics.median(t.leads) if t.leads else None


def abrupt_quick(t):
    return sum(t.quick) / len(t.quick) if t.quick else None


def balanced_accuracy(t):
    return sum(right / windows for windows, right in t.kinds.values()) / len(t.kinds) if t.kinds else None


def false_rate(t):
    return t.false / t.days if t.days else 0.0


def count(scorer, series, gradual, abrupt=()):
    """[Tally] by LEVELS, by score.py's own functions. gradual: (series, start) of windows whose lead is asked for;
    abrupt: of those whose delay is."""
    step, days = series.period(), series.days()
    series.period, series.days = lambda: step, lambda: days  # asked for at each level
    series.extra.setdefault(-1, ("", None))  # which is no row: whoever names nothing is wrong, too
    early = [e for e in series.events if e.breach is not None and e.breach > e.onset and (e.series, e.start) in gradual]
    sudden = [e for e in series.events if (e.series, e.start) in abrupt]
    sweep = list(scorer.nab_sweep([series], "standard"))
    falling = [-level for level, _, _ in sweep]
    tallies = []
    for level in LEVELS:
        tally = Tally()
        report = scorer.event_report([series], level)
        tally.events, tally.hits, tally.false = report["events"], report["detected"], report["false_alarms"]
        tally.days, tally.nab = days, sweep[bisect.bisect_right(falling, -level) - 1][1]
        tally.leads = [lead_of(scorer, series, event, level) for event in early]
        tally.quick = [is_quick(series, event, level, step) for event in sudden]
        for pair, n in report.get("confusion", {}).items():
            kind, guess = pair.split(" -> ")
            of_kind = tally.kinds.setdefault(kind, [0, 0])
            of_kind[0] += n
            of_kind[1] += n * (kind == guess)
        tallies.append(tally)
    return tallies


def lead_of(scorer, series, event, level):
    events, series.events = series.events, [event]
    lead = scorer.event_report([series], level)["median_lead_s"]
    series.events = events
    return lead / (event.breach - event.onset) if lead > 0 else 0.0  # NaN: no alarm before it


def is_quick(series, event, level, step):
    first = next((i for i in range(event.first, event.last + 1) if series.s[i] >= level), None)
    return first is not None and series.t[first] - event.onset <= QUICK * step


def paired_bootstrap(measure, ours, theirs, resamples, seed=1):
    """95 % interval of the difference, over series: both lists of Tally in the same order."""
    dice, n, differences = random.Random(seed), len(ours), []
    for _ in range(resamples):
        chosen = dice.choices(range(n), k=n)
        mine, other = measure(total(ours[i] for i in chosen)), measure(total(theirs[i] for i in chosen))
        if mine is not None and other is not None:
            differences.append(mine - other)
    differences.sort()
    if not differences:
        return None, None
    return tuple(differences[min(int(q * len(differences)), len(differences) - 1)] for q in (0.025, 0.975))
