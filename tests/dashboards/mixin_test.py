# SPDX-License-Identifier: Apache-2.0
"""dashboards/mixin.libsonnet: the same rules and dashboards, adapted where its user says so."""

import json
import pathlib
import subprocess
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIXIN = '(import "dashboards/mixin.libsonnet")'


def evaluate(expression):
    done = subprocess.run(['jsonnet', '-e', expression], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def names(groups, kind):
    return sorted(rule[kind] for group in groups for rule in group['rules'] if kind in rule)


class Mixin(unittest.TestCase):
    def test_has_every_rule(self):
        mixin = evaluate(f'{{ a: {MIXIN}.prometheusAlerts, r: {MIXIN}.prometheusRules }}')
        files = [yaml.safe_load(path.read_text())['groups'] for path in (ROOT / 'rules').glob('*.rules.yaml')]
        groups = [group for file in files for group in file]
        self.assertEqual(names(mixin['a']['groups'], 'alert'), names(groups, 'alert'))
        self.assertEqual(names(mixin['r']['groups'], 'record'), names(groups, 'record'))
        for rules in mixin.values():
            with tempfile.NamedTemporaryFile('w', suffix='.yaml') as file:
                json.dump(rules, file)
                file.flush()
                checked = subprocess.run(['promtool', 'check', 'rules', file.name], capture_output=True, text=True, check=False)
                self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_has_every_dashboard(self):
        files = {path.name: json.loads(path.read_text()) for path in (ROOT / 'dashboards').glob('*.json')}
        self.assertEqual(evaluate(f'{MIXIN}.grafanaDashboards'), files)

    def test_is_adapted(self):
        mine = f'({MIXIN} + {{ _config+:: {{ exporterJob: "mine", runbooks: "https://wiki/", tags: ["t"] }} }})'
        alerts = evaluate(f'{mine}.prometheusAlerts')['groups']
        down = next(rule for group in alerts for rule in group['rules'] if rule['alert'] == 'ForewarnExporterDown')
        self.assertEqual(down['expr'], 'up{job=~"mine"} == 0 or absent(up{job=~"mine"})')
        self.assertEqual(down['annotations']['runbook_url'], 'https://wiki/ForewarnExporterDown.md')
        fleet = evaluate(f'{mine}.grafanaDashboards')['forewarn-fleet.json']
        self.assertEqual([fleet['tags'], fleet['links'][0]['tags']], [['t'], ['t']])


if __name__ == '__main__':
    unittest.main()
