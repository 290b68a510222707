#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""debugging.py: what debugging costs, in ratios of one run; some minutes.

usage: tests/bench/debugging.py [--guestbench=FILE.c] [--build=DIR] [--reps=N]
                                [--only=PART]...

FILE.c is a benchmark of a Linux guest (see ratios.py), which speed and watching need.
PARTs:

  speed      the benchmark at the level debug: with no debugger, under gdb, under gdb
             with a watchpoint of the CPU that is never hit, and both under lldb; and
             compiled for the host, without a guest, under gdb with one and without
  start      from the command line to the debugger's prompt at start_kernel
  stops      conditions of watchpoints judged in a second
  watching   the benchmark with checks in the stores, and with records of writes
  translate  the level debug of the kernel: size, and time with an empty cache, also
             as a ratio to that of the level release
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time

import ratios
import watching
from ratios import harness, row
from watching import WAKES

sys.path.insert(0, os.path.join(ratios.TOP, 'tests', 'debug'))
import debuggers  # noqa: E402

NAMES = ['getppid', 'clock', 'read1', 'open', 'stat', 'getdents', 'pipe_thr', 'pipe_proc',
         'pipe_64k', 'futex', 'mmap', 'mmap_touch', 'memcpy', 'signal', 'sha256',
         'coremark', 'qsort', 'matmul', 'pthread', 'exec']
THREADS = ['pthread', 'exec']  # create threads of the host
PROMPTS = {'gdb': r'\(gdb\) ', 'lldb': r'\(lldb\) '}
# Where nobody writes; commands for a guest that runs.
WATCH = {'gdb': ['watch init_uts_ns.name.sysname[0]'],
         'lldb': ['p init_uts_ns.name.sysname',  # loads the names
                  'watchpoint set expression -w write -s 4 -- &init_uts_ns.name.sysname']}
WATCHED = {'gdb': 'Hardware watchpoint', 'lldb': 'Watchpoint created'}
GO = {'gdb': ['echo here we go\\n', 'continue'],
      'lldb': ['script print("here we go", flush=True)', 'continue']}
STOPS = {'gdb': (debuggers.Gdb, 2000, ['watch plain if plain == 0xdeadbeef']),
         'lldb': (debuggers.Lldb, 300, ['watchpoint set variable plain',
                                        "watchpoint modify -c 'plain == 0xdeadbeef'"])}


@contextlib.contextmanager
def at_start(debugger):
    """Seconds until a debugger that the runner became stops at start_kernel."""
    began = time.monotonic()
    with harness.Guest(login=False,
                       command=harness.runner_command('--' + debugger)) as guest:
        guest.expect('start_kernel')
        guest.expect(PROMPTS[debugger])
        yield time.monotonic() - began


def attach_command(debugger, pid, commands):
    if debugger == 'gdb':
        line = ['gdb', '-q', '-batch', '-p', str(pid), '-x',
                os.path.join(debuggers.SCRIPTS, 'wl_gdb.py')]
        option = '-ex'
    else:
        line = ['lldb-22', '-b', '-o', 'command script import '
                + os.path.join(debuggers.SCRIPTS, 'wl_lldb.py'), '-p', str(pid)]
        option = '-o'
    return line + [word for command in commands for word in (option, command)]


def wait_for(child, wanted):
    """Until it has printed all of that."""
    text = ''
    while not all(word in text for word in wanted):
        more = child.stdout.readline()
        if not more:
            raise harness.Failure(f'the debugger did not say {wanted}:\n{text}')
        text += more


@contextlib.contextmanager
def debugged(debugger, archive, watch):
    """A guest at its prompt under that debugger, with a watchpoint or without."""
    with watching.boot_with(['--level=debug'], archive)() as guest:
        commands = WATCH[debugger] * watch + GO[debugger]
        child = subprocess.Popen(attach_command(debugger, guest.child.pid, commands),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, errors='replace')
        try:
            wait_for(child, [WATCHED[debugger]] * watch + ['here we go'])
            yield guest
        finally:
            child.kill()
            child.wait()


class OnHost:
    """The benchmark without a guest, below a command or not; run() as of a Guest."""

    def __init__(self, program, *below):
        self.program, self.below = program, below

    def run(self, command, timeout):
        words = command.replace('/test/guestbench', self.program).split()
        return subprocess.run([*self.below, *words], stdin=subprocess.DEVNULL, check=True,
                              capture_output=True, text=True, timeout=timeout).stdout


def measure_host(folder, source, names, reps):
    """Without a debugger, under gdb, and with a watchpoint there."""
    program = os.path.join(folder, 'benchmark')
    subprocess.run(['cc', '-O2', '-g', source, '-o', program, '-lpthread', '-lm'],
                   check=True)
    # What it says of threads would be amidst what the benchmark prints.
    start = ['gdb', '-q', '-batch', '-ex', 'set print thread-events off', '-ex', 'start']
    go = ['-ex', 'continue', '--args']
    programs = [OnHost(program), OnHost(program, *start, *go),
                OnHost(program, *start, '-ex', 'watch *(int *)environ', *go)]
    return ratios.measure([lambda p=p: contextlib.nullcontext(p) for p in programs], names,
                          reps)


