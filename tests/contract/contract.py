#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""contract.py OPENAPI WEBHOOK EXPORTER: holds the running programs to docs/openapi.yaml. Every operation is asked for
what gives each of its provoked statuses; each answer must be documented, with its content type and shape; and so must each
route in the programs' tables."""
import json
import os
import pathlib
import re
import secrets
import sys
import tempfile

import yaml

from programs import FAULT, Program, alerts, start_telemetry, wait, webhook_config


class Contract:
    def __init__(self, file):
        self.document = yaml.safe_load(open(file))
        self.asked, self.mistakes, self.calls = set(), [], 0

    def resolve(self, node):
        while isinstance(node, dict) and '$ref' in node:
            target = self.document
            for key in node['$ref'][2:].split('/'):
                target = target[key]
            node = target
        return node

    def judge(self, value, schema, place):
        """The subset of JSON Schema that the document uses."""
        schema = self.resolve(schema)
        if value is None:
            return [] if schema.get('nullable') else [f'{place}: null']
        kinds = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'integer': int, 'number': (int, float)}
        kind = schema.get('type')
        if kind and (not isinstance(value, kinds[kind]) or (isinstance(value, bool) and kind != 'boolean')):
            return [f'{place}: no {kind}: {value!r}']
        found = [f'{place}: {value!r} not in enum'] if 'enum' in schema and value not in schema['enum'] else []
        if isinstance(value, list):
            return found + [m for i, v in enumerate(value) for m in self.judge(v, schema['items'], f'{place}[{i}]')]
        if isinstance(value, dict):
            known = schema.get('properties', {})
            found += [f'{place}: no {key}' for key in schema.get('required', []) if key not in value]
            if schema.get('additionalProperties') is False:
                found += [f'{place}: undocumented {key}' for key in value if key not in known]
            for key in known.keys() & value.keys():
                found += self.judge(value[key], known[key], f'{place}.{key}')
        return found

    def expect(self, program, method, path, status, template=None, **request):
        template = template or path.split('?')[0]
        got, kind, body = program.call(method, path, **request)
        self.calls += 1
        self.asked.add((template, method.lower()))
        place = f'{program.name} {method} {path} -> {got}'
        if got != status:
            self.mistakes.append(f'{place}, expected {status}: {body[:300]}')
        response = self.resolve(self.document['paths'][template][method.lower()]['responses'].get(str(got)))
        if response is None:
            self.mistakes.append(f'{place}: undocumented status')
        elif kind not in response['content']:
            self.mistakes.append(f'{place}: content type {kind}')
        elif kind.endswith('json'):
            value = json.loads(body)
            self.mistakes += self.judge(value, response['content'][kind]['schema'], place)
            if kind == 'application/problem+json' and value['status'] != got:
                self.mistakes.append(f'{place}: says {value["status"]}')
            return value
        return None


def common(contract, program):
    for path in ('/', '/metrics', '/-/healthy'):
        contract.expect(program, 'GET', path, 200)
    for method in ('POST', 'PUT'):
        contract.expect(program, method, '/-/reload', 200)
    got, kind, _ = program.call('GET', '/api/v1/nothing')
    if (got, kind) != (404, 'application/problem+json'):
        contract.mistakes.append(f'{program.name}: unknown path: {got} {kind}')
    got, kind, _ = program.call('DELETE', '/api/v1/kill-switch' if 'webhook' in program.name else '/api/v1/predictions')
    if (got, kind) != (405, 'application/problem+json'):
        contract.mistakes.append(f'{program.name}: unknown method: {got} {kind}')


def exporter(contract, program):
    common(contract, program)
    wait(lambda: program.call('GET', '/-/ready')[0] == 200, program.log)
    contract.expect(program, 'GET', '/-/ready', 200)
    contract.expect(program, 'GET', '/api/v1/predictions?domain=test', 200)
    contract.expect(program, 'GET', '/api/v1/predictions?min_confidence=much', 400)
    thresholds = contract.expect(program, 'GET', '/api/v1/thresholds', 200)
    if not thresholds['data']['thresholds']:
        contract.mistakes.append('exporter: no thresholds')


