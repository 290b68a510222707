#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Types and globals of the guest's kernel and of its program, in gdb and lldb."""

import os
import re
import tempfile

import debuggers
from debuggers import Gdb, Guest, Lldb, booted, runner_arguments
from harness import Failure, equal, matches

# (gdb, lldb, what is printed)
KERNEL = [
    ('p init_task.comm', 'p init_task.comm', r'"swapper'),
    ('p init_task.mm', 'p init_task.mm', r'0x0|NULL'),
    ('p *init_task.active_mm', 'p *init_task.active_mm', r'mm_users = .*counter = \d'),
    ('p init_task.active_mm->mm_users.counter', 'p init_task.active_mm->mm_users.counter',
     r'[1-9]'),
    ('p sizeof(struct list_head)', 'p sizeof(init_task.tasks)', r'\b8\b'),
    ('ptype struct file', 'image lookup -t file', r'f_op.*f_pos|f_pos.*f_op'),
    # An enum, a bit field, a union without a name, an array.
    ('p (enum pid_type)2', 'p (enum pid_type)2', 'PIDTYPE_PGID'),
    ('p init_task.sched_reset_on_fork', 'p init_task.sched_reset_on_fork', r'\b0\b'),
    ('p system_state', 'p system_state', 'SYSTEM_BOOTING'),
    ('p init_uts_ns.name.sysname', 'p init_uts_ns.name.sysname', '"Linux'),
    ('p &jiffies_64', 'p &jiffies_64', r'0x[0-9a-f]{5,6}\b'),
    # A static variable of a file.
    ('p &sysctl_sched_base_slice', 'p &sysctl_sched_base_slice', r'0x[0-9a-f]{5,8}\b'),
]
PROGRAM = [
    ('p first.value', 'p first.value', r'\b10\b'),
    ('p first.next->next->value', 'p first.next->next->value', r'\b30\b'),
    ('p first.next->mood', 'p first.next->mood', 'BUSY'),
    ('p first.low', 'p first.low', r'\b7\b'),
    ('p middle.high', 'p middle.high', r'\b17\b'),
    ('p *first.next->next', 'p *first.next->next', r'value = 30.*DONE.*"last'),
    ('p rounds > 0', None, '= 1'),
    # Bit fields of the kernel beside each other, set and not.
    ('p platform_bus.kobj.state_in_sysfs', 'p platform_bus.kobj.state_in_sysfs', r'\b1$'),
    ('p platform_bus.kobj.uevent_suppress', 'p platform_bus.kobj.uevent_suppress',
     r'\b0$'),
    ('p platform_bus.kobj.state_initialized', 'p platform_bus.kobj.state_initialized',
     r'\b1$'),
    ('ptype struct box', 'image lookup -t box', r'next.*mood'),
    ('p sizeof(struct box)', 'p sizeof(first)', r'\b24\b'),
    # In a frame of the program: what is in a register, and what the kernel has too.
    ('tbreak mix', 'breakpoint set -o true -n mix', 'mix|reakpoint'),
    ('continue', 'continue', r'\bmix ?\('),
    ('wl-p part', 'p part', r'\b2\.5'),
    ('p mixes', 'p mixes', r'\b[89]$'),
    ('wl-p head', 'p head', r'\b4711\b'),
    ('wl-p head + 1', 'p head + 1', r'\b4712\b'),
    ('p part + 1', 'p part + 1', r'\b3\.5'),
    ('p/x first.value', 'p /x first.value', r'\b0xa\b'),
    (None, 'p /x 10', r'\b0xa\b'),
    ('p 1.5', 'p 1.5', r'\b1\.5'),
    ('wl-p &pages[1] - &pages[0]', 'p &pages[1] - &pages[0]', r'\b1$'),
    ('wl-p *(1 + pages)', 'p *(1 + pages)', 'lines = 50'),
    ('wl-p (int)platform_bus.kobj.state_in_sysfs',
     'p (int)platform_bus.kobj.state_in_sysfs', r'\b1$'),
    ('p $wl_task(&init_task)->comm', 'p $wl_task(&init_task)->comm', 'swapper/0'),
    ('p $wl_task($wl_task(1))->pid', None, r'\b1$'),
    ('wl-p $wl_percpu("runqueues", 1).idle->comm', 'p $wl_percpu("runqueues", 1).idle->comm',
     'swapper/1'),
    ('wl-p $wl_percpu(runqueues).cpu', 'p $wl_percpu("runqueues").cpu', r'\b[01]$'),
    ('p $wl_container_of(init_task.tasks.next, "task_struct", "tasks")->pid',
     'p $wl_container_of(init_task.tasks.next, "task_struct", "tasks")->pid', r'\b1$'),
    ('wl-p $wl_container_of(init_task.tasks.next, "task_struct", "tasks")->comm',
     'p $wl_container_of(&init_task.tasks, "task_struct", "tasks")->comm', r'"'),
    ('wl-p $wl_percpu("runqueues", 99)', 'p $wl_percpu("runqueues", 99)',
     'there is no CPU 99'),
    ('wl-p $wl_container_of(1)', 'p $wl_container_of(1)', 'has other arguments'),
]


