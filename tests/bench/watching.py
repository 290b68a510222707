#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""watching.py: what watching and recording writes costs, in ratios of one run.

usage: tests/bench/watching.py --guestbench=FILE.c [--build=DIR] [--reps=N] [NAME...]

FILE.c is a benchmark of a Linux guest (see ratios.py); NAMEs choose from it. Each way to
watch runs the same ones.
"""

import argparse
import os
import subprocess
import tempfile

import ratios
from ratios import harness

NAMES = ['getppid', 'read1', 'open', 'stat', 'pipe_thr', 'futex', 'mmap_touch', 'memcpy',
         'sha256', 'coremark', 'qsort', 'matmul']
NEVER = ':value==0xdeadbeef,old==0xdeadbeef'
# All over the kernel's data; some of it is written, none as the condition wants. The CPU
# would take four of them.
SPREAD = ['--watch-checks'] + \
         [f'--watch=init_task+{16 * n}:4{NEVER}' for n in range(32)] + \
         [f'--watch=linux_banner+{4 * n}:4{NEVER}' for n in range(32)]
WAYS = [
    ('nothing', []),
    ('1 by the CPU', ['--watch=linux_banner:4' + NEVER]),
    ('level check', ['--level=check']),
    ('64 by checks', SPREAD),
    ('record a region', ['--record-writes=init_task']),
    ('record all', ['--record-writes=all']),
]
# These switch between threads of the host: from run to run, by more than a watch costs.
WAKES = ['pipe_thr', 'pipe_proc', 'pipe_64k', 'futex']
AIMS = {'64 by checks': 1.10, 'record a region': 3, 'record all': 6}


def boot_with(options, archive):
    return lambda: harness.Guest(*options, initramfs=archive)


def compare(archive, names, reps):
    titles = [title for title, _ in WAYS]
    results = ratios.measure([boot_with(options, archive) for _, options in WAYS],
                             names, reps)
    ratios.show(titles, results, names)
    calm = [name for name in names if name not in WAKES]
    for title, result in zip(titles, results):
        if title in AIMS:
            ratios.row(f'{title}, mean',
                       f'{ratios.mean(result, results[0], names):.2f}x',
                       f'aim: at most {AIMS[title]}')
            if calm:
                ratios.row('  without what wakes threads',
                           f'{ratios.mean(result, results[0], calm):.2f}x')


def stops_per_second(kernel, archive):
    for title, count, options in [('by the CPU', 100000, []),
                                  ('by checks', 20000000, ['--watch-checks'])]:
        if not options and not harness.watchpoints.work():
            continue
        out = subprocess.run(
            [harness.path_of('runner'), *harness.cache_options(), '--timeout=100',
             '--watch=plain' + NEVER, *options, kernel, archive, '--', f'spin={count}'],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, check=True).stdout
        ns = ratios.spin_ns(out)
        ratios.row(f'conditions judged {title}', f'{count / ns * 1e9:,.0f} / s',
                   f'{ns / count:,.0f} ns each')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--build', default=harness.settings.build)
    parser.add_argument('--guestbench', required=True)
    parser.add_argument('--reps', type=int, default=3)
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    harness.settings.build = os.path.abspath(args.build)
    with tempfile.TemporaryDirectory() as folder:
        stops_per_second(*ratios.spinning_guest(folder))
        archive = ratios.make_archive(args.guestbench, 'guestbench', folder)
        compare(archive, args.names or NAMES, args.reps)


if __name__ == '__main__':
    main()
