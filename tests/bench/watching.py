#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""watching.py: what watching and recording writes costs, in ratios of one run.

usage: tests/bench/watching.py --guestbench=FILE.c [--build=DIR] [--reps=N] [NAME...]

FILE.c is a benchmark of a Linux guest that prints lines `gb NAME min med max cpu n`,
in ns for an operation; NAMEs choose from it. Each way to watch runs the same ones.
"""

import argparse
import importlib.machinery
import importlib.util
import math
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests', 'boot'))

import harness  # noqa: E402
from harness import Guest, path_of  # noqa: E402

NAMES = ['getppid', 'read1', 'open', 'stat', 'pipe_thr', 'futex', 'mmap_touch', 'memcpy',
         'sha256', 'coremark', 'qsort', 'matmul']
NEVER = ':value==0xdeadbeef,old==0xdeadbeef'
# All over the kernel's data; some of it is written, none as the condition wants.
SPREAD = [f'--watch=init_task+{16 * n}:4{NEVER}' for n in range(32)] + \
         [f'--watch=linux_banner+{4 * n}:4{NEVER}' for n in range(32)]
WAYS = [
    ('nothing', []),
    ('1 by the CPU', ['--watch=linux_banner:4' + NEVER]),
    ('level check', ['--level=check']),
    ('64 by checks', SPREAD),
    ('record a region', ['--record-writes=init_task']),
    ('record all', ['--record-writes=all']),
]


def make_archive(source, folder):
    program = os.path.join(folder, 'tree/test/guestbench')
    os.makedirs(os.path.dirname(program))
    subprocess.run([os.path.join(TOP, 'tools/wlcc'), '-O2', source, '-o', program,
                    '-lpthread'], check=True,
                   env=dict(os.environ, WL_SYSROOT=path_of('sysroot')))
    archive = os.path.join(folder, 'initramfs.cpio.gz')
    subprocess.run([os.path.join(TOP, 'userland/build-initramfs'),
                    '--busybox=' + path_of('busybox/busybox'), '--out=' + archive,
                    '--add=' + os.path.join(folder, 'tree')], check=True,
                   stdout=subprocess.DEVNULL)
    return archive


def measure(archive, options, names, reps):
    """{name: ns}, of the shortest repetition."""
    with Guest(*options, initramfs=archive) as guest:
        text = guest.run(f'/test/guestbench -t 100 -r {reps} {" ".join(names)}',
                         timeout=3000)
    return {name: float(ns) for name, ns in re.findall(r'^gb (\S+) +([\d.]+)', text, re.M)}


def compare(archive, names, reps):
    results = []
    for _, options in WAYS:
        measure(archive, options, names[:1], 1)  # what is not translated is now
    for title, options in WAYS:
        results.append(measure(archive, options, names, reps))
    base = results[0]
    print(f'{"":12} {"ns":>12} ' + ' '.join(f'{t:>16}' for t, _ in WAYS[1:]))
    for name in base:
        ratios = ' '.join(f'{r[name] / base[name]:15.2f}x' for r in results[1:])
        print(f'{name:12} {base[name]:12.0f} {ratios}', flush=True)
    means = (math.exp(sum(math.log(r[n] / base[n]) for n in base) / len(base))
             for r in results[1:])
    print(f'{"mean":12} {"":12} ' + ' '.join(f'{m:15.2f}x' for m in means))


def guests_module():
    path = os.path.join(TOP, 'tests/guests/run')
    loader = importlib.machinery.SourceFileLoader('guests', path)
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader('guests', loader))
    loader.exec_module(module)
    return module


def stops_per_second(folder):
    guests = guests_module()
    sources = [os.path.join(TOP, 'tests/guests', n) for n in ('start.c', 'watch.c')]
    kernel = guests.build('watch', sources, [], folder)
    archive = os.path.join(folder, 'empty.cpio')
    with open(archive, 'wb') as file:
        file.write(guests.cpio())
    for title, count, options in [('by the CPU', 100000, []),
                                  ('by checks', 20000000, ['--watch-checks'])]:
        out = subprocess.run(
            [path_of('runner'), *harness.cache_options(), '--timeout=100',
             '--watch=plain' + NEVER, *options, kernel, archive, '--', f'spin={count}'],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, check=True).stdout
        ns = int(re.search(r'spinning (\d+) ns', out)[1])
        print(f'conditions judged {title}: {count / ns * 1e9:,.0f} a second,'
              f' {ns / count:,.0f} ns each', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--build', default=harness.settings.build)
    parser.add_argument('--guestbench', required=True)
    parser.add_argument('--reps', type=int, default=3)
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    harness.settings.build = os.path.abspath(args.build)
    with tempfile.TemporaryDirectory() as folder:
        stops_per_second(folder)
        compare(make_archive(args.guestbench, folder), args.names or NAMES, args.reps)


main()
