#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hunts.py: the hunts of docs/debugging.md, replayed.

What is typed there is typed here, at one terminal with the debugger and the guest's
shell on it; all that the document shows of what is printed has to be printed, in that
order (tests/boot/transcript.py).
The kernels are those with faults on purpose (faults.config and races.config in
kernel/configs).
"""

import os
import re
import subprocess
import tempfile

import debuggers
import pexpect
import transcript
import watchpoints
from debuggers import Failure, boot, path_of

KERNEL = 'vmlinux-faults.wasm'
DOCUMENT = os.path.join(debuggers.TOP, 'docs', 'debugging.md')
STEP = re.compile(r'(\$|/ #|\((?:gdb|lldb)\)) (.*)|(\^C)$')
GUEST = re.compile(r'(?m)^/ # ')
# lldb shows what it was started with at a prompt too, and has one while the guest runs.
DEBUGGER = r'(?:\(gdb\)|\x1b\[K\(lldb\)) '
STOPPED = r'(?:\(gdb\)|Process \d+ stopped.*?\(lldb\)) '


class Step:
    """What is typed, at which prompt, and the lines that are printed then."""

    def __init__(self, prompt, text):
        self.prompt = prompt
        self.text = text
        self.printed = []

    def at_guest(self):
        return self.prompt == '/ #'


def transcripts():
    """{heading: its blocks of code as lists of steps} of the section "Hunts"."""
    with open(DOCUMENT, encoding='utf-8') as file:
        section = re.search(r'^## Hunts\n(.*?)(?=^## |\Z)', file.read(), re.M | re.S)
    found = {}
    for part in section[1].split('\n### ')[1:]:
        heading, text = part.split('\n', 1)
        found[heading] = [steps_of(block) for block in transcript.blocks(text)]
    return found


def steps_of(block):
    steps = []
    for line in block.splitlines():
        match = STEP.match(line)
        if match:
            steps.append(Step(match[1] or match[3], match[2] or ''))
        elif steps and line.strip() not in ('', '...'):
            steps[-1].printed.append(line)
    return steps


class Terminal:
    """A process at a terminal of its own."""

    def __init__(self, command, environment):
        self.text = ''
        self.child = pexpect.spawn(command[0], command[1:], encoding='utf-8',
                                   codec_errors='replace', dimensions=(2000, 250),
                                   timeout=debuggers.LIMIT_S, env=environment)
        self.child.logfile_read = self
        self.child.delaybeforesend = None

    def write(self, text):
        self.text += text
        if boot.settings.verbose:
            print(text, end='', flush=True)

    def flush(self):
        pass

    def expect(self, pattern):
        """What was printed before it, or before the process ended."""
        try:
            self.child.expect([pattern, pexpect.EOF])
        except pexpect.TIMEOUT:
            raise Failure(f'no {pattern!r}') from None
        after = self.child.after if isinstance(self.child.after, str) else ''
        return boot.plain(self.child.before + after)

    def end(self):
        debuggers.end_terminal(self.child)


class Session:
    """A runner, whose terminal is the guest's, and a debugger, there or at another."""

    def __init__(self, home):
        self.environment = dict(
            os.environ, HOME=home, TERM='dumb', XDG_CACHE_HOME=os.environ.get(
                'XDG_CACHE_HOME', os.path.expanduser('~/.cache')))
        self.environment.pop('DEBUGINFOD_URLS', None)
        self.terminals = []
        self.idle = False  # the guest's shell waits for a command
        self.prompt = DEBUGGER

    def start(self, words, initramfs):
        """A runner, or a debugger to attach to it."""
        if words[0] == 'runner':
            options = [w for w in words[1:] if w.startswith('--')]
            kernel = next(w for w in words if w.startswith('vmlinux'))
            command = boot.runner_command(*options, kernel=path_of(kernel),
                                          initramfs=initramfs, parameters=['quiet'])
        elif words[1:] == ['-p', '$(pidof', 'runner)']:
            command = [words[0], '-p', str(self.terminals[0].child.pid)]
        else:
            raise Failure(f'{" ".join(words)}: what would that start?')
        self.terminals.append(Terminal(command, self.environment))

    def enter(self, step, initramfs):
        if step.prompt == '$':
            self.start(step.text.split(), initramfs)
        elif step.prompt == '^C':
            self.terminals[-1].child.send('\x03')
        else:
            if step.at_guest():
                self.idle = False
            else:
                self.prompt = STOPPED if step.text == 'continue' else DEBUGGER
            self.terminals[0 if step.at_guest() else -1].child.send(step.text + '\r')

    def wait(self, step, following):
        """For the prompt at which the following step is typed: what was printed."""
        if following.prompt not in ('/ #', '^C', '$'):
            printed = self.terminals[-1].expect(self.prompt)
            self.idle |= bool(GUEST.search(printed))
        elif self.idle and step.prompt != '/ #':
            printed = self.terminals[-1].expect('Continuing|resuming')
        else:
            printed = self.terminals[0].expect(GUEST)
            self.idle = True
        return printed

    def text(self):
        return '\n--- a terminal:\n'.join(boot.plain(t.text) for t in self.terminals)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for terminal in reversed(self.terminals):
            terminal.end()