def experiments(contract, program):
    expect = contract.expect
    origin = {'Origin': 'http://page.example'}
    every, one = '/api/v1/experiments', '/api/v1/experiments/{id}'
    expect(program, 'GET', every + '?open=true&domain=test', 200)
    expect(program, 'GET', every + '?open=perhaps', 400)
    wanted = {'domain': 'test', 'fault': FAULT, 'experiment': 'mild', 'request_id': 'trial-1'}
    plan = expect(program, 'POST', every + '?dry_run=1', 200, body=json.dumps(wanted))
    if not plan['data']['changes'] or not plan['data']['signal']:
        contract.mistakes.append(f'a plan without changes or signal: {plan}')
    expect(program, 'POST', every + '?dry_run=yes', 400, body=json.dumps(wanted))
    if expect(program, 'GET', every, 200)['data']['experiments']:
        contract.mistakes.append('a dry run has begun something')
    first = expect(program, 'POST', every, 202, body=json.dumps(wanted))['data']['experiments'][0]
    if first['id'] != expect(program, 'POST', every, 202, body=json.dumps(wanted))['data']['experiments'][0]['id']:
        contract.mistakes.append('the same request_id gave another experiment')
    expect(program, 'POST', every, 409, body=json.dumps(wanted | {'request_id': 'trial-2'}))
    expect(program, 'POST', every, 409, body=json.dumps(wanted | {'request_id': 'contract-1'}))
    expect(program, 'POST', every, 400, body='{}')
    expect(program, 'POST', every, 413, body=' ' * 2000)
    expect(program, 'POST', every, 415, body='{}', headers={'Content-Type': 'text/plain'})
    expect(program, 'POST', every, 403, body=json.dumps(wanted), headers=origin)
    number = first['id']
    expect(program, 'GET', f'{every}/{number}', 200, one)
    show = lambda: json.loads(program.call('GET', f'{every}/{number}')[2])['data']['experiments'][0]
    wait(lambda: show()['phase'] not in ('steady', 'announced'), program.log)
    for verb, method, good in (('', 'GET', 200), ('/abort', 'POST', 202)):
        expect(program, method, f'{every}/999999{verb}', 404, one + verb)
        expect(program, method, f'{every}/a.b{verb}', 400, one + verb)
        expect(program, method, f'{every}/{number}{verb}', good, one + verb)
    expect(program, 'POST', f'{every}/{number}/abort', 403, one + '/abort', headers=origin)
    wait(lambda: not show()['open'], program.log)
    if show()['verdict'] != 'aborted':
        contract.mistakes.append(f'aborted, and yet: {show()}')
    expect(program, 'POST', f'{every}/{number}/abort', 202, one + '/abort')
    refused = json.dumps({'domain': 'test', 'fault': FAULT, 'experiment': 'none', 'request_id': 'trial-3'})
    number = expect(program, 'POST', every, 202, body=refused)['data']['experiments'][0]['id']
    wait(lambda: not show()['open'], program.log)
    expect(program, 'POST', f'{every}/{number}/abort', 409, one + '/abort')
    if expect(program, 'GET', '/api/v1/mitigations?purpose=experiment', 200)['data']['mitigations'] == []:
        contract.mistakes.append('no experiment among the episodes')
    expect(program, 'GET', '/api/v1/mitigations?purpose=fun', 400)


