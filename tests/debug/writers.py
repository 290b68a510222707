#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""writers.py: who wrote, as the runner tells it, in both debuggers: wl-writers, and
--watch under a debugger that is there, comes, or comes later."""

import os
import re
import signal
import subprocess
import time

import debuggers
import watchpoints
from debuggers import Failure, Gdb, Guest, Lldb, equal, matches, runner_arguments


def check(option, commands):
    """commands: (what is asked, what has to be printed)."""
    with Guest(*option, '--memory=64M') as guest:
        guest.run('echo 5 >/proc/sys/kernel/panic; echo 7 >/proc/sys/kernel/panic')
        for kind in Gdb, Lldb:
            said = kind().script([c for c, _ in commands], pid=guest.child.pid)
            for (command, pattern), text in zip(commands, said):
                matches(text, pattern, f'{kind.name}: {command}')


WRITER = r', by sh( on CPU \d)?, at \d+\.\d+ s: \w*proc\w*\(\)'


def test_region():
    check(['--record-writes=panic_timeout'], [
        ('wl-writers &panic_timeout', '0x5 -> 0x7' + WRITER + '.*\n.*0x0 -> 0x5'),
        ('wl-writers &panic_timeout 1', r'\A\W*0x\w+ 4 bytes, 0x5 -> 0x7[^\n]*\s*\Z'),
        ('wl-writers &init_task', r'writes to 0x\w+ are not recorded, only those to panic_timeout'),
    ])


def test_more_writes_than_are_kept():
    with Guest('--record-writes=panic_timeout', '--memory=64M') as guest:
        guest.run("awk 'BEGIN { f = \"/proc/sys/kernel/panic\"; for (i = 1; i <= 17000; i++) "
                  "{ print i > f; close(f) } }'")
        for kind in Gdb, Lldb:
            newest, all_of_them, none = kind().script(
                ['wl-writers &panic_timeout 2', 'wl-writers &panic_timeout 20000',
                 'wl-writers &panic_timeout 0'], pid=guest.child.pid)
            matches(newest, r'0x4267 -> 0x4268, by awk.*\n.*0x4266 -> 0x4267, by awk',
                    kind.name)
            values = [int(x, 16) for x in re.findall(r'0x\w+ -> (0x\w+),', all_of_them)]
            equal(values, list(range(17000, 17000 - 16384, -1)), kind.name)
            matches(none, 'wl-writers: no writes are asked for', kind.name)


def test_everything():
    check(['--record-writes=all'], [
        ('wl-writers 0xfffffffc', 'nobody wrote to 0xfffffffc while it was recorded'),
        ('wl-writers &panic_timeout', '0x5 -> 0x7' + WRITER),
        ('wl-writers init_task.tasks.next', r'task_struct|0x\w+ 4 bytes, 0x'),
    ])


def test_copies():
    """What the translator adds to a copy or a fill is no frame of the guest's."""
    with Guest('--watch=init_uts_ns.name.nodename', '--watch-checks',
               '--memory=64M') as guest:
        guest.run('while :; do hostname guest; sleep 0.1; done &')
        for kind, stop in (Gdb, 'break'), (Lldb, 'breakpoint set -n'):
            said = kind().script([f'{stop} guest_watch_hit', 'continue', 'wl-bt'],
                                 pid=guest.child.pid)
            matches(said[2], r'sethostname', kind.name)
            if re.search(r'^#\d+ [^\n]*(piece|marked|tell) \(', said[2], re.M):
                raise Failure(f'{kind.name}: frames of the translator:\n{said[2]}')


# While the kernel boots, three writes; a debugger stops where it was asked to.
BOOTING = [
    ('break guest_watch_hit', 'breakpoint set -n guest_watch_hit', 'reakpoint'),
    ('continue', 'continue', 'guest_watch_hit'),
    ('bt -no-filters', 'bt -u', r'guest_watch_hit.*guest_wrote.*rest_init'),
    ('continue', 'continue', 'guest_watch_hit'),
    ('bt -no-filters', 'bt -u', r'guest_watch_hit.*guest_wrote.*kernel_init'),
    ('delete', 'breakpoint delete -f', ''),
    ('tbreak do_pipe2', 'breakpoint set -o true -n do_pipe2', 'do_pipe2|reakpoint'),
    ('continue', 'continue', r'\bdo_pipe2 ?\('),
]
BOOT_WATCH = '--watch=system_state'
STATES = [('0x0', '0x1'), ('0x1', '0x2'), ('0x2', '0x3')]
# In the guest, for ever: five writes and then something else.
WRITES = ("awk 'BEGIN { f = \"/proc/sys/kernel/panic\"; while (1) { for (i = 1; i < 6; i++) "
          '{ print i > f; close(f) } system("sync; usleep 100000") } }\' &')
