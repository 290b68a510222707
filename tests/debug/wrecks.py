#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wrecks.py: the commands where things are broken: a kernel that panicked, a core dump
of it, lists that lead nowhere; and threads and backtraces as the debuggers show them."""

import os
import re
import tempfile

import debuggers
from debuggers import Failure, Gdb, Guest, Lldb, boot, matches

OPTIONS = (f'--level={debuggers.LEVEL}', '--memory=64M')


def panicking():
    """Command line of a runner whose kernel finds no init."""
    return boot.runner_command(*OPTIONS, parameters=['quiet', 'rdinit=/none',
                                                     'init=/none'])


def check(name, text, pattern):
    if 'Traceback' in text:
        raise Failure(f'{name}: a traceback:\n{text}')
    matches(text, pattern, name)


DEAD = (
    ('wl-dmesg 20', r'Kernel panic - not syncing: Requested init /none failed'),
    ('wl-ps', r'^ +1 +0 +\d R\+ .* swapper/0\n.*\[kthreadd\]'),
    ('wl-bt 1', r'<host call wasm_panic>\n#\d.* panic \(.*kernel_init \('),
    # panic() stopped the other one.
    ('wl-cpu', r'^CPU \d: swapper/0 \(pid 1, '),
    ('wl-mounts', r'rootfs / rootfs'),
    ('wl-trace 3', r'^CPU \d \S+ +wasm_\w+\('),
    ('wl-sym init_task.tasks.next', r'an object of cache task_struct'),
)


def test_panic_and_core():
    with tempfile.TemporaryDirectory(prefix='wl-core-') as folder:
        core = os.path.join(folder, 'core')
        said = Gdb().script(['break host_wasm_panic', 'continue',
                             *(c for c, _ in DEAD), f'gcore {core}', 'kill'],
                            start=panicking())
        for (command, pattern), text in zip(DEAD, said[2:]):
            check(f'gdb, live: {command}', text, pattern)
        for kind in Gdb, Lldb:
            said = kind().script([c for c, _ in DEAD], core=core)
            for (command, pattern), text in zip(DEAD, said):
                check(f'{kind.name}, core: {command}', text, pattern)


# Each word that is broken, what then says so, and how.
WRONG_NEXT = r'is corrupt: it leads to 0x10, where no memory is'
NO_END = r'is corrupt: (it comes back to 0x\w+ and never ends|the entry at)'


def breaking(set_word):
    """Commands that break lists, and put them right again; set_word(expression, value)
    makes a command that sets a pointer."""
    return [
        ('wl-p init_task.tasks.next', None),
        (set_word('init_task.tasks', 0x10), None),
        ('wl-ps', WRONG_NEXT),
        ('wl-list task_struct tasks init_task.tasks', WRONG_NEXT),
        ('wl-bt sh', WRONG_NEXT),
        (set_word('init_task.tasks', None), None),
        ('wl-ps sh', r'\bsh\b'),
        (set_word('slab_caches', 'init_task.tasks'), None),
        ('wl-slab', r'is corrupt'),
        (set_word('slab_caches', None), None),
        ('wl-slab task_struct', r'task_struct +\d+'),
    ]


PYTHON = '''
import {backend} as b
def target():
    t = {target}
    t.forget()
    return t
saved = dict()
def put(where, what):
    from wl import expression
    t = target()
    address = expression.number(t, '&' + where)
    saved.setdefault(where, t.read(address, 4))
    if isinstance(what, str):
        what = expression.number(t, '&' + what)
    data = saved.pop(where) if what is None else what.to_bytes(4, 'little')
    {write}
'''
GDB = PYTHON.format(
    backend='gdb', target='__import__("wl.gdb_backend").gdb_backend.Target()',
    write='b.selected_inferior().write_memory(address, data)')
LLDB = PYTHON.format(
    backend='lldb', target='__import__("wl.lldb_extras").lldb_extras.the_target',
    write='t.process.WriteMemory(address, data, b.SBError())')


def test_corrupt_lists():
    with Guest(*OPTIONS) as guest, tempfile.TemporaryDirectory() as folder:
        for kind, text, load, call in (
                (Gdb, GDB, 'source {}', 'python put'),
                (Lldb, LLDB, 'command script import {}', 'script breaker.put')):
            path = os.path.join(folder, 'breaker.py')
            with open(path, 'w') as f:
                f.write(text)
            rows = breaking(lambda where, what: f'{call}({where!r}, {what!r})')
            said = kind().script([load.format(path),
                                  *(c for c, _ in rows)],
                                 pid=guest.child.pid)
            for (command, pattern), output in zip(rows, said[1:]):
                check(f'{kind.name}: {command}', output, pattern or '')
        guest.check('echo alive', 'alive')


def test_threads():
    with Guest(*OPTIONS) as guest:
        guest.run('sleep 1000 & sleep 1')
        gdb = Gdb().script(
            ['info threads', 'python [t for t in gdb.selected_inferior().threads() if '
             't.name.startswith("sleep ")][0].switch()', 'bt', 'bt -no-filters',
             'p $wl_task()->comm', 'p $wl_task(1)->comm', 'p $wl_task("sleep")->pid > 1',
             'p $wl_percpu("runqueues", 1).idle->comm',
             'p $wl_container_of(init_task.tasks.next, "task_struct", "tasks")->pid',
             'p $wl_task(99999)', 'p $wl_task()->pid == $wl_task("sleep")->pid'],
            pid=guest.child.pid)
        matches(gdb[0], r'"\(runner\) runner".*"init pid 1, CPU \d, S".*'
                r'"swapper/\d pid 0, on CPU \d".*"sleep pid \d+, CPU \d, S"', 'gdb')
        check('gdb bt', gdb[2], r'#0 +<host call \w+>.*__switch_to .*nanosleep.*main')
        if 'thread_main' in gdb[2]:
            raise Failure(f'gdb: frames of the runner:\n{gdb[2]}')
        check('gdb bt -no-filters', gdb[3], 'thread_main')
        for text, wanted in zip(gdb[4:], ('= "sleep', '= "init', '= 1', '= "swapper/1',
                                          '= 1', r'there is no task of pid 99999',
                                          '= 1')):
            check('gdb', text, wanted)
        number = re.search(r'^\*? +(\d+) .*"sleep pid', gdb[0], re.M)[1]
        lldb = Lldb().script(['thread list', f'thread select {number}', 'bt', 'bt -u'],
                             pid=guest.child.pid)
        matches(lldb[0], r'\(runner\) runner.*init pid 1, CPU \d, S.*'
                r'swapper/\d pid 0, on CPU \d.*sleep pid \d+, CPU \d, S', 'lldb')
        check('lldb bt', lldb[2], r'__switch_to.*nanosleep.*main')
        if 'thread_main' in lldb[2]:
            raise Failure(f'lldb: frames of the runner:\n{lldb[2]}')
        check('lldb bt -u', lldb[3], 'thread_main')


def test_interrupt():
    """The timer's, in a program that does nothing but spin."""
    with Guest(*OPTIONS) as guest:
        guest.run("awk 'BEGIN { while (1) ; }' & sleep 1")
        said = Gdb().script(
            ["tbreak sched_tick if $wl_task()->comm[0] == 'a'", 'continue', 'bt',
             'wl-bt', 'bt -no-filters'], pid=guest.child.pid)
        wanted = r'#0 +(0x\w+ in )?sched_tick .*wasm_ext_interrupt \(.*' \
                 r'<interrupt>.*awk_main \(.*main \('
        check('gdb bt', said[2], wanted)
        check('gdb wl-bt', said[3], wanted)
        check('gdb bt -no-filters', said[4], '<signal handler called>')


if __name__ == '__main__':
    debuggers.main()
