# SPDX-License-Identifier: Apache-2.0
"""A browser window that is used by its keyboard, and looks at each page as somebody would who sees badly."""
import sys
from dataclasses import dataclass

from playwright.sync_api import expect

NEEDS_CONTRAST = 4.5  # https://www.w3.org/TR/WCAG21/#contrast-minimum
MOST_TABS = 120
LOOKS = 20  # at a page that has yet to say something


@dataclass(frozen=True)
class Way:
    """How the pages are looked at."""
    width: int
    scheme: str
    prefix: str = ''
    user: str = ''  # empty: nobody needs one
    password: str = ''

    @property
    def who(self):
        """As the journal has it."""
        return self.user or '127.0.0.1'


# Text that is too pale for what is behind it, as "ratio text".
PALE = '''(least) => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const color = rgb(getComputedStyle(node).backgroundColor);
      if (color.length === 3) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const node of document.querySelectorAll('main *, nav *, footer *')) {
    const text = [...node.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join('');
    if (!text || !node.getClientRects().length) continue;
    const ink = node.namespaceURI.endsWith('svg') ? getComputedStyle(node).fill : getComputedStyle(node).color;
    const a = light(rgb(ink)), b = light(behind(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least) found.push(ratio.toFixed(2) + ' ' + text.slice(0, 40));
  }
  return found;
}'''
UNLABELLED = '''() => [...document.querySelectorAll('input:not([type=hidden]), select, button, a')]
    .filter((n) => !(n.labels && n.labels.length) && !n.textContent.trim() && !n.getAttribute('aria-label'))
    .map((n) => n.outerHTML.slice(0, 80))'''
FOCUSED = '''() => { const n = document.activeElement, style = getComputedStyle(n); return {
    name: n.getAttribute('aria-label') || (n.labels && n.labels[0] || n).textContent.trim(),
    seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, body: n === document.body }; }'''


class Window:
    """One browser window that notes whatever is amiss."""

    def __init__(self, chromium, way, port):
        self.origin, self.prefix, self.way = f'http://127.0.0.1:{port}', way.prefix, way
        self.mistakes, self.visited = [], 0
        login = {'http_credentials': {'username': way.user, 'password': way.password}} if way.user else {}
        context = chromium.new_context(viewport={'width': way.width, 'height': 800}, color_scheme=way.scheme, **login)
        self.page = context.new_page()
        self.page.on('console', self.on_console)
        self.page.on('pageerror', lambda error: self.amiss(f'page error: {error}'))
        self.page.on('request', self.on_request)

    def amiss(self, what):
        self.mistakes.append(f'{self.way} {self.page.url}: {what}')

    def on_console(self, message):
        icon = message.location.get('url', '').endswith('/favicon.ico')  # that the browser wants of plain text
        if message.type in ('error', 'warning') and not icon:
            self.amiss(f'console: {message.text}')

    def on_request(self, request):
        if not request.url.startswith((self.origin + self.prefix + '/', 'data:')):
            self.amiss(f'asks for {request.url}')

    def open(self, path):
        self.page.goto(self.origin + self.prefix + path)
        self.judge()

    def judge(self):
        """What holds for every page."""
        self.visited += 1
        page = self.page
        if page.evaluate('document.documentElement.scrollWidth > window.innerWidth'):
            self.amiss('has to be scrolled sideways')
        for what in page.evaluate(PALE, NEEDS_CONTRAST):
            self.amiss(f'contrast {what}')
        for what in page.evaluate(UNLABELLED):
            self.amiss(f'no label: {what}')
        for landmark in ('header', 'nav', 'main', 'footer', 'h1'):
            if page.locator(f'body {landmark}').count() == 0:
                self.amiss(f'no {landmark}')

    def tab_to(self, name):
        """By the Tab key, to what has that name; the way there has to be seen."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press('Tab')
            now = self.page.evaluate(FOCUSED)
            if not now['body'] and not now['seen']:
                self.amiss(f'focus is not seen on {now["name"]!r}')
            if now['name'].startswith(name):
                return
        sys.exit(f'{self.way}: Tab does not lead to {name!r} on {self.page.url}')

    def press(self, name, key='Enter'):
        """What has that name, by the keyboard; then another page has to be there."""
        self.tab_to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.judge()

    def forgive(self, what):
        """What the console says of it was asked for: a browser notes each page that isn't 200."""
        self.mistakes = [mistake for mistake in self.mistakes if what not in mistake]

    def says(self, text):
        """At last: pages stand still, and a wish that is being acted on is neither asked for nor decided."""
        main = self.page.locator('main')
        for _ in range(LOOKS):
            if main.filter(has_text=text).count() > 0:
                return
            self.page.wait_for_timeout(200)
            self.page.reload()
        expect(main).to_contain_text(text)