SYNC = [('tbreak ksys_sync', 'breakpoint set -o true -n ksys_sync', 'ksys_sync|reakpoint'),
        ('continue', 'continue', r'\bksys_sync ?\(')]


def states(text):
    return re.findall(r'^runner: watch 1: system_state was (\w+), is (\w+) ', text, re.M)


def wait_until(what, holds):
    deadline = time.monotonic() + debuggers.LIMIT_S
    while not holds():
        if time.monotonic() > deadline:
            raise Failure(f'it {what} not')
        time.sleep(0.05)


def test_watch_from_the_start():
    for debugger in Gdb, Lldb:
        debugger().check(BOOTING, start=runner_arguments(BOOT_WATCH))


def test_watch_and_wait():
    for debugger in Gdb, Lldb:
        with Guest(login=False, command=runner_arguments(
                BOOT_WATCH, '--wait-for-debugger')) as guest:
            wait_until('waits', lambda: 'waiting for a debugger' in guest.stderr())
            debugger().check(BOOTING, pid=guest.child.pid)
            guest.expect('subject: ready')
            matches(guest.stderr(), "the debugger has the CPU's watchpoints")
            equal(states(guest.stderr().replace('\r', '')), STATES, debugger.name)


def state_of(pid):
    with open(f'/proc/{pid}/stat', encoding='utf-8') as file:
        return file.read().rsplit(')', 1)[1].split()[0]


def stops_again(guest):
    if state_of(guest.child.pid) == 'T':
        os.kill(guest.child.pid, signal.SIGCONT)
    return guest.stderr().count('runner: stopped: ') > 2


def test_watch_stops():
    """The process, for a debugger to come; then the debugger itself."""
    writer = r'(do_)?proc_\w+'
    stop = [('bt -no-filters', 'bt -u', r'guest_wrote.*\bproc_\w+\b.*\.c:\d+'),
            ('bt', None, rf'\A#0 +<watch> \(\)\n#\d+ [^\n]*\b{writer} \('),
            (None, 'bt', r'^ *\* frame #0: [^\n]*libc[^\n]*\n'
             rf' +frame #\d+: \w+ kernel`{writer} at ')]
    table = [('wl-bt awk', 'wl-bt awk', r'^awk, pid \d+, .*awk_main \(.*\bmain \('),
             *2 * [('continue', 'continue', 'SIGTRAP'), *stop]]
    for debugger in Gdb, Lldb:
        with Guest(f'--level={debuggers.LEVEL}', '--watch=panic_timeout',
                   '--watch-action=stop') as guest:
            guest.line(WRITES)
            wait_until('stops', lambda: state_of(guest.child.pid) == 'T')
            debugger().check(table, pid=guest.child.pid)
            # Without the debugger, it is as before: on, and stopped, and on.
            wait_until('stops again', lambda: stops_again(guest))


def test_watch_stops_the_writer():
    """Also where the main thread, which a signal to the process is for, has to wait for
    a CPU of the host's: the writer itself goes on no further."""
    cpu = {max(os.sched_getaffinity(0))}
    wait = 'BEGIN { for (i = 0; i < 5000000; i++) ;'
    for _ in range(4):
        with Guest(f'--level={debuggers.LEVEL}', '--watch=panic_timeout',
                   '--watch-action=stop') as guest:
            pid = guest.child.pid
            guest.line(WRITES.replace('BEGIN {', wait))
            time.sleep(0.1)
            os.sched_setaffinity(pid, cpu)
            os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
            with subprocess.Popen(['sh', '-c', 'while :; do :; done']) as other:
                os.sched_setaffinity(other.pid, cpu)
                try:
                    wait_until('stops', lambda: state_of(pid) == 'T')
                finally:
                    other.kill()
            equal(guest.stderr().count('runner: watch 1: '), 1, 'hits until it stops')


def test_watch_and_attach_later():
    """Hits of the CPU's own watchpoints are the runner's, and stop no debugger. Not on
    the emulated machine: lldb does not come to an end there."""
    if not watchpoints.work():
        print('     (not tested: the CPU reports no watchpoints)', flush=True)
        return
    table = [*SYNC, *SYNC,
             ('tbreak guest_watch_hit', 'breakpoint set -o true -n guest_watch_hit',
              'reakpoint'),
             ('continue', 'continue', 'guest_watch_hit'),
             ('bt -no-filters', 'bt -u', r'guest_watch_hit.*on_trap.*\bproc_\w+\b')]
    for debugger in Gdb, Lldb:
        with Guest(f'--level={debuggers.LEVEL}', '--watch=panic_timeout') as guest:
            guest.line(WRITES)
            wait_until('writes', lambda: 'was 0x5, is 0x1 ' in guest.stderr())
            debugger().check(table, pid=guest.child.pid)
            before = guest.stderr().count('watch 1: ')
            wait_until('goes on', lambda: guest.stderr().count('watch 1: ') > before + 10)


if __name__ == '__main__':
    debuggers.main()
