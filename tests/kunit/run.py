#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py: boot the kernel that has its own unit tests, and read what they say.

usage: run.py [--build=DIR] [--cpus=N] [--log=FILE]

The kernel is that of its own all_tests.config, as far as it can be had. The reader is
the kernel's own too (kunit_parser.py). What may fail, be skipped or not be configured
is in expected.txt, each with its reason; all else has to pass, and what is there but
passes now has to be taken off. --log reads a console that was kept, without booting.
"""

import argparse
import fnmatch
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'boot'))

import harness  # noqa: E402

PATIENCE_S = 10 * harness.PATIENCE_S


class Expected:
    """expected.txt: numbers, and {pattern: reason} of each kind."""

    def __init__(self):
        self.least = {}
        self.reasons = {'config': {}, 'fail': {}, 'skip': {}}
        self.used = set()
        with open(os.path.join(HERE, 'expected.txt'), encoding='utf-8') as file:
            for line in file:
                words = line.split('#')[0].split(None, 2)
                if len(words) == 2:
                    self.least[words[0]] = int(words[1])
                elif words:
                    self.reasons[words[0]][words[1]] = words[2].strip()

    def reason(self, kind, name):
        for pattern, reason in self.reasons[kind].items():
            if fnmatch.fnmatchcase(name, pattern):
                self.used.add((kind, pattern))
                return reason
        return None

    def unused(self):
        for kind, reasons in self.reasons.items():
            for pattern in reasons:
                if (kind, pattern) not in self.used:
                    yield f'{kind} {pattern} is in expected.txt, but did not happen'


def missing_options(product):
    """Options of all_tests.config that the kernel has not got."""
    with open(os.path.join(product, 'vmlinux.config'), encoding='utf-8') as file:
        got = set(file.read().split('\n'))
    with open(os.path.join(product, 'kunit/all_tests.config'), encoding='utf-8') as file:
        wanted = [line.strip() for line in file if line.startswith('CONFIG_')]
    return [line.split('=')[0] for line in wanted if line not in got]


def boot(args):
    """The console of a boot that ends when the tests have."""
    status, out, err = harness.run_runner(
        '--memory=512M', kernel=harness.path_of('vmlinux-kunit.wasm'), cpus=args.cpus,
        parameters=['kunit_shutdown=poweroff'], timeout=PATIENCE_S)
    if status:
        print(f'{out}\n{err}\nthe runner ended with {status}, not 0')
        sys.exit(1)
    return out.split('\n')


def leaves(test, path=''):
    """(name, test) of those without subtests; the root has no name."""
    name = f'{path}/{test.name}' if path else test.name
    if not test.subtests:
        yield name, test
    for sub in test.subtests:
        yield from leaves(sub, name)


def judge(root, product, expected, status):
    """Sentences about what is not as expected."""
    passed = 0
    for option in missing_options(product):
        reason = expected.reason('config', option)
        if reason is None:
            yield f'{option} of all_tests.config is not in the kernel'
        else:
            print(f'without {option}: {reason}')
    for suite in root.subtests:
        for name, test in leaves(suite):
            passed += test.status == status.SUCCESS
            if test.status == status.SUCCESS:
                continue
            kind = 'skip' if test.status == status.SKIPPED else 'fail'
            reason = expected.reason(kind, name)
            print(f'{kind} {name}: {reason}')
            if reason is None:
                yield f'{name} is {test.status.name}'
    counts = {'suites': len(root.subtests), 'tests': passed}
    print(f'{counts["suites"]} suites; {root.counts}')
    if root.counts.errors:
        yield f'{root.counts.errors} errors in the format: tests are missing'
    for what, least in expected.least.items():
        if counts[what] < least:
            yield f'{counts[what]} {what}, not {least}'
    yield from expected.unused()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--build', default=harness.settings.build)
    parser.add_argument('--cpus', type=int, default=2)
    parser.add_argument('--log')
    args = parser.parse_args()
    harness.settings.build = os.path.abspath(args.build)
    product = os.path.dirname(os.path.realpath(harness.path_of('vmlinux-kunit.wasm')))
    sys.path.insert(0, os.path.join(product, 'kunit'))
    sys.dont_write_bytecode = True  # a product stays as it was made
    import kunit_parser

    if args.log:
        with open(args.log, encoding='utf-8', errors='replace') as file:
            lines = file.read().split('\n')
    else:
        lines = boot(args)
    root = kunit_parser.parse_run_tests(lines)
    wrong = list(judge(root, product, Expected(), kunit_parser.TestStatus))
    for sentence in wrong:
        print(f'FAIL {sentence}')
    if wrong:
        print(f'--- to repeat it: tests/kunit/run.py --build={harness.settings.build}')
    sys.exit(1 if wrong else 0)


main()