def replay(steps, folder):
    home = os.path.join(folder, 'home')
    os.makedirs(home, exist_ok=True)
    subprocess.run([os.path.join(debuggers.SCRIPTS, 'setup')], check=True,
                   env=dict(os.environ, HOME=home), stdout=subprocess.DEVNULL)
    with Session(home) as session:
        for step, following in zip(steps, steps[1:] + steps[-1:]):
            try:
                session.enter(step, os.path.join(folder, 'initramfs.cpio.gz'))
                printed = session.wait(step, following)
            except Failure as error:
                raise Failure(f'{step.text}: {error}\n{session.text()}') from None
            line = transcript.missing(step.printed, printed)
            if line:
                raise Failure(f'{step.text!r} printed\n{printed}\nand not\n{line}\n'
                              f'--- a terminal:\n{session.text()}')


def initramfs(folder):
    """The usual one; the sources of the programs that hunts use are beside this."""
    tree = os.path.join(folder, 'tree')
    os.makedirs(os.path.join(tree, 'bin'))
    program = os.path.join(tree, 'bin', 'overflow')
    boot.compile_for_guest(os.path.join(debuggers.HERE, 'overflow.c'), program, '-g')
    boot.build_initramfs(tree, folder)


HUNTS = {
    'wrong_word': "A wrong word in another task's file table",
    'overflow': 'A program whose stack overflows',
    'use_after_free': 'A use after free',
    'race': 'Two CPUs and a counter',
    'misplaced_stack': 'A wrong initial stack pointer',
}


def is_watched(steps):
    """Does it take watchpoints?"""
    return any(re.match(r'(wl-)?watch |runner .*--watch=', step.text) for step in steps)


def hunt(blocks):
    """A test that replays them."""
    def test():
        with tempfile.TemporaryDirectory(prefix='wl-hunt-') as folder:
            initramfs(folder)
            for steps in blocks:
                replay(steps, folder)
    return test


def add_hunts():
    found = transcripts()
    for name, heading in HUNTS.items():
        watched = [steps for steps in found[heading] if is_watched(steps)]
        others = [steps for steps in found[heading] if not is_watched(steps)]
        if watched:
            globals()[f'test_{name}_watched'] = watchpoints.needed(hunt(watched))
        if others:
            globals()[f'test_{name}'] = hunt(others)


# In an order in which the kernel goes on, and who it is that faults.
STOPS = (('null', 'read_null'), ('jump', 'call_wrong_type'),
         ('unaligned', 'add_unaligned'), ('stack', 'use_stack'), ('panic', 'out_of_ideas'))
INIT = '#!/bin/sh\nmount -t proc none /proc\n' + ''.join(
    f'sh -c "echo {fault} >/proc/wasm_faults"\n' for fault, _ in STOPS)


