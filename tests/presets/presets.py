#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""presets.py BINARIES SCRAPES: each preset on a scrape of its exporter (tests/data/scrapes), through a real Prometheus and the
real exporter: every signal of it has to have a value for every domain."""

import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'contract'))

from programs import Program, serve_metrics, start_prometheus  # noqa: E402

PATIENCE = 60  # s
WITHOUT_SCRAPE = ('blackbox_exporter',)  # tests/exporter/presets_test.cc has one
NAMED_BY_TARGET = ('node_exporter', 'windows_exporter')
DOMAIN = 'test'  # of those


class Scrape:
    """A scrape that lives: its counters count on."""

    def __init__(self, file):
        self.lines = file.read_text().splitlines()
        self.begin = time.time()
        types = dict(re.findall(r'^# TYPE (\S+) (\S+)', '\n'.join(self.lines), re.M))
        self.counters = {name for name, kind in types.items() if kind in ('counter', 'untyped')}

    def domains(self):
        """As libvirt names them."""
        text = '\n'.join(self.lines)
        joined = {f'{namespace}_{name}' for namespace, name in re.findall(r'namespace="([^"]*)",name="([^"]*)"', text)}
        return joined or set(re.findall(r'[{,]domain="([^"]*)"', text)) or {DOMAIN}

    def text(self):
        age, out = time.time() - self.begin, []
        for line in self.lines:
            name = re.match(r'\w*', line)[0]
            if name in self.counters:
                series, value = line.rsplit(' ', 1)
                line = f'{series} {float(value) + age * (0.1 if "seconds" in name or "time" in name else 10)!r}'
            out.append(line)
        return '\n'.join(out) + '\n'


def presets(binaries):
    """Signals by preset, as the exporter has them."""
    found, preset = collections.defaultdict(list), None
    for line in subprocess.run([f'{binaries}/signals-reference'], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        if line.startswith('## '):
            preset = line[3:]
        elif signal := re.match(r'\| `(\w+)` ', line):
            found[preset].append(signal[1])
    return found


def job(name, port, path, labels):
    return (f"  - {{job_name: '{name}', metrics_path: /{path}, honor_labels: true, "
            f"static_configs: [{{targets: ['127.0.0.1:{port}'], labels: {{{labels}}}}}]}}\n")


def prometheus_yaml(scrapes, port):
    """A job per preset, and one per guest of a libvirt exporter's, whose node_exporter is needed beside it."""
    text = 'global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n'
    for preset, scrape in scrapes.items():
        text += job(preset, port, preset, f'domain: {DOMAIN}' if preset in NAMED_BY_TARGET else 'hypervisor: host1')
        for domain in scrape.domains() if preset.startswith('libvirt_exporter') else ():
            text += job(f'{preset}-{domain}', port, 'node_exporter', f'domain: {domain}')
    return text


def missing(program, signals, domains):
    """What has no value yet, and what could not be asked."""
    text = program.call('GET', '/metrics')[2]
    values = set(re.findall(r'^forewarn_signal_value\{domain="([^"]*)",signal="([^"]*)"\}', text, re.M))
    failed = re.findall(r'^forewarn_source_errors_total\{.*signal="(\w+)".*\} [1-9]', text, re.M)
    return sorted({(domain, signal) for domain in domains for signal in signals} - values) + failed


def check(preset, signals, scrape, place):
    binaries, folder, source = place
    own = os.path.join(folder, preset)
    os.mkdir(own)
    program = Program(os.path.join(binaries, 'forewarn-exporter'), own, f"""
source: {{url: '{source}', timeout: 2s}}
tick: 1s
max_age: 5s
signals: {{presets: [{preset}], match: 'job=~"{preset}(-(test|web-1))?"'}}
""")
    try:
        end = time.monotonic() + PATIENCE
        while (left := missing(program, signals, scrape.domains())) and time.monotonic() < end:
            time.sleep(0.2)
    finally:
        program.process.kill()
        program.process.wait()
    print(f'{preset}: {len(signals)} signals of {", ".join(sorted(scrape.domains()))}' + (f': MISSING {left}' if left else ''))
    return not left


def main(binaries, folder_of_scrapes):
    if not shutil.which('prometheus'):
        print('skipped: prometheus is not installed')
        return 77
    known = {preset: signals for preset, signals in presets(binaries).items() if preset not in WITHOUT_SCRAPE}
    scrapes = {preset: Scrape(pathlib.Path(folder_of_scrapes, preset + '.txt')) for preset in known}
    port = serve_metrics(lambda path: scrapes[path[1:]].text())
    with tempfile.TemporaryDirectory() as folder:
        prometheus, source = start_prometheus(folder, prometheus_yaml(scrapes, port))
        try:
            results = [check(preset, known[preset], scrapes[preset], (binaries, folder, source)) for preset in known]
        finally:
            prometheus.kill()
            prometheus.wait()
    return 0 if results and all(results) else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
