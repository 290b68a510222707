#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Variables of the file that a frame is of, before all others of the same name; of the
process that is selected, if several run the program. Types of the program, or of the
kernel, before those of the runner."""

import os
import re
import tempfile

import debuggers
from debuggers import Failure, Gdb, Guest, Lldb, boot, booted, make_for_the_guest

SOURCES = [os.path.join(debuggers.HERE, name) for name in ('statics.c', 'statics_too.c')]
ADDRESS = '0x0*[1-9a-f][0-9a-f]{5,7}'


def stop(function, condition=None):
    """Where it calls look_here()."""
    gdb, lldb = (f' if {condition}', f" -c '{condition}'") if condition else ('', '')
    return [
        (f'tbreak {function}{gdb}', f'breakpoint set -o true -n {function}{lldb}',
         f'{function}|reakpoint'),
        ('continue', 'continue', rf'\b{function} ?\('),
    ]


# (gdb, lldb, what is printed)
FILE = [
    *stop('look', 'number == 1'),
    ('p table', 'p table', r'\{5, 6, 7, 8\}$'),
    ('p table[1]', 'expression table[1]', '= 6$'),
    (None, 'frame variable table', r'= 5, .*= 6, .*= 7, .*= 8\)'),
    ('output table[2]', 'frame variable table[2]', r'\b7'),
    ('whatis table', 'frame variable table', r'\bint ?\[4\]'),
    ('p lock.next->name', 'p lock.next->name', '"second"'),
    ('p *lock.next', 'p *lock.next', 'number = 5,.*"second"'),
    (None, 'frame variable lock', 'number = 1.*"first"'),
    (None, 'frame variable lock.next->name', '"second"'),
    ('p images', 'p images', r'\{\d+, 22\}$'),
    ('p limit', 'p limit', r'\b12$'),
    ('p who', 'p who', r'\b1$'),
    ('p &who', 'p &who', rf'int \*\) {ADDRESS}'),
    # A constant that clang has put in, and what it has left out.
    ('p gone', 'p gone', r'\b3$'),
    ('p state', 'p state', 'optimized out'),
    (None, 'frame variable state', '^.*state = <'),
    # Of the other file, which the C library of the host has as well.
    ('p optind', 'p optind', r'\b33$'),
    ('p optind + table[0]', None, '= 38$'),
    ('p /x optind', 'p /x optind', '0x21$'),
    ('p (&optind)[0]', None, '= 33$'),
    ('p "optind"', None, '"optind"$'),
    ('p seen', 'p seen', r'\b[4-9]\d$|\b\d{3,}$'),
    (None, 'frame variable seen', r'= \d+'),
    # The runner has a struct task and a struct option, the host and the kernel a struct stat.
    ('p task', 'p task', 'name = "zero.*number = 61'),
    ('p *task.next', 'p *task.next', 'name = "zero.*number = 61'),
    (None, 'frame variable task', 'name = "zero".*number = 61'),
    (None, 'frame variable *task.next->next', 'name = "zero".*number = 61'),
    ('output task.next->next->number', 'frame variable task.next->next->number', r'\b61'),
    ('p status.st_size', 'p status.st_size', r'\b1234$'),
    (None, 'frame variable status.st_size', '= 1234$'),
    ('p sizeof(struct option)', 'p sizeof(struct option)', r'\b4$'),
    ('p sizeof(struct task)', 'p sizeof(struct task)', r'\b16$'),
    ('p ((struct task *)&task)->number', 'p ((struct task *)&task)->number', r'\b61$'),
    ('ptype struct task', None, r'\{\s*char name\[8\];'),
    ('info locals', 'frame variable -g', r'\bseen = \d+'),
    ('set variable table[3] = 9', 'expression table[3] = 9', ''),
    ('p table', 'p table', r'\{5, 6, 7, 9\}$'),
    ('x/2dw table', None, r':\s+5\s+6$'),
    (None, 'watchpoint set variable who', r'= 9$|\baddr = 0x0*[1-9]'),
    ('watch who', 'wl-watch who', 'atchpoint .*: who'),
    *stop('look_here', 'number != 1 && number != 2'),
    ('p state', 'p state', r'\b99$'),
    ('p table', 'p table', r'"[aA]nother"'),
    ('p optind', 'p optind', r'\b33$'),
    ('up', 'up', r'\bcount\b'),
    ('p calls', 'p calls', r'\b1\d\d|\b\d{3,}$'),
    ('p calls == by * (calls / by)', None, '= 1$'),
    ('p table[0]', 'p table[0]', r'\b5$'),
    ('up', 'up', r'\bmain\b'),
    ('p who', 'p who', r'\b[12]$'),
    ('p images[1]', 'frame variable images[1]', '= 22$'),
]
PROCESSES = [
    *stop('look', 'number == 2'),
    ('p who', 'p who', r'\b2$'),
    ('p lock.number', 'frame variable lock.number', r'\b2$'),
    *stop('look', 'number == 1'),
    ('p who', 'p who', r'\b1$'),
    ('p lock.number', 'frame variable lock.number', r'\b1$'),
    *stop('elsewhere', 'number == 2'),
    ('p table', 'p table', r'"[aA]nother"'),
    ('up', 'up', r'\bmain\b'),
    ('p who', 'frame variable who', r'\b2$'),
]
# In two files of the kernel: fs/eventpoll.c and kernel/workqueue.c. The runner has a struct
# worker as well.
KERNEL = [
    *stop('process_scheduled_works'),
    ('p *worker', 'p *worker', 'current_work = .*rescue_wq = '),
    (None, 'frame variable *worker', 'current_work = .*rescue_wq = '),
    ('p worker->task->comm', 'frame variable worker->task->comm', '"kworker'),
    ('p sizeof(struct worker) > 64', 'p sizeof(struct worker)', r'= 1$|\b\d{3}$'),
    ('ptype struct worker', None, r'struct pool_workqueue \*current_pwq;'),
    *stop('queue_work_on'),
    ('p pwq_cache->name', 'p pwq_cache->name', '"pool_workqueue"'),
    ('p *pwq_cache', 'p *pwq_cache', 'name = 0x[0-9a-f]* *"pool_workqueue"'),
    (None, 'frame variable pwq_cache->name', '"pool_workqueue"'),
    ('p jiffies_64 > 0', 'p jiffies_64', r'= 1$|\b[1-9]\d*$'),
    ('p init_task.comm', 'p init_task.comm', '"swapper'),
]


BESIDE = {'gdb': [*(row[0] for row in stop('look', 'number == 1')), 'print images[0]',
                  'tbreak look if number == 1 && images[0] > 200', 'continue', 'p who']}
# What p who says in main() of each process.
WHO_IN_GDB = """
for thread in gdb.selected_inferior().threads():
    thread.switch()
    frame = gdb.newest_frame()
    while frame and not (frame.name() == 'main' and frame.find_sal().symtab and
                         frame.find_sal().symtab.filename.endswith('statics.c')):
        frame = frame.older()
    if frame:
        frame.select()
        gdb.execute('p who')
