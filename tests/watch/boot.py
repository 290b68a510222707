#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""--watch, --record-writes and the reports of faults, on Linux."""

import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'boot'))

import harness  # noqa: E402
import watchpoints  # noqa: E402
from harness import Failure, Guest, equal, line_of, matches, run_runner  # noqa: E402

FAULTY = os.path.join(HERE, 'faulty.c')
PANIC = 72
UNALIGNED = 128 + 7
MEMORY = 256 << 20  # of the guest
TASKS = 8
# enum system_states of the kernel, as it comes up and goes.
SCHEDULING, FREEING, RUNNING, POWER_OFF = 1, 2, 3, 5


def hits(text):
    """[old, new, text of the stack] of each hit."""
    return re.findall(r'^runner: watch \d+: \S+ was (\w+), is (\w+) .*\n((?:  .*\n)+)',
                      text.replace('\r', ''), re.M)


def check_states(*options):
    """The kernel's states, each with the function, file and line that set it."""
    status, out, err = run_runner('--watch=system_state', *options,
                                  stdin='poweroff\n', timeout=1200)
    equal(status, 0, 'status')
    found = hits(err)
    equal([(int(old, 16), int(new, 16)) for old, new, _ in found],
          [(0, SCHEDULING), (SCHEDULING, FREEING), (FREEING, RUNNING),
           (RUNNING, POWER_OFF)], 'states')
    for (_, _, stack), task, function, file in zip(
            found, ['swapper/0', 'swapper/0', 'swapper/0', 'init'],
            ['rest_init', 'kernel_init', 'kernel_init',
             r'kernel_shutdown_prepare in kernel_\w+'],
            ['init/main', 'init/main', 'init/main', 'kernel/reboot']):
        matches(stack, rf'\A  task {task} \(pid \d+, \w+\) on CPU \d\n'
                rf'    {function}\+0x\w+ \(vmlinux\.wasm\) linux/{file}\.c:\d+\n', 'the stack')
    # A system call's stack goes on in the program.
    matches(found[3][2], r'__wasm_sys_reboot\+0x\w+ \(vmlinux\.wasm\) .*\n'
            r'    main\+0x\w+ \(init\)', 'the last stack')


@watchpoints.needed
def test_by_the_cpu():
    check_states()


def test_by_checks():
    check_states('--watch-checks')


def test_record():
    """Who wrote it is known after the panic."""
    with Guest('--record-writes=panic_timeout', '--record-writes=all') as guest:
        guest.run('echo -5 > /proc/sys/kernel/panic')
        guest.line('echo c > /proc/sysrq-trigger')
        guest.wait_for(PANIC)
        matches(guest.stderr().replace('\r', ''),
                r'writes to panic_timeout, newest first, 1 in all:\n'
                r'    \d\.\d+ s, task sh: \w+ was 0x0: \w+\+0x\w+ \(vmlinux\.wasm\)'
                r' linux/kernel/sysctl\.c:\d+\n', 'the report')


def initramfs(folder):
    """With /test/faulty."""
    tree = os.path.join(folder, 'tree')
    os.makedirs(os.path.join(tree, 'test'))
    harness.compile_for_guest(FAULTY, os.path.join(tree, 'test/faulty'), '-g')
    return harness.build_initramfs(tree, folder)


def test_objects():
    """What the kernel allocated is named: whose it is, or that it is free."""
    with tempfile.TemporaryDirectory() as folder, \
            Guest('--watch=init_task.tasks.prev', initramfs=initramfs(folder)) as guest:
        before = len(hits(guest.stderr()))
        guest.run(f'for i in {" ".join("x" * TASKS)}; do sleep 1000 & done')
        tasks = [new for _, new, stack in hits(guest.stderr())[before:]
                 if 'task sh ' in stack and 'copy_process' in stack]
        equal(len(tasks), TASKS, 'tasks that were made')
        guest.run(f'/test/faulty unaligned {tasks[0]}', status=UNALIGNED)
        guest.run('killall sleep; sleep 1')
        for task in tasks:
            guest.run(f'/test/faulty unaligned {task}', status=UNALIGNED)
        log = guest.run('dmesg')
    member = int(tasks[0], 16) | 1
    found = re.search(rf'address 0*{member:x}: slab: an object of cache task_struct at '
                      r'0x(\w+) \+ (\d+), of task (?:sh|sleep) \(pid \d+, state [RSD]\)', log)
    if not found:
        raise Failure(f'no object at {member:x} in\n{log}')
    equal(int(found[1], 16) + int(found[2]), member, 'the place in it')
    matches(log, r'slab: a free object of cache task_struct at 0x\w+ \+ \d+\n', 'the log')