def webhook(contract, program):
    common(contract, program)
    expect = contract.expect
    origin = {'Origin': 'http://page.example'}
    expect(program, 'GET', '/-/ready', 200)
    expect(program, 'GET', f'/api/v1/plans?domain=test&fault={FAULT}', 200)
    expect(program, 'GET', '/api/v1/plans?domain=test', 400)
    wanted = json.dumps({'domain': 'test', 'fault': FAULT, 'request_id': 'contract-1'})
    first = expect(program, 'POST', '/api/v1/mitigations', 202, body=wanted)
    again = expect(program, 'POST', '/api/v1/mitigations', 202, body=wanted)
    number = first['data']['mitigations'][0]['episode']
    if again['data']['mitigations'][0]['episode'] != number:
        contract.mistakes.append('the same request_id gave another episode')
    other = json.dumps({'domain': 'test', 'fault': FAULT, 'request_id': 'contract-2'})
    expect(program, 'POST', '/api/v1/mitigations', 409, body=other)
    expect(program, 'POST', '/api/v1/mitigations', 400, body='{}')
    expect(program, 'POST', '/api/v1/mitigations', 413, body=' ' * 2000)
    expect(program, 'POST', '/api/v1/mitigations', 415, body='{}', headers={'Content-Type': 'text/plain'})
    expect(program, 'POST', '/api/v1/mitigations', 403, body=wanted, headers=origin)
    one = '/api/v1/mitigations/{id}'
    state = lambda: json.loads(program.call('GET', f'/api/v1/mitigations/{number}')[2])['data']['mitigations'][0]['state']
    wait(lambda: state() == 'waiting', program.log)
    expect(program, 'GET', f'/api/v1/mitigations/{number}', 200, one)
    expect(program, 'GET', '/api/v1/mitigations/999999', 404, one)
    expect(program, 'GET', '/api/v1/mitigations/a.b', 400, one)
    for verb in ('approve', 'refuse', 'revert'):
        expect(program, 'POST', f'/api/v1/mitigations/999999/{verb}', 404, f'{one}/{verb}')
        expect(program, 'POST', f'/api/v1/mitigations/a.b/{verb}', 400, f'{one}/{verb}')
        expect(program, 'POST', f'/api/v1/mitigations/{number}/{verb}', 403, f'{one}/{verb}', headers=origin)
    expect(program, 'POST', f'/api/v1/mitigations/{number}/refuse', 202, f'{one}/refuse')
    wait(lambda: state() == 'closed', program.log)
    expect(program, 'POST', f'/api/v1/mitigations/{number}/approve', 409, f'{one}/approve')
    expect(program, 'POST', f'/api/v1/mitigations/{number}/revert', 409, f'{one}/revert')
    experiments(contract, program)
    expect(program, 'POST', '/api/v1/alerts', 200, body=alerts(['test']))
    expect(program, 'POST', '/api/v1/alerts', 400, body='{}')
    expect(program, 'POST', '/api/v1/alerts', 415, body='{}', headers={'Content-Type': 'text/plain'})
    expect(program, 'POST', '/api/v1/alerts', 403, body='{}', headers=origin)
    expect(program, 'GET', '/api/v1/mitigations', 200)
    expect(program, 'GET', '/api/v1/mitigations?limit=0', 400)
    expect(program, 'GET', '/api/v1/kill-switch', 200)
    expect(program, 'PUT', '/api/v1/kill-switch', 200, body='{"engaged":true}')
    expect(program, 'PUT', '/api/v1/kill-switch', 200, body='{"engaged":false}')
    expect(program, 'PUT', '/api/v1/kill-switch', 400, body='{}')
    expect(program, 'PUT', '/api/v1/kill-switch', 403, body='{"engaged":false}', headers=origin)


# method, path, body, template, who may
OPERATIONS = [('GET', '/api/v1/mitigations', None, None, 'read'), ('GET', '/api/v1/kill-switch', None, None, 'read'),
              ('GET', '/api/v1/mitigations/999999', None, '/api/v1/mitigations/{id}', 'read'),
              ('GET', f'/api/v1/plans?domain=test&fault={FAULT}', None, None, 'read'),
              ('POST', '/api/v1/alerts', '{"alerts":[]}', None, 'alert'),
              ('POST', '/api/v1/mitigations', '{}', None, 'act'),
              ('GET', '/api/v1/experiments', None, None, 'read'), ('POST', '/api/v1/experiments', '{}', None, 'act'),
              ('POST', '/api/v1/experiments?dry_run=1', '{}', None, 'read'),
              ('GET', '/api/v1/experiments/999999', None, '/api/v1/experiments/{id}', 'read'),
              ('POST', '/api/v1/experiments/999999/abort', None, '/api/v1/experiments/{id}/abort', 'act'),
              ('PUT', '/api/v1/kill-switch', '{"engaged":true}', None, 'act'),
              ('PUT', '/api/v1/kill-switch', '{"engaged":false}', None, 'act'),
              ('GET', '/', None, None, 'read'),
              ('POST', '/-/reload', None, None, 'act'), ('PUT', '/-/reload', None, None, 'act')]
