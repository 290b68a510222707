#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""linux_commands.py: the kernel-aware commands, in both debuggers, on one boot; what they
say is compared with what the guest itself says."""

import os
import re
import sys

import debuggers
from debuggers import Failure, Gdb, Guest, Lldb, equal, matches

sys.path.insert(0, debuggers.SCRIPTS)
from wl import commands  # noqa: E402  tools/debug/wl/commands.py

DEBUGGERS = (Gdb, Lldb)
# Enough for the shell; small, since core dumps have all of it.
OPTIONS = (f'--level={debuggers.LEVEL}', '--memory=64M')
FILES = {'ps': 'ps', 'dmesg': 'dmesg', 'mounts': 'cat /proc/mounts',
         'interrupts': 'cat /proc/interrupts', 'maps': 'cat /proc/1/maps',
         'vfs_read': "grep -w 'T vfs_read' /proc/kallsyms",
         'stat': 'cat /proc/stat', 'online': 'cat /sys/devices/system/cpu/online',
         # The last: what is made after it is not in it.
         'slabinfo': 'cat /proc/slabinfo'}


class Scene:
    """A guest with a task that sleeps, what it says of itself, and then what each
    debugger says of it, by command."""
    made = None

    COMMANDS = (
        'wl-ps', 'wl-ps sleep', 'wl-dmesg', 'wl-dmesg 3', 'wl-mounts', 'wl-irq',
        'wl-maps 1', 'wl-bt sleep', 'wl-bt kthreadd', 'wl-bt kdevtmpfs',
        'wl-task sleep', 'wl-cpu',
        'wl-task sleep comm', 'wl-percpu runqueues.idle.comm', 'wl-slab task_struct',
        'wl-percpu irq_pending 1', 'wl-percpu ksoftirqd',
        'wl-list task_struct tasks init_task.tasks pid',
        'wl-list task_struct tasks init_task.tasks mm->start_stack',
        'wl-list kmem_cache list slab_caches', 'wl-trace 5', 'wl-p init_task.comm',
        'wl-p *init_task.nsproxy', 'wl-p &init_task.tasks', 'wl-sym init_task.stack',
        'wl-sym &init_task.se.vruntime', 'wl-sym init_task.tasks.next',
        'wl-sym init_task.sched_class', 'wl-sym 0xfffff000', 'wl-sym 5',
        *(f'help {c.name}' for c in commands.all_of_them()))
    # A shell whose functions call each other, and that waits in the last one.
    DEEP = ("mkfifo /tmp/p; sh -c 'f() { if [ $1 -gt 0 ]; then f $(($1 - 1)); "
            "else read x; fi; }; f 150' <>/tmp/p")
    THREADS = {'gdb': 'info threads', 'lldb': 'thread list'}
    # Another program beside, and back to this one.
    BESIDE = {
        'gdb': ['add-inferior -exec /bin/true', 'inferior 2', 'print 4 + 5', 'wl-ps',
                'inferior 1', 'wl-ps sleep'],
        'lldb': ['target create /bin/true', 'process launch --stop-at-entry', 'p 4 + 5',
                 'wl-ps', 'process kill', 'target select 0', 'wl-ps sleep'],
    }
    WRONG = {
        'wl-ps nobody': 'there is no task of comm nobody',
        'wl-ps 99999': 'there is no task of pid 99999',
        'wl-ps 0': 'tasks are of pid 0',
        'wl-ps 0x1234': 'no task_struct is at 0x1234',
        'wl-ps a b': 'usage: wl-ps',
        'wl-ps "x': 'No closing quotation',
        'wl-dmesg x': 'x is no number of messages',
        'wl-maps kthreadd': 'is a kernel thread',
        'wl-percpu nothing': 'there is no variable nothing',
        'wl-percpu runqueues 99': 'there is no CPU 99',
        'wl-percpu runqueues.nr_running 7': 'there is no CPU 7',
        'wl-cpu 7': 'CPU 7 is not up',
        'wl-cpu x': 'x is no number of a CPU',
        'wl-trace -1': '-1 is no number of calls',
        'wl-writers 0x10000 x': 'x is no number of writes',
        'wl-list nothing a init_task.tasks': 'there is no type nothing',
        'wl-list task_struct nothing init_task.tasks': 'has no member nothing',
        'wl-list task_struct tasks init_task.comm': 'not the head of a list',
        'wl-slab nothing': 'there is no cache nothing',
        'wl-p init_task.nothing': 'has no member nothing',
        'wl-p *': 'a value is missing',
        'wl-p init_task.exit_state->x': 'has no members',
        'wl-p ((struct task_struct *)0)->comm': 'a NULL pointer',
        'wl-p *(struct list_head *)16': 'no memory at 0x10',
        'wl-p a ; b': '; is not understood',
        'wl-sym 0x123456789': 'is no address of the guest',
        'wl-task sleep nothing': 'has no member nothing',
        'wl-writers &init_task': 'record',
    }

    def __init__(self, guest):
        guest.run('sleep 1000 & sleep 1')
        self.deep = guest.run(self.DEEP + ' & echo $!; sleep 1').split()[-1]
        self.guest = {name: guest.run(command) for name, command in FILES.items()}
        self.pid = guest.child.pid
        self.code = int(self.guest['vfs_read'].split()[0], 16)
        self.said = {}
        for kind in DEBUGGERS:
            commands = [*self.COMMANDS, f'wl-sym {self.code}', f'wl-sym {self.code + 5}',
                        self.THREADS[kind.name], f'wl-bt {self.deep}', *self.WRONG]
            debugger = kind()
            outputs = [clean(text) for text in debugger.script(
                commands + self.BESIDE[kind.name], pid=self.pid)]
            self.said[kind.name] = dict(zip(commands, outputs))
            self.said[kind.name]['beside'] = outputs[len(commands):]

    @classmethod
    def get(cls):
        if not cls.made:
            with Guest(*OPTIONS) as guest:
                cls.made = cls(guest)
        return cls.made


def clean(output):
    """Without lldb's echo of the command, and its prefix of errors."""
    lines = [x for x in output.strip().split('\n') if not x.startswith('(lldb) ')]
    return '\n'.join(re.sub(r'^error: ', '', x) for x in lines)


