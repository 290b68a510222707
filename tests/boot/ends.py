#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How the machine ends, and with which status; that the terminal is left as it was."""

import hashlib
import os
import signal
import subprocess
import termios
import time

import harness
from harness import Guest, equal, matches, run_runner

OK, TRAP, PANIC, RESTART, EXPECT, HALT, ESCAPE, TIMEOUT = 0, 70, 72, 75, 76, 77, 80, 124


def modes_of(terminal):
    return termios.tcgetattr(terminal)[:4]


def terminal_of(guest):
    return modes_of(guest.child.child_fd)


def new_terminal():
    """What a guest's was before the runner had it."""
    ours, other = os.openpty()
    try:
        return modes_of(other)
    finally:
        os.close(ours)
        os.close(other)


def check_end(command, status, said=''):
    """Run it at the prompt; the runner has to end so and restore the terminal."""
    with Guest(login=False) as guest:
        guest.prompt()
        if terminal_of(guest) == new_terminal():
            raise harness.Failure('the terminal is not in raw mode')
        guest.line(command)
        guest.child.expect(harness.pexpect.EOF, timeout=harness.PATIENCE_S)
        after = terminal_of(guest)
        guest.wait_for(status)
        equal(after, new_terminal(), 'terminal modes')
        matches(guest.stderr(), said, "the runner's words")


def test_poweroff():
    check_end('poweroff', OK)


def test_reboot():
    check_end('reboot', RESTART)


def test_halt():
    check_end('halt', HALT)


def test_exit():
    check_end('exit', OK)


def test_panic():
    check_end('echo c > /proc/sysrq-trigger', PANIC, r'sysrq')


def test_end_of_input():
    check_end('\x04', OK)


def test_escape():
    with Guest() as guest:
        guest.send('\x01h')
        time.sleep(0.5)
        guest.line('')
        guest.prompt()
        matches(guest.stderr(), r'Ctrl-A x', 'help of Ctrl-A h')
        guest.send('\x01x')
        guest.wait_for(ESCAPE)


def test_escape_while_the_guest_spins():
    with Guest(cpus=1) as guest:
        guest.line('while :; do :; done')
        time.sleep(0.5)
        guest.send('\x01x')
        guest.wait_for(ESCAPE)


def test_signals():
    for number in signal.SIGTERM, signal.SIGHUP:
        with Guest(login=False) as guest:
            guest.prompt()
            os.kill(guest.child.pid, number)
            guest.child.expect(harness.pexpect.EOF, timeout=harness.PATIENCE_S)
            equal(terminal_of(guest), new_terminal(), 'terminal modes')
            status = guest.wait()
            if status not in (-number, 128 + number):
                raise harness.Failure(f'{number!r} ended the runner with {status}')


def test_terminal_goes_away():
    """One that is not the controlling terminal: the host sends no SIGHUP."""
    ours, guests = os.openpty()
    child = subprocess.Popen(harness.runner_command(), stdin=guests, stdout=guests,
                             stderr=subprocess.DEVNULL, start_new_session=True)
    os.close(guests)
    try:
        said = b''
        while b'/ # ' not in said:
            said += os.read(ours, 4096)
        os.close(ours)
        if child.wait(harness.PATIENCE_S) not in (-signal.SIGHUP, 128 + signal.SIGHUP):
            raise harness.Failure(f'it ended with {child.returncode}')
    finally:
        child.kill()
        child.wait()


def test_pipe():
    status, out, err = run_runner(stdin='uname -a; poweroff\n')
    equal(status, OK, 'status')
    matches(out, r'^Linux \S+ 6\.12', 'stdout')


def test_pipe_without_poweroff():
    status, out, err = run_runner(stdin='echo "<$((1 + 1))>"\n')
    equal(status, OK, 'status')
    matches(out, r'<2>', 'stdout')


def test_no_input_at_all():
    equal(run_runner()[0], OK, 'status')


def test_long_input():
    """What is typed ahead is echoed anywhere, so that the guest says what it got."""
    texts = [f'line {n} of many, none of which is lost\n' for n in range(300)]
    lines = ''.join(f'echo {text[:-1]} >>/tmp/all\n' for text in texts)
    status, out, err = run_runner(stdin=lines + 'md5sum /tmp/all\npoweroff\n',
                                  timeout=180)
    equal(status, OK, 'status')
    wanted = hashlib.md5(''.join(texts).encode()).hexdigest()
    matches(out, rf'{wanted}  /tmp/all', 'stdout')


def test_stdout_is_the_console_alone():
    status, out, err = run_runner('-v', stdin='poweroff\n')
    equal(status, OK, 'status')
    matches(out.replace('\r', '').lstrip(), r'\A\[ +0\.\d+\] ', 'the first line')


def test_expect():
    equal(run_runner('--expect=# $', '--timeout=60')[0], OK, 'status')
    equal(run_runner('--expect=Linux version', '--timeout=60')[0], OK, 'status')
    equal(run_runner('--expect=never', '--timeout=60', stdin='poweroff\n')[0],
          EXPECT, 'status')


def test_timeout():
    with Guest('--timeout=3', login=False) as guest:
        guest.wait_for(TIMEOUT)
    equal(run_runner('--expect=never', '--timeout=2', stdin='sleep 100\n')[0],
          EXPECT, 'status')


def test_init_that_fails():
    status, out, err = run_runner(parameters=['rdinit=/nonexistent', 'init=/nonexistent'])
    equal(status, PANIC, 'status')
    matches(out + err, r'(?i)panic.*nonexistent.*fail', 'what it says')


harness.main()
