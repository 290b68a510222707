#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""steps.py: stepping through kernel, libc and programs, in both debuggers: it stays in
the guest's source and in its thread, and what functions return is shown in their types.
Names: completed, told apart, and those of a program that runs twice."""

import os
import re

import debuggers
from debuggers import (SUBJECT, Failure, Gdb, Guest, Lldb, boot, equal, line_in_subject,
                       runner_arguments)

# A stop in the runner, or in what the translator made.
FOREIGN = re.compile(r'/runner/|\bhost_|\bw2c_|wasm_rt_|guest_rt|\.S:\d')


# A line of source, and not "12 in FILE.c", which is what gdb prints without the file.
LINE = r'^(->)?\s*\d+\s+(?!in \S+\.\w$)\S'
NOTHING = r'\A\s*\Z'
PENDING = 'set breakpoint pending on', 'version', ''


def both(command, pattern):
    return command, command, pattern


def until(debugger, table):
    """Run the table on a guest that begins; no stop is outside of its source."""
    for output in debugger.check(table, start=runner_arguments()):
        if FOREIGN.search(output):
            raise Failure(f'it stops outside of the guest:\n{output}')


def kernel(debugger):
    call = debuggers.line_in_kernel('ksys_read', 'ret = vfs_read(')
    until(debugger, (
        # That of use_pipe(): another thread reads the console.
        (f'tbreak fs/read_write.c:{call} if count == 8',
         f"breakpoint set -o true -f read_write.c -l {call} -c 'count == 8'",
         r'read_write\.c'),
        both('continue', rf'ksys_read.*read_write\.c:{call}'),
        both('step', r'vfs_read ?\(.*read_write\.c'),
        both('next', r'^(->)?\s*\d+\s.*f_mode'),
        both('up', rf'ksys_read.*read_write\.c:{call}'),
        both('down', r'vfs_read.*read_write\.c'),
        # The value of a function in its type: a number, a pointer.
        both('finish', r'ksys_read.*is \$\d+ = 8$|\(ssize_t\) \$\d+ = 8$'),
        (f'until {call + 1}', f'wl-until {call + 1}',
         rf'\b{call + 1}\s+if \(ret >= 0 && ppos\)$'),
        ('tbreak alloc_file_pseudo', 'breakpoint set -o true -n alloc_file_pseudo',
         r'alloc_file_pseudo|\.c'),
        both('continue', r'alloc_file_pseudo ?\(.*inode='),
        both('finish', r'create_pipe_files.*= \(struct file \*\) 0x[0-9a-f]+$|'
             r'\(file \*\) \$\d+ = 0x[0-9a-f]+$'),
        ('tbreak vfs_write if count == 8',
         "breakpoint set -o true -n vfs_write -c 'count == 8'", r'vfs_write|\.c'),
        both('continue', r'vfs_write ?\(.*count=(count@entry=)?8,'),
    ))


def program(debugger):
    """Its own functions, those of libc, and system calls as if they were one step."""
    pipe, close = line_in_subject('if (pipe(fds))'), line_in_subject('close(fds[0])')
    until(debugger, (
        PENDING,
        (f'tbreak {SUBJECT}:{pipe}', f'breakpoint set -o true -f subject.c -l {pipe}',
         ''),
        both('continue', rf'use_pipe.*subject\.c:{pipe}'),
        # All of it was inlined, two functions deep; there lldb's steps end.
        ('step', 'step', r'\bpipe ?\(.*unistd/pipe\.c:\d+'
         r'.*^\s*\d+\s+return syscall\(SYS_pipe|syscall_arch\.h:.*\[inlined\]'),
        ('frame', 'frame select 2', r'\bpipe ?\(.*pipe\.c:\d+'
         r'.*^(->)?\s*\d+\s+return syscall\(SYS_pipe'),
        both('finish', r'use_pipe.*is \$\d+ = 0$|\(int\) \$\d+ = 0$'),
        *[both('step', LINE)] * 12,
        ('tbreak use_pipe', 'breakpoint set -o true -n use_pipe', 'use_pipe|subject'),
        both('continue', rf'use_pipe.*subject\.c:'),
        (f'until {close}', f'wl-until {close}', rf'\b{close}\b.*close\(fds\[0\]\)'),
        (f'advance {close + 1}', f'wl-until {close + 1}',
         rf'\b{close + 1}\b.*close\(fds\[1\]\)'),
        ('tbreak change_box if box->value > 25',
         "breakpoint set -o true -n change_box -c '((int *)box)[1] > 25'",
         'change_box|subject'),
        both('continue', r'change_box ?\(.*subject\.c'),
        both('print box->value', r'\b2[6-9]\b|\b[3-9]\d\b'),
        # Without a call, back to the caller, and into what that calls.
        both('step', r'\d+\s+}'),
        both('step', r'main.*subject\.c|turn\('),
        both('step', r'turn ?\(.*subject\.c'),
    ))


def threads(debugger):
    """Steps in a thread that another one and two CPUs are beside of."""
    late = line_in_subject('written_late += 3')
    outputs = debugger.check((
        PENDING,
        (f'tbreak {SUBJECT}:{late}', f'breakpoint set -o true -f subject.c -l {late}',
         ''),
        both('continue', rf'write_late.*subject\.c:{late}'),
        ('thread', 'thread info', r'[Tt]hread'),
        *[both('next', r'^(->)?\s*\d+\s.*(written_late|nap\(|nanosleep|pause|for )')] * 8,
        ('thread', 'thread info', r'[Tt]hread'),
    ), start=runner_arguments())
    equal(*(re.search(r'LWP (\d+)|tid = (\w+)', outputs[n])[0] for n in (3, -1)),
          'the thread')


def busybox(debugger):
    start = boot.runner_command('--level=' + debuggers.LEVEL,
                                parameters=['quiet', 'rdinit=/bin/busybox', '--', 'uname'])
    debugger.check((
        PENDING,
        ('tbreak uname_main', 'breakpoint set -o true -n uname_main',
         'uname_main|pending'),
        both('continue', r'uname_main.*coreutils/uname\.c|uname_main.*uname\.c'),
        both('next', LINE + r'.*(getopt32long|unsigned toprint|applet_name)'),
        both('next', LINE),
        ('list', 'source list -n uname_main',
         r'^ *\d+\s+int uname_main\(int argc UNUSED_PARAM.*'
         r'^ *\d+\s+uname_info_t uname_info;$|'
         r'^ *\d+\s+(toprint = getopt32long\(argv|uname\(&uname_info\.name\);)'),
        ('backtrace', 'thread backtrace', r'uname_main.*run_applet.*main'),
    ), start=start)


def complete(name):
    """What lldb makes of the beginning of a function's name."""
    typed = 'breakpoint set -n ' + name
    return ('script s = lldb.SBStringList(); '
            'lldb.debugger.GetCommandInterpreter().HandleCompletion('
            f'"{typed}", {len(typed)}, 0, -1, s); print(*s)')


