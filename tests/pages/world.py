# SPDX-License-Identifier: Apache-2.0
"""Both programs as they really are, on libvirt's test driver, with telemetry that says what the caller wants."""
import json
import os
import random
import re
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'contract'))
from programs import Handler, Program, serve, wait  # noqa: E402

DOMAINS = ('web-1', 'web-2', 'db-1', 'db-2', 'batch-1')
STEP = 1  # s: the exporter's tick
CONFIDENCE = {('web-1', 'MemoryLeak'): 0.86, ('web-2', 'MemoryLeak'): 0.78, ('db-1', 'MemoryLeak'): 0.74}


class Telemetry:
    """What Prometheus would say. `symptom` is the webhook's to watch, by domain; signals are the exporter's."""

    def __init__(self):
        self.symptom = dict.fromkeys(DOMAINS, 1.0)
        self.begin = time.time()
        telemetry = self

        class Prometheus(Handler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers.get('Content-Length', 0))).decode())
                self.reply('application/json', json.dumps({'status': 'success', 'data': telemetry.answer(self.path, form)}))

        server = serve(Prometheus)
        server.handle_error = lambda *_: None  # the programs are killed while they ask
        self.url = f'http://127.0.0.1:{server.server_port}'

    def value(self, signal, domain, at):
        """Calm before `begin`; from then on one domain's disk and another one's memory are used up."""
        noise = random.Random(f'{signal} {domain} {at:.0f}').gauss(0, 1)
        age = max(0.0, at - self.begin)
        leak, load = domain == 'db-2', domain == 'web-1'
        rises = {'memory_pressure': 0.45 + (min(0.5, age / 300) if leak else 0),
                 'memory_available': 2.2e9 - (min(2.0e9, age * 6e6) if leak else 0),
                 'disk_utilisation': 0.28 + (min(0.6, age / 250) if load else 0),
                 'disk_iops': 60 + (min(150, age * 0.9) if load else 0),
                 'disk_latency': 0.004 + (min(0.03, age * 1.5e-4) if load else 0),
                 'cpu_usage': 0.3}
        return rises[signal] * (1 + 0.01 * noise)

    def answer(self, path, form):
        query = form.get('query', [''])[0]
        if path.endswith('query_range'):
            start, end, step = (float(form[name][0]) for name in ('start', 'end', 'step'))
            times = [start + i * step for i in range(int((end - start) / step) + 1)]
            rows = [{'metric': {'domain': d}, 'values': [[t, str(self.value(query, d, t))] for t in times]}
                    for d in DOMAINS] if query in SIGNALS else []
            return {'resultType': 'matrix', 'result': rows}
        now = float(form.get('time', [time.time()])[0])
        return {'resultType': 'vector', 'result': self.vector(query, now)}

    def vector(self, query, now):
        row = lambda value, **labels: {'metric': labels, 'value': [now, str(value)]}
        if query in SIGNALS:
            return [row(self.value(query, d, now), domain=d) for d in DOMAINS]
        if query.startswith(('group by (domain)', 'count by (domain, hypervisor)')):
            return [row(1, domain=d, hypervisor='host1') for d in DOMAINS]
        found = re.search(r'symptom\{domain="([^"]*)"', query)
        if found:
            return [row(self.symptom[found.group(1)], domain=found.group(1))]
        if 'libvirt_' in query:
            return []
        if 'forewarn_fault_confidence_ratio' not in query:
            return [row(1, domain=d) for d in DOMAINS]
        rows = [row(0.7, __name__='forewarn_threshold_ratio', fault='MemoryLeak', stage='mitigate')]
        for (domain, fault), confidence in CONFIDENCE.items():
            of = {'domain': domain, 'fault': fault}
            rows += [row(confidence, __name__='forewarn_fault_confidence_ratio', **of),
                     row(0.6, __name__='forewarn_fault_severity_ratio', **of),
                     row(now + 95, __name__='forewarn_fault_expected_timestamp_seconds', **of),
                     row(2.4, __name__='forewarn_signal_anomaly_score', domain=domain, signal='memory_pressure'),
                     row(now, forewarn_stat='sampled', **of)]
        return rows


