#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wrecks.py: the commands where things are broken: a kernel that panicked, a core dump
of it, lists that lead nowhere; and threads and backtraces as the debuggers show them."""

import os
import re
import signal
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
    ('wl-trace 16', r'^CPU \d swapper/0 +wasm_ext_interrupt_cpu\(cpu=0x[01]\)'),
    ('wl-task 1', r'swapper/0.*kernel stack 0x\w+ to 0x\w+.*\bpanic\b'),
    ('wl-irq', r'^ *\d+: .*timer$'),
    ('wl-list task_struct tasks init_task.tasks comm', r'"kthreadd"'),
    ('wl-percpu runqueues.idle.comm', r'^CPU \d 0x\w+: "swapper/\d"'),
    ('wl-slab task_struct', r'task_struct +\d+'),
    ('wl-maps 1', r'kernel thread'),
    ('wl-sym init_task.tasks.next', r'an object of cache task_struct'),
)


def test_panic_and_core():
    with tempfile.TemporaryDirectory(prefix='wl-core-') as folder:
        core = os.path.join(folder, 'core')
        asked = [c for c, _ in DEAD]
        lives = [(Gdb, Gdb().script(['break host_wasm_panic', 'continue', *asked,
                                     f'gcore {core}', 'kill'], start=panicking())[2:]),
                 (Lldb, Lldb().script(['breakpoint set -n host_wasm_panic', 'continue',
                                       *asked], start=panicking())[2:])]
        for kind, said in lives:
            for (command, pattern), text in zip(DEAD, said):
                check(f'{kind.name}, live: {command}', text, pattern)
        for kind in Gdb, Lldb:
            said = kind().script(asked, core=core)
            for (command, pattern), text in zip(DEAD, said):
                check(f'{kind.name}, core: {command}', text, pattern)


# Of a guest that is well: what is asked while it stands still, and of its core dump.
ASLEEP = (
    ('wl-ps sleep', r'^ +\d+ +\d+ +\d S .* sleep$'),
    ('wl-task sleep', r'files: 0=\S+ 1=/dev/hvc0.*does not run; in .*nanosleep'),
    ('wl-task sleep comm', r'comm = "sleep"$'),
    ('wl-bt sleep', r'<host call \w+>\n#\d.* __switch_to \(.*<system call \w*nanosleep\w*>'
     r'\n.*sleep_main \(.*main \('),
    ('wl-irq', r'^ *\d+: +\d+ +\d+ +.*timer$'),
    ('wl-maps sleep', r'^0x\w+|^\w{8}-\w{8} '),
    ('wl-mounts', r'proc /proc proc'),
    ('wl-list task_struct tasks init_task.tasks comm', r'"sleep"'),
    ('wl-percpu runqueues.idle.comm', r'"swapper/0".*"swapper/1"'),
    ('wl-slab task_struct', r'task_struct +\d+'),
    ('wl-dmesg 20', r'^\[ *\d+\.\d+\] Run /init as init process$'),
    ('wl-cpu', r'^CPU 0: .*^CPU 1: '),
    ('wl-trace 5', r'^CPU \d \S+ +wasm_\w+\('),
    ('wl-p init_task.comm', r'"swapper/0"'),
    ('wl-sym init_task.tasks.next', r'an object of cache task_struct'),
    ('wl-writers &panic_timeout', r'0x5 -> 0x7, by sh.*proc_\w+\(\)'),
)


# In the debuggers' own words.
IN_CORE = {
    'gdb': (('info threads', r'\A(?=.*"\(runner\) ").*"sleep pid \d+, CPU \d, S"'),
            ('p $wl_task(1)->comm', r'= "init'),
            ('thread apply all -q bt', r'__switch_to .*nanosleep.*sleep_main.*main')),
    'lldb': (('thread list', r'sleep pid \d+, CPU \d, S'),
             ('p $wl_task(1)->comm', r'"init'),
             ('thread backtrace all', r'__switch_to.*nanosleep.*sleep_main.*main')),
}


def test_core_of_the_living():
    with Guest('--record-writes=panic_timeout', '--memory=64M') as guest, \
            tempfile.TemporaryDirectory(prefix='wl-core-') as folder:
        guest.run('sleep 1000 & sleep 1')
        guest.run('echo 5 >/proc/sys/kernel/panic; echo 7 >/proc/sys/kernel/panic')
        core = os.path.join(folder, 'core')
        asked = [c for c, _ in ASLEEP]
        live = Gdb().script([*asked, f'gcore {core}'], pid=guest.child.pid)
        for kind in Gdb, Lldb:
            own = IN_CORE[kind.name]
            said = kind().script([*asked, *(c for c, _ in own)], core=core)
            for (command, pattern), text in zip(ASLEEP + own, said):
                check(f'{kind.name}, core: {command}', text, pattern)
            for command, text, alive in zip(asked, said, live):
                if kind is Gdb:
                    debuggers.equal(text.strip(), alive.strip(), f'the core: {command}')


PATTERN = '/proc/sys/kernel/core_pattern'


def test_core_of_the_host():
    """A core that the host writes when the runner is aborted."""
    with open(PATTERN, encoding='utf-8') as file:
        pattern = file.read().strip()
    if pattern != 'core':
        print(f'not tested: {PATTERN} is {pattern}, where cores go elsewhere')
        return
    with tempfile.TemporaryDirectory(prefix='wl-core-') as folder:
        command = ['sh', '-c', 'ulimit -c unlimited; cd "$0" && exec "$@"', folder,
                   *boot.runner_command('--watch=panic_timeout', '--watch-action=abort',
                                        '--memory=64M')]
        with Guest(command=command) as guest:
            guest.run('sleep 1000 & sleep 1')
            guest.line('echo 5 >/proc/sys/kernel/panic')
            guest.wait_for(-signal.SIGABRT)
        core, = (name for name in os.listdir(folder) if name.startswith('core'))
        asked = [*ASLEEP[:-1], ('wl-bt', r'^ +<watch>\n#\d+ +do_proc_dointvec_conv .*'
                                'vfs_write .*echo_main ')]
        for kind in Gdb, Lldb:
            rows = [*asked, *IN_CORE[kind.name]]
            said = kind().script([c for c, _ in rows], core=os.path.join(folder, core))
            for (command, pattern), text in zip(rows, said):
                check(f'{kind.name}, the host\'s core: {command}', text, pattern)


# Programs that fault, in what the debugger stops, and which function is selected.
FAULTY = (('/test/faulty', 'walk_items', 'faulty'),
          ('/test/faulty wrongly', 'call_wrongly', 'faulty'),
          ('/test/faulty unaligned', 'load_unaligned', 'faulty'),
          ('/test/overflow', 'go_down', 'overflow'))


def compile_faulty(tree):
    os.makedirs(os.path.join(tree, 'test'))
    for source in 'watch/faulty.c', 'debug/overflow.c':
        name = os.path.basename(source)[:-2]
        boot.compile_for_guest(os.path.join(debuggers.TOP, 'tests', source),
                               os.path.join(tree, 'test', name), '-g')


def starting(folder, *commands):
    """Command line of a runner whose first process gives these."""
    tree = os.path.join(folder, 'tree')
    compile_faulty(tree)
    init = os.path.join(tree, 'faults')
    with open(init, 'w', encoding='utf-8') as file:
        file.write('#!/bin/sh\n' + ''.join(f'{c}\n' for c in commands))
    os.chmod(init, 0o755)
    return boot.runner_command(*OPTIONS, parameters=['quiet', 'rdinit=/faults'],
                               initramfs=boot.build_initramfs(tree, folder))


def faulty_programs(debugger):
    """Started one after the other by the first process."""
    with tempfile.TemporaryDirectory(prefix='wl-faulty-') as folder:
        debugger.check([row for _, function, file in FAULTY for row in (
            ('continue', 'continue', rf'\b{function} ?\('),
            ('frame', 'frame info', rf'\b{function} ?\(.*\b{file}\.c:\d+'),
            ('backtrace -5', 'thread backtrace', r'\bmain\b'),
            ('wl-bt', 'wl-bt', rf'\A(?!.*Traceback).*<fault>\n.*\b{function} \('
             rf'.*\b(main|{function}) \('))],
            start=starting(folder, *(command for command, _, _ in FAULTY)))


def test_faulty_programs_in_gdb():
    faulty_programs(Gdb())


def test_faulty_programs_in_lldb():
    faulty_programs(Lldb())


def test_report_beside_a_lock():
    """Whoever faulted may hold the lock of tasks: what is near an address is found
    without what needs it."""
    with tempfile.TemporaryDirectory(prefix='wl-faulty-') as folder:
        said = Gdb().script(
            ['continue', 'break near_print', 'continue',
             'print free_lock.__data.__lock = 1', 'finish', 'print text'],
            start=starting(folder, '/test/faulty unaligned 0x2000000'))
    matches(said[3], r'^\$\d+ = 1$')
    matches(said[5], r'memory that the kernel gave')


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
        # The last one leads to the first, and not to the head.
        (set_word('*(struct list_head *)slab_caches.prev',
                  '*(struct list_head *)slab_caches.next'), None),
        ('wl-list kmem_cache list slab_caches', NO_END),
        (set_word('*(struct list_head *)slab_caches.prev', None), None),
        ('wl-slab task_struct', r'task_struct +\d+'),
        # One bad pointer hides nothing but what it leads to.
        (set_word('task_struct_cachep->node[0]', 0x10), None),
        ('wl-slab', r'0x\w+: [^\n]*no memory[^\n]*\n.*\bkmem_cache +\d+'),
        (set_word('task_struct_cachep->node[0]', None), None),
        (set_word('init_task.real_parent', 0x10), None),
        ('wl-ps', r' 0 +\? .*\bsh\b'),
        (set_word('init_task.real_parent', None), None),
        (set_word('init_task.files', 0x10), None),
        ('wl-task &init_task', r'swapper/0.*no memory'),
        (set_word('init_task.files', None), None),
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


SELECT_SLEEP = """
process = lldb.debugger.GetSelectedTarget().GetProcess()
process.SetSelectedThread([t for t in process if t.GetName() == 'sleep'][0])
"""


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
        # What else is on a CPU comes and goes.
        matches(gdb[0], r'"\(runner\) runner".*"init pid 1, CPU \d, S".*'
                r'"swapper/1 pid 0, (on CPU 1|CPU 1, R)".*"sleep pid \d+, CPU \d, S"', 'gdb')
        matches(gdb[0], r' pid \d+, on CPU \d"', 'gdb')
        check('gdb bt', gdb[2], r'#0 +<host call \w+>.*__switch_to .*nanosleep.*main')
        if 'worker_main' in gdb[2]:
            raise Failure(f'gdb: frames of the runner:\n{gdb[2]}')
        check('gdb bt -no-filters', gdb[3], 'worker_main')
        for text, wanted in zip(gdb[4:], ('= "sleep', '= "init', '= 1', '= "swapper/1',
                                          '= 1', r'there is no task of pid 99999',
                                          '= 1')):
            check('gdb', text, wanted)
        lldb = Lldb().script(['thread list', f'script exec({SELECT_SLEEP!r})', 'bt',
                              'bt -u'], pid=guest.child.pid)
        matches(lldb[0], r'\(runner\) runner.*init pid 1, CPU \d, S.*'
                r'swapper/1 pid 0, (on CPU 1|CPU 1, R).*sleep pid \d+, CPU \d, S', 'lldb')
        check('lldb bt', lldb[2],
              r'__switch_to.*`wasm_syscall_\d\([^\n]* <system call \w*nanosleep>\n.*main')
        if 'worker_main' in lldb[2]:
            raise Failure(f'lldb: frames of the runner:\n{lldb[2]}')
        check('lldb bt -u', lldb[3], 'worker_main')


# Prints the names of threads that wait for their next task.
WAITING = """
def functions(frame):
    while frame:
        yield frame.name()
        frame = frame.older()