OPERATIONS += [('POST', f'/api/v1/mitigations/999999/{verb}', None, '/api/v1/mitigations/{id}/' + verb, 'act')
               for verb in ('approve', 'refuse', 'revert')]


def permissions(contract, program, tokens):
    """Every operation with no token, a wrong one, one that may something else, and the right one."""
    bearer = lambda token: {'Authorization': 'Bearer ' + token}
    for method, path, body, template, need in OPERATIONS:
        contract.expect(program, method, path, 401, template, body=body)
        contract.expect(program, method, path, 401, template, body=body, headers=bearer(secrets.token_hex(32)))
        for may, token in tokens.items():
            if may != need:
                contract.expect(program, method, path, 403, template, body=body, headers=bearer(token))
        got, _, text = program.call(method, path, body, bearer(tokens[need]))
        if got in (401, 403):
            contract.mistakes.append(f'{method} {path} with {need}: {got} {text}')
    for path in ('/metrics', '/-/healthy', '/-/ready'):
        contract.expect(program, 'GET', path, 200)


def with_clients(folder):
    tokens, clients = {}, 'api:\n  clients:\n'
    for may in ('read', 'alert', 'act'):
        tokens[may] = secrets.token_hex(32)
        file = os.path.join(folder, may + '.token')
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), 'w') as out:
            out.write(tokens[may] + '\n')
        clients += f'    - {{name: {may}er, token_files: [{file}], may: [{may}]}}\n'
    return tokens, clients


def undocumented(document):
    """Routes that a table has and the document has not. Of those with an id a table has only the beginning: what they
    answer is held to the document above."""
    source = pathlib.Path(__file__).resolve().parents[2]
    tables = [(source / table).read_text() for table in ('exporter/publish/routes.cc', 'webhook/api/routes.cc')]
    routes = {('GET', path) for table in tables for path in re.findall(r'Get\("(/[^"]*)"', table)}
    routes |= {route for table in tables for route in re.findall(r'(?:route|Change)\("([A-Z]+)", "(/[^"]*)"', table)}
    found = [] if len(routes) > 10 else [f'the tables of routes are not read: {routes}']
    return found + [f'not in the document: {method} {path}' for method, path in sorted(routes)
                    if method.lower() not in document['paths'].get(path, {})]


def main(openapi, webhook_binary, exporter_binary):
    contract = Contract(openapi)
    telemetry = start_telemetry()
    programs = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            def start(binary, config):
                programs.append(Program(binary, folder, config))
                return programs[-1]
            webhook(contract, start(webhook_binary, webhook_config(folder, telemetry, 'open')))
            tokens, clients = with_clients(folder)
            guarded = start(webhook_binary, webhook_config(folder, telemetry, 'guarded', clients))
            permissions(contract, guarded, tokens)
            exporter(contract, start(exporter_binary, f"source: {{url: '{telemetry}', timeout: 2s}}\ntick: 1s\nmax_age: 30s\n"
                                     "signals: {define: {cpu_usage: {expr: 'cpu_usage', unit: ratio}}}\n"))
        finally:
            for program in programs:
                program.process.kill()
                program.process.wait()
    for path, item in contract.document['paths'].items():
        contract.mistakes += [f'never asked: {method} {path}' for method in item if (path, method) not in contract.asked]
    contract.mistakes += undocumented(contract.document)
    for mistake in contract.mistakes:
        print(mistake)
    print(f'{contract.calls} requests, {len(contract.mistakes)} mistakes')
    return 1 if contract.mistakes else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
