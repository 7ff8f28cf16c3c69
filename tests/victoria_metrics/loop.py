#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""loop.py BINARIES SOURCE: the closed loop with VictoriaMetrics in the place of Prometheus: it scrapes, vmalert evaluates our
rules, Alertmanager calls the webhook, which changes a domain of libvirt's test driver and asks VictoriaMetrics whether it helped."""

import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import yaml

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'contract'))

from programs import Program, serve_metrics, wait  # noqa: E402

NEEDED = ('victoria-metrics', 'vmalert', 'prometheus-alertmanager')
CALM, LEAK = 60, 100  # s
PATIENCE = 240  # s, until the leak is predicted


class Guest:
    """A guest whose memory leaks until its balloon is raised."""

    def __init__(self):
        self.begin, self.relieved = time.time(), False
        self.port = serve_metrics(lambda path: self.metrics())

    def metrics(self):
        age = time.time() - self.begin
        used = 0.5 + 0.45 * min(1.0, max(0.0, age - CALM) / LEAK) + random.gauss(0, 0.002)
        available = 4e9 * (1 - (0.3 if self.relieved else used))
        return (f'node_memory_MemTotal_bytes 4e9\nnode_memory_MemAvailable_bytes {available}\nnode_load1 0.2\n'
                f'node_cpu_seconds_total{{cpu="0",mode="idle"}} {0.8 * age}\nnode_cpu_seconds_total{{cpu="0",mode="user"}} {0.2 * age}\n')


class Stack:
    """Real programs of Debian's on free ports of this machine; they end with it."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []

    def start(self, name, arguments, address, ready):
        log = open(os.path.join(self.folder, name + '.log'), 'w')
        self.processes.append(subprocess.Popen([name, *arguments], stdout=log, stderr=subprocess.STDOUT, cwd=self.folder))
        wait(lambda: answers(f'http://{address}{ready}'), log.name)
        return f'http://{address}'

    def write(self, name, content):
        file = os.path.join(self.folder, name)
        with open(file, 'w') as out:
            yaml.safe_dump(content, out)
        return file

    def end(self):
        for process in reversed(self.processes):
            process.kill()
            process.wait()


def free_address():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return f'127.0.0.1:{probe.getsockname()[1]}'


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


def query(source, expr):
    url = f'{source}/api/v1/query?' + urllib.parse.urlencode({'query': expr})
    return json.load(urllib.request.urlopen(url, timeout=10))['data']['result']


def start_exporter(binaries, folder, source):
    return Program(os.path.join(binaries, 'forewarn-exporter'), folder, f"""
source: {{url: '{source}', timeout: 2s}}
tick: 1s
max_age: 5s
thresholds: {{default: {{notify: 0.3, experiment: 0.3, mitigate: 0.4}}}}
signals: {{presets: [node_exporter]}}
""")


def start_webhook(binaries, folder, source):
    symptom = '1 - node_memory_MemAvailable_bytes{domain="$domain"} / node_memory_MemTotal_bytes{domain="$domain"}'
    return Program(os.path.join(binaries, 'forewarn-webhook'), folder, f"""
source: {{url: '{source}', timeout: 2s}}
journal: {{path: {folder}/journal.db}}
kill_switch: {{file: {folder}/kill-switch}}
hypervisors: [{{name: host1, uri: 'test:///default'}}]
targets: [{{domain: test, limits: {{memory: {{mib: [512, 8192]}}}}}}]
policies: {{MemoryLeak: {{mode: act, steps: [memory], verify: {{expr: '{symptom}', deadline: 20s}}}}}}
guard: {{allow: [test]}}
""")


def scrape_config(guest, programs):
    jobs = [{'job_name': 'node', 'static_configs': [{'targets': [f'127.0.0.1:{guest.port}'], 'labels': {'domain': 'test'}}]}]
    jobs += [{'job_name': program.name, 'static_configs': [{'targets': [f'127.0.0.1:{program.port}']}]} for program in programs]
    return {'global': {'scrape_interval': '1s', 'scrape_timeout': '1s'}, 'scrape_configs': jobs}


def rules(source):
    """Debian's vmalert is older than keep_firing_for."""
    document = yaml.safe_load((source / 'rules/forewarn.rules.yaml').read_text())
    for group in document['groups']:
        for rule in group['rules']:
            rule.pop('keep_firing_for', None)
    return document


def start_alerting(stack, source, metrics, webhook):
    routes = {'route': {'receiver': 'forewarn', 'group_by': ['...'], 'group_wait': '0s', 'group_interval': '1s'},
              'receivers': [{'name': 'forewarn', 'webhook_configs': [{'url': f'http://127.0.0.1:{webhook.port}/api/v1/alerts'}]}]}
    address = free_address()
    alertmanager = stack.start('prometheus-alertmanager', [
        '--config.file=' + stack.write('alertmanager.yaml', routes), f'--web.listen-address={address}', '--storage.path=alerts',
        '--cluster.listen-address='], address, '/-/ready')
    address = free_address()
    stack.start('vmalert', ['-rule=' + stack.write('rules.yaml', rules(source)), f'-datasource.url={metrics}',
                            f'-remoteWrite.url={metrics}', f'-notifier.url={alertmanager}', f'-httpListenAddr={address}',
                            '-evaluationInterval=1s'], address, '/health')


def state_of(webhook):
    found = json.loads(webhook.call('GET', '/api/v1/mitigations?domain=test')[2])['data']['mitigations']
    return found[0]['state'] if found else None


def judge(metrics):
    """What VictoriaMetrics has to know of it in the end."""
    found = [f'{expr}: nothing' for expr in (
        'forewarn_up == 1', 'forewarn_signal_value{domain="test",signal="cpu_usage"}',
        'forewarn_mitigations_total{outcome="relieved"} > 0', 'forewarn_mitigation_active{domain="test"} == 1') if not query(metrics, expr)]
    return found + [f'source error: {row["metric"]}' for row in query(metrics, 'forewarn_source_errors_total > 0')]


def main(binaries, source):
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        print('skipped: not installed:', *missing)
        return 77
    guest, programs = Guest(), []
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(folder)
        try:
            address = free_address()
            metrics = f'http://{address}'
            programs += [start_exporter(binaries, folder, metrics), start_webhook(binaries, folder, metrics)]
            stack.start('victoria-metrics', [
                f'-httpListenAddr={address}', '-storageDataPath=data', '-search.latencyOffset=0s',
                '-promscrape.config=' + stack.write('scrape.yaml', scrape_config(guest, programs))], address, '/health')
            start_alerting(stack, pathlib.Path(source), metrics, programs[1])
            begin = time.monotonic()
            wait(lambda: state_of(programs[1]) == 'applied', programs[0].log, PATIENCE)
            print(f'predicted, and acted upon, {time.monotonic() - begin - CALM:.0f} s after the leak began', flush=True)
            guest.relieved = True
            wait(lambda: state_of(programs[1]) == 'held', programs[1].log)
            wait(lambda: not judge(metrics), programs[1].log)
            print('relieved, and held')
        finally:
            for program in programs:
                program.process.kill()
                program.process.wait()
            stack.end()
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
