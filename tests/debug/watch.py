#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Watchpoints of the CPU on the guest's data, in gdb and lldb: set before the guest's
first instruction or later, hit in threads that started since, by kernel and program."""

import re

import debuggers
import watchpoints
from debuggers import Gdb, Lldb, booted, line_in_subject, runner_arguments

SET = r'^Hardware watchpoint \d+: |^Watchpoint created: Watchpoint \d+: |^Watchpoint \d+: '
HIT = r'^Thread \d+ .* hit Hardware watchpoint \d+: .*^Old value = .*^New value = |' \
      r'^Watchpoint \d+ hit:\s+old value: .*^new value: '
# lldb shows no value where none changed.
ACCESS = r'^Thread \d+ .* hit Hardware (access \(read/write\)|read) watchpoint \d+: |' \
         r'^\* thread #\d+, .*stop reason = watchpoint \d+'


def both(command, pattern):
    return command, command, pattern


DELETE = 'delete', 'watchpoint delete -f', ''
GO = both('continue', HIT)
FROM_THE_START = [
    ('watch jiffies_64', 'watchpoint set variable jiffies_64', SET),
    ('watch init_task.__state', 'watchpoint set variable init_task.__state', SET),
    # Booting hides CPU 0's idle task; ticks come when timers run.
    GO,
    ('info breakpoints', 'watchpoint list', r'hit 1 time|old value: \d+\nnew value: \d+'),
]
# The first word of memory that the guest writes by itself.
FIRST_WRITE = [
    ('print memory_end', 'print memory_end', r'\b0$'),
    ('watch memory_end', 'watchpoint set variable memory_end', SET),
    GO,
    both('bt', r'smp_setup_processor_id.*setup\.c:\d+.*start_kernel.*_start\b'),
    ('print memory_end', 'print memory_end', r'\b268435456$'),
]
SEEN = line_in_subject('mood_seen = heavy->mood')
# Who reads is known; in the kernel, in the program.
ACCESSES = [
    ('rwatch pipe_max_size', 'watchpoint set variable -w read pipe_max_size',
     '^Hardware read watchpoint|^Watchpoint created: .* type = r\\b'),
    both('continue', ACCESS),
    both('bt', r'(alloc_pipe_info|create_pipe_files).*\bpipe\.c:\d+.*do_pipe2.*use_pipe'),
    DELETE,
    ('rwatch pages[1].lines', 'watchpoint set variable -w read pages[1].lines',
     '^Hardware read watchpoint|^Watchpoint created: .* type = r\\b'),
    both('continue', ACCESS),
    ('frame', 'frame info',
     rf'\bturn ?\(.*subject\.c:{line_in_subject("lines_read += next->lines")}\b'),
    both('continue', ACCESS),
    ('frame', 'frame info', r'\bturn ?\(.*subject\.c:\d+'),
    DELETE,
    ('awatch pages[1].lines', 'watchpoint set variable -w read_write pages[1].lines',
     r'^Hardware access \(read/write\) watchpoint|^Watchpoint created: .* type = rw\b'),
    both('continue', ACCESS),
    ('frame', 'frame info', r'\bturn ?\(.*subject\.c:\d+'),
    DELETE,
    # Nobody reads it.
    ('awatch mood_seen', 'watchpoint set variable -w read_write mood_seen',
     r'^Hardware access \(read/write\) watchpoint|^Watchpoint created: .* type = rw\b'),
    both('continue', ACCESS),
    ('frame', 'frame info', rf'\b(weigh|main)\b.*subject\.c:({SEEN}|{SEEN + 1})\b'),
]
# Where the stores are checked as well, it is the guest's line that is stopped in.
CHECKED = [
    ('watch system_state', 'watchpoint set variable system_state', SET),
    GO,
    ('frame', 'frame info', r'\brest_init\b.*main\.c:\d+'),
]
# The one behind the list's second link; its writer is the program's own code.
CHANGED = line_in_subject('box->value += by')
PROGRAM = [
    ('watch first.next->value', 'wl-watch first.next->value', SET),
    GO,
    both('bt', rf'change_box ?\(.*subject\.c:({CHANGED}|{CHANGED + 1})\b.*main ?\('),
    DELETE,
    ('watch rounds', 'watchpoint set variable rounds', SET),
    GO,
    both('bt', r'use_pipe ?\(.*subject\.c:\d+.*main ?\('),
    DELETE,
    # The kernel, for the program.
    ('watch heard[0]', 'watchpoint set variable heard[0]', SET),
    GO,
    # Not what copies for it, which has no line.
    ('frame', 'frame info', r'copy_to_user\w*.*\buaccess\.h:\d+'),
    both('bt', r'pipe_read ?\(.*pipe\.c:\d+.*vfs_read ?\(.*\bread ?\(.*'
         rf'use_pipe ?\(.*subject\.c:{line_in_subject("rounds += read(")}\b'),
]
CHECKS = ['--level=check', '--record-writes=all']
FOUR = ['jiffies_64', 'init_task.__state', 'init_task.pid', 'init_task.tgid']
FIFTH = 'init_task.exit_state'


def start(debugger, table, *options):
    debugger().check(table, start=runner_arguments(*options))


@watchpoints.needed
def test_from_the_start_in_gdb():
    start(Gdb, FROM_THE_START)


@watchpoints.needed
def test_from_the_start_in_lldb():
    start(Lldb, FROM_THE_START)


@watchpoints.needed
def test_checked_in_gdb():
    start(Gdb, CHECKED, *CHECKS)


@watchpoints.needed
def test_checked_in_lldb():
    start(Lldb, CHECKED, *CHECKS)


def addresses(debugger):
    """The address is typed as a number; so it is not one that was just asked for."""
    place = re.search(r'0x[0-9a-f]{5,}', Gdb().script(['print &jiffies_64'],
                                                      start=runner_arguments())[0])[0]
    start(debugger, [
        (f'watch *(u32 *){place}', f'watchpoint set expression -s 4 -- {place}', SET),
        GO,
        # The CPU stops behind it, at the next line or farther on; that is said.
        both('continue', r'The access was in (do_timer|tick_do_update_jiffies64) at '
             r'.*/kernel/time/ti\S+\.c:(\d+)\n\2\t\s+jiffies_64 \+= ticks;'),
        both('bt', r'do_timer|tick_'),
    ])


@watchpoints.needed
def test_addresses_in_gdb():
    addresses(Gdb)


@watchpoints.needed
def test_addresses_in_lldb():
    addresses(Lldb)


@watchpoints.needed
def test_first_write_in_gdb():
    start(Gdb, FIRST_WRITE)


@watchpoints.needed
def test_first_write_in_lldb():
    start(Lldb, FIRST_WRITE)


def attached(debugger, table):
    with booted() as guest:
        debugger().check(table, pid=guest.child.pid)


@watchpoints.needed
def test_accesses_in_gdb():
    attached(Gdb, ACCESSES)


@watchpoints.needed
def test_accesses_in_lldb():
    attached(Lldb, ACCESSES)


@watchpoints.needed
def test_program_in_gdb():
    attached(Gdb, PROGRAM)


@watchpoints.needed
def test_program_in_lldb():
    attached(Lldb, PROGRAM)


@watchpoints.needed
def test_late_thread_in_gdb():
    """The watchpoint is older than the thread."""
    late_thread(Gdb, 'watch written_late')


@watchpoints.needed
def test_late_thread_in_lldb():
    late_thread(Lldb, 'watchpoint set variable written_late')


def late_thread(debugger, watch):
    """Set in main(), which starts the thread that writes half a second later."""
    # The program is not loaded yet.
    table = [('set breakpoint pending on', None, ''),
             ('tbreak use_pipe', 'breakpoint set -o true -n use_pipe', 'reakpoint'),
             ('continue', 'continue', 'use_pipe'),
             (watch, watch, SET),
             GO,
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


def warning(debugger, command):
    """Where the CPU reports no hits, it is said; and nowhere else."""
    moment = 'script import time; time.sleep(2)' if debugger is Lldb else 'echo'
    said = '\n'.join(debugger().script([command, moment], start=runner_arguments()))
    debuggers.equal(bool(re.search('reports no hits.*--watch-action=stop', said, re.S)),
                    not watchpoints.hit() and watchpoints.are_allowed(),
                    f'a warning in {said}')


def test_warning_in_gdb():
    warning(Gdb, 'watch jiffies_64')


def test_warning_in_lldb():
    warning(Lldb, 'watchpoint set variable jiffies_64')


TOO_MANY = r'four watchpoints.*`runner --watch=PLACE`.*docs/watching\.md'


# Of the program and of the kernel; each is written in every round of the subject.
BUSY = ['first.next->value', 'rounds', 'heard[0]', 'jiffies_64']


def all_four(debugger, command):
    with booted() as guest:
        said = debugger().script([*(f'{command} {name}' for name in BUSY),
                                  *40 * ['continue']], pid=guest.child.pid)
    hit = re.findall(r'hit Hardware watchpoint (\d+): |^Watchpoint (\d+) hit:',
                     '\n'.join(said), re.M)
    debuggers.equal(len(set(hit)), len(BUSY), f'watchpoints that were hit in {said}')


@watchpoints.needed
def test_all_four_in_gdb():
    # Without -l, gdb watches the pointer, too.
    all_four(Gdb, 'watch -l')


@watchpoints.needed
def test_all_four_in_lldb():
    all_four(Lldb, 'wl-watch')


@watchpoints.needed
def test_four_and_a_fifth_in_gdb():
    table = [(f'watch {name}', None, r'\A\s*Hardware watchpoint \d: \S+\s*\Z')
             for name in FOUR]
    table += [GO,
              (f'watch {FIFTH}', None, 'Hardware watchpoint.*' + TOO_MANY),
              ('continue', None, r'(?i)too many hardware'),
              ('delete $bpnum', None, ''),
              GO]
    start(Gdb, table)


@watchpoints.needed
def test_four_and_a_fifth_in_lldb():
    # What is said of one too many comes by itself, a moment later.
    moment = (None, 'script import time; time.sleep(2)', '')
    table = [(None, f'watchpoint set variable {FOUR[0]}', SET),
             (None, 'watchpoint delete 1', '1 watchpoints deleted'), moment,
             *[(None, f'watchpoint set variable {name}', SET) for name in FOUR[:3]],
             (None, f'wl-watch {FOUR[3]}', SET), moment,
             (None, f'wl-watch {FIFTH}', 'error: .*is not watched'), moment,
             (None, f'watchpoint set variable {FIFTH}', 'error: .*creation failed'),
             moment, GO]
    said = Lldb().check(table, start=runner_arguments())
    for first, last, count in (0, 7, 0), (8, 9, 1), (10, 11, 1):
        text = '\n'.join(said[first:last + 1])
        debuggers.equal(len(re.findall(TOO_MANY, text, re.S)), count, f'hints in {text}')


debuggers.main()
