# SPDX-License-Identifier: Apache-2.0
"""docs/reference/metrics.md from live scrapes of the three programs, on libvirt's test driver, with telemetry in which
everything happens that makes a series: predictions and manifestations, mitigations, an experiment, refusals. A family that the
sources can publish and that never shows is a failure; so is one that a Prometheus which scrapes them cannot tell of."""

import collections
import json
import math
import os
import pathlib
import random
import re
import sys
import tempfile
import time
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'pages'))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'contract'))

import world  # noqa: E402
from programs import Program, start_prometheus  # noqa: E402

PROGRAMS = {'forewarn-exporter': 'exporter', 'forewarn-webhook': 'webhook', 'forewarn-reverter': 'webhook/reverter'}
CALM = 20  # s
APPLICATIONS = 5  # of an actuator, until its duration is published
PATIENCE = 300  # s, until all has happened
# A fault of a signal that sways around its limit, on all instances of the hypervisor: what the others take days to learn of
# themselves is known of it within minutes.
DRILL = """fault: Drill
horizon: 2s
prior_accuracy: 0.9
scope: host
runbook: docs/runbooks/Unknown.md
manifestation: {signal: sway, above: 0.7}
symptoms: [{signal: sway, is: above, at_least: 0.01, weight: 1}]
examples: [{match: true, given: {sway: above}}, {match: false, given: {sway: normal}}]
"""
GENERIC = ('process_', 'forewarn_build_info')  # of any program

Family = collections.namedtuple('Family', 'name kind labels help')


def families(text):
    """Of an exposition, by name; labels are those of all its series."""
    kinds, helps, labels = {}, {}, collections.defaultdict(set)
    for line in text.splitlines():
        if found := re.fullmatch(r'# TYPE (\S+) (\S+)', line):
            kinds[found[1]] = found[2]
        elif found := re.fullmatch(r'# HELP (\S+) (.*)', line):
            helps[found[1]] = found[2]
        elif found := re.match(r'([a-z_0-9]+)(?:\{(.*)\})? ', line):
            name = found[1] if found[1] in kinds else re.sub(r'_(bucket|sum|count)$', '', found[1])
            labels[name].update(re.findall(r'(\w+)="', found[2] or ''))
    return {name: Family(name, kind, labels.get(name), helps.get(name, '')) for name, kind in kinds.items()}


def registered(folders):
    """The families that the sources of a program can publish, by their literals."""
    found = set()
    for file in folders:
        text = file.read_text()
        found.update(re.findall(r'\.Name\("(forewarn_\w+)"\)', text))
        found.update(re.findall(r'"(forewarn_\w+)",\s*"[A-Z0-9]', text))
    return found


class Telemetry(world.Telemetry):
    """As on the pages' tests, but sooner; at first all is calm, as it is where an experiment is worth it."""

    def value(self, signal, domain, at):
        age = max(0.0, at - self.begin - CALM)
        if signal == 'sway':
            return 0.55 + 0.1 * math.sin(at / 3) + 0.25 * math.sin(2.4 * at) if age else random.gauss(0.3, 0.01)
        return super().value(signal, domain, self.begin + 3 * age if age else at)

    def vector(self, query, now):
        if query == 'successes':
            of = {'fault': 'MemoryLeak', 'actuator': 'memory'}
            return [{'metric': {**of, 'moment': moment}, 'value': [now, value]}
                    for moment, value in (('mean', '0.7'), ('deviation', '0.2'))]
        return [] if query == 'nothing' else super().vector(query, now)


def start_exporter(binaries, folder, telemetry):
    signatures = os.path.join(folder, 'signatures')
    os.mkdir(signatures)
    pathlib.Path(signatures, 'Drill.yaml').write_text(DRILL)
    signals = [*world.SIGNALS, 'sway']
    world.SIGNALS['sway'] = 'ratio'
    define = ''.join(f'    {name}: {{expr: {name}}}\n' for name in signals)
    return Program(os.path.join(binaries, 'forewarn-exporter'), folder, f"""
source: {{url: '{telemetry.url}', timeout: 2s}}
tick: 1s
training: {{history: 20m}}
thresholds: {{default: {{notify: 0.2, experiment: 0.3, mitigate: 0.7}}}}
signatures: {{directory: {signatures}}}
state: {{directory: {folder}/state, every: 5s}}
circumstances: {{mitigated: nothing, experiments: nothing, injections: nothing, successes: successes}}
signals:
  presets: [libvirt_exporter]
  define:
{define}""")


class Scrapes:
    """All families of a program that any of its scrapes had, and which of them have had a series."""

    def __init__(self, program, sources):
        self.program, self.known = program, {}
        self.registered = registered(sources)

    def take(self):
        for name, family in families(self.program.call('GET', '/metrics')[2]).items():
            before = self.known.get(name)
            labels = (before.labels if before else None, family.labels)
            union = None if labels == (None, None) else set().union(*(part for part in labels if part))
            self.known[name] = family._replace(labels=union)

    def missing(self):
        without = {name for name, family in self.known.items() if family.labels is None}
        return (self.registered - self.known.keys()) | without


