#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How debuggers get to a runner: started by it, attached, by a core dump."""

import os
import re
import signal
import subprocess
import tempfile
import time

import debuggers
import pexpect
from debuggers import (Failure, Gdb, Guest, Home, Lldb, boot, booted, equal,
                       runner_arguments)

SETUP = os.path.join(debuggers.SCRIPTS, 'setup')


class Terminal:
    """A debugger that the runner became, and its guest, on one terminal."""

    def __init__(self, option, prompt):
        # The level that it implies is not asked for.
        command = [w for w in runner_arguments(option) if not w.startswith('--level=')]
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


# What the level debug is for: lines, and variables where they are.
def at_line(call):
    return (rf'do_pipe2.*pipe\.c:{call}\b', r'= 0')


def test_level_of_lldb_option():
    call = debuggers.line_in_kernel('do_pipe2', 'error = __do_pipe_flags(')
    stop, flags = at_line(call)
    with Terminal('--lldb', r'\(lldb\) ') as lldb:
        lldb.command(f'breakpoint set -f fs/pipe.c -l {call}', r'address = 0x')
        lldb.child.sendline('continue')
        lldb.expect(stop)
        lldb.expect(lldb.prompt_pattern)
        lldb.command('frame variable flags', flags)
        lldb.command('next', rf'do_pipe2.*pipe\.c:{call + 1}\b')


def test_level_of_gdb_option():
    call = debuggers.line_in_kernel('do_pipe2', 'error = __do_pipe_flags(')
    stop, flags = at_line(call)
    with Terminal('--gdb', r'\(gdb\) ') as gdb:
        gdb.command(f'break fs/pipe.c:{call}', r'Breakpoint \d+ at 0x')
        gdb.child.sendline('continue')
        gdb.expect(stop)
        gdb.expect(gdb.prompt_pattern)
        gdb.command('print flags', flags)
        gdb.command('next', rf'\b{call + 1}\s')


# Code that is not the guest's, for some 20 ms.
ROOM = ('set $room = ((void *(*)(void *, unsigned long, int, int, int, long))mmap)('
        '0, 0x8000000, 3, 0x22, -1, 0)')
COMPARE = ('p ((int (*)(void *, void *, unsigned long))memcmp)('
           '$room, $room, 0x8000000)')
TRIES, MOST = 30, 100


def test_rare_interrupts():
    """While gdb keeps a thread in what is not the guest's code, as it does to go over a
    breakpoint, interrupts are tried ever more rarely: a gdb that is slow, and has to
    begin anew after each signal, would come to no end."""
    with booted() as guest:
        said = Gdb().script(['break use_pipe', 'continue', ROOM, *TRIES * [COMPARE],
                             'p task_self->interrupts', *TRIES * [COMPARE],
                             'p task_self->interrupts'], pid=guest.child.pid)
    # By the first half the runner has seen that gdb is there.
    before, *compared, after = [int(re.search(r'= (\d+)', text)[1])
                                for text in said[3 + TRIES:]]
    equal(compared, TRIES * [0])
    if not 1 <= after - before <= MOST:
        raise Failure(f'{after - before} interrupts')
    print(f'     {after - before} interrupts were tried')


def sleep(guest):
    """It does, and the terminal is no longer the shell's."""
    guest.line('B=begins; sh -c "echo it $B; exec sleep 1000"')
    guest.expect('it begins')


def test_ctrl_c_of_debugger():
    """Without a debugger there, Ctrl-C ends the runner, and Ctrl-A c is the guest's."""
    with debuggers.Guest('--ctrl-c=debugger') as guest:
        for _ in range(2):
            sleep(guest)
            guest.send('\x01c')
            guest.prompt()
            guest.check('echo $?', '130')
        guest.send('\x03')
        guest.wait_for(128 + signal.SIGINT)
    with debuggers.Guest('--ctrl-c=guest') as guest:
        sleep(guest)
        guest.send('\x03')
        guest.prompt()
        guest.check('echo $?', '130')
    status, _, err = boot.run_runner('--ctrl-c=nobody')
    debuggers.equal((status, 'neither guest nor debugger' in err), (64, True), err)


