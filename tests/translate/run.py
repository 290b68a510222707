#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/translate: run.py WASM2SO WABT DWARF_TEST [NAME...]

WASM2SO and DWARF_TEST are programs, WABT is the folder of npm's wabt 1.0.39. Each
test prints a line; the exit status is that of the whole."""

import os
import subprocess
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

import cache_tests  # noqa: E402
import case_tests  # noqa: E402
import line_tests  # noqa: E402
import companion_tests  # noqa: E402


class Bench:
    """The programs under test and a folder to work in."""

    levels = ('--level=release', '--level=debug')

    def __init__(self, wasm2so, wabt, dwarf_test, folder):
        self.wasm2so = os.path.abspath(wasm2so)
        self.dwarf_test = os.path.abspath(dwarf_test)
        self.wabt = os.path.abspath(wabt)
        self.folder = folder
        self.cache = os.path.join(folder, 'cache')
        self.env = dict(os.environ, WABT=self.wabt)
        self.loader = self.path('loader')
        subprocess.run(['clang-22', '-O1', '-g', '-rdynamic', '-pie', '-fPIE',
                        '-I' + ROOT + '/include',
                        '-I' + ROOT + '/tools/translate/rt',
                        HERE + '/loader.c', '-o', self.loader, '-ldl'],
                       check=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def assemble(self, name, text):
        """wat -> wasm; the path of the wasm."""
        with open(self.path(name + '.wat'), 'w') as f:
            f.write(text)
        out = self.path(name + '.wasm')
        subprocess.run(['node', self.wabt + '/bin/wat2wasm',
                        '--enable-threads', '--enable-exceptions',
                        '--debug-names', self.path(name + '.wat'), '-o', out],
                       check=True)
        return out

    def translate(self, wasm, *options, status=0, env=None):
        """What wasm2so prints: the path, or with status its complaint."""
        r = subprocess.run([self.wasm2so, '--cache=' + self.cache, *options,
                            wasm], capture_output=True, text=True,
                           env=env or self.env)
        if r.returncode != status:
            raise AssertionError(f'status {r.returncode}, not {status}: '
                                 f'{r.stderr}')
        return r.stderr if status else r.stdout.strip()

    def run(self, so, commands, *options):
        r = subprocess.run([self.loader, so, *options], input=commands,
                           capture_output=True, text=True)
        if r.returncode:
            raise AssertionError(f'loader: {r.returncode} {r.stderr}')
        return r.stdout

    def reference(self, wasm, commands):
        return subprocess.run(['node', HERE + '/reference.js', wasm],
                              input=commands, capture_output=True, text=True,
                              check=True).stdout


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(*sys.argv[1:4], folder)
        tests = dict(case_tests.tests() + line_tests.tests() + cache_tests.tests() +
                     companion_tests.tests())
        for name in sys.argv[4:] or tests:
            if name not in tests:
                sys.exit(f'no test is called {name}; there are: {", ".join(tests)}')
            try:
                tests[name](bench)
                print('PASS', name, flush=True)
            except Exception as error:
                failed += 1
                line = traceback.extract_tb(error.__traceback__)[1].lineno
                print(f'FAIL {name} (line {line}): {error}', flush=True)
    sys.exit(failed != 0)


if __name__ == '__main__':
    main()
