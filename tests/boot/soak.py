#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Boot again and again, on 1, 2 and 4 CPUs, without one failure.

usage: tests/boot/soak [--boots=N] [--loaded=N] [--cpus=LIST] [--build=DIR]

By default the full count: 50 boots in a row for each number of CPUs and 20 more of
each with every core of the host loaded by other work. Each boot goes to the prompt,
runs some commands and powers off.
"""

import argparse
import os
import subprocess
import sys
import time

import harness
from harness import Failure, Guest


def boot(cpus):
    """One life of a guest; seconds to the prompt."""
    began = time.monotonic()
    with Guest(cpus=cpus) as guest:
        took = time.monotonic() - began
        guest.check('echo $((6 * 7)) | cat | cat', '^42$')
        guest.check('ls / | wc -l', r'^\d+$')
        guest.check('sleep 0.1 & wait; nproc', f'^{cpus}$')
        guest.check_log('that')
        guest.line('poweroff')
        guest.wait_for(0)
    return took


class Load:
    """Work on every core of the host, as long as this exists."""

    def __enter__(self):
        self.children = [subprocess.Popen([sys.executable, '-c', 'while True: pass'])
                         for _ in range(len(os.sched_getaffinity(0)))]

    def __exit__(self, *_):
        for child in self.children:
            child.kill()
            child.wait()


def series(boots, cpus, what):
    times = []
    for number in range(1, boots + 1):
        try:
            times.append(boot(cpus))
        except (Failure, AssertionError) as error:
            print(f'FAIL {what}: boot {number} of {boots}\n{error}\n'
                  f'--- to repeat it: tests/boot/soak --cpus={cpus} --boots={boots}'
                  f' --build={harness.settings.build}', flush=True)
            return False
    if times:
        times.sort()
        print(f'ok   {what}: {boots} boots, to the prompt in {times[0]:.2f} to'
              f' {times[-1]:.2f} s, half of them in {times[len(times) // 2]:.2f} s',
              flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--boots', type=int, default=50)
    parser.add_argument('--loaded', type=int, default=20)
    parser.add_argument('--cpus', default='1,2,4')
    parser.add_argument('--build', default=harness.settings.build)
    args = parser.parse_args()
    harness.settings.build = os.path.abspath(args.build)
    counts = [int(word) for word in args.cpus.split(',')]
    good = [series(args.boots, cpus, f'{cpus} CPUs') for cpus in counts]
    if args.loaded:
        with Load():
            good += [series(args.loaded, cpus, f'{cpus} CPUs, loaded')
                     for cpus in counts]
    sys.exit(0 if all(good) else 1)


main()