def show_aims(debugger, plain, armed, base, host_factor):
    """Of a debugger without a watchpoint and with one."""
    names = [name for name in base if name not in THREADS]
    wakes = [name for name in base if name in WAKES]
    calm = [name for name in base if name not in WAKES]
    row(f'{debugger}: watchpoint against none, mean',
        f'{ratios.mean(armed, plain, list(base)):.3f}x', 'aim: at most 1.02')
    worst = max(base, key=lambda name: armed[name] / plain[name])
    row(f'{debugger}: worst of them, {worst}', f'{armed[worst] / plain[worst]:.2f}x')
    if wakes and calm:
        row(f'{debugger}: the mean without {", ".join(wakes)}',
            f'{ratios.mean(armed, plain, calm):.3f}x')
    if wakes:
        row(f'{debugger}: of {", ".join(wakes)}',
            f'{ratios.mean(armed, plain, wakes):.3f}x',
            f'without a guest: {host_factor:.3f}x')
    if names:
        row(f'{debugger}: against no debugger, mean',
            f'{ratios.mean(plain, base, names):.3f}x',
            f'aim: at most 1.10, without {" and ".join(THREADS)}')


def speed(folder, args):
    archive = ratios.make_archive(args.guestbench, 'guestbench', folder)
    titles, guests = ['no debugger', 'release'], [
        watching.boot_with([f'--level={level}'], archive) for level in ('debug', 'release')]
    for debugger in PROMPTS:
        for watch in False, True:
            titles.append(debugger + ', watching' * watch)
            guests.append(lambda d=debugger, w=watch: debugged(d, archive, w))
    base, *others = results = ratios.measure(guests, args.names or NAMES, args.reps)
    ratios.show(titles, results, list(base))
    wakes = [name for name in base if name in WAKES]
    host_factor = None
    if wakes:
        host = measure_host(folder, args.guestbench, wakes, args.reps)
        ratios.show(['without a guest', 'gdb', 'gdb, watching'], host, wakes)
        host_factor = ratios.mean(host[2], host[1], wakes)
    for number, debugger in enumerate(PROMPTS):
        show_aims(debugger, *others[1 + 2 * number:3 + 2 * number], base, host_factor)


def start(_, args):
    for debugger in PROMPTS:
        times = []
        for _ in range(args.reps):
            with at_start(debugger) as seconds:
                times.append(seconds)
        row(f'runner --{debugger} to the prompt', f'{min(times):.2f} s', 'aim: at most 3 s')


def stops(folder, _):
    kernel, archive = ratios.spinning_guest(folder)
    judges = STOPS if harness.watchpoints.work() else {}
    for name, (debugger, count, commands) in judges.items():
        command = harness.runner_command('--level=debug', kernel=kernel, initramfs=archive,
                                         parameters=[f'spin={count}'])
        text = debugger().script([*commands, 'continue'], start=command)[-1]
        row(f'conditions judged by {name}', f'{count / ratios.spin_ns(text) * 1e9:,.0f} / s',
            f'{ratios.spin_ns(text) / count / 1000:,.0f} us each')
    watching.stops_per_second(kernel, archive)


def watch(folder, args):
    archive = ratios.make_archive(args.guestbench, 'guestbench', folder)
    watching.compare(archive, args.names or watching.NAMES, args.reps)


def translated(level, folder):
    """The kernel's object, and the seconds that it took."""
    began = time.monotonic()
    so = subprocess.run([harness.path_of('wasm2so'), '--level=' + level,
                         '--cache=' + os.path.join(folder, level),
                         harness.path_of('vmlinux.wasm')], check=True, text=True,
                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()
    return so, time.monotonic() - began


def translate(folder, _):
    so, debug_s = translated('debug', folder)
    release_s = translated('release', folder)[1]
    row('kernel, level debug: translation', f'{debug_s:.0f} s',
        f'on {len(os.sched_getaffinity(0))} cores, aim: at most 60 s')
    row('the same, to level release', f'{debug_s / release_s:.2f}',
        f'which takes {release_s:.0f} s')
    for name, suffix in ('its code', '.so'), ('its types and globals', '.types'):
        path = os.path.splitext(so)[0] + suffix
        row(name, f'{os.path.getsize(path) / 1e6:.1f} MB')


NEED_GUESTBENCH = {'speed', 'watching'}
PARTS = {'speed': speed, 'start': start, 'stops': stops, 'watching': watch,
         'translate': translate}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--build', default=harness.settings.build)
    parser.add_argument('--guestbench')
    parser.add_argument('--reps', type=int, default=8)
    parser.add_argument('--only', action='append', choices=PARTS)
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    harness.settings.build = os.path.abspath(args.build)
    parts = args.only or list(PARTS)
    if not args.guestbench and NEED_GUESTBENCH & set(parts):
        parser.error('without --guestbench=FILE.c, only '
                     f'{" and ".join(p for p in PARTS if p not in NEED_GUESTBENCH)} '
                     'can be measured: --only=PART')
    why = harness.watchpoints.why_not()
    if why:
        print(f'{why}: what their hits take is not measured, and one that is armed is free')
    for part in parts:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[part](folder, args)


if __name__ == '__main__':
    main()
