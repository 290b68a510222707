#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of kernel/build with a tree that is no kernel: one object, of one header."""

import os
import shutil
import subprocess
import tarfile
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEADER = 'arch/wasm/include/asm/what.h'
MERGE = """#!/bin/sh
shift 2 # -m -O
out=$1
shift
cat "$@" >"$out/.config"
"""
# As in the kernel, an object depends on the headers that it was made from last time, as
# far as they are still there.
MAKEFILE = f"""
own := {HEADER}
generated := arch/wasm/include/generated/asm/what.h
kernel-objs: what.o
init/version-timestamp.o:
olddefconfig:
	test ! -e refuse
	echo "$$CPATH$$LOCALVERSION$$KCFLAGS" >environment
	cp .config configured
what.o: $(wildcard $(shell cat .what.o.cmd 2>/dev/null)) | header
	cat $$(ls $(own) $(generated) 2>/dev/null | head -n 1) >what.o
	ls $(own) $(generated) 2>/dev/null | head -n 1 >.what.o.cmd
header:
	test -e $(own) -o -e $(generated) || {{ \\
		mkdir -p $(dir $(generated)); echo generated >$(generated); }}
"""


class KernelBuildTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write('linux/Makefile', MAKEFILE)
        self.write('linux/arch/wasm/configs/wasm_defconfig', 'CONFIG_WASM=y\n')
        self.write('linux/scripts/kconfig/merge_config.sh', MERGE)
        os.chmod(self.path('linux/scripts/kconfig/merge_config.sh'), 0o755)
        with tarfile.open(self.path('linux.tar'), 'w') as tar:
            tar.add(self.path('linux'), 'linux')
        self.write('include/host_abi.h', '')
        self.write('kernel/patches/series', '')
        self.write('kernel/overlay/arch/wasm/include/asm/other.h', '')
        shutil.copy(os.path.join(TOP, 'kernel/build'), self.path('kernel/build'))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), 'w', encoding='ascii') as file:
            file.write(text)

    def read(self, name):
        with open(self.path('work/linux/' + name), encoding='ascii') as file:
            return file.read()

    def build(self, *options, status=0, **environment):
        done = subprocess.run(
            [self.path('kernel/build'), '--source=' + self.path('linux.tar'),
             '--work=' + self.path('work'), '--jobs=1', '--objects-only', *options],
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            check=False, env=dict(os.environ, **environment))
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def test_headers_come_and_go(self):
        self.build()
        self.assertEqual(self.read('what.o'), 'generated\n')
        self.write('kernel/overlay/' + HEADER, 'own\n')
        self.build()
        self.assertEqual(self.read('what.o'), 'own\n')
        os.remove(self.path('kernel/overlay/' + HEADER))
        self.build()
        self.assertEqual(self.read('what.o'), 'generated\n')

    def test_configuration_that_failed(self):
        """It is no configuration, also for who comes next."""
        self.build()
        self.write('work/linux/refuse', '')
        self.write('fragment', 'CONFIG_MORE=y\n')
        more = '--config=' + self.path('fragment')
        self.assertIn('configuring failed', self.build(more, status=1).stderr)
        os.remove(self.path('work/linux/refuse'))
        self.build(more)
        self.assertEqual(self.read('configured'), 'CONFIG_WASM=y\nCONFIG_MORE=y\n')

    def test_configuration_as_before(self):
        """After one that failed, the one of before has to be made again."""
        self.build()
        self.write('work/linux/refuse', '')
        self.write('fragment', 'CONFIG_MORE=y\n')
        self.build('--config=' + self.path('fragment'), status=1)
        os.remove(self.path('work/linux/refuse'))
        os.remove(self.path('work/linux/configured'))
        self.build()
        self.assertEqual(self.read('configured'), 'CONFIG_WASM=y\n')

    def test_environment(self):
        """What is meant for other builds does not reach the kernel's."""
        self.build(CPATH='/elsewhere', LOCALVERSION='-mine')
        self.assertEqual(self.read('environment'), '-Wno-null-pointer-arithmetic\n')


unittest.main()
