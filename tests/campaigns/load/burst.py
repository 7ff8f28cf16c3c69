#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""burst.py WEBHOOK [--n 10000] [--seed 1] [--json FILE]: one POST of n alerts to forewarn-webhook, which is killed right
after its 200. It has to be answered within 1 s, and every alert has to be in the journal afterwards."""
import argparse
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'contract'))
from programs import Program, alerts, start_telemetry, webhook_config  # noqa: E402

LIMIT = 1.0  # s


def cpu(pid):
    with open(f'/proc/{pid}/stat') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('webhook')
    parser.add_argument('--n', type=int, default=10000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--json')
    options = parser.parse_args()
    domains = [f'vm-{i}' for i in range(options.n)]
    random.Random(options.seed).shuffle(domains)
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.webhook, folder, webhook_config(folder, start_telemetry(), 'journal'))
        body = alerts(domains)
        print(f'one POST of {options.n} alerts, {len(body) / 1e6:.1f} MB', flush=True)
        begin, before = time.monotonic(), cpu(program.process.pid)
        status = program.call('POST', '/api/v1/alerts', body)[0]
        took = time.monotonic() - begin
        used = cpu(program.process.pid) - before
        os.kill(program.process.pid, signal.SIGKILL)
        program.process.wait()
        with sqlite3.connect(os.path.join(folder, 'journal.db')) as journal:
            kept = {row[0] for row in journal.execute('SELECT domain FROM episodes')}
    lost = len(set(domains) - kept)
    ok = status == 200 and lost == 0 and took <= LIMIT
    figures = {'n': options.n, 'seed': options.seed, 'status': status, 'seconds': round(took, 4),
               'cpu_seconds': round(used, 2), 'lost': lost, 'ok': ok}
    if options.json:
        with open(options.json, 'w') as out:
            json.dump(figures, out, indent=2)
    print(f'{options.n} alerts: {status} after {took:.3f} s (at most {LIMIT:g} s; {used:.2f} s of CPU), killed, {lost} lost: '
          + ('good' if ok else 'SHORT'))
    return 0 if ok else 1


if __name__ == '__main__':
    sys.exit(main())
