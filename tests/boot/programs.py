#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that are not ours: made by hand, from C by tools/wlcc, and bad ones."""

import os
import re
import shutil
import subprocess
import tempfile

import harness
from harness import Failure, Guest, equal, matches, path_of

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'programs')
PLAIN_CXX = ['-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics']
WATS = ['hello', 'relocated', 'trap', 'alien', 'startless']


def leb(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out) + bytes([n])


def dylink(memory_size, table_size):
    """The section dylink.0 with its MEM_INFO; it has to be a module's first."""
    info = leb(memory_size) + leb(4) + leb(table_size) + leb(0)
    body = leb(8) + b'dylink.0' + bytes([1]) + leb(len(info)) + info
    return b'\0' + leb(len(body)) + body


def assemble(name, folder):
    """name.wat as a program without a name section, as /test/name."""
    wat2wasm = path_of('wabt/node_modules/wabt/bin/wat2wasm')
    out = os.path.join(folder, name)
    subprocess.run(['node', wat2wasm, '--enable-threads',
                    os.path.join(SOURCES, name + '.wat'), '-o', out], check=True)
    with open(out, 'rb') as file:
        module = file.read()
    with open(out, 'wb') as file:
        file.write(module[:8] + dylink(64, 8) + module[8:])
    os.chmod(out, 0o755)


def spoil(folder):
    """Files that say that they are programs and are not."""
    with open(os.path.join(folder, 'hello'), 'rb') as file:
        hello = file.read()
    spoilt = {'cut': hello[:len(hello) // 2], 'magic': b'\0asm',
              'future': b'\0asm\2\0\0\0' + hello[8:],
              'noise': hello[:8] + bytes((7 * i) % 251 for i in range(4000)),
              'greedy': hello.replace(dylink(64, 8), dylink(64, 100000000)),
              'empty': b'', 'elf': b'\x7fELF' + bytes(200)}
    for name, content in spoilt.items():
        path = os.path.join(folder, name)
        with open(path, 'wb') as file:
            file.write(content)
        os.chmod(path, 0o755)


class Initramfs:
    """The usual one with /test in it, in a temporary folder."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        tree = os.path.join(self.folder.name, 'tree', 'test')
        os.makedirs(tree)
        for name in WATS:
            assemble(name, tree)
        spoil(tree)
        for name in 'calls', 'clone3', 'globals', 'reserve':
            harness.compile_for_guest(os.path.join(SOURCES, name + '.c'),
                                      os.path.join(tree, name))
        harness.compile_for_guest(os.path.join(SOURCES, 'plain.cc'),
                                  os.path.join(tree, 'plain'), *PLAIN_CXX)
        return harness.build_initramfs(os.path.dirname(tree), self.folder.name)

    def __exit__(self, *_):
        self.folder.cleanup()


def test_by_hand():
    with Initramfs() as initramfs, Guest(initramfs=initramfs) as guest:
        equal(guest.run('/test/hello', status=42), 'hello from wat\n')
        equal(guest.run('/test/hello', status=42), 'hello from wat\n', 'once more')
        equal(guest.run('/test/relocated'), 'ab1 argc\n')
        equal(guest.run('/test/relocated x y | cat'), 'ab3 argc\n')


def test_traps():
    """A program's trap is a signal to it, and nobody else's trouble."""
    signals = {'': 136, '2': 132, '2 3': 139, '2 3 4': 139, '2 3 4 5': 132,
               '2 3 4 5 6': 139}
    with Initramfs() as initramfs, Guest(initramfs=initramfs) as guest:
        for arguments, status in signals.items():
            guest.run(f'/test/trap {arguments}', status=status)
        guest.check('echo alive', '^alive$')


def test_no_programs():
    with Initramfs() as initramfs, Guest(initramfs=initramfs) as guest:
        for name in ('cut', 'magic', 'future', 'noise', 'elf', 'greedy', 'alien', 'startless'):
            output = guest.run(f'/test/{name}', status=None)
            matches(output, r'(?i)(exec format error|syntax error|not found)', name)
        guest.run('/test/empty', status=None)
        guest.check('echo alive', '^alive$')
        matches(guest.stderr(), r'alien.*proc_exit', 'what the runner says')


def test_calls():
    for cpus in 1, 2, 4:
        with Initramfs() as initramfs, Guest(initramfs=initramfs, cpus=cpus) as guest:
            equal(guest.run('/test/calls', status=None, timeout=120),
                  'all calls are right\n', f'on {cpus} CPUs')


def test_clone3():
    for cpus in 1, 2, 4:
        with Initramfs() as initramfs, Guest(initramfs=initramfs, cpus=cpus) as guest:
            equal(guest.run('/test/clone3', status=None), 'all of clone3() is right\n',
                  f'on {cpus} CPUs')


def test_globals():
    with Initramfs() as initramfs, Guest(initramfs=initramfs) as guest:
        equal(guest.run('/test/globals'), '1 2 3 4\n')


def test_reserve():
    """The runner outlives what uses up all of its stacks, again and again."""
    with Initramfs() as initramfs, Guest(initramfs=initramfs) as guest:
        for how in 'ctf' * 5:
            guest.run(f'/test/reserve {how}', status=139)
        guest.check('echo alive', '^alive$')


def test_plain_cxx():
    with Initramfs() as initramfs, Guest(initramfs=initramfs) as guest:
        equal(guest.run('/test/plain'),
              'constructed\n12\ngone\n42 84\ndestructed\n')


def test_written_in_the_guest():
    """A program that comes into being at run time is translated at run time."""
    with Initramfs() as initramfs, Guest(initramfs=initramfs) as guest:
        guest.run('cp /test/hello /tmp/new && chmod +x /tmp/new')
        equal(guest.run('/tmp/new', status=42), 'hello from wat\n')
        guest.run('echo "#!/bin/sh" >/tmp/s; echo "echo script \\$1" >>/tmp/s')
        guest.run('chmod +x /tmp/s')
        equal(guest.run('/tmp/s 7'), 'script 7\n')


def test_host_fails():
    """Who waits for a translation shares its failure; who comes later, after it was
    mended, is not refused for it."""
    with Initramfs() as initramfs, tempfile.TemporaryDirectory() as folder:
        clang = os.path.join(folder, 'clang-22')

        def become(script):
            with open(clang, 'w', encoding='utf-8') as file:
                file.write('#!/bin/sh\n' + script)
            os.chmod(clang, 0o755)
        become('sleep 1; exit 1')
        command = ['env', f'PATH={folder}:{os.environ["PATH"]}',
                   *harness.runner_command(initramfs=initramfs, cpus=4)]
        with Guest(command=command) as guest:
            # A section of its own: no cache has a translation of this one.
            guest.run("cp /test/hello /tmp/new; "
                      f"printf '\\0\\12\\1a{os.urandom(4).hex()}' >>/tmp/new")
            output = guest.run('for i in 1 2 3 4; do /tmp/new & done; wait', None)
            equal(len(re.findall('I/O error', output)), 4, output)
            # One that began a second after the failure tries again.
            tried = guest.stderr().count('translating new')
            if not 1 <= tried < 4:
                raise Failure(f'{tried} translations, for four that fail at once')
            become(f'exec {shutil.which("clang-22")} "$@"')
            guest.run('sleep 2')
            equal(guest.run('/tmp/new', status=42), 'hello from wat\n')
            equal(guest.stderr().count('translating new'), tried + 1, 'translations')


harness.main()