def waiting():
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        names = list(functions(gdb.newest_frame()))
        if names[0] == "syscall" and "rest" in names:
            print("waits:", thread.name)
"""


def test_idle_threads():
    """A thread whose task has ended is not called by its name any more."""
    again = ['tbreak kernel_clone', 'continue', 'python waiting()']
    with Guest(*OPTIONS) as guest:
        guest.run('while :; do sleep 0.1; done & sleep 1')
        said = Gdb().script(
            [f'python exec({WAITING!r})', 'tbreak do_group_exit', 'continue',
             'info threads', *6 * again], pid=guest.child.pid)
    check('gdb', said[3], r'"sleep pid \d+, on CPU \d"')
    names = re.findall('waits: (.*)', ''.join(said[4:]))
    debuggers.equal(set(names), {'(runner) idle'}, 'names of threads that wait')


def test_vfork_child():
    """The thread that the child of a vfork() leaves for its parent's is not called by its
    name any more."""
    with Guest(*OPTIONS) as guest:
        guest.run('while :; do sleep 0.1; done & sleep 1')
        said = Gdb().script(['tbreak become_child', 'continue', 'info threads',
                             'p $wl_task(v->child->gaddr)->pid', 'p v->child->tid'],
                            pid=guest.child.pid)
    child = re.search(r'= (\d+)', said[3])[1]
    if f' pid {child}, ' in said[2]:
        raise Failure(f'gdb: a thread is called by task {child}:\n{said[2]}')
    check('gdb: its thread', said[4], r'= 0$')


INTERRUPTED = r'#\d +(0x\w+ in )?sched_tick .*wasm_ext_interrupt \(.*' \
              r'<interrupt>.*awk_main \(.*main \('


OF_AWK = """
def of_awk(frame, *_):
    thread = frame.GetThread()
    if not thread.GetName().startswith("awk"):
        return False
    return thread.GetProcess().SetSelectedThread(thread)
