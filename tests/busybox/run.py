#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py: BusyBox's own tests, in the guest.

usage: run.py [--build=DIR] [--kernel=FILE] [--cpus=N] [--suite=testsuite|hush] [--verbose]
              [APPLET...]

Runs testsuite/ (runtest) and shell/hush_test (run-all) of Debian's source of BusyBox,
as they are, with the guest's hush as the shell; APPLET... are applets of the first
or folders of the second. What does not pass, and how much does, is in testsuite.txt
and hush.txt.
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'boot'))

import harness  # noqa: E402
import verdicts  # noqa: E402
from harness import Failure, Guest, path_of  # noqa: E402

LIMIT_S = 25 * harness.PATIENCE_S
RESULTS = {'PASS': 'pass', 'FAIL': 'fail', 'SKIPPED': 'skip', 'UNTESTED': 'skip'}
# The applet "start-stop-daemon" is tested with a false that does not look at its
# name, and wget with a server, which here is the guest's own.
FALSE = 'int main(void) { return 1; }\n'
PAGE = '<title>A page</title>\n'
SERVE = ('ifconfig lo 127.0.0.1 up; echo 127.0.0.1 www.google.com >>/etc/hosts;'
         ' httpd -h /bb/www')


def unpack(folder):
    """Debian's source, in folder/busybox."""
    source = glob.glob(os.path.join(path_of('source-busybox'), '*.dsc'))[0]
    subprocess.run(['dpkg-source', '--no-check', '-x', source,
                    os.path.join(folder, 'busybox')], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def build_tree(folder):
    """/bb in the guest is like BusyBox's source after it was built."""
    tree = os.path.join(folder, 'tree')
    for part in 'testsuite', 'shell/hush_test':
        shutil.copytree(os.path.join(folder, 'busybox', part),
                        os.path.join(tree, 'bb', part), symlinks=True)
    shutil.copy(path_of('busybox/busybox.config'), os.path.join(tree, 'bb/.config'))
    os.symlink('/bin/busybox', os.path.join(tree, 'bb/busybox'))
    write(tree, 'bb/www/index.html', PAGE)
    os.makedirs(os.path.join(tree, 'bin'))
    harness.compile_for_guest(write(folder, 'false.c', FALSE),
                              os.path.join(tree, 'bin/false'))
    return tree


def run_testsuite(guest, names):
    """{test: result}, and the log."""
    guest.run(SERVE)
    guest.run('cd /bb/testsuite; ECHO=echo ./runtest -v ' + ' '.join(names) +
              ' >/tmp/log 2>&1 </dev/null', None, LIMIT_S)
    log, results = guest.run('cat /tmp/log', timeout=LIMIT_S), {}
    for word, name in re.findall(r'^(PASS|FAIL|SKIPPED|UNTESTED): (.*)', log, re.M):
        verdicts.add(results, name.strip(), RESULTS[word])
    return results, log


def run_hush(guest, names):
    guest.run('cd /bb/shell/hush_test; ./run-all ' + ' '.join(names) +
              ' >/tmp/log 2>&1 </dev/null', None, LIMIT_S)
    results = {}
    for name, word in re.findall(r'^(hush-\S+): (ok|skip|fail)', guest.run(
            'cat /tmp/log', timeout=LIMIT_S), re.M):
        verdicts.add(results, name, {'ok': 'pass'}.get(word, word))
    # The tests' output may be anything; cat -v keeps it from the terminal.
    return results, guest.run('tail -n 30 *.fail | cat -v', None, LIMIT_S)


SUITES = {'testsuite': run_testsuite, 'hush': run_hush}


def excerpt(log, name):
    """What the log has before and after the word about a failed test."""
    lines = log.split('\n')
    for number, line in enumerate(lines):
        if line.endswith(f'FAIL: {name}') or f'{name.replace("/", "-")}.fail' in line:
            return '\n'.join(lines[max(number - 6, 0):number + 24])
    return ''


def run_suite(suite, args, initramfs):
    """Whether it went as the list says."""
    wanted, least = verdicts.read(os.path.join(HERE, suite + '.txt'))
    with Guest('--memory=512M', initramfs=initramfs, parameters=('quiet',)) as guest:
        got, log = SUITES[suite](guest, args.names)
    if args.verbose:
        print(log)
    if args.names:
        wanted, least = {name: wanted[name] for name in wanted if name in got}, 0
    differences = verdicts.compare(wanted, got, least)
    for line in differences:
        print(f'{line}\n{excerpt(log, line.split(": ")[0])}')
    print(f'{suite}: {verdicts.count(got)}', flush=True)
    return not differences and bool(got)


def main():
    sys.stdout.reconfigure(errors='replace')
    parser = argparse.ArgumentParser(description='Run BusyBox\'s own tests.')
    parser.add_argument('--build', default=harness.settings.build)
    parser.add_argument('--cpus', type=int, default=harness.settings.cpus)
    parser.add_argument('--kernel', default=harness.settings.kernel,
                        help='of the build folder (vmlinux.wasm)')
    parser.add_argument('--suite', choices=SUITES, help='only this one')
    parser.add_argument('--verbose', action='store_true', help='show the whole log')
    parser.add_argument('names', nargs='*', help='applets, or folders of hush_test')
    args = parser.parse_args()
    harness.settings.build = os.path.abspath(args.build)
    harness.settings.kernel = args.kernel
    harness.settings.cpus = args.cpus
    if args.names and not args.suite:
        args.suite = 'hush' if args.names[0].startswith('hush') else 'testsuite'
    with tempfile.TemporaryDirectory() as folder:
        unpack(folder)
        initramfs = harness.build_initramfs(build_tree(folder), folder)
        try:
            # One after the other: hush-misc/last_amp wants commands to begin within a
            # second, which a host does not give that also runs bc's tests.
            good = [run_suite(suite, args, initramfs)
                    for suite in ([args.suite] if args.suite else SUITES)]
        except Failure as failure:
            sys.exit(f'FAIL: {failure}')
    sys.exit(0 if all(good) else 1)


main()
