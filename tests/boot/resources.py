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
            'eat': 'tests/boot/programs/eat.c'}
MIB = 1 << 20
IDLE_S = 15


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
    """What the runner has: threads beyond the guest's tasks, files, mappings, bytes."""
    proc = f'/proc/{guest.child.pid}'
    with open(f'{proc}/maps', encoding='utf-8') as maps:
        mappings = sum(1 for _ in maps)
    with open(f'{proc}/statm', encoding='utf-8') as statm:
        resident = int(statm.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    return count(f'{proc}/task'), count(f'{proc}/fd'), mappings, resident


def await_quiet(guest):
    """Until as many threads are left as there are tasks, but for the runner's own."""
    deadline = time.monotonic() + harness.PATIENCE_S
    while time.monotonic() < deadline:
        tasks = int(guest.run('ls -d /proc/[0-9]*/task/[0-9]* | wc -l'))
        threads = count(f'/proc/{guest.child.pid}/task')
        if threads <= tasks + 10:
            return
        time.sleep(0.2)
    raise Failure(f'{threads} threads of the host for {tasks} tasks')


def test_given_back():
    """500 threads and 500 processes: the second time, nothing more is taken."""
    with With('many', '--memory=1G') as guest:
        seen = []
        for _ in range(2):
            guest.run('/test/many', timeout=2 * harness.PATIENCE_S)
            await_quiet(guest)
            seen.append(taken(guest))
        (_, files, mappings, resident), (_, files2, mappings2, resident2) = seen
        equal(files2, files, 'open files')
        if mappings2 > mappings + 100 or resident2 > resident + 64 * MIB:
            raise Failure(f'the runner grew: {seen}')


def test_no_fork():
    with With('fork') as guest:
        nosys = 'Function not implemented\n'
        equal(guest.run('/test/fork'),
              f'fork: {nosys}forkpty: {nosys}daemon: {nosys}clone: {nosys}'
              'system: 7\nfrom popen\nstatus 0\n')


def test_out_of_memory():
    """The guest's kernel kills who takes it, and goes on."""
    with With('eat', '--memory=64M') as guest:
        guest.run('/test/eat', status=137)
        matches(guest.run('dmesg'), r'Out of memory: Killed process \d+ \(eat\)')
        guest.check('echo alive', '^alive$')


def cpu_seconds(guest):
    with open(f'/proc/{guest.child.pid}/stat', encoding='utf-8') as stat:
        user, system = stat.read().rsplit(')', 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf('SC_CLK_TCK')


def test_idle():
    """At its prompt it takes less than a hundredth of a CPU of the host."""
    for cpus in 1, 4:
        with Guest(cpus=cpus) as guest:
            time.sleep(2)  # what the boot left to do
            before = cpu_seconds(guest)
            time.sleep(IDLE_S)
            took = cpu_seconds(guest) - before
            if took > IDLE_S / 100:
                raise Failure(f'{took} s of {IDLE_S} on {cpus} CPUs')


def test_host_suspended():
    """Some seconds without the host: no flood of ticks, no stall, the clock is right."""
    with Guest() as guest:
        guest.run('while :; do :; done & sleep 1000 &')
        before = int(re.search(r'\d+', guest.run('date +%s'))[0])
        os.kill(guest.child.pid, signal.SIGSTOP)
        time.sleep(5)
        os.kill(guest.child.pid, signal.SIGCONT)
        after = int(re.search(r'\d+', guest.run('date +%s'))[0])
        if not 5 <= after - before or abs(after - time.time()) > harness.PATIENCE_S:
            raise Failure(f'the date went from {before} to {after}')
        guest.run('kill %1 %2; sleep 1')
        equal(re.findall(r'.*(?:stall|hung|soft lockup).*', guest.run('dmesg')), [])


harness.main()
