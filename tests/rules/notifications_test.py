# SPDX-License-Identifier: Apache-2.0
"""rules/alertmanager.yaml and its templates: who is told what, by Alertmanager itself."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

RULES = pathlib.Path(__file__).resolve().parents[2] / 'rules'
CONFIG = RULES / 'alertmanager.yaml'
FIRING = {
    'status': 'firing',
    'labels': {'alertname': 'ForewarnFaultPredicted', 'domain': 'vm<1>', 'fault': 'MemoryLeak', 'purpose': 'notify',
               'severity': 'warning'},
    'annotations': {'summary': 'A fault of a virtual machine is predicted.', 'description': 'It leaks.', 'confidence': '64%',
                    'horizon': '2m 0s', 'evidence': 'memory_pressure 3.5 times its alarm level', 'done': 'memory is changed',
                    'runbook_url': 'https://example.org/page'},
    'startsAt': '2026-01-01T00:00:00Z',
}


def amtool(*arguments):
    done = subprocess.run(['amtool', *arguments], capture_output=True, text=True, timeout=30, check=False)
    if done.returncode != 0:
        raise AssertionError(f'amtool {arguments}: {done.stdout}{done.stderr}')
    return done.stdout


def receivers(*labels):
    return amtool('config', 'routes', 'test', f'--config.file={CONFIG}', *labels).strip()


class Routes(unittest.TestCase):
    def test_is_a_configuration(self):
        self.assertIn('SUCCESS', amtool('check-config', str(CONFIG)))

    def test_each_purpose_has_its_receivers(self):
        self.assertEqual(receivers('purpose=notify', 'severity=warning'), 'people')
        self.assertEqual(receivers('purpose=mitigate', 'severity=warning'), 'forewarn,people')
        self.assertEqual(receivers('purpose=experiment', 'severity=info'), 'forewarn,nobody')
        self.assertEqual(receivers('alertname=ForewarnApprovalWaiting', 'severity=warning'), 'people')


class Templates(unittest.TestCase):
    def render(self, name, *alerts, kind='text'):
        data = {'status': alerts[0]['status'], 'alerts': list(alerts), 'commonLabels': alerts[0]['labels']}
        with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
            json.dump(data, file)
            file.flush()
            return amtool('template', 'render', f'--template.glob={RULES}/templates/*.tmpl', f'--template.data={file.name}',
                          f'--template.type={kind}', f'--template.text={{{{ template "forewarn.{name}" . }}}}')

    def test_subject_says_fault_and_instance(self):
        self.assertEqual(self.render('subject', FIRING), 'Warning: MemoryLeak of vm<1>')
        self.assertEqual(self.render('subject', FIRING | {'status': 'resolved'}), 'Over: MemoryLeak of vm<1>')
        self.assertEqual(self.render('subject', FIRING, FIRING), 'Warning: MemoryLeak of vm<1> (2 alerts)')
        own = {'status': 'firing', 'labels': {'alertname': 'ForewarnJournalDown', 'severity': 'critical'}}
        self.assertEqual(self.render('subject', own), 'Critical: ForewarnJournalDown')

    def test_text_says_all_that_is_known(self):
        text = self.render('text', FIRING)
        for line in ('Fault: MemoryLeak', 'Confidence: 64%', 'Horizon: 2m 0s', 'Evidence: memory_pressure 3.5 times its alarm level',
                     'Done: memory is changed', 'What to do: https://example.org/page'):
            self.assertIn(line + '\n', text)
        self.assertIn('Over: A fault', self.render('text', FIRING | {'status': 'resolved'}))

    def test_text_leaves_out_what_is_not(self):
        own = {'status': 'firing', 'labels': {'alertname': 'ForewarnJournalDown'}, 'annotations': {'summary': 'Down.'}}
        text = self.render('text', own)
        self.assertIn('Down.', text)
        self.assertNotIn(':', text)

    def test_html_escapes_and_says_the_same(self):
        html = self.render('html', FIRING, kind='html')
        for part in ('vm&lt;1&gt;', '64%', '2m 0s', 'memory_pressure 3.5', 'memory is changed', 'href="https://example.org/page"'):
            self.assertIn(part, html)
        self.assertNotIn('vm<1>', html)


class Inhibition(unittest.TestCase):
    def setUp(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            self.url = f'http://127.0.0.1:{free.getsockname()[1]}'
        shutil.copytree(RULES / 'templates', pathlib.Path(folder, 'templates'))
        config = pathlib.Path(folder, CONFIG.name)  # nobody who listens on this machine is to be told of it
        config.write_text(CONFIG.read_text().replace('127.0.0.1:9778', '127.0.0.1:1').replace('localhost:25', 'localhost:1'))
        with open(os.path.join(folder, 'log'), 'wb') as log:
            process = subprocess.Popen(
                ['prometheus-alertmanager', f'--config.file={config}', f'--storage.path={folder}', '--cluster.listen-address=',
                 f'--web.listen-address={self.url[7:]}'], stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)

    def until(self, ask, what):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if found := ask():
                    return found
            except OSError:
                pass
            time.sleep(0.05)
        self.fail(f'not within 30 s: {what}')

    def send(self, *alerts):
        request = urllib.request.Request(f'{self.url}/api/v2/alerts', json.dumps(alerts).encode(),
                                         {'Content-Type': 'application/json'})
        return urllib.request.urlopen(request, timeout=5).status == 200

    def inhibited(self):
        """by (domain, purpose); nothing until all four are there"""
        with urllib.request.urlopen(f'{self.url}/api/v2/alerts', timeout=5) as answer:
            alerts = json.load(answer)
        return len(alerts) == 4 and {(alert['labels']['domain'], alert['labels']['purpose']): bool(alert['status']['inhibitedBy'])
                                     for alert in alerts}

    def test_what_is_mitigated_is_not_predicted_to_people_as_well(self):
        def alert(domain, purpose, fault):
            return {'labels': {'alertname': 'A', 'domain': domain, 'purpose': purpose, 'fault': fault}}
        self.until(lambda: self.send(alert('vm1', 'mitigate', 'DiskFull'), alert('vm1', 'notify', 'DiskFull'),
                                     alert('vm2', 'notify', 'DiskFull'), alert('vm3', 'notify', 'MemoryLeak')), 'it takes alerts')
        self.until(lambda: (found := self.inhibited()) and found[('vm1', 'notify')], 'vm1 is inhibited')
        self.assertEqual(self.inhibited(), {('vm1', 'mitigate'): False, ('vm1', 'notify'): True, ('vm2', 'notify'): False,
                                            ('vm3', 'notify'): False})


if __name__ == '__main__':
    unittest.main()