def test_faults_of_programs():
    """The kernel's log names function, file and line."""
    with tempfile.TemporaryDirectory() as folder:
        with Guest(initramfs=initramfs(folder)) as guest:
            guest.run('/test/faulty', status=139)
            guest.run('/test/faulty wrongly', status=132)
            guest.run('/test/faulty unaligned', status=UNALIGNED)
            log = guest.run('dmesg')
    # Where its stack and its thread's data are: in memory that it was given.
    places = re.findall(r'faulty\[\d+\]: \w[\w ]+ fault, address \w{8}, sp (\w{8}), '
                        r'tls (\w{8})$', log, re.M)
    equal(len(places), 3, 'faults that tell sp and tls')
    for place in sum(places, ()):
        if not 0x10000 < int(place, 16) < MEMORY:
            raise Failure(f'{place} is no place of a stack or of TLS:\n{log}')
    matches(log, r'faulty\[\d+\]: unaligned atomic access fault, address (\w{8}),.*'
            r' address \1: in data of faulty\+0x\w+\n[^\n]*load_unaligned\+0x\w+ '
            rf'\S*watch/faulty\.c:{line_of(FAULTY, "line 25")}\n', 'the log')
    matches(log, r'faulty\[\d+\]: memory access fault, address 00000008.*'
            rf'walk_items\+0x\w+ \S*watch/faulty\.c:{line_of(FAULTY, "line 13")}\n.*'
            r'main\+0x\w+ \S*watch/faulty\.c:\d+\n', 'the log')
    matches(log, r' wasm_ext_fault\+0x\w+ [^\n]*\n[^\n]*'
            r' address 00000008: NULL plus 0x8\n', 'the log')
    matches(log, rf'call_wrongly\+0x\w+ \S*watch/faulty\.c:{line_of(FAULTY, "line 18")}\n',
            'the log')


def test_faults_in_stacks():
    """Whose stack it is: of a program's first thread, and of others; and their guard."""
    with tempfile.TemporaryDirectory() as folder:
        with Guest(initramfs=initramfs(folder)) as guest:
            guest.run('/test/faulty stack & wait $!; echo pid $!')
            guest.run('/test/faulty thread', status=UNALIGNED)
            guest.run('/test/faulty mapping', status=UNALIGNED)
            guest.run('/test/faulty deep', status=139)
            log = guest.run('dmesg')
    of = r'stack of task faulty \(pid (\d+)\)'
    within = r', 0x(\w+) of 0x(\w+) bytes from its end\n'
    said = re.findall(r' address \w{8}: (.*\n)', log)
    equal(len(said), 4, 'addresses that are explained')
    first, thread = (re.fullmatch(f'in the {of}{within}', text) for text in said[:2])
    if not first or not thread:
        raise Failure(f'no stack in\n{log}')
    # A page for the guard, 256 KiB, and arguments; musl's threads have 128 KiB.
    equal(int(first[3], 16) & ~0xfff, 0x42000, 'bytes of the first stack')
    if not 0x1000 < int(thread[2], 16) < int(thread[3], 16) < 0x40000:
        raise Failure(f'no stack of a thread: {said[1]}')
    reporting = re.findall(r'faulty\[(\d+)\]: unaligned', log)
    equal([first[1], thread[1]], reporting[:2], 'tasks whose stacks they are')
    equal(said[2], 'memory that a program has mapped, 0x1001 of 0x4000 bytes from its '
          'start\n', 'the mapping')
    matches(said[3], f'^the guard of the {of}, which is used up\n$', 'the guard')


harness.main()
