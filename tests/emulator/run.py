#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py: run a command on an emulated machine with this one's files.

usage: tests/emulator/run.py COMMAND [ARGUMENT...]

There are virtual machines whose CPU takes watchpoints and never reports a hit. QEMU
emulates a CPU that does, some 15 times slower, under Debian's kernel. The command has
the files, the folder and the environment of the caller, but for TMPDIR, which is in
memory; its output and its status are handed on. What it needs is installed by
`tools/deps tests/emulator/deps.list`.

QEMU 7.2 takes a store that is not aligned for a hit of watchpoints that are before it
in the same page.
"""

import ctypes
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
EMULATED = 'WL_EMULATED'  # set for the command
META_PACKAGE = 'linux-image-amd64'
# The host's pages serve the guest as the guest needs them.
MEMORY = '8g'
# What modules are compiled for (x86-64-v2); QEMU is slow at AVX, which libraries of the
# host would use.
CPU = 'Nehalem'
# Otherwise each look at a clock is a system call, and a slow one.
CLOCK = 'tsc=reliable clocksource=tsc'
MISSING, FAILED = 69, 71
PR_SET_PDEATHSIG = 1


class Error(Exception):
    """What is in the way, in one sentence."""


def missing_tools():
    with open(os.path.join(HERE, 'deps.list'), encoding='utf-8') as file:
        rows = [line.split() for line in file if not line.startswith('#')]
    path = os.environ.get('PATH', os.defpath) + ':/usr/sbin:/sbin'
    return [package for package, _, program in rows
            if not shutil.which(program, path=path)]


def kernel_package():
    """The package of the kernel, with its version, that Debian's own one leads to."""
    shown = subprocess.run(['apt-cache', 'show', '--no-all-versions', META_PACKAGE],
                           capture_output=True, text=True, check=False).stdout
    match = re.search(r'^Depends: (linux-image-\S+) \(= (\S+)\)', shown, re.M)
    if not match:
        raise Error(f'apt knows no {META_PACKAGE}; apt-get update may help')
    return f'{match[1]}={match[2]}'


def kernel():
    """The folder with kernel and initramfs; made, if there is none of this version."""
    package = kernel_package()
    with tempfile.TemporaryDirectory() as folder:
        link = os.path.join(folder, 'kernel')
        made = subprocess.run(
            [sys.executable, os.path.join(TOP, 'tools', 'product'), 'emulator',
             '--quiet', '--link=' + link,
             '--input=' + os.path.join(HERE, 'kernel'),
             '--input=' + os.path.join(HERE, 'init'),
             '--', os.path.join(HERE, 'kernel'), package, '@OUT@'], check=False)
        if made.returncode:
            raise Error('there is no kernel for the emulated machine')
        return os.path.realpath(link)


def script(command):
    """What the machine's init runs."""
    exports = [f'export {name}={shlex.quote(value)}'
               for name, value in os.environ.items() if name.isidentifier()]
    return '\n'.join([*exports, f'export {EMULATED}=1 TMPDIR=/dev/shm',
                      f'cd {shlex.quote(os.getcwd())}',
                      'exec ' + shlex.join(command), ''])


def initramfs(folder, base, command):
    """base, and the command behind it: the kernel unpacks one after the other."""
    with open(os.path.join(folder, 'command'), 'w', encoding='utf-8') as file:
        file.write(script(command))
    archive = subprocess.run(['cpio', '--quiet', '-o', '-H', 'newc'], cwd=folder,
                             input=b'command\n', stdout=subprocess.PIPE, check=True)
    path = os.path.join(folder, 'initramfs')
    with open(base, 'rb') as file, open(path, 'wb') as out:
        shutil.copyfileobj(file, out)
        out.write(bytes(-out.tell() % 4))  # where the kernel looks for the next one
        out.write(archive.stdout)
    return path


def end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def emulate(command):
    """Runs it; its status."""
    if EMULATED in os.environ:
        raise Error('this is the emulated machine')
    missing = missing_tools()
    if missing:
        raise Error(f'missing: {" ".join(missing)}; '
                    'tools/deps tests/emulator/deps.list installs it')
    base = kernel()
    with tempfile.TemporaryDirectory() as folder:
        console = os.path.join(folder, 'console')
        subprocess.run([
            'qemu-system-x86_64', '-accel', 'tcg,thread=multi,tb-size=1024',
            '-cpu', CPU, '-smp', str(os.cpu_count()), '-m', MEMORY,
            '-display', 'none', '-nic', 'none', '-no-reboot',
            '-serial', 'file:' + console, '-serial', 'stdio',
            '-kernel', os.path.join(base, 'vmlinuz'), '-initrd',
            initramfs(folder, os.path.join(base, 'initramfs.gz'), command),
            '-append', 'console=ttyS0 loglevel=4 panic=-1 mitigations=off ' + CLOCK,
            '-fsdev', 'local,id=host,path=/,security_model=none,multidevs=remap',
            '-device', 'virtio-9p-pci,fsdev=host,mount_tag=host'],
            stdin=subprocess.DEVNULL, preexec_fn=end_with_parent, check=False)
        with open(console, encoding='utf-8', errors='replace') as file:
            said = file.read()
    match = re.search(r'^emulator: status (\d+)', said, re.M)
    if not match:
        raise Error('the emulated machine ended before the command; it said:\n' + said)
    return int(match[1])


def main():
    if len(sys.argv) < 2 or sys.argv[1] == '--help':
        print(__doc__, end='')
        sys.exit(0 if len(sys.argv) > 1 else 64)
    try:
        sys.exit(emulate(sys.argv[1:]))
    except Error as error:
        print(f'emulator: {error}', file=sys.stderr)
        sys.exit(MISSING if missing_tools() else FAILED)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == '__main__':
    main()
