#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input: one clear sentence, the documented status, nothing left behind."""

import gzip
import os
import re
import subprocess
import tempfile

import harness
from harness import Failure, equal, matches, path_of, run_runner

USAGE, DATA, NOINPUT, TOOL, PANIC, CACHE = 64, 65, 66, 69, 72, 73
PROGRESS = re.compile(r'runner: (translating|wasm2c|finishing|clang|linking)')
HEAD = b'\0asm\1\0\0\0'


def function(name, parameters, result=False):
    """An exported function of so many i32."""
    return (f'(func (export "{name}") (param {"i32 " * parameters})'
            + (' (result i32) i32.const 0)' if result else ')'))


# A kernel that wants a call of its host that there is not.
ALIEN = '\n'.join([
    '(module (import "env" "memory" (memory 16 65536 shared))',
    '(import "env" "frobnicate" (func (param i32)))',
    function('_start', 0), function('_start_secondary', 1),
    function('ret_from_fork', 2, True), function('raise_interrupt', 2),
    function('get_user_stack_pointer', 0, True), function('get_user_tls_base', 0, True),
    *(function(f'wasm_syscall_{n}', n + 3, True) for n in range(7)), ')'])


def refused(status, said, *options, **where):
    """The runner ends so, says that in one line, and prints nothing else."""
    got, out, err = run_runner(*options, **where)
    what = f'{options} {where}'
    equal(got, status, f'status of {what}: {err!r}')
    equal(out, '', f'stdout of {what}')
    matches(err, said, f'stderr of {what}')
    lines = [line for line in err.splitlines() if not PROGRESS.match(line)]
    if len(lines) != 1 or len(err) > 600:
        raise Failure(f'{what}: not one sentence:\n{err}')


class Folder(tempfile.TemporaryDirectory):
    def __enter__(self):
        self.path = super().__enter__()
        return self

    def file(self, name, content=b''):
        path = os.path.join(self.path, name)
        with open(path, 'wb') as file:
            file.write(content)
        return path


def assemble(folder, name, text):
    source = folder.file(name + '.wat', text.encode())
    out = os.path.join(folder.path, name + '.wasm')
    wabt = os.path.join(harness.settings.build, 'wabt/node_modules/wabt/bin/wat2wasm')
    subprocess.run(['node', wabt, '--enable-threads', source, '-o', out], check=True)
    return out


def content_of(name):
    with open(path_of(name), 'rb') as file:
        return file.read()


def test_command_line():
    refused(USAGE, r'--nonsense.*--help', '--nonsense')
    refused(USAGE, r'memory=x', '--memory=x')
    refused(USAGE, r'memory=-1', '--memory=-1')
    refused(USAGE, r'memory=0', '--memory=0')
    refused(USAGE, r'memory=1K', '--memory=1K')
    refused(USAGE, r'memory=900G', '--memory=900G')
    refused(USAGE, r'memory=nan', '--memory=nan')
    refused(USAGE, r'memory=300000 ', '--memory=300000 ')
    refused(USAGE, r'cpus', cpus='none')
    refused(USAGE, r'cpus=99', cpus=99)
    refused(USAGE, r'expect', '--expect=(')
    refused(USAGE, r'timeout', '--timeout=soon')
    refused(USAGE, r'third', command=[path_of('runner'), 'a', 'b', 'third'])
    refused(USAGE, r'no kernel', command=[path_of('runner')])
    refused(USAGE, r'no initramfs', command=[path_of('runner'), 'a'])


def test_help():
    for option in '--help', '--version':
        status, out, err = run_runner(command=[path_of('runner'), option])
        equal((status, err), (0, ''), option)
        matches(out, 'runner', option)


def test_files():
    for which in 'kernel', 'initramfs':
        with Folder() as folder:
            refused(NOINPUT, r'/nonexistent', **{which: '/nonexistent'})
            refused(NOINPUT, r'/nonexistent', '--gdb', **{which: '/nonexistent'})
            refused(NOINPUT, folder.path, **{which: folder.path})
            refused(DATA, r'empty', **{which: folder.file('empty')})
            refused(DATA, r'text', **{which: folder.file('text', b'just some text\n')})
            refused(DATA, r'zeros', **{which: folder.file('zeros', bytes(4096))})


