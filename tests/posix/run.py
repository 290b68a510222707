#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py: the programs of this folder, on the host's Linux and in the guest.

usage: run.py [--build=DIR] [--kernel=FILE] [--cpus=N,...] [--host] [NAME...]

Each program prints what has to be the same on both, so what it prints on the host
is what is expected of the guest, which is booted once per number of CPUs. What is
known to differ is in kfail.txt, with its reason and how: that does not fail the run, but
a program of the list that passes does (take it off the list), or differs otherwise.
"""

import argparse
import difflib
import glob
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'boot'))

import harness  # noqa: E402
from harness import Machine, path_of  # noqa: E402

FLAGS = ['-O1', '-D_GNU_SOURCE', '-Wall', '-Wextra']
HOST_LIMIT_S = 60
MAX_LINES = 400
GUEST_LIMIT_S = 2 * harness.PATIENCE_S
KNOWN_LIMIT_S = 10  # what may hang is not waited for


def programs():
    return sorted(os.path.basename(p)[:-2] for p in glob.glob(os.path.join(HERE, '*.c')))


def known_failures():
    """{name: (reason, what differs)}, see kfail.txt."""
    known = {}
    with open(os.path.join(HERE, 'kfail.txt'), encoding='utf-8') as file:
        for line in file.read().splitlines():
            if line.startswith('\t'):
                known[name][1].append(line[1:])
            elif line and line[0] != '#':
                name, reason = line.split(None, 1)
                known[name] = reason, []
    return known


def compile_one(name, folder):
    source = os.path.join(HERE, name + '.c')
    host = os.path.join(folder, 'host', name)
    guest = os.path.join(folder, 'tree', 'posix', name)
    host_cc = os.environ.get('CC', 'cc')
    for command, env in (
            ([host_cc, *FLAGS, source, '-o', host, '-lpthread', '-lrt'], {}),
            ([os.path.join(harness.TOP, 'tools/wlcc'), *FLAGS, source, '-o', guest],
             {'WL_SYSROOT': path_of('sysroot')})):
        done = subprocess.run(command, capture_output=True, text=True,
                              env=dict(os.environ, **env))
        if done.returncode:
            sys.exit(f'{" ".join(command)}\n{done.stderr}')


def build(names, folder):
    for part in 'host', 'tree/posix':
        os.makedirs(os.path.join(folder, part))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: compile_one(name, folder), names))
    return harness.build_initramfs(os.path.join(folder, 'tree'), folder)


def default_signals():
    """As in the guest's shell, also below nohup or in the background of a shell."""
    for number in signal.SIGHUP, signal.SIGINT, signal.SIGQUIT:
        signal.signal(number, signal.SIG_DFL)


def run_on_host(name, folder):
    """What it prints and its status, or None if it does not end."""
    child = subprocess.Popen([os.path.join(folder, 'host', name)],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors='replace',
                             cwd=folder, start_new_session=True,
                             preexec_fn=default_signals,
                             env={'PATH': os.environ['PATH'], 'HOME': '/',
                                  'TERM': 'linux'})
    try:
        out, _ = child.communicate(timeout=HOST_LIMIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return None
    return f'{out}status {child.returncode}\n'


def machine_with(initramfs, cpus):
    # Each process has a stack of 256 KiB; there are up to 500.
    return Machine('--memory=1G', initramfs=initramfs, cpus=cpus, parameters=('quiet',))


def run_on_guest(machine, name, limit):
    """The same of a guest, or why there is none."""
    def run(guest):
        guest.run(f'cd /tmp; /posix/{name} >/tmp/out 2>&1 </dev/null;'
                  ' echo status $? >>/tmp/out', timeout=limit)
        return guest.run('cat /tmp/out')

    got, trouble = machine.do(run)
    return trouble or got


def changes(expected, got):
    """The lines that the guest has not, with a -, and those that only it has, a +."""
    return [line for line in difflib.ndiff(expected.splitlines(), got.splitlines())
            if line[0] in '-+']


def difference(expected, got):
    lines = list(difflib.unified_diff(expected.splitlines(), got.splitlines(),
                                      'on the host', 'in the guest', '', '', 2, ''))
    if len(lines) > MAX_LINES:
        lines[MAX_LINES:] = [f'... and {len(lines) - MAX_LINES} lines more']
    return '\n'.join(lines)


def run_in_guest(names, expected, cpus, initramfs, known):
    """{name: "pass", "FAIL", "kfail" or "XPASS"}"""
    machine, results = machine_with(initramfs, cpus), {}
    for name in names:
        began = time.monotonic()
        reason, differs = known.get(name, (None, []))
        got = run_on_guest(machine, name, KNOWN_LIMIT_S if reason else GUEST_LIMIT_S)
        right = got == expected[name]
        as_known = reason and changes(expected[name], got) == differs
        results[name] = ('XPASS' if reason else 'pass') if right else \
            ('kfail' if as_known else 'FAIL')
        print(f'{results[name]:5} {name} ({cpus} CPUs, {time.monotonic() - began:.1f} s)'
              + (f': {reason}' if reason else ''), flush=True)
        if not right:
            machine.stop()  # who knows what it did to it
        if results[name] == 'FAIL':
            print(difference(expected[name], got), flush=True)
    machine.stop()
    return results


def table(names, columns):
    print(f'\n{"program":16}' + ''.join(f'{n} CPU'.rjust(8) for n in columns))
    for name in names:
        print(f'{name:16}' + ''.join(results[name].rjust(8)
                                     for results in columns.values()))
    counted = [r for results in columns.values() for r in results.values()]
    print(', '.join(f'{counted.count(r)} {r}' for r in sorted(set(counted))))
    return not {'FAIL', 'XPASS'} & set(counted)


def main():
    sys.stdout.reconfigure(errors='replace')
    parser = argparse.ArgumentParser(description='Run tests/posix on host and guest.')
    parser.add_argument('--build', default=harness.settings.build)
    parser.add_argument('--cpus', default='1,2,4', help='numbers of CPUs (1,2,4)')
    parser.add_argument('--kernel', default=harness.settings.kernel,
                        help='of the build folder (vmlinux.wasm)')
    parser.add_argument('--host', action='store_true', help='only show the host\'s')
    parser.add_argument('names', nargs='*', help='programs (all)')
    args = parser.parse_args()
    harness.settings.build = os.path.abspath(args.build)
    harness.settings.kernel = args.kernel
    names = args.names or programs()
    for name in names:
        if name not in programs():
            sys.exit(f'no program is called {name}; there are: {" ".join(programs())}')
    with tempfile.TemporaryDirectory() as folder:
        initramfs = build(names, folder)
        expected = {name: run_on_host(name, folder) for name in names}
        if args.host:
            print(''.join(f'=== {n}\n{expected[n]}' for n in names))
            return
        for name in names:
            if expected[name] is None:
                sys.exit(f'{name} does not end on the host')
        harness.translate([path_of(args.kernel),
                           *(os.path.join(folder, 'tree/posix', n) for n in names)])
        known = known_failures()
        columns = {cpus: run_in_guest(names, expected, int(cpus), initramfs, known)
                   for cpus in args.cpus.split(',')}
    sys.exit(0 if table(names, columns) else 1)


if __name__ == '__main__':
    main()