def test_trace_and_log():
    """What the runner says of itself: each call, and as much as is asked for."""
    def said(*options):
        status, _, err = boot.run_runner(*options, stdin='poweroff\n')
        debuggers.equal(status, 0, f'status with {options}')
        return err.replace('\r', '')
    calls = re.findall(r'\bwasm_\w+\(', said('--trace'))
    if not {'wasm_driver_hvc_put(', 'wasm_ext_cpu_idle('} <= set(calls):
        raise Failure(f'--trace shows only {set(calls)}')
    debuggers.equal(said(), '', 'what it says by itself')
    debuggers.matches(said('--log=all:info'), r'^runner: \S')
    debuggers.equal(said('--log=all:info'.replace('all', 'fault')), '',
                    'what another module says')
    for wrong in '--log=all', '--log=all:loud', '--trace=bells':
        debuggers.equal(boot.run_runner(wrong)[0], 64, wrong)


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


def test_free_memory_stays():
    """What is free is not given back to the host while somebody may look at it."""
    with Guest(f'--level={debuggers.LEVEL}') as guest:
        guest.run('sleep 4; while :; do /bin/true; usleep 10000; done &')
        Gdb().check([('break memory_discard', None, 'Breakpoint 1'),
                     ('tbreak tell_host', None, 'breakpoint 2'),
                     ('continue', None, 'hit Temporary breakpoint 2, tell_host'),
                     ('finish', None, r'^process_\w+ \('),
                     ('info breakpoints', None, r'\A(?!.*already hit).*memory_discard')],
                    pid=guest.child.pid)
        # Without a debugger it is.
        wait_for_discards(guest)


def wait_for_discards(guest):
    """The host has less, of a guest that took and freed."""
    guest.run('dd if=/dev/zero of=/tmp/x bs=1M count=64 2>/dev/null')
    full = resident(guest)
    guest.run('rm /tmp/x')
    deadline = time.monotonic() + debuggers.LIMIT_S
    while resident(guest) > full - (48 << 20):
        if time.monotonic() > deadline:
            raise Failure(f'{full} bytes, and no less when they are free')
        time.sleep(0.5)


def resident(guest):
    with open(f'/proc/{guest.child.pid}/statm', encoding='utf-8') as statm:
        return int(statm.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


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


# The thread of the program's main(), its frame, and a variable there.
GDB_SELECT_MAIN = '''
import gdb
def frames(thread):
    thread.switch()
    frame = gdb.newest_frame()
    while frame:
        yield frame
        frame = frame.older()
def is_main(frame):
    symtab = frame.find_sal().symtab
    return symtab and symtab.filename.endswith('subject.c') and 'main' in frame.name()
def select_main():
    for thread in gdb.selected_inferior().threads():
        for frame in frames(thread):
            if is_main(frame):
                frame.select()
                return gdb.execute('frame')
'''
LLDB_SELECT_MAIN = (
    'script p = lldb.debugger.GetSelectedTarget().process; '
    't, f = next((t, f) for t in p for f in t if "main" in (f.GetFunctionName() or "") '
    'and f.GetLineEntry().GetFileSpec().basename == "subject.c"); '
    'p.SetSelectedThread(t); t.SetSelectedFrame(f.GetFrameID()); print(f)')


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
        script = os.path.join(folder, 'select.py')
        with open(script, 'w', encoding='utf-8') as file:
            file.write(GDB_SELECT_MAIN)
        table += [(f'source {script}', None, ''),
                  ('python select_main()', LLDB_SELECT_MAIN, r'main.*subject\.c:\d+'),
                  ('print title', 'frame variable title', '"subject: ready')]
        Gdb().check(table, core=core)
        Lldb().check(table, core=core)


debuggers.main()
