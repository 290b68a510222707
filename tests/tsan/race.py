#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs under ThreadSanitizer: what races is found, with both stacks, and what
does not race is left alone."""

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'boot'))

import harness  # noqa: E402
import transcript  # noqa: E402
from harness import Failure, equal, line_of, matches, run_runner  # noqa: E402

SOURCE = os.path.join(HERE, 'race.c')


class made:
    """The guest's files, once."""
    folder = initramfs = None


def initramfs():
    if made.initramfs:
        return made.initramfs
    made.folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, made.folder)
    tree = os.path.join(made.folder, 'tree')
    os.mkdir(tree)
    for name in 'race', 'ordered':
        harness.compile_for_guest(os.path.join(HERE, name + '.c'),
                                  os.path.join(tree, name), '-g')
    made.initramfs = harness.build_initramfs(tree, made.folder)
    return made.initramfs


def run(name, *arguments, cpus=2):
    """It is the first program: status, console, what TSan said."""
    return run_runner('--sanitize=thread', initramfs=initramfs(), cpus=cpus,
                      parameters=('quiet', f'rdinit=/{name}', '--', *arguments),
                      timeout=5 * harness.PATIENCE_S)


def find_race(cpus):
    status, out, err = run('race', 'racy', cpus=cpus)
    equal(status, 79, f'status ({err})')
    matches(out, r'^counted to \d+', 'stdout')
    stacks = re.findall(r'^  (?:Previous )?(?:write|read) of size 4 .*?\n\n', err,
                        re.M | re.S | re.I)
    if len(stacks) < 2:
        raise Failure(f'not two stacks:\n{err}')
    on_cpu = dict(re.findall(r'^runner: (T\d+) is task race on CPU (\d)$', err, re.M))
    racers = re.findall(r'^  (?:Previous )?(?:write|read) of size 4 .* by thread (T\d+)',
                        err, re.M | re.I)
    equal({on_cpu.get(racer) for racer in racers}, {str(n) for n in range(cpus)},
          f'CPUs of the threads ({err})')
    for stack in stacks:
        matches(stack, rf'#0 count \S*tests/tsan/race\.c:{line_of(SOURCE, "/* here */")}\b.*'
                       rf'#1 thread \S*tests/tsan/race\.c:{line_of(SOURCE, "count();")}\b',
                'the stack')


def test_race():
    find_race(2)


def test_race_on_one_cpu():
    find_race(1)


def test_document():
    """The commands of docs/races.md, in the folder of the clone, print what it shows."""
    with open(os.path.join(harness.TOP, 'docs', 'races.md'), encoding='utf-8') as file:
        commands, report = transcript.blocks(file.read())[:2]
    with tempfile.TemporaryDirectory() as folder:
        for name in 'tools', 'userland', 'tests':
            os.symlink(os.path.join(harness.TOP, name), os.path.join(folder, name))
        os.mkdir(os.path.join(folder, 'build'))
        for name in 'runner', 'vmlinux.wasm':
            os.symlink(harness.path_of(name), os.path.join(folder, 'build', name))
        os.symlink(harness.settings.build, os.path.join(folder, 'build', 'release'))
        done = subprocess.run(['sh', '-ec', commands], cwd=folder, check=False,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=5 * harness.PATIENCE_S)
    equal(done.returncode, 79, f'status ({done.stderr})')
    # Which of the two reads when they meet is chance.
    said = done.stderr.replace('Read of', 'Write of').replace('ous read', 'ous write')
    line = transcript.missing(report.splitlines(), said)
    if line:
        raise Failure(f'{line!r} is missing in\n{done.stderr}')


def find_nothing(seen, *command):
    status, out, err = run(*command)
    equal(status, 0, f'status ({err})')
    matches(out, seen, 'stdout')
    if 'ThreadSanitizer' in err:
        raise Failure(f'a report of nothing:\n{err}')


def test_locked():
    find_nothing('^counted to 200000, all', 'race', 'locked')


def test_ordered():
    find_nothing('^all in order', 'ordered')


if __name__ == '__main__':
    harness.main()