SIGNALS = {'memory_pressure': 'ratio', 'memory_available': 'bytes', 'disk_utilisation': 'ratio', 'disk_iops': 'operations',
           'disk_latency': 'seconds', 'cpu_usage': 'ratio'}


def hypervisor(folder):
    """The URI of a test driver with our domains."""
    domain = ("<domain type='test'><name>{}</name><memory unit='MiB'>4096</memory><currentMemory unit='MiB'>1024"
              "</currentMemory><vcpu>2</vcpu><os><type>hvm</type></os></domain>")
    file = os.path.join(folder, 'node.xml')
    with open(file, 'w') as out:
        out.write('<node>' + ''.join(domain.format(name) for name in DOMAINS) + '</node>')
    return 'test://' + file


def start_webhook(binary, folder, telemetry, arguments=()):
    return Program(binary, folder, f"""
source: {{url: '{telemetry.url}', timeout: 2s}}
journal: {{path: {folder}/journal.db}}
kill_switch: {{file: {folder}/kill-switch}}
hypervisors: [{{name: host1, uri: '{hypervisor(folder)}'}}]
targets: [{{domain: '.*-[0-9]+', limits: {{memory: {{mib: [512, 4096]}}}}}}]
policies:
  MemoryLeak:
    mode: act
    approval: required
    steps: [memory]
    verify: {{expr: 'symptom{{domain="$domain"}}', deadline: 60s}}
experiments:
  cool_down: 1s
  templates:
    - {{name: mild, fault: MemoryLeak, mode: act, on: [self], inject: [memory], symptom: 'symptom{{domain="$domain"}}',
       window: 100ms, show_deadline: 60s, settle_deadline: 2s}}
guard: {{allow: ['web-.*', 'db-.*'], cooldown: 0s, minimum_healthy: 0, fleet_budget: 1, max_fleet_predicted: 1}}
""", arguments)


def start_exporter(binary, folder, telemetry, arguments=()):
    define = ''.join(f"    {name}: {{expr: {name}, unit: {unit}}}\n" for name, unit in SIGNALS.items())
    return Program(binary, folder, f"""
source: {{url: '{telemetry.url}', timeout: 2s}}
tick: {STEP}s
training: {{history: 20m}}
signals:
  presets: [libvirt_exporter]
  define:
{define}thresholds: {{default: {{notify: 0.5, experiment: 0.6, mitigate: 0.7, knowledge: 0.6}}}}
""", arguments)


def alert(program, prefix, domains, purpose='mitigate'):
    """Alertmanager's notification about the domains."""
    listed = []
    for domain in domains:
        labels = {'alertname': 'ForewarnMitigationDue', 'domain': domain, 'fault': 'MemoryLeak', 'purpose': purpose}
        listed.append({'status': 'firing', 'labels': labels, 'annotations': {}, 'startsAt': '2026-11-24T02:10:40Z',
                       'endsAt': '0001-01-01T00:00:00Z', 'generatorURL': '', 'fingerprint': f'{abs(hash(domain)):016x}'[:16]})
    body = json.dumps({'version': '4', 'status': 'firing', 'alerts': listed})
    return program.call('POST', prefix + '/api/v1/alerts', body)


def episodes(program, prefix, **query):
    """By the API, newest first."""
    text = program.call('GET', prefix + '/api/v1/mitigations?purpose=any&' + urllib.parse.urlencode(query))[2]
    return json.loads(text)['data']['mitigations']


def wait_for_state(program, prefix, domain, *states):
    def reached():
        found = episodes(program, prefix, domain=domain)
        return found[0] if found and found[0]['state'] in states else None
    return wait(reached, program.log)


def experiment(program, prefix):
    """The newest one, by the API."""
    return json.loads(program.call('GET', prefix + '/api/v1/experiments')[2])['data']['experiments'][0]
