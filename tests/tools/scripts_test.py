#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the build's scripts: what they refuse, and that nothing is lost by it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
USERLAND = ('build-musl', 'build-busybox')

# Configures as far as tools/boot looks at it; says with which cache.
CMAKE = """#!/bin/sh
for word; do
	case $word in -DWL_CACHE=*)
		echo "WL_CACHE:PATH=${word#*=}" | tee build/release/CMakeCache.txt
		echo >build/release/build.ninja ;;
	esac
done >>"$CONFIGURED"
"""
SELFTESTS = """
headers:
	mkdir -p usr/include
"""


class ScriptsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, *names, text='mine'):
        os.makedirs(os.path.dirname(self.path(*names)), exist_ok=True)
        with open(self.path(*names), 'w', encoding='ascii') as file:
            file.write(text)
        if text.startswith('#!'):
            os.chmod(self.path(*names), 0o755)
        return self.path(*names)

    def clone(self, name):
        """The tools, elsewhere."""
        shutil.copytree(os.path.join(TOP, 'tools'), self.path(name, 'tools'),
                        ignore=shutil.ignore_patterns('node_modules'))
        return self.path(name, 'tools/boot')

    def refused(self, command, status, word, **environment):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, check=False,
                              env=dict(os.environ, **environment))
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertRegex(done.stderr, word)

    def test_work_folder_of_somebody_else(self):
        mine = self.write('src', 'linux', 'file')
        self.refused([os.path.join(TOP, 'kernel/build'), '--source=' + self.write('tar'),
                      '--work=' + self.path('src'), '--out=' + self.path('out')],
                     64, 'would delete it')
        self.assertTrue(os.path.exists(mine))

    def test_full_out_folder(self):
        for script in USERLAND:
            mine = self.write('out', 'file')
            self.refused([os.path.join(TOP, 'userland', script),
                          '--source=' + self.folder, '--out=' + self.path('out')],
                         1, 'not empty')
            self.assertTrue(os.path.exists(mine))

    def test_work_folder_of_userland(self):
        """It is a folder in the one that is named."""
        mine = [self.write('src', name, 'file') for name in ('musl', 'install')]
        self.refused([os.path.join(TOP, 'userland/build-musl'), '--source=' + self.folder,
                      '--work=' + self.path('src'), '--out=' + self.path('out')],
                     1, 'no musl_')
        self.assertTrue(all(map(os.path.exists, mine)))

    def test_odd_paths(self):
        self.refused([self.clone('a clone'), '--no-run'], 64, 'the path of the clone')
        for odd in ' \t\n:;,"\'`\\$#%&()<>|*?[]!':
            self.refused([os.path.join(TOP, 'tools/boot'), '--no-run'], 64,
                         'the path of the clone', WL_CACHE=f'/a{odd}b')

    def test_other_cache(self):
        """It is configured again for another WL_CACHE, and only then."""
        boot = self.clone('clone')
        self.write('clone', 'tools', 'deps', text='#!/bin/sh\n')
        self.write('bin', 'cmake', text=CMAKE)
        for cache in 'one', 'one', 'two', 'two', '':
            self.refused([boot, '--no-run'], 64, 'makes no guest',
                         WL_CACHE=cache and self.path(cache), WL_PRESET='release',
                         PATH=self.path('bin') + ':' + os.environ['PATH'],
                         CONFIGURED=self.path('configured'))
        with open(self.path('configured'), encoding='ascii') as file:
            self.assertEqual(re.findall('PATH=(.*)', file.read()),
                             [self.path('one'), self.path('two'), ''])

    def test_host_that_cannot_compile(self):
        """A program of kselftest that cannot be made is left out, but not for that."""
        build = os.path.join(TOP, 'tests/kselftest/build')
        with open(build, encoding='utf-8') as file:
            folders = re.search('folders="(.*?)"', file.read(), re.S)[1].split()
        for name in ('Kbuild', 'scripts/s', 'include/i', 'usr/u', 'arch/Kconfig',
                     'tools/include/i', 'tools/scripts/s'):
            self.write('linux', name)
        self.write('linux', 'Makefile', text=SELFTESTS)
        for name in folders:
            self.write('linux/tools/testing/selftests', name, 'Makefile',
                       text='all:\n\techo "$$SAYS$$CPATH$$WL_CLANG" >&2; false\n')
        self.write('sysroot/lib/libc.a')
        subprocess.run(['tar', '-C', self.folder, '-cJf', self.path('linux.tar.xz'),
                        'linux'], check=True)
        command = [build, '--source=' + self.path('linux.tar.xz'),
                   '--sysroot=' + self.path('sysroot'), '--out=' + self.path('out')]
        self.refused(command, 1, 'the host failed',
                     SAYS='cc: error: x.o: No space left on device')
        self.assertFalse(os.path.exists(self.path('out')))
        says = 'x.c:1:1: error: unknown type name'
        self.refused(command, 0, '^$', SAYS=says, CPATH='/mine', WL_CLANG='mine')
        with open(self.path('out', folders[0], 'make.log'), encoding='utf-8') as file:
            self.assertIn(says + '\n', file.read())

    def test_emulator_without_sbin(self):
        """Users have no /sbin in their PATH; what is there is not missing."""
        found = []
        for path in os.environ['PATH'] + ':/usr/sbin:/sbin', '/usr/bin:/bin':
            code = 'import run; print(run.missing_tools())'
            found.append(subprocess.run(
                [sys.executable, '-c', code], capture_output=True, text=True, check=True,
                cwd=os.path.join(TOP, 'tests/emulator'),
                env=dict(os.environ, PATH=path)).stdout)
        self.assertEqual(found[0], found[1])


unittest.main()
