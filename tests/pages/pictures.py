# SPDX-License-Identifier: Apache-2.0
"""pictures.py BINARIES FOLDER: the pages of both programs with something to show, light and dark, as PNG files."""
import json
import os
import sys
import tempfile

import world
from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 1140, 800
SURE, SUSPECTED = 0.7, 0.25  # the confidences that are waited for
RISE = 300  # s, until what the telemetry makes happen must be predicted


def populate(webhook, telemetry):
    """One episode in each state that the first page shows."""
    world.alert(webhook, '', ['web-1', 'web-2', 'db-1'])
    world.alert(webhook, '', ['batch-1'])  # is not allowed
    for domain, wish in (('web-1', 'approve'), ('web-2', 'refuse')):
        number = world.wait_for_state(webhook, '', domain, 'waiting')['episode']
        webhook.call('POST', f'/api/v1/mitigations/{number}/{wish}')
    world.wait_for_state(webhook, '', 'web-1', 'applied')
    telemetry.symptom['web-1'] = 0.3
    world.wait_for_state(webhook, '', 'web-1', 'held')
    world.wait_for_state(webhook, '', 'db-1', 'waiting')
    wanted = {'domain': 'db-2', 'fault': 'MemoryLeak', 'experiment': 'mild', 'request_id': 'picture'}
    webhook.call('POST', '/api/v1/experiments', json.dumps(wanted))
    world.wait(lambda: world.experiment(webhook, '')['phase'] == 'injecting', webhook.log)


def has_something_to_show(exporter):
    """Two predictions, before they have come true."""
    data = json.loads(exporter.call('GET', '/api/v1/predictions')[2]).get('data', {'predictions': []})
    ahead = sorted((p['confidence'] for p in data['predictions'] if p['expected_time'] and not p['manifested']), reverse=True)
    return len(ahead) > 1 and ahead[0] >= SURE and ahead[1] >= SUSPECTED


def take(browser, address, file):
    for scheme in ('light', 'dark'):
        page = browser.new_page(viewport={'width': WIDTH, 'height': HEIGHT}, color_scheme=scheme)
        page.goto(address)
        page.screenshot(path=f'{file}-{scheme}.png')
        page.close()


def main(binaries, folder):
    telemetry = world.Telemetry()
    with tempfile.TemporaryDirectory() as own, sync_playwright() as playwright:
        exporter = world.start_exporter(os.path.join(binaries, 'forewarn-exporter'), own, telemetry)
        webhook = world.start_webhook(os.path.join(binaries, 'forewarn-webhook'), own, telemetry)
        browser = playwright.chromium.launch(executable_path='/usr/bin/chromium', args=['--no-sandbox'])
        try:
            populate(webhook, telemetry)
            take(browser, f'http://127.0.0.1:{webhook.port}/', os.path.join(folder, 'webhook'))
            world.wait(lambda: has_something_to_show(exporter), exporter.log, RISE)
            take(browser, f'http://127.0.0.1:{exporter.port}/', os.path.join(folder, 'exporter'))
        finally:
            for program in (exporter, webhook):
                program.process.kill()
                program.process.wait()
            browser.close()


if __name__ == '__main__':
    main(*sys.argv[1:])
