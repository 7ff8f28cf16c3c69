#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""slow_clients.py WEBHOOK [--n 1000] [--seed 1] [--seconds 20] [--json FILE]: n clients that send heads or bodies byte by
byte, stall in either, or never read their answer, from many addresses, while valid webhooks arrive ten times a second.
Each of those has to be answered with 200, 99 of 100 within 100 ms, and the memory has to grow by at most 32 MiB."""
import argparse
import http.client
import json
import os
import random
import socket
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'contract'))
from programs import Program, alerts, start_telemetry, webhook_config  # noqa: E402

P99, GROWTH, EVERY = 0.1, 32 << 20, 0.1  # s, bytes, s
HEAD = b'POST /api/v1/alerts HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n'
KINDS = {'silent': b'', 'slow head': HEAD + b'X-Slow: ' + b'a' * 4000, 'stalled head': HEAD,
         'slow body': HEAD + b'\r\n{"alerts":[' + b' ' * 5000, 'stalled body': HEAD + b'\r\n{"alerts":[',
         'reads nothing': b'GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n' * 20}


class Slow:
    def __init__(self, port, kind, number):
        self.port, self.kind, self.number, self.socket = port, kind, number, None
        self.connect()

    def connect(self):
        """Whom the server has closed comes again."""
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.bind((f'127.0.1.{1 + self.number % 250}', 0))
        self.socket.setblocking(False)
        self.socket.connect_ex(('127.0.0.1', self.port))
        text = KINDS[self.kind]
        self.left = text if self.kind.startswith('slow') else b''
        self.first = b'' if self.left else text

    def step(self):
        try:
            if self.first:
                self.first = self.first[self.socket.send(self.first):]
            elif self.left:
                self.left = self.left[self.socket.send(self.left[:1]):]
            if self.kind != 'reads nothing' and self.socket.recv(256) == b'':
                raise ConnectionError
        except BlockingIOError:
            pass
        except OSError:
            self.socket.close()
            self.connect()


def resident(pid):
    with open(f'/proc/{pid}/statm') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


def drip(clients, stop):
    while not stop.is_set():
        for client in clients:
            client.step()
        stop.wait(0.2)


def measure(program, seconds, watch):
    taken, failed, most, end = [], 0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        try:
            connection = http.client.HTTPConnection('127.0.0.1', program.port, timeout=5)
            connection.request('POST', '/api/v1/alerts', alerts(['test']), {'Content-Type': 'application/json'})
            failed += connection.getresponse().status != 200
            connection.close()
        except OSError:
            failed += 1
        taken.append(time.monotonic() - begin)
        most = max(most, resident(program.process.pid))
        watch(taken)
        time.sleep(max(0.0, EVERY - taken[-1]))
    taken.sort()
    return {'requests': len(taken), 'failed': failed, 'p50': taken[len(taken) // 2], 'p99': taken[len(taken) * 99 // 100],
            'most': most}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('webhook')
    parser.add_argument('--n', type=int, default=1000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--seconds', type=float, default=20)
    parser.add_argument('--json')
    options = parser.parse_args()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.webhook, folder, webhook_config(folder, start_telemetry(), 'journal'))
        try:
            alone = measure(program, 2, lambda taken: None)
            before = resident(program.process.pid)
            clients = [Slow(program.port, dice.choice(list(KINDS)), i) for i in range(options.n)]
            stop = threading.Event()
            thread = threading.Thread(target=drip, args=(clients, stop))
            thread.start()
            watch = lambda taken: len(taken) % 50 or print(f'{len(taken)} webhooks answered', flush=True)
            figures = measure(program, options.seconds, watch)
            stop.set()
            thread.join()
        finally:
            program.process.kill()
            program.process.wait()
    growth = figures.pop('most') - before
    ok = figures['failed'] == 0 and figures['p99'] <= P99 and growth <= GROWTH
    figures.update(n=options.n, seed=options.seed, growth=growth, p99_alone=alone['p99'], ok=ok)
    if options.json:
        with open(options.json, 'w') as out:
            json.dump(figures, out, indent=2)
    print(f"{options.n} slow clients, {figures['requests']} webhooks: {figures['failed']} failed, "
          f"p99 {figures['p99'] * 1e3:.1f} ms (at most 100; alone {alone['p99'] * 1e3:.1f}), "
          f"memory +{growth / (1 << 20):.1f} MiB (at most 32): " + ('good' if ok else 'SHORT'))
    return 0 if ok else 1


if __name__ == '__main__':
    sys.exit(main())
