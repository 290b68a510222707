#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One long life of a guest under stress: the console busy and idle in turns.

usage: tests/boot/endurance [--minutes=N] [--rate=N] [--cpus=N] [--kernel=FILE]
                              [--build=DIR]

By default 36 minutes of the guest, well beyond the fifth, when jiffies wrap. --rate
lets the guest's clocks run faster than the host's. In the background tasks come and
go, pipes fill, signals end programs, timers fire, files are copied in tmpfs. After
each turn input must be answered and everything in the background must have gone on;
at the end the kernel must have complained of nothing.
"""

import argparse
import os
import re
import sys
import time

import harness
from harness import Failure, Guest, equal

STRESS = r'''
n=0
bad() { echo "$what: $*" >>/tmp/bad; }
tasks() { /bin/true; (/bin/false); [ $? = 1 ] || bad status of false; }
pipes() {
 c=$(head -c 300000 /dev/zero | cat | wc -c)
 [ $c = 300000 ] || bad $c bytes
}
signals() {
 sleep 1000 & kill -TERM $!; wait $! 2>/dev/null
 [ $? = 143 ] || bad status after a signal
}
timers() { sleep 0.05; usleep 2000; timeout 0.1 sleep 1000; }
files() {
 dd if=/dev/urandom of=/tmp/f1 bs=64k count=8 2>/dev/null
 cp /tmp/f1 /tmp/f2; cmp /tmp/f1 /tmp/f2 || bad a copy differs; rm /tmp/f1 /tmp/f2
}
what=$1
while :; do
 $what; n=$((n + 1)); echo $n >/tmp/m.$what; mv /tmp/m.$what /tmp/n.$what
 sleep 0.02
done
'''
STRESSORS = ('tasks', 'pipes', 'signals', 'timers', 'files')
IDLE_S = 40  # of the guest, in which nothing is typed


def start_stress(guest):
    """Write the script through the console, start it once for each stressor."""
    guest.line("cat >/tmp/stress <<'END'")
    for line in STRESS.strip().split('\n'):
        guest.line(line)
    guest.line('END')
    guest.prompt()
    for name in STRESSORS:
        guest.run(f'sh /tmp/stress {name} >/dev/null 2>&1 &')


def counts(guest):
    """How often each stressor has gone round."""
    output = guest.run('cd /tmp; for i in ' + ' '.join(STRESSORS) +
                       '; do echo $i $(cat n.$i); done; cd /')
    found = dict(re.findall(r'^(\w+) (\d+)$', output, re.M))
    return {name: int(found.get(name, 0)) for name in STRESSORS}


def uptime(guest):
    """Seconds that the guest thinks it has been up."""
    return float(re.match(r'[\d.]+', guest.run('cat /proc/uptime'))[0])


def busy(guest, turn):
    """Much output, and input that is typed ahead of it."""
    guest.line('seq 1 2000')
    guest.line(f'echo "typed $(({turn} + 1)) ahead"')
    guest.expect('\n2000\r')
    guest.expect(f'typed {turn + 1} ahead')
    guest.prompt()
    for number in range(5):
        guest.check(f'echo $(({turn} * 7 + {number}))', f'^{turn * 7 + number}$')


def await_progress(guest, before, turn):
    """The counts, when all are higher than before."""
    deadline = time.monotonic() + harness.PATIENCE_S
    while True:
        after = counts(guest)
        stuck = [name for name in STRESSORS if after[name] <= before[name]]
        if not stuck:
            return after
        if time.monotonic() > deadline:
            raise Failure(f'in turn {turn} these did not go on: {stuck}: {after}')
        time.sleep(1)


def live(guest, minutes, rate):
    """Turns until the guest is that old; how many, and the counts."""
    before, turn = counts(guest), 0
    while uptime(guest) < minutes * 60:
        busy(guest, turn)
        time.sleep(IDLE_S / rate)
        before, turn = await_progress(guest, before, turn), turn + 1
    return turn, before


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--minutes', type=float, default=36)
    parser.add_argument('--rate', type=int, default=1)
    parser.add_argument('--cpus', type=int, default=2)
    parser.add_argument('--kernel', default=harness.settings.kernel,
                        help='of the build folder (vmlinux.wasm)')
    parser.add_argument('--build', default=harness.settings.build)
    args = parser.parse_args()
    harness.settings.build = os.path.abspath(args.build)
    harness.settings.kernel = args.kernel
    try:
        # Of the host's time, which a busy one takes.
        patience = f'rcupdate.rcu_cpu_stall_timeout={21 * args.rate}'
        with Guest(f'--clock-rate={args.rate}', cpus=args.cpus,
                   parameters=[patience]) as guest:
            start_stress(guest)
            guest.run('sleep 1')
            turns, done = live(guest, args.minutes, args.rate)
            equal(guest.run('cat /tmp/bad 2>/dev/null', status=None), '',
                  'what failed in the background')
            guest.check_log('that')
            guest.line('poweroff')
            guest.wait_for(0)
    except (Failure, AssertionError) as error:
        print(f'FAIL {error}\n--- to repeat it: tests/boot/endurance'
              f' --minutes={args.minutes} --rate={args.rate} --cpus={args.cpus}'
              f' --kernel={args.kernel} --build={args.build}')
        sys.exit(1)
    print(f'ok   {args.minutes} minutes of the guest, {turns} turns, rounds: {done}')


main()
