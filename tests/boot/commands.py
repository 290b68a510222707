#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The commands that a person types first, and what they have to print."""

import os
import re
import time

import harness
import pexpect
from harness import Failure, Guest, equal

# command, what its output has to match
COMMANDS = [
    ('uname -a', r'^Linux \S+ 6\.12\.\d+ .*wasm'),
    ('ls /', r'bin.*dev.*etc.*proc.*sys.*tmp'),
    ('pwd', r'^/\S*$'),
    ('cat /proc/cpuinfo', r'^processor\s*: 0$'),
    ('head /proc/cpuinfo', r'^processor\s*: 0$'),
    ('nproc', r'^2$'),
    ('free', r'^Mem: +\d+ +\d+ +\d+'),
    ('mount', r'on /proc type proc '),
    ('mount', r'on /sys type sysfs '),
    ('mount', r'on /dev type devtmpfs '),
    ('mount', r'on /dev/pts type devpts '),
    ('mount', r'on /tmp type tmpfs '),
    ('ps | grep kthreadd', r'^ *2 .*kthreadd'),
    ('top -b -n1', r'^Mem: \d+K used.*CPU:.*PID.*COMMAND.*init'),
    ('find /proc -name cmdline -maxdepth 2', r'^/proc/1/cmdline$'),
    ('uptime', r'^ *\d\d:\d\d:\d\d up .*load average: \d+\.\d+'),
    ('strings /bin/busybox | head', r'\w{4}.*\n.*\w{4}'),
    ('cd /tmp', r'^$'),
    ('echo Hello >> world && cat world', r'^Hello$'),
    ('rm world; cd /', r'^$'),
    ('grep Cpus_allowed_list /proc/self/status', r'^Cpus_allowed_list:\s*0-1$'),
    ('tty', r'^/dev/\w+'),
    ('id -u', r'^0$'),
    ('echo $((6 * 7))', r'^42$'),
    ('dmesg | grep -c Linux', r'^[1-9]\d*$'),
    ('ls -l /dev/null', r'^crw.* 1, +3 .*/dev/null$'),
    ('ls /sys', r'devices.*kernel'),
    ('printf "%5.2f\\n" 3.14159', r'^ 3\.14$'),
    ('seq 1 5 | tr "\\n" " "', r'1 2 3 4 5'),
    ('echo banana | sed s/an/AN/g', r'^bANANa$'),
    ('echo 1 2 3 | awk "{ print \\$1 + \\$3 }"', r'^4$'),
    ('echo hello | md5sum', r'^b1946ac92492d2347c6235b4d2611184'),
    ('date +%Y', r'^20\d\d$'),
    ('cat /proc/loadavg', r'^\d+\.\d+ \d+\.\d+ '),
    ('cat /proc/interrupts', r'CPU0 +CPU1'),
    ('echo through stdin | cat /dev/stdin', r'^through stdin$'),
    ('echo through a file | cat /dev/fd/0', r'^through a file$'),
    ('ls /nonexistent || echo absent', r'^absent$'),
    ('nonexistent_program || echo none', r'^none$'),
]


def test_commands():
    with Guest(cpus=2) as guest:
        for command, pattern in COMMANDS:
            guest.check(command, pattern, status=None)


def test_from_the_host():
    """What the guest has of the host: its name, its time, and its random numbers."""
    with Guest() as guest:
        name = re.match('[-A-Za-z0-9]*', os.uname().nodename)[0] or 'linux'
        equal(guest.run('uname -n').strip(), name[:31], 'host name')
        before = time.time()
        if not before - 2 <= int(guest.run('date +%s')) <= time.time() + 2:
            raise Failure("the date is not the host's")
        random = 'od -An -N16 -tx8 /dev/random'
        if guest.run(random) == guest.run(random):
            raise Failure('random numbers that repeat')


def test_sleep():
    with Guest() as guest:
        began = time.monotonic()
        guest.run('usleep 1234567')
        took = time.monotonic() - began
        if took < 1.2345:
            raise Failure(f'usleep 1234567 was over after {took:.3f} s')
        if took > harness.PATIENCE_S:
            raise Failure(f'usleep 1234567 took {took:.3f} s')


def test_vi():
    with Guest() as guest:
        guest.run('cd /tmp')
        guest.line('vi file.txt')
        guest.expect(r'file\.txt.*1/1')
        guest.send('ihello from vi\rsecond line\x1b')
        guest.expect('second line')
        guest.line(':wq')
        guest.prompt()
        equal(guest.run('cat file.txt'), 'hello from vi\nsecond line\n')
        guest.line('vi file.txt')
        guest.expect('hello from vi')
        guest.send('ddp')
        guest.line(':x')
        guest.prompt()
        equal(guest.run('cat file.txt'), 'second line\nhello from vi\n')


def test_exec_shell():
    with Guest() as guest:
        pid = guest.run('echo $$').strip()
        guest.line('exec sh')
        guest.prompt()
        equal(guest.run('echo $$').strip(), pid, 'pid after exec')


def test_watch():
    with Guest() as guest:
        guest.line('watch -n3 uptime')
        for _ in range(2):
            guest.expect(r'load average: \d')
        for _ in range(10):  # while it waits for uptime, in system(3), it ignores Ctrl-C
            time.sleep(1)
            guest.send('\x03')
            if guest.child.expect([harness.PROMPT, pexpect.TIMEOUT], timeout=5) == 0:
                break
        guest.check('echo alive', '^alive$')


def test_cpus():
    for cpus in 1, 2, 4, 8:
        with Guest(cpus=cpus) as guest:
            text = guest.run('cat /proc/cpuinfo')
            equal(len(re.findall(r'^processor', text, re.M)), cpus, 'CPUs')
            guest.check(f'for i in $(seq {cpus}); do taskset $(printf %x $((1 << i - 1)))'
                        ' cut -d" " -f39 /proc/self/stat; done | tr "\\n" " "',
                        '^' + ''.join(f'{cpu} ' for cpu in range(cpus)))
            guest.check_log('the boot')


UPTIME = 'cut -d" " -f1 /proc/uptime'
SPIN = "sh -c 'while :; do :; done' & pids=\"$pids $!\""
TICKS = 'for pid in $pids; do cut -d" " -f14,15 /proc/$pid/stat; done'
TICKS_PER_S = 100


def test_shares():
    """Two CPUs, four programs that spin, pinned nowhere: each gets half a CPU. The guest
    counts its own time, so it does not matter what else the host does."""
    with Guest() as guest:
        began = float(guest.run(UPTIME))
        for _ in range(4):
            guest.run(SPIN)
        guest.run('sleep 3')
        ticks = [sum(map(int, row.split())) for row in guest.run(TICKS).split('\n') if row]
        took = float(guest.run(UPTIME)) - began
    equal(len(ticks), 4, 'programs')
    for spun in ticks:
        if not took / 3 < spun / TICKS_PER_S < took * 2 / 3:
            raise Failure(f'of {took} s the four spun {ticks} ticks')


harness.main()