"""
WHO_IN_LLDB = """
import lldb
for thread in lldb.debugger.GetSelectedTarget().GetProcess():
    for frame in thread:
        if frame.GetLineEntry().GetFileSpec().GetFilename() == 'statics.c' and \\
                (frame.GetFunctionName() or '').endswith('main'):
            frame.GetThread().GetProcess().SetSelectedThread(thread)
            thread.SetSelectedFrame(frame.GetFrameID())
            lldb.debugger.HandleCommand('p who')
"""


class Program:
    """A Guest in which the program runs twice, as 1 and 2."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='wl-statics-')
        tree = os.path.join(self.folder.name, 'tree')
        os.makedirs(os.path.join(tree, 'test'))
        make_for_the_guest(SOURCES[0], os.path.join(tree, 'test', 'statics'), SOURCES[1],
                           '-g', '-O1')
        self.guest = Guest('--level=' + debuggers.LEVEL,
                           initramfs=boot.build_initramfs(tree, self.folder.name))
        self.guest.__enter__()
        self.guest.run('/test/statics 1 & /test/statics 2 & sleep 1')
        return self

    def __exit__(self, *error):
        self.guest.__exit__(*error)
        self.folder.cleanup()

    @property
    def pid(self):
        return self.guest.child.pid

    @property
    def core(self):
        return os.path.join(self.folder.name, 'core')


def check(debugger):
    with Program() as program:
        debugger.check(FILE, pid=program.pid)
        debugger.check(PROCESSES, pid=program.pid)


def test_gdb():
    check(Gdb())


def test_lldb():
    check(Lldb())


def check_kernel(debugger):
    with booted() as guest:
        debugger.check(KERNEL, pid=guest.child.pid)


def test_kernel_in_gdb():
    check_kernel(Gdb())


def test_kernel_in_lldb():
    check_kernel(Lldb())


def watch_beside_another(debugger):
    """A process that is shown stays the one that is shown, when others come and go."""
    with Program() as program:
        program.guest.run('(sleep 2; /test/statics 3 & sleep 1; kill %1) & true')
        said = debugger.script(BESIDE[debugger.name], pid=program.pid)
    if 'Error' in said[-2] or not re.search(r'= 1$', said[-1], re.M):
        raise Failure(f'not the first process: {said[-2:]}')


def test_beside_in_gdb():
    watch_beside_another(Gdb())


def test_core():
    """It cannot be told there which process is meant by a location: print and p know."""
    with Program() as program:
        Gdb().check([*stop('look', 'number == 1'),
                     (f'gcore {program.core}', None, 'Saved corefile')], pid=program.pid)
        for debugger, script in (Gdb(), WHO_IN_GDB), (Lldb(), WHO_IN_LLDB):
            path = os.path.join(program.folder.name, 'who.py')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(script)
            debugger.check([(f'source {path}', f'command script import {path}',
                             r'(?=.*\b1$)(?=.*\b2$)')], core=program.core)


debuggers.main()
