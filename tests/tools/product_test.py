#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/product: built once, again when an input changes or it is damaged."""

import os
import signal
import subprocess
import tempfile
import time
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAKE = 'cat "$0" >@OUT@/out; echo x >>"$0".runs'


class ProductTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.input = self.path('input')
        self.write(self.input, 'one')

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, path, text):
        with open(path, 'w') as file:
            file.write(text)

    def read(self, path):
        with open(path) as file:
            return file.read()

    def command(self, script, *options):
        return [os.path.join(TOP, 'tools/product'), 'thing', '--file=out',
                '--input=' + self.input, '--link=' + self.path('link'),
                '--cache=' + self.path('cache'), *options, '--', 'sh', '-c', script]

    def make(self, script=MAKE, status=0):
        script = script.replace('$0', self.input)
        done = subprocess.run(self.command(script), capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def runs(self):
        return self.read(self.input + '.runs').count('x')

    def test_builds_once(self):
        self.make()
        self.make()
        self.assertEqual(self.runs(), 1)
        self.assertEqual(self.read(self.path('link')), 'one')

    def test_changed_input(self):
        self.make()
        self.write(self.input, 'two')
        self.make()
        self.assertEqual(self.read(self.path('link')), 'two')
        self.write(self.input, 'one')
        self.make()
        self.assertEqual(self.runs(), 2)
        self.assertEqual(self.read(self.path('link')), 'one')

    def test_home(self):
        """A product that says where it is: elsewhere it is another one."""
        self.make('printf @HOME@ >@OUT@/out')
        home = os.path.dirname(os.readlink(self.path('link')))
        self.assertEqual(self.read(self.path('link')), home)
        os.rename(self.path('cache'), self.path('moved'))
        os.symlink(self.path('moved'), self.path('cache'))
        self.make('printf @HOME@ >@OUT@/out')
        self.assertEqual(os.path.dirname(os.readlink(self.path('link'))), home)
        command = [word.replace('/cache', '/moved') for word in
                   self.command('printf @HOME@ >@OUT@/out')]
        subprocess.run(command, check=True, capture_output=True)
        self.assertIn('/moved/', self.read(self.path('link')))

    def test_damaged_product(self):
        self.make()
        self.write(self.path('link'), 'One')
        self.make()
        self.assertEqual(self.read(self.path('link')), 'one')
        os.unlink(os.path.realpath(self.path('link')))
        self.make()
        self.assertEqual(self.read(self.path('link')), 'one')

    def test_failing_command(self):
        done = self.make('echo half >@OUT@/out; exit 3', status=3)
        self.assertIn('thing could not be made', done.stderr)
        self.assertEqual([n for n in os.listdir(self.path('cache/products'))
                          if 'lock' not in n], [])

    def test_command_without_product(self):
        self.make('true', status=70)

    def test_missing_input(self):
        os.unlink(self.input)
        self.assertIn('does not exist', self.make(status=66).stderr)

    def test_unusable_cache(self):
        self.write(self.path('cache'), '')
        self.assertIn('cannot be used', self.make(status=73).stderr)

    def test_killed_half_way(self):
        marker = self.path('marker')
        child = subprocess.Popen(self.command(
            f'echo half >@OUT@/out; touch {marker}; exec sleep 100'),
            start_new_session=True)
        while not os.path.exists(marker):
            time.sleep(0.01)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        self.make()
        self.assertEqual(self.read(self.path('link')), 'one')
        self.assertEqual([n for n in os.listdir(self.path('cache/products'))
                          if n.startswith('.')], [])

    def test_shared_work(self):
        script = 'echo y >>@WORK@/log; cp @WORK@/log @OUT@/out; cat $0 >/dev/null'
        self.make(script)
        self.write(self.input, 'two')
        other = self.command(script.replace('$0', self.input), '--work=thing')
        other[1] = 'other'
        subprocess.run(other, check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(self.read(self.path('link')), 'y\ny\n')
        self.assertEqual(os.listdir(self.path('cache/work')), ['thing'])

    def test_upgraded_tools(self):
        """What a command says, and a large file's size and time, are inputs."""
        version = self.path('version')
        options = [f'--says=cat {version}', f'--stat={version}']
        for text, runs in ('1\nmore', 1), ('2\nmore', 2), ('2\nmore', 2):
            if not os.path.exists(version) or self.read(version) != text:
                self.write(version, text)
            subprocess.run(self.command(MAKE.replace('$0', self.input), *options),
                           check=True, stdout=subprocess.DEVNULL)
            self.assertEqual(self.runs(), runs)
        for option, status in (('--says=/none', 69), ('--says=false', 69),
                               ('--stat=/none', 66)):
            self.assertEqual(subprocess.run(self.command(MAKE, option), check=False,
                                            stderr=subprocess.DEVNULL).returncode, status)

    def test_killed_without_its_command(self):
        """Who comes next waits for the command that is left."""
        fifo = self.path('fifo')
        os.mkfifo(fifo)
        child = subprocess.Popen(self.command(f'cat {fifo} >@OUT@/out'))
        with open(fifo, 'w') as late:  # opens when the command runs
            child.kill()
            child.wait()
            following = subprocess.Popen(self.command(MAKE.replace('$0', self.input)),
                                         stdout=subprocess.PIPE, text=True)
            self.assertIn('waiting', following.stdout.readline())
            late.write('late')
        with following.stdout:
            self.assertEqual(following.wait(), 0)
        self.assertEqual(self.read(self.path('link')), 'one')

    def test_two_at_once(self):
        script = f'echo x >>{self.input}.runs; sleep 0.3; cat {self.input} >@OUT@/out'
        both = [subprocess.Popen(self.command(script), stdout=subprocess.DEVNULL)
                for _ in range(2)]
        self.assertEqual([child.wait() for child in both], [0, 0])
        self.assertEqual(self.runs(), 1)

    def test_beside_another_build(self):
        """What is there already does not wait for who makes another one."""
        self.make()
        os.mkfifo(self.path('fifo'))
        other = subprocess.Popen(
            self.command(f'cat {self.path("fifo")} >@OUT@/out', '--says=echo other'),
            stdout=subprocess.DEVNULL)
        with open(self.path('fifo'), 'w') as fifo:  # opens when the build runs
            done = subprocess.run(
                self.command(MAKE.replace('$0', self.input)), timeout=30,
                capture_output=True, text=True)
            self.assertIn('is there already', done.stdout)
            fifo.write('other')
        self.assertEqual(other.wait(), 0)
        self.assertEqual(self.read(self.path('link')), 'other')


unittest.main()