def each():
    scene = Scene.get()
    for name, said in scene.said.items():
        yield name, scene.guest, said


def rows(text):
    return [line.split() for line in text.strip().split('\n')]


def test_ps():
    for name, guest, said in each():
        shown = {int(r[0]): r for r in rows(said['wl-ps'])[1:]}
        real = {int(r[0]): line for r, line in
                zip(rows(guest['ps']), guest['ps'].strip().split('\n')) if r[0].isdigit()}
        # Workers come and go, and ps saw itself.
        for pid, line in real.items():
            if 'kworker' not in line and not line.endswith(' ps'):
                if pid not in shown:
                    raise Failure(f'{name}: wl-ps lacks {line}')
                comm = ' '.join(shown[pid][6:]).strip('[]')
                if comm not in line:
                    raise Failure(f'{name}: {pid} is {comm}, not {line}')
        for pid, row in shown.items():
            if pid and pid not in real and 'kworker' not in row[-1]:
                raise Failure(f'{name}: {row} is not in\n{guest["ps"]}')
        equal(len(rows(said['wl-ps sleep'])), 2, 'rows of wl-ps sleep')


def test_help():
    """Of each command of the document: what it is for, how it is used, an example."""
    with open(os.path.join(debuggers.TOP, 'docs', 'debugging.md'), encoding='utf-8') as f:
        documented = re.findall(r'^\| `(wl-\w+)( [^`]+)?` \| ', f.read(), re.M)
    equal({(c.name, c.usage.rstrip('.')) for c in commands.all_of_them()},
          {(name, usage.strip()) for name, usage in documented}, 'commands')
    for name, _, said in each():
        for c in commands.all_of_them():
            usage = re.escape(f'Usage: {c.name} {c.usage}'.strip())
            matches(said[f'help {c.name}'],
                    rf'{re.escape(c.summary)}.*^ *{usage}$.*^ *Examples?:\s+{c.name}\b',
                    f'{name}: help {c.name}')


def test_dmesg():
    for name, guest, said in each():
        real = [x.strip() for x in guest['dmesg'].strip().split('\n')]
        shown = [x.strip() for x in said['wl-dmesg'].split('\n')]
        for one, other in zip(shown, real):
            equal(one, other, f'{name}: a message')
        if not len(shown) >= len(real) > 20:
            raise Failure(f'{name}: {len(shown)} messages of {len(real)}')
        equal([x.strip() for x in said['wl-dmesg 3'].split('\n')], shown[-3:], name)


