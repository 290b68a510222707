#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The runner is stopped, ended and cut off at moments that nobody chose.

WL_ENDS is how often it is ended in test_ends (24), WL_KILLS in test_killed (8).
"""

import contextlib
import ctypes
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import termios
import time

import harness
from harness import Failure, Guest, equal, matches, run_runner

sys.path.insert(0, os.path.join(harness.TOP, 'tests/guests'))

import guests  # noqa: E402

ENDS = int(os.environ.get('WL_ENDS', 24))
KILLS = int(os.environ.get('WL_KILLS', 8))
# A busy host may be without time for one CPU as long as 2 s, and again.
PATIENT = ('rcupdate.rcu_cpu_stall_timeout=8',)
IMPATIENT = ('rcupdate.rcu_cpu_stall_timeout=3',)
PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000  # waitpid(): threads too
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT,
           signal.SIGKILL)


def start(**where):
    return subprocess.Popen(harness.runner_command('--timeout=120'), **where)


def status_of(child, what):
    try:
        return child.wait(harness.PATIENCE_S)
    except subprocess.TimeoutExpired:
        stacks = harness.all_stacks(child.pid)
        child.kill()
        child.wait()
        raise Failure(f'{what}: it does not end\n{stacks}') from None


def time_of_boot():
    began = time.monotonic()
    run_runner(stdin='poweroff\n')
    return time.monotonic() - began


def test_ends():
    """A signal at any moment from before main() to the prompt: status 128 + n."""
    seed = random.randrange(1 << 32)
    print(f'     seed {seed}')
    chance = random.Random(seed)
    span = time_of_boot()
    for round in range(ENDS):
        number, moment = chance.choice(SIGNALS), chance.uniform(0, span)
        what = f'round {round}, {number!r} after {moment:.3f} s'
        read, write = os.pipe()  # input that does not end
        child = start(stdin=read, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                      text=True)
        os.close(read)
        time.sleep(moment)
        child.send_signal(number)
        status = status_of(child, what)
        os.close(write)
        said = child.stderr.read()
        child.stderr.close()
        # Before it handles signals, it dies of it, which a shell calls the same.
        if status not in (-number, 128 + number):
            raise Failure(f'{what}: status {status}\n{said}')
        equal(said, '', f'{what}: stderr')


class SmallGuest:
    """A kernel of a few lines, which is translated in no time, and a cache for it."""

    def __init__(self, folder):
        sources = [os.path.join(guests.HERE, name) for name in ('start.c', 'spin.c')]
        with open(guests.build('spin', sources, [], folder), 'rb') as file:
            self.module = file.read()
        self.kernel, self.cache = f'{folder}/kernel.wasm', f'{folder}/cache'
        self.initramfs = f'{folder}/empty.cpio'
        with open(self.initramfs, 'wb') as file:
            file.write(guests.cpio())

    def renew(self, number):
        """Another kernel, which does the same: with a section that has no meaning."""
        with open(self.kernel, 'wb') as file:
            file.write(self.module + b'\0\5\4' + number.to_bytes(4, 'big'))

    def start(self, **where):
        return subprocess.Popen(
            [harness.path_of('runner'), f'--cache={self.cache}',
             '--expect=^spinning', '--timeout=60', self.kernel, self.initramfs],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **where)

    def run(self, what):
        """To its end: how long it took."""
        began, child = time.monotonic(), self.start(stdin=subprocess.DEVNULL)
        status, said = status_of(child, what), child.stderr.read()
        child.stderr.close()
        equal(status, 0, f'{what}: status ({said})')
        return time.monotonic() - began

    def translate(self, number):
        """Each translation clears up what was left behind."""
        self.renew(number)
        took = self.run(f'translation {number}')
        for name in 'tmp', 'locks':
            equal(os.listdir(os.path.join(self.cache, name)), [], name)
        return took


def await_no_process_of(session, what):
    deadline = time.monotonic() + harness.PATIENCE_S
    while left := subprocess.run(['ps', '-o', 'pid=,args=', '-s', str(session)],
                                 capture_output=True, text=True).stdout:
        if time.monotonic() > deadline:
            raise Failure(f'{what}: it left\n{left}')
        time.sleep(0.05)


def test_killed():
    """Killed at any moment, while it translates too: what it starts ends, the
    terminal is as before if that can be, the next start works, the next translation
    clears up."""
    seed = random.randrange(1 << 32)
    print(f'     seed {seed}')
    chance = random.Random(seed)
    master, terminal = os.openpty()
    before = termios.tcgetattr(terminal)
    with tempfile.TemporaryDirectory() as folder:
        guest = SmallGuest(folder)
        span = guest.translate(0)
        for round in range(1, KILLS + 1):
            number = chance.choice((signal.SIGKILL, signal.SIGTERM))
            moment = chance.uniform(0, span)
            what = f'round {round}, {number!r} after {moment:.3f} s'
            guest.renew(round)
            child = guest.start(stdin=terminal, start_new_session=True)
            time.sleep(moment)
            child.send_signal(number)
            status_of(child, what)
            child.stderr.close()
            await_no_process_of(child.pid, what)
            if number == signal.SIGTERM:
                equal(termios.tcgetattr(terminal), before, f'{what}: terminal')
            termios.tcsetattr(terminal, termios.TCSANOW, before)
            guest.run(f'{what}: the start after it')
        guest.translate(KILLS + 1)
    os.close(master)
    os.close(terminal)


def busy(guest, jobs):
    for _ in range(jobs):
        guest.run('while :; do :; done &', status=None)
    guest.run('while sleep 0.02; do echo; done >/tmp/ticks &', status=None)


def busy_with_rcu(guest):
    """Each task that ends waits for it, so that it is always at work. The console
    does not show if it complains."""
    guest.run('dmesg -n 1; while :; do /bin/true; done &', status=None)


def test_stopped():
    """SIGSTOP and SIGCONT of the runner, while the guest is idle and while it is
    busy: no stall, no flood of timers, no hang."""
    with Guest(parameters=PATIENT) as guest:
        busy_with_rcu(guest)
        for seconds, jobs in (9, 0), (1, 0), (10, 2), (1, 0), (2, 0), (9, 0):
            busy(guest, jobs)
            os.kill(runner_of(guest), signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(runner_of(guest), signal.SIGCONT)
            guest.check('echo $((6 * 7))', '^42$')
        # A tick of a stop is not made up for.
        began, _, ticks, ended, _ = map(float, guest.run(
            'cat /proc/uptime; : >/tmp/ticks; sleep 1; wc -l </tmp/ticks; '
            'cat /proc/uptime').split())
        if ticks > 6 * 50 * (ended - began) + 60:
            raise Failure(f'{ticks} ticks of 6 timers in {ended - began:.1f} s')
        guest.check_log('the stops')
        guest.line('poweroff')
        guest.wait_for(0)


def test_stuck():
    """A CPU that does nothing although the host is there is reported."""
    with Guest(cpus=1, parameters=IMPATIENT) as guest:
        busy_with_rcu(guest)
        for _ in range(10):  # between two grace periods nobody waits for it
            with frozen(runner_of(guest)):
                time.sleep(4)
            if re.search('rcu_sched (self-detected stall|detected stalls) on',
                         guest.run('dmesg')):
                return
        raise Failure('no stall is reported')


@contextlib.contextmanager
def frozen(pid):
    """All its threads but the main thread are stopped."""
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long] * 4

    def request(number, tid):
        if ptrace(number, tid, 0, 0):
            raise OSError(ctypes.get_errno(), f'ptrace({number:#x}, {tid})')

    stopped = {pid}
    while new := {int(name) for name in os.listdir(f'/proc/{pid}/task')} - stopped:
        for tid in new:
            with contextlib.suppress(ProcessLookupError):
                request(PTRACE_SEIZE, tid)
                request(PTRACE_INTERRUPT, tid)
                os.waitpid(tid, WALL)
        stopped |= new
    yield
    for tid in stopped - {pid}:
        with contextlib.suppress(ProcessLookupError):
            request(PTRACE_DETACH, tid)


def runner_of(guest):
    """The shell that started it has become it."""
    return guest.child.pid


def test_closed_stdin():
    child = start(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                  stderr=subprocess.PIPE, text=True, preexec_fn=lambda: os.close(0))
    status_of(child, 'stdin is closed')
    out, err = child.communicate()
    matches(out, r'/ # ', 'stdout')
    equal(child.returncode, 0, f'status ({err})')


def cut_off(after):
    """Read so much of what it writes, then close the pipe."""
    child = start(stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                  stderr=subprocess.PIPE, text=True)
    child.stdin.write('while :; do echo much output; done\n')
    child.stdin.flush()
    child.stdout.read(after)
    child.stdout.close()
    status = status_of(child, f'stdout is closed after {after} characters')
    matches(child.stderr.read(), 'the console cannot be written: Broken pipe', 'stderr')
    equal(status, 71, f'status after {after} characters')
    child.stdin.close()
    child.stderr.close()


def test_closed_stdout():
    for after in 0, 1, 1000, 10000:
        cut_off(after)


def test_closed_stderr():
    """Nobody listens: that is no reason to end otherwise."""
    child = start(stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                  stderr=subprocess.PIPE, text=True)
    child.stderr.close()
    child.stdin.write('poweroff\n')
    child.stdin.close()
    equal(status_of(child, 'stderr is closed'), 0, 'status')


if __name__ == '__main__':
    harness.main()
