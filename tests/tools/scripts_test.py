#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the build's scripts: what they refuse, and that nothing is lost by it."""

import os
import shutil
import subprocess
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
USERLAND = ('build-musl', 'build-busybox')


class ScriptsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, *names):
        os.makedirs(os.path.dirname(self.path(*names)), exist_ok=True)
        with open(self.path(*names), 'w', encoding='ascii') as file:
            file.write('mine')
        return self.path(*names)

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
        shutil.copytree(os.path.join(TOP, 'tools'), self.path('a clone', 'tools'),
                        ignore=shutil.ignore_patterns('node_modules'))
        boot = ['tools/boot', '--no-run']
        self.refused([self.path('a clone', boot[0]), boot[1]], 64, 'the path of the clone')
        for odd in ' \t\n:;,"\'`\\$#%&()<>|*?[]!':
            self.refused([os.path.join(TOP, boot[0]), boot[1]], 64,
                         'the path of the clone', WL_CACHE=f'/a{odd}b')


unittest.main()