"""


def test_interrupt():
    """The timer's, in a program that does nothing but spin."""
    with Guest(*OPTIONS) as guest:
        guest.run("awk 'BEGIN { while (1) ; }' & sleep 1")
        said = Gdb().script(
            ["tbreak sched_tick if $wl_task()->comm[0] == 'a'", 'continue', 'bt',
             'wl-bt', 'bt -no-filters'], pid=guest.child.pid)
        check('gdb bt', said[2], INTERRUPTED)
        check('gdb wl-bt', said[3], INTERRUPTED)
        check('gdb bt -no-filters', said[4], '<signal handler called>')
        # lldb's conditions do not know tasks; a function does. Two threads may have a
        # tick at once, and lldb would show the one that is selected.
        said = Lldb().script(
            ['breakpoint set -n sched_tick', f'script exec({OF_AWK!r})',
             'breakpoint command add -F of_awk 2',
             f'command script import {debuggers.SCRIPTS}/wl_lldb.py',  # once more
             'continue', 'bt', 'wl-bt', 'bt -u'],
            pid=guest.child.pid)
        check('lldb bt', said[5],
              r'`sched_tick.*`wasm_ext_interrupt\([^\n]*(?<!>) <interrupt>\n.*awk_main.*main')
        if re.search(r'worker_main|handle_interrupt', said[5]):
            raise Failure(f'lldb: frames of the runner:\n{said[5]}')
        check('lldb wl-bt', said[6], INTERRUPTED)
        check('lldb bt -u', said[7], r'sched_tick.*handle_interrupt.*awk_main.*worker_main')


DEFERRED = r'interrupt_work .*interrupt_kernel .*<interrupt>.*arch_local_irq_'


def test_deferred_interrupt():
    """One that comes when the kernel enables interrupts again."""
    with Guest(*OPTIONS, cpus=1) as guest:
        guest.run('while :; do sleep 0.1; done &')
        said = Gdb().script(['tbreak wasm_irq_deferred', 'continue',
                             'tbreak interrupt_work', 'continue', 'bt', 'wl-bt'],
                            pid=guest.child.pid)
        check('gdb bt', said[4], DEFERRED)
        check('gdb wl-bt', said[5], DEFERRED)
        said = Lldb().script(['breakpoint set -o true -n wasm_irq_deferred', 'continue',
                              'breakpoint set -o true -n interrupt_work', 'continue',
                              'bt', 'wl-bt'], pid=guest.child.pid)
        check('lldb bt', said[4], r'`interrupt_work.*`interrupt_kernel[^\n]* <interrupt>\n'
                                  r'[^\n]*`arch_local_irq_')
        check('lldb wl-bt', said[5], DEFERRED)


if __name__ == '__main__':
    debuggers.main()
