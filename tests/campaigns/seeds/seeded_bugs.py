#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""seeded_bugs.py SCRATCH [--n N] [--seed 1] [--json FILE] [--only WORDS]: bugs.py's bugs, one at a time, in a copy of the sources
below SCRATCH (which is kept, so that the next run compiles less). For each the experiments' unit tests have to fail."""
import argparse
import filecmp
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bugs import BUGS  # noqa: E402

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..', '..'))
TARGET = 'webhook_experiments_test'
TEST_TIME = 120  # s; the sound program takes a few


class Broken(Exception):
    """Nothing can be said."""


def run(argv, timeout=3600):
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', timeout=timeout)
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b'').decode(errors='replace')
    return done.returncode, done.stdout


def files(folder):
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in ('.git', '__pycache__') and (path, name) != (folder, 'build')]
        yield from (os.path.relpath(os.path.join(path, name), folder) for name in names)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text)


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


class Scratch:
    def __init__(self, folder, jobs):
        self.folder, self.jobs = folder, str(jobs)
        self.source, self.build = folder, os.path.join(folder, 'build', 'release')  # as in a clone: then ccache knows it

    def prepare(self):
        self.copy()
        code, said = run(['sh', '-c', 'cd "$0" && cmake --preset release', self.source])
        if code != 0:
            raise Broken('cannot configure:\n' + said[-2000:])

    def copy(self):
        """What differs alone: a file that is as it was needs no compiling."""
        wanted = set(files(SOURCE))
        for name in wanted:
            source, target = os.path.join(SOURCE, name), os.path.join(self.source, name)
            if not os.path.exists(target) or not filecmp.cmp(source, target, shallow=False):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy(source, target)
        for name in set(files(self.source)) - wanted:
            os.remove(os.path.join(self.source, name))

    def test(self):
        """The tests that failed; none: all are good."""
        code, said = run(['cmake', '--build', self.build, '--target', TARGET, '--parallel', self.jobs])
        if code != 0:
            raise Broken('it does not build:\n' + said[-2000:])
        code, said = run([os.path.join(self.build, 'bin', TARGET)], TEST_TIME)
        if code == 0:
            return []
        failed = sorted(set(re.findall(r'^\[  FAILED  \] (\w+\.\w+)(?: \(|,|$)', said, re.M)))
        begun = re.findall(r'^\[ RUN      \] (\S+)', said, re.M)
        return failed or [(begun or ['?'])[-1] + (' (it hangs)' if code is None else ' (it crashes)')]

    def try_bug(self, bug):
        path = os.path.join(self.source, bug.file)
        sound = read(path)
        if sound.count(bug.old) != 1:
            raise Broken(f'the text to replace stands {sound.count(bug.old)} times in {bug.file}')
        write(path, sound.replace(bug.old, bug.new))
        try:
            return self.test()
        finally:
            write(path, sound)


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument('scratch')
    parser.add_argument('--n', type=int, default=len(BUGS), help='Bugs; all by default.')
    parser.add_argument('--seed', type=int, default=1, help='Which, and in which order.')
    parser.add_argument('--json', help='Write the figures to this file.')
    parser.add_argument('--only', help='Bugs with these words in their name.')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    return parser.parse_args()


def chosen(options):
    bugs = [bug for bug in BUGS if not options.only or options.only in bug.name]
    random.Random(options.seed).shuffle(bugs)
    return bugs[:max(options.n, 1)]


def campaign(options, bugs, figures):
    scratch = Scratch(os.path.abspath(options.scratch), options.jobs)
    scratch.prepare()
    if failed := scratch.test():
        raise Broken('the sound program fails: ' + ', '.join(failed))
    for number, bug in enumerate(bugs, 1):
        begin = time.monotonic()
        try:
            by = scratch.try_bug(bug)
        except Broken as broken:
            figures['broken'].append(f'{bug.name}: {broken}')
            print(f'{number} of {len(bugs)}: {bug.name}: BROKEN: {broken}', flush=True)
            continue
        figures['caught' if by else 'missed'][bug.name] = by
        word = 'caught by ' + ', '.join(by) if by else 'NOT CAUGHT'
        print(f'{number} of {len(bugs)}: {bug.name}: {word} ({time.monotonic() - begin:.0f} s)', flush=True)


def main():
    options = parse()
    bugs = chosen(options)
    figures = {'n': len(bugs), 'seed': options.seed, 'caught': {}, 'missed': {}, 'broken': []}
    try:
        campaign(options, bugs, figures)
    except Broken as broken:
        figures['broken'].append(str(broken))
        print(f'BROKEN: {broken}', flush=True)
    figures['ok'] = bool(bugs) and len(figures['caught']) == len(bugs)
    if options.json:
        write(os.path.abspath(options.json), json.dumps(figures, indent=2) + '\n')
    print(f'{len(bugs)} bugs seeded one at a time, {len(figures["caught"])} caught, {len(figures["missed"])} not, '
          f'{len(figures["broken"])} broken: ' + ('good' if figures['ok'] else 'SHORT'))
    return 0 if figures['ok'] else 1


if __name__ == '__main__':
    sys.exit(main())
