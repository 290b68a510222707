#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Watchpoints of the CPU on the guest's data, in gdb and lldb: set before the guest's
first instruction or later, hit in threads that started since, by kernel and program."""

import debuggers
from debuggers import Gdb, Lldb, booted, runner_arguments

FROM_THE_START = [
    ('watch jiffies_64', 'watchpoint set variable jiffies_64', '(?i)watchpoint'),
    ('watch init_task.__state', 'watchpoint set variable init_task.__state',
     '(?i)watchpoint'),
    ('p/x (unsigned)&init_task.pid', None, '0x'),
    # Booting hides CPU 0's idle task; ticks come when timers run.
    ('continue', 'continue', r'(?i)watchpoint \d.*Old value = .*New value = |'
                             r'watchpoint \d hit.*old value.*new value'),
    ('info breakpoints', 'watchpoint list', r'hit 1 time|old value: \d+\nnew value: \d+'),
]
ACCESSES = [
    ('awatch init_task.active_mm', 'watchpoint set variable -w read_write '
     'init_task.active_mm', '(?i)watchpoint'),
    ('continue', 'continue', r'(?i)(access|read/write).*watchpoint|watchpoint \d'),
    ('delete', 'watchpoint delete -f', ''),
    ('rwatch init_task.pid', 'watchpoint set variable -w read init_task.pid',
     '(?i)watchpoint'),
]
# Where the stores are checked as well, it is the guest's line that is stopped in.
CHECKED = [
    ('watch system_state', 'watchpoint set variable system_state', '(?i)watchpoint'),
    ('continue', 'continue', r'(?i)watchpoint.*old value.*new value'),
    ('frame', 'frame info', r'\brest_init\b.*main\.c:\d+'),
]
ADDRESSES = [
    ('p $place = (unsigned)&jiffies_64', None, ''),
    ('watch *(u32 *)$place', 'watchpoint set expression -s 4 -- &jiffies_64',
     '(?i)watchpoint'),
    ('continue', 'continue', '(?i)watchpoint 1|watchpoint 2'),
]
# The one behind the list's second link; its writer is the program's own code.
PROGRAM = [
    ('watch first.next->value', 'wl-watch first.next->value', '(?i)watchpoint'),
    ('continue', 'continue', r'(?i)watchpoint.*old value.*new value'),
    ('bt', 'bt', 'change_box.*main'),
    ('delete', 'watchpoint delete -f', ''),
    ('watch rounds', 'watchpoint set variable rounds', '(?i)watchpoint'),
    ('continue', 'continue', r'(?i)watchpoint.*old value.*new value'),
    ('bt', 'bt', 'turn|use_pipe'),
]
CHECKS = ['--level=check', '--record-writes=all']
FOUR = ['jiffies_64', 'init_task.__state', 'init_task.pid', 'init_task.tgid']
FIFTH = 'init_task.exit_state'


def start(debugger, table, *options):
    debugger().check(table, start=runner_arguments(*options))


def test_from_the_start_in_gdb():
    start(Gdb, FROM_THE_START)


def test_from_the_start_in_lldb():
    start(Lldb, FROM_THE_START)


def test_checked_in_gdb():
    start(Gdb, CHECKED, *CHECKS)


def test_checked_in_lldb():
    start(Lldb, CHECKED, *CHECKS)


def test_addresses_in_gdb():
    start(Gdb, ADDRESSES)


def test_addresses_in_lldb():
    start(Lldb, ADDRESSES)


def test_accesses_in_gdb():
    start(Gdb, ACCESSES)


def test_accesses_in_lldb():
    start(Lldb, ACCESSES)


def test_program_in_gdb():
    with booted() as guest:
        Gdb().check(PROGRAM, pid=guest.child.pid)


def test_program_in_lldb():
    with booted() as guest:
        Lldb().check(PROGRAM, pid=guest.child.pid)


def test_late_thread_in_gdb():
    """The watchpoint is older than the thread."""
    late_thread(Gdb, 'watch written_late')


def test_late_thread_in_lldb():
    late_thread(Lldb, 'watchpoint set variable written_late')


def late_thread(debugger, watch):
    """Set in main(), which starts the thread that writes half a second later."""
    # The program is not loaded yet.
    table = [('set breakpoint pending on', None, ''),
             ('tbreak use_pipe', 'breakpoint set -o true -n use_pipe', 'reakpoint'),
             ('continue', 'continue', 'use_pipe'),
             (watch, watch, '(?i)watchpoint'),
             ('continue', 'continue', r'(?i)watchpoint.*old value.*new value'),
             ('bt', 'bt', 'write_late')]
    debugger().check(table, start=runner_arguments())


# The program follows a bad pointer: the kernel would only send it a signal.
FAULT = [
    ('set var first.next = 0', 'memory write -s 4 `&first` 0', ''),
    ('continue', 'continue', 'guest_fault|change_box'),
    ('info frame', 'bt', 'change_box'),
]


def test_fault_in_gdb():
    with booted() as guest:
        Gdb().check([('p first.value', None, '10')] + FAULT, pid=guest.child.pid)


def test_fault_in_lldb():
    with booted() as guest:
        Lldb().check([(None, 'p first.value', '10')] + FAULT, pid=guest.child.pid)


def test_four_and_a_fifth_in_gdb():
    table = [(f'watch {name}', None, 'Hardware watchpoint') for name in FOUR]
    table += [('continue', None, 'Hardware watchpoint'),
              (f'watch {FIFTH}', None, ''),
              ('continue', None, r'(?i)too many hardware')]
    start(Gdb, table)


def test_four_and_a_fifth_in_lldb():
    table = [(None, f'watchpoint set variable {name}', 'Watchpoint created')
             for name in FOUR]
    table += [(None, f'watchpoint set variable {FIFTH}', '(?i)fail|error')]
    start(Lldb, table)


debuggers.main()