def test_kernel():
    with Folder() as folder:
        kernel = content_of('vmlinux.wasm')
        refused(DATA, r'cut', kernel=folder.file('cut', kernel[:len(kernel) // 2]))
        refused(DATA, r'head', kernel=folder.file('head', HEAD))
        refused(DATA, r'version', kernel=folder.file('version', b'\0asm\2\0\0\0'))
        refused(DATA, r'elf', kernel=folder.file('elf', b'\x7fELF' + bytes(100)))
        refused(DATA, r'export.*_start', kernel=assemble(folder, 'none', '''
            (module (import "env" "memory" (memory 16 65536 shared)))'''))
        refused(DATA, r'import.*frobnicate', kernel=assemble(folder, 'alien', ALIEN))


def test_initramfs():
    archive = content_of('initramfs.cpio.gz')
    with Folder() as folder:
        refused(DATA, r'cut', initramfs=folder.file('cut', archive[:len(archive) // 2]))
        spoilt = bytearray(archive)
        spoilt[len(spoilt) // 2] ^= 0xff
        refused(DATA, r'spoilt', initramfs=folder.file('spoilt', bytes(spoilt)))
        refused(DATA, r'nocpio',
                initramfs=folder.file('nocpio', gzip.compress(b'no archive')))


def test_initramfs_without_init():
    trailer = (b'070701' + b'00000000' * 4 + b'00000001' + b'00000000' * 6 +
               b'0000000b' + b'00000000' + b'TRAILER!!!\0')
    with Folder() as folder:
        archive = folder.file('bare', gzip.compress(trailer + bytes(512)))
        status, out, err = run_runner(initramfs=archive)
        equal(status, PANIC, 'status')
        matches(out + err, r'(?i)panic.*(init|root)', 'what it says')


def test_long_command_line():
    refused(USAGE, r'(?i)(command line|parameters).*(long|\d+)', parameters=['x' * 5000])
    status, out, err = run_runner(parameters=['x=' + 'y' * 300], stdin='cat /proc/cmdline; poweroff\n')
    equal(status, 0, 'status')
    matches(out, 'y' * 300, 'stdout')


def test_little_memory():
    refused(USAGE, r'memory', '--memory=4M')
    equal(run_runner('--memory=24M')[0], 0, 'status with 24M')


def test_cache():
    with Folder() as folder:
        blocked = folder.file('file')
        refused(CACHE, r'file', '--cache=' + blocked)
        refused(CACHE, r'below', '--cache=' + blocked + '/below')
        refused(CACHE, r'proc', '--cache=/proc/none')
        if os.getuid() != 0:
            os.mkdir(folder.path + '/fixed', 0o555)
            refused(CACHE, r'fixed', '--cache=' + folder.path + '/fixed')
        refused(USAGE, r'cache', '--cache=')


def mount_small(folder):
    """A file system of 3 MiB, or None where we may not mount."""
    command = ['mount', '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder]
    return subprocess.run(command, capture_output=True).returncode == 0


def test_full_disk():
    with Folder() as folder:
        if not mount_small(folder.path):
            print('     (full disk: may not mount here)')
            return
        try:
            refused(CACHE, r'(?i)(space|full|room)', '--cache=' + folder.path)
            left = sum(os.path.getsize(os.path.join(root, name))
                       for root, _, names in os.walk(folder.path) for name in names)
            if left > 65536:
                raise Failure(f'{left} bytes left behind on the full disk')
        finally:
            subprocess.run(['umount', folder.path], check=True)


def test_missing_tools():
    """What is not translated yet needs tools: they are named, with a remedy."""
    with Folder() as folder:
        refused(TOOL, r'(node|clang-22|ld\.lld-22|wabt).*install', '--cache=' + folder.path,
                env={'PATH': folder.path, 'WL_CLANG': '/nonexistent'})


def test_stdout_closed():
    command = harness.runner_command()
    reader, writer = os.pipe()
    os.close(reader)
    child = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=writer,
                           stderr=subprocess.PIPE, text=True, timeout=harness.PATIENCE_S)
    os.close(writer)
    equal(child.returncode, 71, 'status')
    matches(child.stderr, r'(?i)(stdout|console|output)', 'stderr')


harness.main()
