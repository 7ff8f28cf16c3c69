# SPDX-License-Identifier: Apache-2.0
"""flows.py BINARIES: the pages of both programs in a real browser, by keyboard alone: narrow and wide, light and dark,
with and without a path prefix and a password. Ends with 0 if nothing was amiss, and says what was."""
import base64
import http.server
import json
import os
import sys
import tempfile

import world
from playwright.sync_api import sync_playwright
from window import Way, Window

PASSWORD, HASH = 'secret', '$2y$04$pdF8vSnprIUt8BqfwSIefemXR/BWxX1TIch8ONxA4fEygFebHUMQS'  # bcrypt
WAYS = [Way(1280, 'light'), Way(1280, 'dark', '/ops/forewarn', 'alice', PASSWORD), Way(360, 'light', '/ops/forewarn'),
        Way(360, 'dark')]
REFUSED = 30  # episodes, more than a page of the journal has


def decisions(window, webhook, telemetry):
    """Approve one, refuse another, and undo the first."""
    prefix = window.prefix
    world.alert(webhook, prefix, ['web-1', 'web-2'])
    for domain in ('web-1', 'web-2'):
        world.wait_for_state(webhook, prefix, domain, 'waiting')
    window.open('/')
    window.press('Approve: MemoryLeak of web-1')
    window.says(f'Approved by {window.way.who}.')
    world.wait_for_state(webhook, prefix, 'web-1', 'applied')
    telemetry.symptom['web-1'] = 0.3
    world.wait_for_state(webhook, prefix, 'web-1', 'held')
    window.open('/')
    window.says('verified and held')
    window.press('Refuse: MemoryLeak of web-2')
    window.says(f'Refused by {window.way.who}: nothing is changed')
    found = world.wait_for_state(webhook, prefix, 'web-2', 'closed')
    if (found['outcome'], found['decided_by']) != ('refused', window.way.who):
        window.amiss(f'on record: {found["outcome"]} by {found["decided_by"]}')
    window.open('/')
    window.press('Undo: MemoryLeak of web-1')
    window.says(f'Undoing was asked for by {window.way.who}: all changes are undone')
    world.wait_for_state(webhook, prefix, 'web-1', 'closed')


def late(window, webhook):
    """Two windows: what one has refused the other cannot approve any more."""
    prefix = window.prefix
    world.alert(webhook, prefix, ['db-1'])
    number = world.wait_for_state(webhook, prefix, 'db-1', 'waiting')['episode']
    window.open(f'/episodes/{number}')
    forgery(window, number)
    webhook.call('POST', f'{prefix}/api/v1/mitigations/{number}/refuse')
    world.wait_for_state(webhook, prefix, 'db-1', 'closed')
    window.press('Approve')
    window.says('Nothing was done: the mitigation is closed')
    window.forgive('status of 409')


def experiment(window, webhook):
    prefix = window.prefix
    wanted = {'domain': 'db-2', 'fault': 'MemoryLeak', 'experiment': 'mild', 'request_id': 'browser'}
    webhook.call('POST', prefix + '/api/v1/experiments', json.dumps(wanted))
    now = lambda: world.experiment(webhook, prefix)
    world.wait(lambda: now()['phase'] == 'injecting', webhook.log)
    window.open('/')
    window.press('Abort: experiment, MemoryLeak of db-2')
    window.says(f'Aborted by {window.way.who}: all changes are undone')
    world.wait(lambda: not now()['open'], webhook.log)
    window.open('/')
    window.says('The last verdicts')
    if now()['verdict'] != 'aborted':
        window.amiss(f'aborted, and yet {now()["verdict"]}')


def kill_switch(window, webhook):
    engaged = lambda: json.loads(webhook.call('GET', window.prefix + '/api/v1/kill-switch')[2])['data']['engaged']
    window.open('/')
    window.press('Engage…')
    window.tab_to('Engage the kill switch')
    window.page.keyboard.press('Enter')  # the browser asks for the box first
    if engaged() or 'done=' in window.page.url:
        window.amiss('engaged without a confirmation')
    window.open('/kill-switch')
    window.tab_to('Yes: stop everything')
    window.page.keyboard.press('Space')
    window.press('Engage the kill switch')
    window.says('Done. The kill switch is engaged: nothing acts')
    if not engaged():
        window.amiss('not engaged')
    window.open('/')
    window.says('The kill switch is engaged: nothing acts')
    window.press('Disengage…')
    window.tab_to('Yes: let policies act')
    window.page.keyboard.press('Space')
    window.press('Disengage the kill switch')
    window.says('Done. The kill switch is off')
    if engaged():
        window.amiss('not disengaged')


