# SPDX-License-Identifier: Apache-2.0
"""The panels of the dashboards, asked of a live Prometheus as Grafana would: variables expanded, then each query."""

import dataclasses
import itertools
import json
import math
import pathlib
import re
import time
import urllib.error
import urllib.parse
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parents[2] / 'dashboards'


class Prometheus:
    """`seconds`: how far the page looks back; `rate`: what Grafana would take for $__rate_interval, in seconds."""

    def __init__(self, url, seconds, rate):
        self.url, self.seconds, self.rate = url.rstrip('/'), seconds, rate
        self.now = time.time()

    def get(self, path, **parameters):
        request = f'{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}'
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)['data']
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error).get('error', str(error))) from error

    def over_the_range(self, expr):
        step = max(1, self.seconds // 300)
        return self.get('query_range', query=expr, start=self.now - self.seconds, end=self.now, step=step)['result']

    def values_of(self, selector, label):
        series = self.get('series', **{'match[]': selector, 'start': self.now - self.seconds, 'end': self.now})
        return sorted({one[label] for one in series if label in one})

    def expand(self, text, values):
        given = {'__rate_interval': f'{self.rate}s', '__range_s': str(self.seconds), '__range': f'{self.seconds}s'}
        return re.sub(r'\$(\w+)', lambda name: (given | values)[name[1]], text)


def choices(dashboard, prometheus):
    """By variable: what a person could choose. Of several at once: all of them; of one at a time: each."""
    chosen, one_at_a_time = {}, {}
    for variable in dashboard['templating']['list']:
        if variable['type'] != 'query':
            continue
        selector, label = re.fullmatch(r'label_values\((.+), *(\w+)\)', variable['query']).groups()
        every = [prometheus.values_of(prometheus.expand(selector, chosen | dict(zip(one_at_a_time, picked))), label)
                 for picked in itertools.product(*one_at_a_time.values())]
        found = sorted(set(itertools.chain(*every)))
        if variable['multi']:
            chosen[variable['name']] = variable.get('allValue') or '|'.join(map(re.escape, found))
            chosen[f'each {variable["name"]}'] = found
        else:
            one_at_a_time[variable['name']] = found
    return chosen, one_at_a_time


@dataclasses.dataclass
class Answer:
    dashboard: str
    panel: dict
    title: str
    legend: str
    expr: str
    series: list
    error: str = ''

    def is_empty(self):
        return not any(math.isfinite(float(value)) for one in self.series for _, value in one['values'])


def ask(prometheus, expr):
    try:
        return prometheus.over_the_range(expr), ''
    except ValueError as error:
        return [], str(error)


def answers(path, prometheus):
    """An Answer for each query of each panel: of one choice with data, if there is one."""
    dashboard = json.loads(path.read_text())
    chosen, one_at_a_time = choices(dashboard, prometheus)
    for panel in dashboard['panels']:
        repeat = panel.get('repeat')
        for repeated in chosen[f'each {repeat}'] if repeat else [None]:
            for target in panel.get('targets', []):
                best = None
                for picked in itertools.product(*one_at_a_time.values()):
                    values = chosen | dict(zip(one_at_a_time, picked)) | ({repeat: repeated} if repeat else {})
                    expr = prometheus.expand(target['expr'], values)
                    series, error = ask(prometheus, expr)
                    best = Answer(dashboard['uid'], panel, prometheus.expand(panel['title'], values), target['legendFormat'],
                                  expr, series, error)
                    if error or not best.is_empty():
                        break
                yield best


def dashboards():
    return sorted(FOLDER.glob('forewarn-*.json'))