def test_mounts():
    for name, guest, said in each():
        real = {r[1]: r for r in rows(guest['mounts'])}
        shown = {r[1]: r for r in rows(said['wl-mounts'])}
        equal(set(shown), set(real), f'{name}: mount points')
        for place, row in real.items():
            equal(shown[place][:3], row[:3], name)
            more = set(shown[place][3].split(',')) - set(row[3].split(','))
            equal(more, set(), f'{name}: options of {place}')


def test_irq():
    for name, guest, said in each():
        real, shown = rows(guest['interrupts']), rows(said['wl-irq'])
        equal(shown[0][1:3], real[0], name)
        real = {r[0]: r for r in real[1:]}
        shown = {r[0]: r for r in shown[1:]}
        equal(set(shown), set(real), f'{name}: interrupts')
        for number, row in real.items():
            equal(shown[number][-1], row[-1], f'{name}: handlers')
            for cpu in 1, 2:
                if int(shown[number][cpu]) < int(row[cpu]):
                    raise Failure(f'{name}: {shown[number]} has less than {row}')


def test_maps():
    for name, guest, said in each():
        equal(rows(said['wl-maps 1']), rows(guest['maps']), name)


def test_threads():
    for name, _, said in each():
        text = said[Scene.THREADS[name]]
        for pattern in (r'sleep pid \d+, CPU [01], S\b', r'init pid 1, CPU [01], S\b',
                        r'swapper/1 pid 0, ', r'"?\(runner\) runner\b'):
            equal(len(re.findall(pattern, text)), 1, f'{name}: {pattern} in\n{text}')


def test_backtrace():
    for name, _, said in each():
        text = said['wl-bt sleep']
        matches(text, r'^sleep, pid \d+, CPU \d, state S, thread \d+\n'
                r' +<host call \w+>\n#\d.* __switch_to \(.*schedule \(.*nanosleep'
                r'.*<system call \w*nanosleep\w*>\n.*sleep_main \(.*main \(', name)
        if re.search(r'worker_main|futex_wait|w2c_', text):
            raise Failure(f'{name}: frames of the runner:\n{text}')
        matches(said['wl-bt kthreadd'], r'__switch_to \(.*kthreadd \(', name)
        matches(said['wl-task sleep'], r'kernel stack 0x\w+ to 0x\w+, stack pointer'
                r'.*\nfiles: 0=/dev/null 1=/dev/hvc0.*does not run; in .*nanosleep', name)
        equal(said['wl-task sleep comm'], 'comm = "sleep"', name)


def test_long_backtrace():
    """As many frames as a person may want to see, and a word that there are more."""
    for name, guest, said in each():
        text = said[f'wl-bt {Scene.made.deep}']
        matches(text, r'<system call ppoll>.*\n +<more frames>\Z', name)
        equal(re.search(r'\bmain \(', text), None, f'{name}: the outermost frame')


def test_beside_another_program():
    for name, _, said in each():
        texts = said['beside']
        matches('\n'.join(texts), r'^\S+ = 9$|^\(int\) 9$', name)
        equal(texts.count('wl-ps: the kernel\'s types are not loaded: no variable '
                          'init_task is known'), 1, f'{name}: {texts}')
        # gdb then says that it detaches; lldb, whenever it is, that the other one ended.
        text = re.sub(r'^Process \d+ exited.*\n?', '', texts[-1], flags=re.M)
        equal(text.strip().split('\n')[:2], said['wl-ps sleep'].split('\n'), name)


def test_cpus():
    for name, guest, said in each():
        equal(guest['online'].strip(), '0-1')
        found = re.findall(r'^CPU ([01]): \S+ \(pid \d+, thread \d+\), '
                           r'(?:runs|polls|sleeps); interrupts (?:on|off|on, user mode), pending: '
                           r'(?:none|[0-3 ]+)(?:, deferred)?; [0-9] runnable, '
                           r'(\d+) switches$', said['wl-cpu'], re.M)
        equal([cpu for cpu, _ in found], ['0', '1'], f'{name}: {said["wl-cpu"]}')
        # What runs now and then runs on one of them.
        matches(said['wl-cpu'], r'CPU ([01]): swapper/\1 \(pid 0, thread \d+\), sleeps; '
                r'interrupts \w+, pending: none; 0 runnable', name)
        before = int(re.search(r'^ctxt (\d+)$', guest['stat'], re.M)[1])
        switches = sum(int(n) for _, n in found)
        if not before <= switches < 2 * before + 1000:
            raise Failure(f'{name}: {switches} switches, {before} before')
        equal(re.findall(r'"(swapper/\d)"', said['wl-percpu runqueues.idle.comm']),
              ['swapper/0', 'swapper/1'], name)
        matches(said['wl-percpu irq_pending 1'], r'^CPU 1 0x\w{8}: \d+$', name)
        # A pointer, not what it points to.
        matches(said['wl-percpu ksoftirqd'],
                r'^CPU 0 0x\w{8}: 0x\w+\nCPU 1 0x\w{8}: 0x\w+$', name)