def journal(window, webhook):
    """Filtered by outcome and domain, then through its pages."""
    prefix = window.prefix
    world.alert(webhook, prefix, [f'batch-{i}' for i in range(REFUSED)])  # not allowed: refused
    world.wait(lambda: len(world.episodes(webhook, prefix, open='false')) > REFUSED, webhook.log)
    window.open('/')
    rows = window.page.locator('#journal tbody tr')
    window.tab_to('Domain')
    window.page.keyboard.type('web-2')
    window.tab_to('Outcome')
    window.page.keyboard.type('refused')
    window.press('Filter')
    if rows.count() != 1 or 'web-2' not in rows.first.inner_text():
        window.amiss(f'the filter leaves {rows.count()} rows')
    window.open('/?outcome=refused&since=24h')
    window.press('Older')
    if 'batch-' not in rows.first.inner_text() or rows.count() >= 25:
        window.amiss(f'the older page has {rows.count()} rows')
    window.press('Newest')
    window.open('/?since=nonsense')
    window.says('since: not a duration')


def hostile(window):
    """What stands in an address stays text."""
    window.open('/?domain=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&fault=%3Cb%3Ex%3C/b%3E')
    if window.page.locator('main script, main b').count():
        window.amiss('markup of the address became part of the page')


def forgery(window, number):
    """Another origin's page sends what our form would."""
    target = f'{window.origin}{window.prefix}/episodes/{number}/approve'

    class Foreign(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header('Content-Type', 'text/html')
            self.end_headers()
            self.wfile.write(f'<form method=post action="{target}"><input name=token value=x><button>go</button></form>'.encode())

        def log_message(self, *_):
            pass

    page = window.page.context.new_page()
    page.goto(f'http://localhost:{world.serve(Foreign).server_port}/')
    with page.expect_response(target) as answer:
        page.click('button')
    if answer.value.status != 403 or 'comes from another site' not in page.inner_text('main'):
        window.amiss(f'a forged form: {answer.value.status}')
    page.close()


def deeds(window, webhook, telemetry):
    decisions(window, webhook, telemetry)
    late(window, webhook)
    experiment(window, webhook)
    kill_switch(window, webhook)
    journal(window, webhook)
    hostile(window)


def predictions(window, exporter, _):
    """The exporter's page: filtered, with its pictures."""
    world.wait(lambda: exporter.call('GET', window.prefix + '/-/ready')[0] == 200, exporter.log)
    window.open('/')
    window.tab_to('Domain')
    window.page.keyboard.type('web-1')
    window.press('Filter')
    rows = window.page.locator('#predictions tbody tr')
    if rows.count() == 0 or any('web-1' not in rows.nth(i).inner_text() for i in range(rows.count())):
        window.amiss(f'the filter leaves {rows.count()} rows')
    if window.page.locator('#evidence article').count() == 0:
        window.amiss('no evidence')
    window.tab_to('Metrics')
    with window.page.expect_navigation():
        window.page.keyboard.press('Enter')
    if '# TYPE forewarn_up gauge' not in window.page.content():
        window.amiss('no metrics')
    hostile(window)


def arguments_of(way, folder):
    """External URL and password file, as far as the way has them."""
    arguments = [f'--web.external-url=http://ops.example:9778{way.prefix}/'] if way.prefix else []
    if way.user:
        file = os.path.join(folder, 'web.yaml')
        with open(file, 'w') as out:
            out.write(f"basic_auth_users: {{{way.user}: '{HASH}'}}\n")
        arguments.append('--web.config.file=' + file)
    return arguments


def run(chromium, binaries, way):
    telemetry, programs, windows = world.Telemetry(), [], []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for start, name, flow in ((world.start_exporter, 'forewarn-exporter', predictions),
                                      (world.start_webhook, 'forewarn-webhook', deeds)):
                program = start(os.path.join(binaries, name), folder, telemetry, arguments_of(way, folder))
                programs.append(program)
                if way.user:
                    login = base64.b64encode(f'{way.user}:{way.password}'.encode()).decode()
                    program.headers = {'Authorization': 'Basic ' + login}
                windows.append(Window(chromium, way, program.port))
                flow(windows[-1], program, telemetry)
        except SystemExit:  # something was waited for in vain: what was amiss before may say why
            report(windows)
            raise
        finally:
            for program in programs:
                program.process.kill()
                program.process.wait()
    return windows


def report(windows):
    """How much was amiss."""
    for window in windows:
        print(*window.mistakes, sep='\n', end='\n' if window.mistakes else '')
    count = sum(len(window.mistakes) for window in windows)
    print(f'{sum(window.visited for window in windows)} pages, {count} mistakes')
    return count


def main(binaries):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path='/usr/bin/chromium', args=['--no-sandbox'])
        windows = [window for way in WAYS for window in run(chromium, binaries, way)]
        chromium.close()
    return 1 if report(windows) else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
