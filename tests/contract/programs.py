# SPDX-License-Identifier: Apache-2.0
"""The real programs, with telemetry in the hands of who starts them."""
import http.client
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

FAULT = 'MemoryLeak'
PATIENCE = 30  # s


class Handler(http.server.BaseHTTPRequestHandler):
    """Says nothing of its own."""
    def reply(self, kind, text):
        body = text.encode()
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Telemetry(Handler):
    """Answers every query about the domain `test`."""
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        form = self.rfile.read(int(self.headers.get('Content-Length', 0))).decode()
        now, labels = time.time(), {'domain': 'test', 'fault': FAULT}
        rows = [{'metric': {'domain': 'test'}, 'value': [now, '1']}]
        if 'symptom' not in form and 'forewarn_fault_confidence_ratio' in urllib.parse.unquote(form):
            rows = [{'metric': {'__name__': 'forewarn_fault_confidence_ratio', **labels}, 'value': [now, '0.9']},
                    {'metric': {'forewarn_stat': 'sampled', **labels}, 'value': [now, str(now)]},
                    {'metric': {'__name__': 'forewarn_threshold_ratio', 'fault': FAULT, 'stage': 'mitigate'},
                     'value': [now, '0.7']}]
        self.reply('application/json', json.dumps({'status': 'success', 'data': {'resultType': 'vector', 'result': rows}}))

    do_GET = do_POST


class Program:
    def __init__(self, binary, folder, config, arguments=()):
        self.name, self.binary = os.path.basename(binary), binary
        self.headers = {}  # of every call
        file = os.path.join(folder, self.name + '.yaml')
        with open(file, 'w') as out:
            out.write(config)
        self.log = os.path.join(folder, self.name + '.log')
        self.process = subprocess.Popen([binary, '--config.file=' + file, '--web.listen-address=127.0.0.1:0', *arguments],
                                        stdout=open(self.log, 'w'), stderr=subprocess.STDOUT)
        found = wait(lambda: re.search(r'port=(\d+)', open(self.log).read()), self.log)
        self.port = int(found.group(1))

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE)
        headers = {**self.headers, **(headers or {})}
        if body is not None:
            headers.setdefault('Content-Type', 'application/json')
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        result = answer.status, (answer.getheader('Content-Type') or '').split(';')[0], answer.read().decode()
        connection.close()
        return result


def wait(condition, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    sys.exit(f'timeout: {what}\n' + (open(what).read() if os.path.exists(what) else ''))


def serve(handler):
    """A server on some port of the loopback; it ends with the process."""
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def serve_metrics(exposition):
    """The port of one that is scraped: `exposition` gives the text at a path."""
    class Metrics(Handler):
        def do_GET(self):
            self.reply('text/plain; version=0.0.4', exposition(self.path))

    return serve(Metrics).server_port


def start_telemetry():
    """Its URL."""
    return f'http://127.0.0.1:{serve(Telemetry).server_port}'


def start_prometheus(folder, text):
    """A real one with this configuration: its process and its URL."""
    with open(os.path.join(folder, 'prometheus.yaml'), 'w') as out:
        out.write(text)
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        address = f'127.0.0.1:{probe.getsockname()[1]}'
    log = open(os.path.join(folder, 'prometheus.log'), 'w')
    process = subprocess.Popen(['prometheus', '--config.file=prometheus.yaml', '--storage.tsdb.path=tsdb',
                                f'--web.listen-address={address}'], stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    return process, f'http://{address}'


def webhook_config(folder, telemetry, journal, more=''):
    return (f"source: {{url: '{telemetry}', timeout: 2s}}\njournal: {{path: {folder}/{journal}.db}}\n"
            f"kill_switch: {{file: {folder}/{journal}.kill}}\nhypervisors: [{{name: host1, uri: 'test:///default'}}]\n"
            f"targets: [{{domain: test, limits: {{memory: {{mib: [512, 8192]}}}}}}]\npolicies:\n  {FAULT}:\n    mode: act\n    approval: required\n"
            "    steps: [memory]\n    verify: {expr: 'symptom{domain=\"$domain\"}', deadline: 30s}\n"
            f"experiments:\n  cool_down: 1s\n  templates:\n    - {{name: mild, fault: {FAULT}, mode: act, on: [self], "
            "inject: [memory], symptom: 'symptom{domain=\"$domain\"}', settle_deadline: 2s}\n"
            "guard: {allow: [test], cooldown: 0s}\n" + more)


def alerts(domains):
    """A notification about each of the domains."""
    listed = []
    for number, domain in enumerate(domains):
        labels = {'alertname': 'ForewarnMitigationDue', 'domain': domain, 'fault': FAULT, 'purpose': 'mitigate'}
        listed.append({'status': 'firing', 'labels': labels, 'annotations': {}, 'startsAt': '2026-11-24T02:10:40Z',
                       'endsAt': '0001-01-01T00:00:00Z', 'generatorURL': '', 'fingerprint': f'{number:016x}'})
    return json.dumps({'version': '4', 'status': 'firing', 'alerts': listed})