def test_kernel_in_gdb():
    Gdb().check(KERNEL, start=runner_arguments())


def test_kernel_in_lldb():
    Lldb().check(KERNEL, start=runner_arguments())


def test_program_in_gdb():
    with booted() as guest:
        Gdb().check(PROGRAM, pid=guest.child.pid)


def test_threads_at_each_stop():
    with booted() as guest:
        Gdb().check([('break do_pipe2', None, 'Breakpoint 1'),
                     ('continue', None, 'hit Breakpoint 1'),
                     ('continue', None, 'hit Breakpoint 1'),
                     ('info threads', None, r'"\(runner\) \w+"')],
                    pid=guest.child.pid)


def test_program_in_lldb():
    with booted() as guest:
        Lldb().check(PROGRAM, pid=guest.child.pid)


def twins():
    """A Guest of one CPU with two of them. A thread of the host serves both."""
    with tempfile.TemporaryDirectory(prefix='wl-twins-') as folder:
        tree = os.path.join(folder, 'tree')
        os.makedirs(os.path.join(tree, 'test'))
        debuggers.make_for_the_guest(os.path.join(debuggers.HERE, 'twins.c'),
                                     os.path.join(tree, 'test', 'twins'), '-g')
        guest = Guest('--level=' + debuggers.LEVEL, cpus=1,
                      initramfs=debuggers.boot.build_initramfs(tree, folder))
    guest.run('mkfifo /a /b; /test/twins 1 </a >/b & /test/twins 2 </b >/a & '
              'echo >/a; sleep 1')
    return guest


def check_twins(debugger, break_at, stop):
    again = ['continue', 'p own', 'p number']
    with twins() as guest:
        said = debugger.script([break_at, *12 * again], pid=guest.child.pid)
    threads, numbers = set(), set()
    for n in range(1, len(said), 3):
        matches(said[n], stop)
        own, number = (int(re.search(r'(?:=|int\)) (\d+)', text)[1])
                       for text in said[n + 1:n + 3])
        threads.add((re.search(stop, said[n], re.M)[1], own))
        numbers.add((own, number))
    equal(numbers, {(1, 1), (2, 2)})
    if len({thread for thread, own in threads}) == len(threads):
        raise Failure(f'no thread served both programs: {threads}')


def test_threads_of_two_programs_in_gdb():
    """The variables are those of the program that the thread runs now."""
    check_twins(Gdb(), 'break meet', r'^Thread (\d+) "twins" hit Breakpoint 1, meet')


def test_threads_of_two_programs_in_lldb():
    check_twins(Lldb(), 'breakpoint set -n meet',
                r"thread #(\d+), name = 'twins', stop reason")


# What lldb_repeats asks of lldb, of one thread at one breakpoint.
STOPS = """
from wl import lldb_repeats

class Number:
    def __init__(self, number): self.number = number
    def GetValueAsUnsigned(self): return self.number

class Task:
    def __init__(self, **members): self.members = members
    def GetChildMemberWithName(self, name): return Number(self.members[name])

class Frame:
    def GetPC(self): return 0x1234
    def GetSP(self): return 0x7000

class Thread:
    def GetStopReason(self): return lldb.eStopReasonBreakpoint
    def GetStopReasonDataCount(self): return 0
    def GetThreadID(self): return 7
    def GetFrameAtIndex(self, _): return Frame()
    def GetProcess(self): return self
    def GetTarget(self): return self

repeats = lldb_repeats.Repeats()
for task, interrupts in (1, 5), (1, 6), (1, 6), (2, 7), (2, 8):
    print(repeats.only([Thread()], lambda _: Task(
        gaddr=task, interrupts=interrupts, interrupted_pc=0x1234)))
"""


def test_repeated_stops_in_lldb():
    """A stop is the one before once more, if the handler of an interrupt went back to
    there; not if another task has come there on the same thread."""
    said = Lldb().script([f'script exec({STOPS!r}, globals())'])
    equal(said[0].split(), ['False', 'True', 'False', 'False', 'True'], said[0])


debuggers.main()
