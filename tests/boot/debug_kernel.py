#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The kernel that watches itself (kernel/configs/debug.config), under stress.

Preemptible, at 1000 Hz, with lockdep and its like. On 1, 2, 4 and 8 CPUs it runs what
keeps tasks, pipes, signals, timers and file systems busy, then programs of
tests/posix, on 2 CPUs all of them; it must not have had anything to complain about.
"""

import functools
import os
import sys
import tempfile

import harness
import host
from harness import Failure, Guest, path_of

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), 'posix'))

import run as posix  # noqa: E402

# Each round starts some hundred tasks.
STRESS = {
    'tasks': 'for i in $(seq 50); do true | cat & /bin/true; (exit 3); done; wait',
    'pipes': 'for i in 1 2 3 4; do dd if=/dev/zero bs=4k count=500 2>/dev/null |'
             ' cat | tr "\\0" x | md5sum & done; wait',
    'signals': 'for i in $(seq 30); do sleep 100 & kill -STOP $!; kill -CONT $!;'
               ' kill -$((i % 2 * 6 + 9)) $!; done; wait',
    'spinners': 'for i in 1 2 3 4 5 6; do timeout -s INT 0.3 sh -c "while :; do :;'
                ' done" & done; wait',
    'timers': 'for i in $(seq 40); do usleep $((i * 1000)) & sleep 0.00$i & done; wait',
    'files': 'mkdir /tmp/a /tmp/b; mount -t tmpfs none /tmp/b;'
             ' for i in $(seq 20); do cp /bin/busybox /tmp/a/$i & done; wait;'
             ' cp -r /tmp/a /tmp/b; cat /tmp/b/a/* | md5sum; umount /tmp/b;'
             ' rm -r /tmp/a /tmp/b',
    'proc': 'cat /proc/*/stat /proc/*/status /proc/*/maps /proc/*/stack >/dev/null'
            ' 2>&1; find /proc/sys -type f | xargs cat >/dev/null 2>&1; ps | wc -l',
}
# On each number of CPUs; on one of them, to save time, all. But mem asks for more than
# there is, of which the kernel warns, and there is no TCP/IP for sockets.
PROGRAMS = ['mem_middle', 'proc_many', 'proc_vfork', 'proc_shared', 'sig_handlers',
            'sig_longjmp', 'sig_queue', 'sig_threads', 'thr_basic', 'thr_cancel',
            'thr_mutex', 'thr_sync', 'futexes', 'time_timers', 'ipc', 'events']
ALL_ON = 2
# On purpose; the kernel tells of ten in five seconds.
MANY_FAULTS = r'^show_unhandled: \d+ callbacks suppressed'
LEFT_OUT = {'mem', 'sockets'}
PATIENCE_S = 4 * harness.PATIENCE_S


def check_watching(guest):
    """Lockdep gives up after the first fault that it finds; it has not."""
    guest.check('cat /proc/lockdep_stats', r'debug_locks: +1\b')
    guest.check('cat /proc/sys/kernel/tainted', r'^0$')


def stress(guest):
    guest.check_log('boot', PATIENCE_S)
    for name, script in STRESS.items():
        guest.run(script, status=None, timeout=PATIENCE_S)
        guest.check_log(name, PATIENCE_S)


def check_stacks(guest):
    """Where other tasks are: what SysRq shows goes out of the log again."""
    guest.check('cat /proc/2/stack', r'^\[<0>\] kthreadd\+0x')
    guest.run('for key in t w l m q; do echo $key >/proc/sysrq-trigger; done; sleep 0.5')
    # The last that it switched to may have been a task that began.
    guest.check('dmesg -c', r'task:kthreadd .*?Call Trace:\n'
                r'([^\n]* start_task\+0x[^\n]*\n)?[^\n]*? __switch_to\+0x'
                r'.*? schedule\+0x.*? kthreadd\+0x', timeout=PATIENCE_S)


def run_program(guest, name):
    return guest.run(f'cd /tmp; /posix/{name} </dev/null >out 2>&1;'
                     ' echo status $? >>out; cat out', timeout=PATIENCE_S)


def run_programs(guest, expected, names):
    for name in names:
        got = run_program(guest, name)
        if got != expected[name]:
            raise Failure(posix.difference(expected[name], got))
        guest.check_log(name, PATIENCE_S, [MANY_FAULTS])


@functools.cache
def prepare():
    """The folder with the programs, an initramfs with them, what they print here."""
    folder = tempfile.TemporaryDirectory()
    names = [name for name in posix.programs()
             if name not in LEFT_OUT | set(posix.known_failures())]
    initramfs = posix.build(names, folder.name)
    harness.translate([os.path.join(folder.name, 'tree/posix', name)
                       for name in names])
    expected = {name: posix.run_on_host(name, folder.name) for name in names}
    return folder, initramfs, expected


def run_on(cpus):
    _, initramfs, expected = prepare()
    with Guest('--memory=1G', kernel=path_of('vmlinux-debug.wasm'), cpus=cpus,
               initramfs=initramfs) as guest:
        guest.check('uname -v', 'PREEMPT')
        stress(guest)
        with host.Awake():
            run_programs(guest, expected, expected if cpus == ALL_ON else PROGRAMS)
        check_watching(guest)
        check_stacks(guest)
        guest.line('poweroff')
        guest.wait_for(0)


def test_idle():
    """A thousand ticks a second are for CPUs that work."""
    with Guest(kernel=path_of('vmlinux-debug.wasm'), cpus=4) as guest:
        guest.check_idle()


def test_1_cpu():
    run_on(1)


def test_2_cpus():
    run_on(2)


def test_4_cpus():
    run_on(4)


def test_8_cpus():
    run_on(8)


if __name__ == '__main__':
    harness.main()