def check_stops(debugger):
    """Each fault of the kernel stops the debugger, without being asked, where it is."""
    with tempfile.TemporaryDirectory(prefix='wl-stops-') as folder:
        tree = os.path.join(folder, 'tree')
        os.makedirs(tree)
        with open(os.path.join(tree, 'faults'), 'w', opener=lambda path, flags:
                  os.open(path, flags, 0o755), encoding='utf-8') as file:
            file.write(INIT)
        boot.build_initramfs(tree, folder)
        start = boot.runner_command('--level=' + debuggers.LEVEL, kernel=path_of(KERNEL),
                                    initramfs=os.path.join(folder, 'initramfs.cpio.gz'),
                                    parameters=['quiet', 'rdinit=/faults'])
        debugger.check([row for _, function in STOPS for row in (
            ('continue', 'continue', r'\A(?!.*The access was)'
             rf'(?=.*(guest_fault|\b({function}|panic_event) ?\())'),
            # It is selected; of a panic, it is what tells the host.
            ('frame', 'frame info',
             rf'\b({function} ?\(.*faults|panic_event ?\(.*reboot)\.c:\d+'),
            ('backtrace 8', 'thread backtrace -c 8', rf'guest_fault.*\b{function} ?\('),
            ('wl-bt', 'wl-bt', rf'<(fault|host call wasm_panic)>\n.*\b{function} \(.*'
             r'faults_write \('))],
            start=start)


def test_stops_in_gdb():
    check_stops(debuggers.Gdb())


def test_stops_in_lldb():
    check_stops(debuggers.Lldb())


REGISTERS = ('kernel: __stack_pointer 04289fe0, interrupts on',
             'program: __stack_pointer 04289fe0, TLS base 04289fe0')
# What is typed, and lines that have to be on stderr and on the console, in that order.
REPORTS = (
    ('sh -c "echo stack >/proc/wasm_faults"',
     ('runner: the guest faulted: ...address 04289fe0', 'task sh (pid 46', *REGISTERS,
      'address 04289fe0: the guard of the kernel stack of task sh (pid 46), which is used '
      'up', 'use_stack+...faults.c:42', 'use_stack+...faults.c:47',
      'faults_write+...faults.c:248'),
     ('BUG: kernel stack overflow of task sh[46]: stack 04...', 'use_stack+',
      'use_stack+', 'faults_write+')),
    ('sh -c "echo null >/proc/wasm_faults"',
     ('runner: the guest faulted: ...address 0', 'task sh (pid 48', *REGISTERS,
      'address 0: NULL plus 0x0',
      'read_null+...faults.c:29'),
     ('BUG: kernel NULL pointer dereference, address: 0', 'read_null+')),
    ('sh -c "echo jump >/proc/wasm_faults"',
     ('call of function pointer 0x181 (read_null) as if it had another type',
      'task sh (pid 49', *REGISTERS, 'call_wrong_type+...faults.c:37'),
     ('Oops: 4', 'call_wrong_type+')),
    ('sh -c "echo unaligned 7 >/proc/wasm_faults"',
     ('runner: the guest faulted: unaligned atomic access, address 4289fe1',
      'task sh (pid 50', *REGISTERS,
      'address 4289fe1: in the kernel stack of task sh (pid 50), 0x7e51 of 0x8000 bytes '
      'from its end', 'add_unaligned+...faults.c:54'),
     ('BUG: kernel unaligned atomic access fault, address: 4289fe1', 'Oops: 7',
      'add_unaligned+', 'faults_write+')),
    ('for text in 0 "" "null x" "null 1 2" nothing; do'
     ' echo "$text" >/proc/wasm_faults; done', (),
     ('write error: Invalid argument',) * 5),
    ('sh -c "echo quiet >/proc/wasm_faults"',
     ('the guard of the kernel stack of task sh (pid 51), which is used up',
      'use_stack_quietly+', 'faults_write+'),
     ('BUG: kernel stack overflow of task sh[51]: stack 04...', 'use_stack_quietly+')),
    ('echo panic 3 >/proc/wasm_faults',
     ("runner: the guest's kernel panicked: out of ideas, number 3", 'task sh (pid 44',
      'out_of_ideas+...faults.c:52'),
     ('Kernel panic - not syncing: out of ideas, number 3',)),
)


def test_reports():
    """Without a debugger: each names the task, the function and its line; the kernel
    goes on, but after a panic."""
    script = ''.join(f'{command}\n' for command, _, _ in REPORTS)
    status, out, err = boot.run_runner('--level=' + debuggers.LEVEL, stdin=script,
                                       kernel=path_of(KERNEL),
                                       parameters=['quiet'], timeout=debuggers.LIMIT_S)
    debuggers.equal(status, 72, 'exit status')
    for text, index in (err, 1), (boot.plain(out), 2):
        line = transcript.missing([line for row in REPORTS for line in row[index]], text)
        if line:
            raise Failure(f'{line!r} is missing in\n{text}')


add_hunts()
debuggers.main()
