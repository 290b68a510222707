#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the kernel's configuration offers, and the tests of others do not reach without
fork(): namespaces, what is known of processes that end and of those that run, and what
they may say of themselves."""

import os
import re
import resource
import tempfile

import harness
from harness import Failure, Guest, equal, matches

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'programs')
RECORD_BYTES = 64
NAMESPACES = """\
uts: inner
ipc: No such file or directory
net: lo is down
user: 1, then 7
user: Operation not permitted
pid: 1, its child 2, its parent 0
the child is gone: 1
pid: unshared
"""


class With(Guest):
    """A guest with this program in /test."""

    def __init__(self, name):
        with tempfile.TemporaryDirectory() as folder:
            tree = os.path.join(folder, 'tree')
            os.makedirs(os.path.join(tree, 'test'))
            harness.compile_for_guest(os.path.join(SOURCES, name + '.c'),
                                      os.path.join(tree, 'test', name))
            super().__init__(initramfs=harness.build_initramfs(tree, folder))


def test_namespaces():
    with With('namespaces') as guest:
        own = 'hostname; stat -c %N /proc/self/ns/*'
        before = guest.run(own)
        for _ in range(20):
            equal(guest.run('/test/namespaces'), NAMESPACES)
        equal(guest.run(own), before)
        guest.check_log('namespaces')


def test_accounting():
    """All that end are written down, also where statfs() knows no sizes, which is asked
    each time here."""
    with With('account') as guest:
        guest.run('echo 4 2 0 >/proc/sys/kernel/acct; touch /tmp/log; /test/account /tmp/log')
        guest.run('for i in 1 2 3 4 5 6 7 8 9; do /bin/cat /dev/null; done')
        guest.run('/test/account')
        names = guest.run('strings -n 3 /tmp/log').split()
        equal(names, ['account', *9 * ['cat'], 'account'])
        equal(int(guest.run('stat -c %s /tmp/log')), RECORD_BYTES * len(names))
        guest.run('/bin/cat /dev/null')
        equal(int(guest.run('stat -c %s /tmp/log')), RECORD_BYTES * len(names))
        matches(guest.run('dmesg'), r'\A(?!.*accounting paused)')


def test_io():
    """What a process read and wrote."""
    with Guest() as guest:
        guest.run('dd if=/dev/zero of=/tmp/zeros bs=1000 count=30 2>/dev/null')
        text = guest.run('cat /tmp/zeros /proc/self/io | tr -d "\\0"')
        counts = {name: int(count) for name, count in re.findall(r'(\w+): (\d+)', text)}
        for name in 'rchar', 'wchar':
            if not 30000 <= counts[name] < 60000:
                raise Failure(f'{name}: {counts}')


def test_heap_elsewhere():
    """Where nothing is mapped, brk() has nothing to give back."""
    with With('breaks') as guest:
        equal(guest.run('/test/breaks'), '10000\n')
        guest.check_log('brk()')


def test_heap_guarded():
    """What brk() gives back has zeros and no guards, or is not given back: here the host
    does not let the runner have more memory that can be written."""
    with With('heap_guarded') as guest:
        guest.line('/test/heap_guarded')
        guest.expect('refuse\r?\n')
        had = resource.prlimit(guest.child.pid, resource.RLIMIT_DATA)
        # 0 would be no limit at all.
        resource.prlimit(guest.child.pid, resource.RLIMIT_DATA, (1, had[1]))
        guest.line('')
        guest.expect('brk: as it was\r?\nheap: as it was\r?\nallow\r?\n')
        resource.prlimit(guest.child.pid, resource.RLIMIT_DATA, had)
        guest.line('')
        guest.expect('brk: moved\r?\nheap: zeros\r?\n')
        guest.prompt()
        guest.check_log('brk()')


harness.main()
