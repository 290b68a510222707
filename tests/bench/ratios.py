# SPDX-License-Identifier: Apache-2.0
"""ratios.py: a benchmark in several guests at once, for the files of this folder.

The benchmark is C for the guest that prints lines `gb NAME min med max cpu n`, in ns for
an operation, and takes `-t MS -r COUNT NAME`. All guests are booted before it begins, and
each repetition of each name goes through all of them in turn, so that what else the
machine does disturbs them alike; what counts is the shortest of each.
"""

import contextlib
import math
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, 'tests', name) for name in ('boot', 'guests')]

import guests  # noqa: E402
import harness  # noqa: E402
from harness import path_of  # noqa: E402

# Of these, one repetition is enough of a second.
REPETITION_MS = 60


def row(name, value, aim=''):
    print(f'{name:44} {value:>16}  {aim}', flush=True)


def make_archive(source, name, folder):
    """An initramfs with that program as /test/NAME."""
    program = os.path.join(folder, 'tree/test', name)
    os.makedirs(os.path.dirname(program))
    subprocess.run([os.path.join(TOP, 'tools/wlcc'), '-O2', source, '-o', program,
                    '-lpthread'], check=True,
                   env=dict(os.environ, WL_SYSROOT=path_of('sysroot')))
    return harness.build_initramfs(os.path.join(folder, 'tree'), folder)


def once(guest, name):
    """ns of one repetition; the guest has the program as /test/guestbench."""
    text = guest.run(f'/test/guestbench -t {REPETITION_MS} -r 1 {name}', timeout=3000)
    match = re.search(r'^gb (\S+) +([\d.]+)', text, re.M)
    if not match:
        raise harness.Failure(f'guestbench {name} printed\n{text}')
    return float(match[2])


def measure(guests, names, reps):
    """guests: functions that boot one. [{name: ns}], in their order."""
    results = [{} for _ in guests]
    with contextlib.ExitStack() as stack:
        booted = [stack.enter_context(boot()) for boot in guests]
        for guest in booted:
            once(guest, names[0])  # what is not translated is now
        for name in names:
            for _ in range(reps):
                for result, guest in zip(results, booted):
                    ns = once(guest, name)
                    result[name] = min(ns, result.get(name, ns))
    return results


def mean(results, base, names):
    """The geometric one, of the ratios to base."""
    return math.exp(sum(math.log(results[n] / base[n]) for n in names) / len(names))


def show(titles, results, names):
    """A table of ratios; the first one is what the others are compared with."""
    base = results[0]
    print(f'{"":12} {titles[0] + ", ns":>16} ' + ' '.join(f'{t:>16}' for t in titles[1:]))
    for name in names:
        ratios = ' '.join(f'{r[name] / base[name]:15.2f}x' for r in results[1:])
        print(f'{name:12} {base[name]:16.0f} {ratios}')
    ratios = ' '.join(f'{mean(r, base, names):15.2f}x' for r in results[1:])
    print(f'{"mean":12} {"":16} {ratios}', flush=True)


def spinning_guest(folder):
    """tests/guests/watch.c, which writes as often as `spin=` says: kernel, initramfs."""
    sources = [os.path.join(TOP, 'tests/guests', n) for n in ('start.c', 'watch.c')]
    archive = os.path.join(folder, 'empty.cpio')
    with open(archive, 'wb') as file:
        file.write(guests.cpio())
    return guests.build('watch', sources, [], folder), archive


def spin_ns(text):
    """What such a guest says of its time."""
    return int(re.search(r'spinning (\d+) ns', text)[1])
