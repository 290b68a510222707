#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How debuggers get to a runner: started by it, attached, by a core dump."""

import os
import re
import subprocess
import tempfile
import time

import debuggers
import pexpect
from debuggers import Failure, Gdb, Home, Lldb, booted, runner_arguments

SETUP = os.path.join(debuggers.SCRIPTS, 'setup')


class Terminal:
    """A debugger that the runner became, and its guest, on one terminal."""

    def __init__(self, option, prompt):
        command = runner_arguments(option)
        self.prompt_pattern = prompt
        self.text = ''
        began = time.monotonic()
        # The runner's own options come before its files.
        self.child = pexpect.spawn(command[0], command[1:], encoding='utf-8',
                                   codec_errors='replace', timeout=debuggers.LIMIT_S,
                                   dimensions=(50, 200),
                                   env=Gdb().environment())
        self.child.logfile_read = self
        self.child.delaybeforesend = None
        self.expect('start_kernel')
        self.expect(prompt)
        print(f'     {option}: prompt at start_kernel after '
              f'{time.monotonic() - began:.1f} s', flush=True)

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def expect(self, pattern):
        try:
            self.child.expect(pattern)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            raise Failure(f'no {pattern!r} ({type(error).__name__})\n'
                          f'{plain(self.text)}') from None

    def command(self, text, pattern):
        self.child.sendline(text)
        self.expect(pattern)
        self.expect(self.prompt_pattern)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        debuggers.end_terminal(self.child)


def plain(text):
    return re.sub(r'\x1b[\[\]][0-9;?]*[A-Za-z]?', '', text)


def test_gdb_option():
    with Terminal('--gdb', r'\(gdb\) ') as gdb:
        gdb.command('p init_task.comm', '"swapper')
        gdb.command('break vfs_read', r'Breakpoint \d+ at 0x')
        gdb.command('delete 2', '')
        gdb.child.sendline('continue')
        gdb.expect('subject: ready')
        gdb.child.sendline('what is typed')
        gdb.expect('subject: heard what is typed')
        gdb.child.send('\x03')
        gdb.expect(r'SIGINT|Interrupt')
        gdb.expect(r'\(gdb\) ')
        gdb.command('p first.next->value', r'= \d\d')


def test_lldb_option():
    with Terminal('--lldb', r'\(lldb\) ') as lldb:
        lldb.command('p init_task.comm', '"swapper')
        lldb.command('breakpoint set --name vfs_read', r'address = 0x')
        lldb.command('breakpoint delete -f', 'removed')
        lldb.child.sendline('continue')
        lldb.expect('subject: ready')
        lldb.child.sendline('what is typed')
        lldb.expect('subject: heard what is typed')
        lldb.child.send('\x03')
        lldb.expect(r'SIGSTOP|SIGINT')
        lldb.expect(lldb.prompt_pattern)
        lldb.command('p first.next->value', r'\) \d\d')


ATTACHED = [
    ('p init_task.comm', 'p init_task.comm', '"swapper'),
    ('p first.next->value', 'p first.next->value', r'\d\d'),
    ('help wl-ps', 'help wl-ps', '(?i)task'),
]


def attach(debugger):
    """With nothing but what setup wrote into an empty home."""
    with Home() as home, booted() as guest:
        env = dict(os.environ, HOME=home)
        env.pop('XDG_CONFIG_HOME', None)
        for _ in range(2):
            subprocess.run([SETUP], env=env, check=True, stdout=subprocess.DEVNULL)
        debugger(home).check(ATTACHED, pid=guest.child.pid)
        subprocess.run([SETUP, '--remove'], env=env, check=True,
                       stdout=subprocess.DEVNULL)


def test_attach_gdb():
    attach(Gdb)


def test_attach_lldb():
    attach(Lldb)


def test_setup_keeps_settings():
    with Home() as home:
        env = dict(os.environ, HOME=home)
        env.pop('XDG_CONFIG_HOME', None)
        path = os.path.join(home, '.gdbinit')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('set width 0\n')
        subprocess.run([SETUP], env=env, check=True, stdout=subprocess.DEVNULL)
        with open(path, encoding='utf-8') as file:
            debuggers.equal(file.read().count('add-auto-load-safe-path'), 1, path)
        subprocess.run([SETUP, '--remove'], env=env, check=True,
                       stdout=subprocess.DEVNULL)
        with open(path, encoding='utf-8') as file:
            debuggers.equal(file.read(), 'set width 0\n', path)


def test_wait_for_debugger():
    """Nothing of the guest runs before, and all does afterwards."""
    with debuggers.Guest(login=False,
                         command=runner_arguments('--wait-for-debugger')) as guest:
        deadline = time.monotonic() + debuggers.LIMIT_S
        while 'waiting for a debugger' not in guest.stderr():
            if time.monotonic() > deadline:
                raise Failure('it does not wait')
            time.sleep(0.05)
        Gdb().check([('p system_state', None, 'SYSTEM_BOOTING'),
                     ('break start_kernel', None, 'Breakpoint 1 at'),
                     ('continue', None, 'start_kernel'),
                     ('delete', None, '')], pid=guest.child.pid)
        guest.expect('subject: ready')


def test_core_dump():
    """As good as the process for all that only reads, and without the 8 GiB that the
    runner reserves."""
    with booted() as guest, tempfile.TemporaryDirectory() as folder:
        core = os.path.join(folder, 'core')
        Gdb().check([(f'gcore {core}', None, 'Saved corefile')], pid=guest.child.pid)
        used = os.stat(core).st_blocks * 512
        if used > 2 << 30:
            raise Failure(f'the core dump has {used >> 20} MB')
        table = ATTACHED + [('p jiffies_64 > 0', None, '= 1'),
                            ('p init_task.active_mm->mm_users.counter',
                             'p init_task.active_mm->mm_users.counter', r'\d')]
        Gdb().check(table, core=core)
        Lldb().check(table, core=core)


debuggers.main()
