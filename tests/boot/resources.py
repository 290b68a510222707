#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the guest takes of the host it gives back; what it has not, it does without."""

import os
import re
import signal
import tempfile
import time

import harness
from harness import Failure, Guest, equal, matches

PROGRAMS = {'many': 'tests/posix/proc_many.c', 'fork': 'tests/boot/programs/fork.c',
            'eat': 'tests/boot/programs/eat.c',
            'clocks': 'tests/boot/programs/clocks.c',
            'wild_vfork': 'tests/boot/programs/wild_vfork.c'}
MIB = 1 << 20
CLOCK_S = 10
MS = 10 ** 6  # in nanoseconds


class With(Guest):
    """A guest with this program in /test."""

    def __init__(self, name, *options):
        with tempfile.TemporaryDirectory() as folder:
            tree = os.path.join(folder, 'tree')
            os.makedirs(os.path.join(tree, 'test'))
            harness.compile_for_guest(os.path.join(harness.TOP, PROGRAMS[name]),
                                      os.path.join(tree, 'test', name))
            super().__init__(*options, initramfs=harness.build_initramfs(tree, folder))


def count(folder):
    return len(os.listdir(folder))


def taken(guest):
    """What the runner has: files, mappings, bytes."""
    proc = f'/proc/{guest.child.pid}'
    with open(f'{proc}/maps', encoding='utf-8') as maps:
        mappings = sum(1 for _ in maps)
    with open(f'{proc}/statm', encoding='utf-8') as statm:
        resident = int(statm.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    return count(f'{proc}/fd'), mappings, resident


def own_threads(guest):
    """Threads of the runner beyond the guest's tasks. Tasks of the kernel come and go
    while they are counted: the least of some counts."""
    counts = []
    for _ in range(5):
        tasks = int(guest.run('ls -d /proc/[0-9]*/task/[0-9]* | wc -l'))
        counts.append(count(f'/proc/{guest.child.pid}/task') - tasks)
        time.sleep(0.1)
    return min(counts)


def await_threads(guest, wanted):
    deadline = time.monotonic() + harness.PATIENCE_S
    while (threads := own_threads(guest)) > wanted + 1:  # one may come or go
        if time.monotonic() > deadline:
            raise Failure(f'{threads} threads that are no task\'s, not {wanted}')


def test_threads_serve_again():
    """The thread on which a task ended runs the next one."""
    with Guest() as guest:
        seen = []
        for _ in range(40):
            guest.run('sleep 99 &')
            seen.append(set(os.listdir(f'/proc/{guest.child.pid}/task')))
            guest.run('kill %1; wait')
        made = set.union(*seen[5:]) - seen[4]
        if len(made) > 10:
            raise Failure(f'{len(made)} threads were made for {len(seen) - 5} programs')


def free_memory(guest):
    return 1024 * int(re.search(r'MemFree: +(\d+)', guest.run('cat /proc/meminfo'))[1])


def await_memory(guest, wanted):
    """The kernel tells of free pages some seconds after they became free."""
    deadline = time.monotonic() + harness.PATIENCE_S
    while (resident := taken(guest)[2]) > wanted:
        if time.monotonic() > deadline:
            raise Failure(f'the runner has {resident} bytes, and not {wanted}')
        time.sleep(0.5)


def test_given_back():
    """500 threads and 500 processes: threads, files, mappings and memory of the host and
    memory of the guest are as before."""
    with With('many', '--memory=1G') as guest:
        threads, (files, mappings, resident) = own_threads(guest), taken(guest)
        seen = []
        for _ in range(2):
            guest.run('/test/many', timeout=2 * harness.PATIENCE_S)
            peak = taken(guest)[2]
            await_threads(guest, threads)
            if peak < resident + 100 * MIB:
                raise Failure(f'{peak} bytes at the peak, {resident} before')
            await_memory(guest, resident + 16 * MIB)
            seen.append((*taken(guest)[:2], free_memory(guest)))
        for now_files, now_mappings, _ in seen:
            equal(now_files, files, 'open files')
            if now_mappings > mappings + 300:
                raise Failure(f'{now_mappings} mappings, {mappings} before')
        if seen[1][2] < seen[0][2] - 4 * MIB:
            raise Failure(f'the guest has less the second time: {seen}')


def test_no_fork():
    with With('fork') as guest:
        nosys = 'Function not implemented\n'
        equal(guest.run('/test/fork'),
              f'fork: {nosys}forkpty: {nosys}daemon: {nosys}clone: {nosys}'
              'system: 7\nfrom popen\nstatus 0\n')


def test_wild_vfork():
    """One that fails takes nothing."""
    with With('wild_vfork') as guest:
        seen = []
        for _ in range(2):
            equal(guest.run('/test/wild_vfork'),
                  '100000 of 100000: EFAULT\nfault at 0\n')
            seen.append(taken(guest)[2])
        if seen[1] > seen[0] + 8 * MIB:
            raise Failure(f'the runner has {seen} bytes after the first and the second')


def test_out_of_memory():
    """The guest's kernel kills who takes it, and goes on."""
    with With('eat', '--memory=64M') as guest:
        guest.run('/test/eat', status=137)
        matches(guest.run('dmesg'), r'Out of memory: Killed process \d+ \(eat\)')
        guest.check('echo alive', '^alive$')


def test_idle():
    for cpus in 1, 4:
        with Guest(cpus=cpus) as guest:
            guest.check_idle()


def clocks(guest):
    """CLOCK_REALTIME and CLOCK_MONOTONIC of the guest, and the host's CLOCK_MONOTONIC
    before and after: of some tries the one that took the least."""
    tries = []
    for _ in range(5):
        before = time.monotonic_ns()
        real, monotonic = map(int, guest.run('/test/clocks').split())
        tries.append((real, monotonic, before, time.monotonic_ns()))
    return min(tries, key=lambda t: t[3] - t[2])


def between(what, least, value, most, tolerance):
    if not least - tolerance <= value <= most + tolerance:
        raise Failure(f'{what}: {value}, not from {least} to {most}')


def test_clocks():
    """They are the host's at the boot, and go as fast."""
    offset = max(time.time_ns() - time.monotonic_ns() for _ in range(10))
    with With('clocks') as guest:
        seen = [clocks(guest)]
        time.sleep(CLOCK_S)
        seen.append(clocks(guest))
    for real, _, before, after in seen:
        between('CLOCK_REALTIME', before + offset, real, after + offset, 10 * MS)
    (real, monotonic, before, after), now = seen
    for what, took in ('CLOCK_REALTIME', now[0] - real), \
                      ('CLOCK_MONOTONIC', now[1] - monotonic):
        between(f'{what} in {CLOCK_S} s', now[2] - after, took, now[3] - before, MS)


def test_host_suspended():
    """Some seconds without the host: no flood of ticks, no stall, the clock is right."""
    with Guest() as guest:
        guest.run('while :; do :; done & sleep 1000 &')
        before = int(re.search(r'\d+', guest.run('date +%s'))[0])
        os.kill(guest.child.pid, signal.SIGSTOP)
        time.sleep(5)
        os.kill(guest.child.pid, signal.SIGCONT)
        asked = time.time()
        after = int(re.search(r'\d+', guest.run('date +%s'))[0])
        if after - before < 5:
            raise Failure(f'the date went from {before} to {after}')
        between('the date', asked, after, time.time(), 2)
        guest.run('kill %1 %2; sleep 1')
        equal(re.findall(r'.*(?:stall|hung|soft lockup).*', guest.run('dmesg')), [])


harness.main()
