#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py: the kernel's own tests (kselftest), in the guest.

usage: run.py [--build=DIR] [--kernel=FILE] [--cpus=N] [--all] [--verbose]
              [FOLDER/PROGRAM...]

The programs are what tests/kselftest/build made. A program's exit status says whether
it passed, was skipped or failed, and the lines of its KTAP say the same of its parts.
What is to come out is in table.txt: what does not pass, and how much does. --all
also runs what the table leaves out because of its duration.
"""

import argparse
import os
import queue
import re
import shutil
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'boot'))

import harness  # noqa: E402
import verdicts  # noqa: E402
from harness import Machine, path_of  # noqa: E402

MACHINES = 3  # tests that sleep, mostly
LIMIT_S = 60
SKIPPED = 4
KNOWN_LIMIT_S = 5  # what may hang is not waited for
# BusyBox's timeout looks once a second whether what it watches is still there. A task
# that ends while proc/read reads its folder is an error, on any Linux: of
# /proc/PID/net it cannot say then whose net that is.
NO_TIMEOUT = 'while killall -q timeout; do :; done'
BASH = '#!/bin/sh\nexec /bin/sh "$@"\n'
TRUE = 'int main(void) { return 0; }\n'
# What runs for shorter than by itself.
ARGUMENTS = {'timers/threadtest': '-t 2 -n 4', 'timers/inconsistency-check': '-t 2'}


def programs(products):
    """FOLDER/PROGRAM of all modules there, the others are data of tests."""
    found = []
    for root, _, files in os.walk(products):
        for name in files:
            path = os.path.join(root, name)
            if os.path.islink(path) or not os.access(path, os.X_OK):
                continue
            with open(path, 'rb') as file:
                if file.read(4) == b'\0asm':
                    found.append(os.path.relpath(path, products))
    return sorted(found)


def write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    os.chmod(path, 0o755)


def build_initramfs(products, folder):
    tree = os.path.join(folder, 'tree')
    shutil.copytree(products, os.path.join(tree, 'ksft'), symlinks=True,
                    ignore=shutil.ignore_patterns('make.log', '.*'))
    os.makedirs(os.path.join(tree, 'bin'))
    write(os.path.join(tree, 'bin/bash'), BASH)
    # The guest's is BusyBox, which goes by the name that it is called by.
    source = os.path.join(folder, 'true.c')
    write(source, TRUE)
    harness.compile_for_guest(source, os.path.join(tree, 'bin/true'))
    return harness.build_initramfs(tree, folder)


def has_harness(path):
    with open(path, 'rb') as file:
        return b'-r name]' in file.read()


def run(machine, name, arguments, limit):
    """What it printed, and its exit status."""
    def in_guest(guest):
        folder, program = os.path.split(name)
        guest.run(f'cd /ksft/{folder}; timeout -s KILL {limit} ./{program} '
                  f'{arguments} >/tmp/out 2>&1 </dev/null; '
                  f'echo $? >/tmp/status; {NO_TIMEOUT}',
                  timeout=limit + harness.PATIENCE_S)
        text = guest.run('cat -v /tmp/out')
        return text, int(guest.run('cat /tmp/status'))

    result, trouble = machine.do(in_guest)
    return result or (trouble, -1)


def parts_of(text):
    """The names of a harness' tests, from its list: columns of fixtures, their
    variants, and their tests."""
    fixtures = {}
    for line in text.splitlines():
        if line.startswith(('#', '-')):
            continue
        fixture, variant, test = line[:20].strip(), line[21:46].strip(), line[47:].strip()
        if fixture:
            variants, tests = fixtures.setdefault(fixture, ([], []))
        variants += [variant] if variant else []
        tests += [test] if test else []
    return [f'{fixture}.{variant}.{test}' if variant else f'{fixture}.{test}'
            for fixture, (variants, tests) in fixtures.items()
            for variant in variants or [''] for test in tests]


def result_of(status):
    return {0: 'pass', SKIPPED: 'skip'}.get(status, 'fail')


def run_program(machine, name, limits):
    """{test: result} of it and of what its KTAP says, and what it printed."""
    text, status = run(machine, name, ARGUMENTS.get(name, ''), limits.of(name))
    results = {name: result_of(status)}
    for bad, part in re.findall(r'^(?:.*\.\.)?(not )?ok \d+ *-? *(.*)', text, re.M):
        part, _, directive = f' {part}'.partition(' # ')
        result = 'skip' if directive.startswith('SKIP') else 'fail' if bad else 'pass'
        verdicts.add(results, f'{name}: {part.strip() or directive.strip()}', result)
    return results, f'{text}(status {status})\n'


def run_harness(machine, name, limits, left_out):
    """{test: result} of it and of each of its tests, and what they printed."""
    listed, _ = run(machine, name, '-l', limits.limit)
    results, texts = {name: 'pass'}, []
    for part in parts_of(listed):
        whole = f'{name}: {part}'
        if whole in left_out:
            continue
        text, status = run(machine, name, f'-r {part}', limits.of(whole))
        results[whole] = result_of(status)
        texts.append(f'{text}(status {status})\n')
    if 'fail' in results.values() or len(results) == 1:
        results[name] = 'fail'
    return results, ''.join(texts)


class Limits:
    """How many seconds a program or a part may take: what is known to fail may hang,
    and is not waited for; but a program whose parts are known has to say them."""

    def __init__(self, limit, wanted):
        self.limit, self.wanted = limit, wanted

    def of(self, name):
        known = verdicts.expected(self.wanted, name).result == 'fail'
        parts = any(other.startswith(f'{name}: ') for other in self.wanted)
        return KNOWN_LIMIT_S if known and not parts else self.limit


def run_all(names, products, initramfs, limit, wanted, left_out):
    """{test: result} and {program: text}."""
    work, results, texts = queue.SimpleQueue(), {}, {}
    limits = Limits(limit, wanted)
    for name in names:
        work.put(name)

    def serve():
        machine = Machine(initramfs=initramfs, parameters=('quiet',))
        try:
            while True:
                name = work.get_nowait()
                if has_harness(os.path.join(products, name)):
                    got, texts[name] = run_harness(machine, name, limits, left_out)
                else:
                    got, texts[name] = run_program(machine, name, limits)
                results.update(got)
                print(f'{results[name]:5} {name}', flush=True)
        except queue.Empty:
            machine.stop()

    threads = [threading.Thread(target=serve) for _ in range(MACHINES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results, texts


def main():
    sys.stdout.reconfigure(errors='replace')
    parser = argparse.ArgumentParser(description='Run the kernel\'s own tests.')
    parser.add_argument('--build', default=harness.settings.build)
    parser.add_argument('--cpus', type=int, default=harness.settings.cpus)
    parser.add_argument('--kernel', default=harness.settings.kernel,
                        help='of the build folder (vmlinux.wasm)')
    parser.add_argument('--limit', type=int, default=LIMIT_S, help='seconds each')
    parser.add_argument('--all', action='store_true', help='also what takes long')
    parser.add_argument('--verbose', action='store_true', help='what each printed')
    parser.add_argument('names', nargs='*', help='programs, as FOLDER/PROGRAM (all)')
    args = parser.parse_args()
    harness.settings.build = os.path.abspath(args.build)
    harness.settings.kernel = args.kernel
    harness.settings.cpus = args.cpus
    products = path_of('kselftest')
    wanted, least = verdicts.read(os.path.join(HERE, 'table.txt'))
    left_out = {name for name, verdict in wanted.items() if verdict.result == 'long'}
    if args.all:  # what is left out otherwise is to pass
        wanted = {name: verdict for name, verdict in wanted.items()
                  if name not in left_out}
        left_out = set()
    names = args.names or [name for name in programs(products) if name not in left_out]
    with tempfile.TemporaryDirectory() as folder:
        harness.translate([os.path.join(products, name) for name in names])
        got, texts = run_all(names, products, build_initramfs(products, folder),
                             args.limit, wanted, left_out)
    wanted = {name: verdict for name, verdict in wanted.items()
              if name not in left_out and
              (not args.names or name.split(': ')[0] in names)}
    differences = verdicts.compare(wanted, got, 0 if args.names else least)
    for line in differences:
        print(line)
    for name in sorted({line.split(': ')[0] for line in differences} & set(texts)
                       if not args.verbose else texts):
        print(f'--- {name}\n{texts[name]}')
    whole = {name: got[name] for name in names if name in got}
    print(f'programs: {verdicts.count(whole)}; '
          f'with their parts: {verdicts.count(got)}', flush=True)
    sys.exit(1 if differences else 0)


main()