def sources_of(program, source):
    folder = source / PROGRAMS[program]
    return [file for file in folder.rglob('*.cc')
            if program != 'forewarn-webhook' or 'reverter' not in file.parts]


def mitigate(webhook, telemetry, domain):
    """A mitigation that a person approves, that helps, and that is undone."""
    telemetry.symptom[domain] = 1.0
    world.alert(webhook, '', [domain])
    number = world.wait_for_state(webhook, '', domain, 'waiting')['episode']
    webhook.call('POST', f'/api/v1/mitigations/{number}/approve')
    world.wait_for_state(webhook, '', domain, 'applied')
    telemetry.symptom[domain] = 0.3
    world.wait_for_state(webhook, '', domain, 'held')


def provoke(webhook, telemetry):
    """Mitigations that are held, others that are refused, and an experiment."""
    for application in range(APPLICATIONS):
        mitigate(webhook, telemetry, 'web-1')
        if application < APPLICATIONS - 1:
            number = world.episodes(webhook, '', domain='web-1')[0]['episode']
            webhook.call('POST', f'/api/v1/mitigations/{number}/revert')
            world.wait_for_state(webhook, '', 'web-1', 'closed')
    world.alert(webhook, '', ['batch-1'])  # is not allowed
    wanted = {'domain': 'db-2', 'fault': 'MemoryLeak', 'experiment': 'mild', 'request_id': 'reference'}
    webhook.call('POST', '/api/v1/experiments', json.dumps(wanted))
    world.wait(lambda: world.experiment(webhook, '')['phase'] == 'injecting', webhook.log)


def table(scrapes):
    rows = ['| name | type | labels | meaning |', '|---|---|---|---|']
    for name, family in sorted(scrapes.known.items()):
        if not name.startswith(GENERIC):
            labels = ', '.join(f'`{label}`' for label in sorted(family.labels - {'le', 'quantile'}))
            rows.append(f'| `{name}` | {family.kind} | {labels} | {family.help} |')
    return rows


def page(all_scrapes):
    lines = ['# Metrics', '',
             'Made by `tests/docs/references` from live scrapes of the programs; `./test docs` fails where they differ. All have',
             '`forewarn_build_info` and `process_*`, too. A series whose cause is gone is gone with it: nothing is frozen.']
    for program, scrapes in all_scrapes.items():
        lines += ['', f'## {program}', ''] + table(scrapes)
    return '\n'.join(lines) + '\n'


def scrape_until_complete(all_scrapes):
    end, missing = time.monotonic() + PATIENCE, True
    while missing:
        for scrapes in all_scrapes:
            scrapes.take()
        missing = set().union(*(scrapes.missing() for scrapes in all_scrapes))
        if missing and time.monotonic() > end:
            sys.exit(f'never seen with a series: {" ".join(sorted(missing))}')
        time.sleep(0.2)


def scrape_config(programs):
    jobs = ''.join(f"- {{job_name: {program.name}, static_configs: [{{targets: ['127.0.0.1:{program.port}']}}]}}\n"
                   for program in programs)
    return f'global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n{jobs}'


def unanswered(prometheus, all_scrapes):
    """Documented series that Prometheus knows nothing of."""
    names = {name + ('_count' if family.kind == 'histogram' else '')
             for scrapes in all_scrapes for name, family in scrapes.known.items()}

    def answers(name):
        url = f'{prometheus}/api/v1/query?' + urllib.parse.urlencode({'query': f'last_over_time({name}[1h])'})
        return json.load(urllib.request.urlopen(url, timeout=10))['data']['result']

    return {name for name in names if not answers(name)}


def ask_until_answered(prometheus, all_scrapes):
    end = time.monotonic() + PATIENCE
    while left := unanswered(prometheus, all_scrapes):
        if time.monotonic() > end:
            sys.exit(f'not to be found in Prometheus: {" ".join(sorted(left))}')
        time.sleep(1)


def reference(binaries, source):
    telemetry, started, prometheus = Telemetry(), [], None
    with tempfile.TemporaryDirectory() as folder:
        try:
            started.append(start_exporter(binaries, folder, telemetry))
            started.append(world.start_webhook(os.path.join(binaries, 'forewarn-webhook'), folder, telemetry))
            inventory = f"hypervisors: [{{name: host1, uri: '{world.hypervisor(folder)}'}}]\n"
            started.append(Program(os.path.join(binaries, 'forewarn-reverter'), folder, inventory))
            all_scrapes = {program.name: Scrapes(program, sources_of(program.name, source)) for program in started}
            provoke(started[1], telemetry)

            scrape_until_complete(all_scrapes.values())
            return page(all_scrapes)
        finally:
            for process in [program.process for program in started] + ([prometheus] if prometheus else []):
                process.kill()
                process.wait()
