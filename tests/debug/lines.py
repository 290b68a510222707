#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lines.py: lines, parameters and variables of kernel, libc and program, in both
debuggers; no name that only the translator knows is in sight."""

import re

import debuggers
from debuggers import Gdb, Lldb, line_in_subject

HITS = 40
# Of the translator.
NO_NAMES = 'info functions w2[c]_', 'image lookup -r -n w2[c]_', r'\A(?!.*w2c_)'


def check(debugger):
    call = debuggers.line_in_kernel('do_pipe2', 'error = __do_pipe_flags(')
    add = line_in_subject('box->value += by')
    return debugger.check((
        (f'break fs/pipe.c:{call}', f'breakpoint set -f fs/pipe.c -l {call}',
         r'do_pipe2|pipe\.c'),
        ('continue', 'continue', rf'do_pipe2.*pipe\.c:{call}'),
        ('list', 'frame select 0', r'__do_pipe_flags'),
        ('backtrace', 'thread backtrace',
         r'do_pipe2.*syscall_work.*\bpipe\b.*use_pipe.*main.*subject\.c'),
        (None, 'frame info', r'kernel`do_pipe2'),
        ('print flags', 'frame variable flags', r'= 0'),
        ('print fildes', 'frame variable fildes', r'0x'),
        # What wasm has it in.
        ('print var_p0', 'frame variable var_p0', r'= [1-9]\d*$'),
        ('next', 'next', rf'\b{call + 1}\b'),
        ('print error', 'frame variable error', r'= 0'),
        ('finish', 'finish', r'syscall_work|sys_pipe2'),
        ('delete', 'breakpoint delete -f', ''),
        (f'break subject.c:{add}', f'breakpoint set -f subject.c -l {add}',
         r'change_box|subject\.c'),
        ('continue', 'continue', rf'change_box.*subject\.c:{add}'),
        ('print box', 'frame variable box', r'box \*.*0x'),
        ('print box->name', 'print box->name', '"middle'),
        ('up', 'up', r'main.*subject\.c'),
        # Where parameters are still in registers.
        ('break change_box', 'breakpoint set -n change_box', r'change_box|subject\.c'),
        ('continue', 'continue', r'change_box.*subject\.c'),
        ('print box->name', 'print box->name', '"middle'),
        ('print *box', 'print *box', 'BUSY.*"middle'),
        (None, 'frame variable *box', r'next = 0x0[0-9a-f]{7}$.*BUSY.*"middle'),
        (None, 'frame variable box->next->name', '"last"'),
        (None, 'frame variable box->next->next', r'(NULL|nullptr)$'),
        # A type whose name the kernel has too: gdb itself takes the kernel's.
        ('break turn', 'breakpoint set -n turn', r'turn|subject\.c'),
        ('continue', 'continue', r'turn.*subject\.c'),
        ('wl-p next->number', 'wl-p next->number', r'^7$'),
        (None, 'print next->number', r'\b7$'),
        NO_NAMES,
    ), start=debuggers.runner_arguments())


def check_inlined(debugger):
    """Functions that the compiler put into others: frames, variables, breakpoints."""
    weigh = line_in_subject('mood_seen = heavy->mood')
    opening = debuggers.line_in_kernel('path_openat', 'idmap = mnt_idmap(nd->path.mnt)', 200)
    debugger.check((
        (f'tbreak fs/namei.c:{opening}', f'breakpoint set -o true -f namei.c -l {opening}',
         r'path_openat|namei\.c'),
        ('continue', 'continue', rf'\bdo_open\b.*namei\.c:{opening}'),
        # A file of the initramfs: O_LARGEFILE | O_TRUNC | O_CREAT | O_WRONLY.
        ('print open_flag', 'print open_flag', rf'\b{0x8241}$'),
        ('bt 3', 'bt 3', rf'#0\b[^#]*do_open[^#]*namei\.c:{opening}[^#]*#1[^#]*path_openat'
         r'[^#]*namei\.c:\d+[^#]*#2[^#]*do_filp_open'),
        ('up', 'up', r'path_openat.*namei\.c:\d+'),
        ('print open_flag', 'print open_flag', r'No symbol|undeclared'),
        ('set breakpoint pending on', None, ''),
        ('break weigh', 'breakpoint set -n weigh', r'weigh|subject\.c|pending'),
        ('continue', 'continue', r'\bweigh\b.*subject\.c'),
        ('delete', 'breakpoint delete -f', ''),
        (f'tbreak subject.c:{weigh}', f'breakpoint set -o true -f subject.c -l {weigh}',
         r'weigh|subject\.c|pending'),
        ('continue', 'continue', rf'\bweigh\b.*subject\.c:{weigh}'),
        ('print weight', 'print weight', r'\b90$'),
        ('print heavy->name', 'print heavy->name', '"last'),
        ('finish', 'finish', r'main.*subject\.c'),
        # Where it is not, nothing of it is.
        ('tbreak change_box', 'breakpoint set -o true -n change_box',
         r'change_box|subject\.c'),
        ('continue', 'continue', 'change_box'),
        ('up', 'up', r'main.*subject\.c'),
        ('print heavy', 'print heavy', 'No symbol|undeclared'),
        ('print weight', 'print weight', 'No symbol|undeclared'),
    ), start=debuggers.runner_arguments())


def check_release(debugger):
    """Fast to run: functions can be stopped in, and each frame has its line."""
    debugger.check((
        ('break do_pipe2', 'breakpoint set -n do_pipe2', r'do_pipe2|pipe\.c'),
        ('continue', 'continue', r'do_pipe2.*pipe\.c:\d+'),
        ('backtrace', 'thread backtrace',
         r'do_pipe2\b.*pipe\.c:\d+.*syscall_work\b.*\.c:\d+'
         rf'.*use_pipe\b.*subject\.c:{line_in_subject("if (pipe(fds))")}\b'
         r'.*main\b.*subject\.c:\d+'),
        NO_NAMES,
    ), start=debuggers.runner_arguments('--level=release'))


def test_frames_without_a_line_in_gdb():
    """Such as that of a call that the compiler made of two: it has its parameters."""
    Gdb().check((('break vfs_read', None, 'Breakpoint'),
                 ('continue', None, 'vfs_read'),
                 ('bt', None, r'__stdio_read \(instance=[^)]*\blen=[^#]*#\d+ +[^#]*__uflow')),
                start=debuggers.runner_arguments())


def check_hits(debugger):
    """Each call is seen, and seen once, whatever interrupts come in between."""
    stop = [('continue', 'continue', r'change_box'),
            ('print first.next->value', 'print first.next->value', '')]
    with debuggers.booted() as guest:
        said = debugger.check([('break change_box', 'breakpoint set -n change_box', '')] +
                              HITS * stop, pid=guest.child.pid)
    # "$1 = 20" in gdb, "(int) 20" in lldb
    values = [int(re.search(r'(?:=|\)) (\d+)', text)[1]) for text in said[2::2]]
    debuggers.equal(values, list(range(values[0], values[0] + HITS)), 'calls seen')


def test_hits_in_gdb():
    check_hits(Gdb())


def test_hits_in_lldb():
    check_hits(Lldb())


def test_release_in_gdb():
    check_release(Gdb())


def test_release_in_lldb():
    check_release(Lldb())


def test_inlined_in_gdb():
    check_inlined(Gdb())


def test_inlined_in_lldb():
    check_inlined(Lldb())


def test_gdb():
    check(Gdb())


def test_lldb():
    check(Lldb())


debuggers.main()
