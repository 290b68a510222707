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
from harness import Failure, equal, matches, path_of, run_runner  # noqa: E402

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
    subprocess.run([os.path.join(harness.TOP, 'tools/wlcc'), '-g', '-O1', SOURCE,
                    '-o', os.path.join(tree, 'race')], check=True,
                   env=dict(os.environ, WL_SYSROOT=path_of('sysroot')))
    made.initramfs = os.path.join(made.folder, 'initramfs.cpio.gz')
    subprocess.run([os.path.join(harness.TOP, 'userland/build-initramfs'),
                    '--busybox=' + path_of('busybox/busybox'),
                    '--out=' + made.initramfs, '--add=' + tree],
                   check=True, stdout=subprocess.DEVNULL)
    return made.initramfs


def run(what):
    """/race as the first program: status, console, what TSan said."""
    return run_runner('--sanitize=thread', initramfs=initramfs(), cpus=2,
                      parameters=('quiet', 'rdinit=/race', '--', what),
                      timeout=5 * harness.PATIENCE_S)


def line_of(text):
    with open(SOURCE, encoding='utf-8') as file:
        return 1 + next(i for i, line in enumerate(file) if text in line)


def test_racy():
    status, out, err = run('racy')
    equal(status, 79, f'status ({err})')
    matches(out, r'^counted to \d+', 'stdout')
    stacks = re.findall(r'(?:Write|Read) of size 4 at \S+ by thread.*?\n\n', err,
                        re.S | re.I)
    stacks += re.findall(r'Previous (?:write|read) of size 4 .*?\n\n', err, re.S)
    if len(stacks) < 2:
        raise Failure(f'not two stacks:\n{err}')
    for stack in stacks:
        matches(stack, rf'#0 count \S*tests/tsan/race\.c:{line_of("/* here */")}\b.*'
                       rf'#1 thread \S*tests/tsan/race\.c:{line_of("count();")}\b',
                'the stack')


def test_locked():
    status, out, err = run('locked')
    equal(status, 0, f'status ({err})')
    matches(out, r'^counted to 200000, all', 'stdout')
    if 'ThreadSanitizer' in err:
        raise Failure(f'a report of nothing:\n{err}')


if __name__ == '__main__':
    harness.main()