def names(debugger):
    """Completion, and a function that kernel, program and host have."""
    in_libc = 1 + boot.line_of(os.path.join(boot.path_of('sysroot'), 'source', 'src',
                                            'stdio', 'vsnprintf.c'), 'int vsnprintf(')
    line = debuggers.line_in_kernel('vsnprintf', 'int vsnprintf(')
    outputs = debugger.check((
        ('complete break vfs_re', complete('vfs_re'), r'vfs_read\b.*vfs_readlink\b'),
        ('info line vfs_read', 'image lookup -n vfs_read', r'read_write\.c'),
        ('info symbol vfs_read', None, r'vfs_read in section \.text'),
        ('tbreak lib/vsprintf.c:vsnprintf',
         f'breakpoint set -o true -f vsprintf.c -l {line}',
         r'(at|=) 0x[0-9a-f]+(: file .*/lib/vsprintf\.c, line \d+\.)?$'),
        both('continue', r'vsnprintf ?\(.*lib/vsprintf\.c:\d+|'
             r'kernel`vsnprintf.*\bvsprintf\.c:\d+'),
        # That of the C library, which the program calls.
        PENDING,
        ('tbreak vsnprintf.c:vsnprintf',
         f'breakpoint set -o true -f vsnprintf.c -l {in_libc}',
         'vsnprintf|pending'),
        both('continue', r'vsnprintf ?\(.*vsnprintf\.c:\d+'),
        both('bt', rf'vsnprintf.*main.*subject\.c:{line_in_subject("snprintf(title")}\b'),
        ('complete break change_b', complete('change_b'), r'change_box\b'),
        ('complete break subject.c:tur', complete('tur'), r'\bturn\b'),
    ), start=runner_arguments())
    equal(re.findall(r'w2c_|0x5F', outputs[0]), [], 'names of the translator')


def copies(debugger):
    """Of a program that runs twice, breakpoints stop both, and names are those of the
    copy that the selected thread runs."""
    command = boot.runner_command('--level=' + debuggers.LEVEL,
                                  initramfs=debuggers.Subject.path())
    with Guest(command=command) as guest:
        guest.run('/debug/subject > /dev/null & /debug/subject > /dev/null &')
        outputs = debugger.check((
            ('tbreak change_box', 'breakpoint set -o true -n change_box',
             'change_box|subject'),
            both('continue', r'change_box'),
            both('print box', '0x'), both('print &middle', '0x'),
            ('set $first = $_thread',
             'expression unsigned long $first = (unsigned long)box', NOTHING),
            ('tbreak change_box if $_thread != $first',
             "breakpoint set -o true -n change_box -c '(unsigned long)box != $first'",
             'change_box|subject'),
            both('continue', r'change_box'),
            both('print box', '0x'), both('print &middle', '0x'),
        ), pid=guest.child.pid)
    box, middle, box2, middle2 = (
        int(re.findall(r'0x[0-9a-f]+', outputs[n])[-1], 16) for n in (2, 3, 7, 8))
    if (middle, middle2) != (box, box2) or box == box2:
        raise Failure(f'middle is at {middle:#x}, and box is {box:#x}; then at '
                      f'{middle2:#x}, and {box2:#x}')


def test_kernel_in_gdb():
    kernel(Gdb())


def test_kernel_in_lldb():
    kernel(Lldb())


def test_program_in_gdb():
    program(Gdb())


def test_program_in_lldb():
    program(Lldb())


def test_threads_in_gdb():
    threads(Gdb())


def test_threads_in_lldb():
    threads(Lldb())


def test_busybox_in_gdb():
    busybox(Gdb())


def test_busybox_in_lldb():
    busybox(Lldb())


def test_names_in_gdb():
    names(Gdb())


def test_names_in_lldb():
    names(Lldb())


def test_copies_in_gdb():
    copies(Gdb())


def test_copies_in_lldb():
    copies(Lldb())


debuggers.main()
