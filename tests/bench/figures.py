#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""figures.py: print the project's figures, as measured on this machine now.

usage: tests/bench/figures [--build=DIR] [--runs=N] [--cold]

With --cold, kernel and BusyBox are translated once more, into an empty cache, which
takes minutes. What has a peer on the host is measured there in the same run, and the
ratio is printed.
"""

import argparse
import os
import re
import statistics
import subprocess
import tempfile
import time

import ratios
from ratios import TOP, harness, row

from harness import Guest, path_of, runner_command  # ratios made it known


def time_boots(runs):
    """Seconds from exec to the prompt, and to the end of a power-off."""
    prompt, whole = [], []
    for _ in range(runs):
        began = time.monotonic()
        with Guest() as guest:
            prompt.append(time.monotonic() - began)
            guest.line('poweroff')
            guest.wait_for(0)
            whole.append(time.monotonic() - began)
    row('exec to prompt, best', f'{min(prompt):.3f} s', 'aim: under 0.5 s')
    row('exec to prompt, median', f'{statistics.median(prompt):.3f} s')
    row('exec to power-off, median', f'{statistics.median(whole):.3f} s')


def peak_memory():
    """Of a boot and power-off, as the host counts it: what the guest never touched
    is not in it."""
    child = subprocess.Popen(runner_command(), stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL)
    child.stdin.write(b'poweroff\n')
    child.stdin.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    row('peak memory of a boot', f'{usage.ru_maxrss / 1024:.0f} MiB')


def translated(path, *options):
    done = subprocess.run([path_of('wasm2so'), *options, path], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout.strip()


PRODUCTS = {'kernel': 'vmlinux.wasm', 'musl': 'sysroot', 'BusyBox': 'busybox',
            'initramfs': 'initramfs.cpio.gz'}
MODULES = ['vmlinux.wasm', 'busybox/busybox']


def sizes():
    for name in MODULES:
        path = path_of(name)
        so = translated(path, *harness.cache_options())
        row(f'{name}', f'{os.path.getsize(path) / 1e6:.1f} MB')
        row(f'{name}, translated', f'{os.path.getsize(so) / 1e6:.1f} MB')
    row('initramfs.cpio.gz', f'{os.path.getsize(path_of("initramfs.cpio.gz")) / 1e6:.1f} MB')


def time_translations():
    for name in MODULES:
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            translated(path_of(name), '--cache=' + folder)
            row(f'{name}: cold translation', f'{time.monotonic() - began:.0f} s',
                f'on {len(os.sched_getaffinity(0))} cores'
                + (', aim: under 300 s' if name == 'vmlinux.wasm' else ''))


def build_times():
    """What tools/product noted of the last builds."""
    for name, link in PRODUCTS.items():
        target = os.path.realpath(path_of(link))
        folder = target if os.path.isdir(target) else os.path.dirname(target)
        with open(os.path.join(folder, '.seconds')) as file:
            row(f'{name}: its last build', f'{float(file.read()):.0f} s')


def compile_both(folder):
    source = os.path.join(TOP, 'tests/bench/nullcall.c')
    archive = ratios.make_archive(source, 'nullcall', folder)
    host = os.path.join(folder, 'nullcall')
    subprocess.run(['clang-22', '-O2', source, '-o', host], check=True)
    return host, archive


def parse_calls(text):
    return {name: float(ns) for name, ns in re.findall(r'^(\w+) ([\d.]+)\r?$', text, re.M)}


def system_calls():
    with tempfile.TemporaryDirectory() as folder:
        host, archive = compile_both(folder)
        with Guest(initramfs=archive) as machine:
            guest = parse_calls(machine.run('/test/nullcall', timeout=120))
        peer = parse_calls(subprocess.run([host], stdout=subprocess.PIPE, text=True,
                                          check=True).stdout)
    names = {'null': 'null system call', 'write': 'write of a byte to /dev/null',
             'pipe': 'a byte through a pipe'}
    for name, text in names.items():
        row(text, f'{guest[name]:.0f} ns',
            f'host {peer[name]:.0f} ns: {guest[name] / peer[name]:.2f} of it'
            + (', aim: under 1' if name == 'null' else ''))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--build', default=harness.settings.build)
    parser.add_argument('--runs', type=int, default=10)
    parser.add_argument('--cold', action='store_true')
    args = parser.parse_args()
    harness.settings.build = os.path.abspath(args.build)
    with Guest():
        pass  # what is not translated yet is now
    time_boots(args.runs)
    peak_memory()
    system_calls()
    sizes()
    build_times()
    if args.cold:
        time_translations()


if __name__ == '__main__':
    main()