def test_lists():
    for name, guest, said in each():
        text = said['wl-list task_struct tasks init_task.tasks pid']
        pids = {int(p) for p in re.findall(r'pid = (\d+)', text)}
        shown = {int(r[0]) for r in rows(said['wl-ps'])[1:]} - {0}
        equal(pids, shown, f'{name}: pids on the list')
        # Kernel threads have no mm.
        text = said['wl-list task_struct tasks init_task.tasks mm->start_stack']
        matches(text, r'start_stack = \(a NULL pointer to struct mm_struct\)$', name)
        matches(text, rf'start_stack = \d+\n(.*\n)*{len(pids)} entries$', name)
        matches(said['wl-list kmem_cache list slab_caches'], '"task_struct"', name)
        equal(said['wl-p init_task.comm'], '"swapper/0"', name)
        matches(said['wl-p *init_task.nsproxy'], r'counter = \d+.*mnt_ns = 0x\w+', name)
        matches(said['wl-p &init_task.tasks'], r'^0x\w+$', name)


def test_memory():
    for name, guest, said in each():
        for row in rows(guest['slabinfo']):
            if row[0] == 'task_struct':
                # name, active, all, size with what is around it, in a slab; at the
                # end, all slabs. No task has come or gone since, for good.
                shown = rows(said['wl-slab task_struct'])[1]
                equal(shown[2], row[3], f'{name}: size in slabinfo')
                equal(int(shown[3]) * int(row[4]), int(shown[4]), f'{name}: in slabs')
                equal(shown[3:5], [row[-2], row[2]], f'{name}: slabs and objects')
        matches(said['wl-sym init_task.stack'], r'init_stack.*\n.*kernel stack of '
                r'swapper/0 \(pid 0\)', name)
        matches(said['wl-sym &init_task.se.vruntime'],
                'kernel data: init_task.se.vruntime', name)
        matches(said['wl-sym init_task.tasks.next'],
                r'an object of cache task_struct at 0x\w+ \+ \d+', name)
        matches(said['wl-sym init_task.sched_class'], 'kernel data: idle_sched_class',
                name)
        matches(said['wl-sym 0xfffff000'], 'no memory is there', name)
        for offset in 0, 5:
            matches(said[f'wl-sym {Scene.made.code + offset}'],
                    rf'code of the kernel: vfs_read\(\) \+ {offset} at \S+/fs/'
                    r'read_write\.c:\d+$', name)
        matches(said['wl-sym 5'], r'function pointer 5 of the kernel: \w+\(\)', name)
        equal(len(re.findall(r'^CPU \d \S+ +wasm_\w+\(', said['wl-trace 5'], re.M)), 5,
              name)


def test_wrong_arguments():
    for name, _, said in each():
        for command, reason in Scene.WRONG.items():
            text = said[command]
            if reason not in text or len(text.split('\n')) > 2 or \
               'Traceback' in text:
                raise Failure(f'{name}: {command!r} printed\n{text}')


def test_debuggers_agree():
    scene = Scene.get()
    gdb, lldb = (scene.said[k.name] for k in DEBUGGERS)
    # The kernel may have something to say after it stood still for gdb.
    for one, other in zip(lldb['wl-dmesg'].split('\n'), gdb['wl-dmesg'].split('\n')):
        equal(one.rstrip(), other.rstrip(), 'a message')
    for command in ('wl-mounts', 'wl-maps 1', 'wl-sym init_task.stack'):
        equal(lldb[command], gdb[command], command)
    # Workers, which are counted there, come and go.
    equal(*(re.sub(r'counter = \d+', '', said['wl-p *init_task.nsproxy'])
            for said in (lldb, gdb)), 'wl-p *init_task.nsproxy')
    # Each shows arguments, and places inside functions, in its own way.
    # (kthreadd would not do: it may start a worker in between.)
    equal(*(re.findall(r'^#\d+ +\w+|<.*>$', said['wl-bt kdevtmpfs'], re.M)
            for said in (lldb, gdb)), 'wl-bt kdevtmpfs')


if __name__ == '__main__':
    debuggers.main()
