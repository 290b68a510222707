# SPDX-License-Identifier: Apache-2.0
"""debuggers.py: real debuggers on real boots, for the tests of tests/debug.

A test file defines functions test_NAME() and ends with debuggers.main(). Debuggers run
in batch mode: script() gives them commands and returns what each printed; what they
print when a test fails is the transcript. The guest runs subject.c as its init, unless
told otherwise. When a test fails, all that its debuggers printed is shown.
"""

import contextlib
import functools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'boot'))

import harness as boot  # noqa: E402  tests/boot/harness.py
from harness import (Failure, Guest, equal, line_of, matches, path_of,  # noqa: E402,F401
                     settings)

TOP = boot.TOP
SUBJECT = os.path.join(HERE, 'subject.c')
SCRIPTS = os.path.join(TOP, 'tools', 'debug')
LIMIT_S = 5 * boot.PATIENCE_S
# Kernels are translated by the fixture `translated` at this level.
LEVEL = os.environ.get('WL_LEVEL', 'debug')
transcripts = []  # of the test that runs: (name of a debugger, what it printed)


class Subject:
    """An initramfs with subject.c and others in /debug, made once."""
    folder = None

    @classmethod
    def path(cls):
        if not cls.folder:
            cls.folder = tempfile.TemporaryDirectory(prefix='wl-debug-')
            cls.build()
        return os.path.join(cls.folder.name, 'initramfs.cpio.gz')

    @classmethod
    def build(cls):
        tree = os.path.join(cls.folder.name, 'tree')
        program = os.path.join(tree, 'debug', 'subject')
        os.makedirs(os.path.dirname(program))
        make_for_the_guest(SUBJECT, program, '-g')
        boot.build_initramfs(tree, cls.folder.name)


def line_in_subject(word):
    return line_of(SUBJECT, word)


def run(command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, errors='replace',
                          stdin=subprocess.DEVNULL, env=dict(os.environ, **environment))
    if done.returncode:
        raise Failure(f'{" ".join(command)}\nended with {done.returncode}\n'
                      f'{done.stdout}{done.stderr}')
    return done.stdout


def make_for_the_guest(source, program, *flags):
    """With its translation: it starts there at once."""
    boot.compile_for_guest(source, program, *flags)
    run([path_of('wasm2so'), '--level=' + LEVEL, *boot.cache_options(), program])


@contextlib.contextmanager
def guest_with(source, *flags):
    """A Guest in which the program of that source is at work."""
    name = os.path.splitext(os.path.basename(source))[0]
    with tempfile.TemporaryDirectory(prefix='wl-program-') as folder:
        tree = os.path.join(folder, 'tree')
        os.makedirs(os.path.join(tree, 'test'))
        make_for_the_guest(source, os.path.join(tree, 'test', name), *flags)
        with Guest('--level=' + LEVEL,
                   initramfs=boot.build_initramfs(tree, folder)) as guest:
            guest.run(f'/test/{name} & sleep 1')
            yield guest


def runner_arguments(*options, parameters=()):
    """Command line of a runner whose guest runs the subject."""
    return boot.runner_command('--level=' + LEVEL, *options, initramfs=Subject.path(),
                               parameters=['quiet', 'rdinit=/debug/subject',
                                           *parameters])


def booted(*options, parameters=()):
    """A Guest whose subject is at work."""
    guest = Guest(login=False, command=runner_arguments(*options,
                                                        parameters=parameters))
    guest.expect('subject: ready')
    return guest


class Home:
    """An empty home: no settings of who runs the tests."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='wl-home-')
        return self.folder.name

    def __exit__(self, *_):
        self.folder.cleanup()


class Debugger:
    """Runs scripts. Each command's output is between marks that the script prints."""

    def __init__(self, home=None):
        self.home = home

    def environment(self):
        home = self.home or os.path.join(Subject.folder.name, 'home')
        os.makedirs(home, exist_ok=True)
        env = dict(os.environ, HOME=home, TERM='dumb')
        if 'XDG_CACHE_HOME' not in env:
            env['XDG_CACHE_HOME'] = os.path.expanduser('~/.cache')
        for name in 'XDG_CONFIG_HOME', 'DEBUGINFOD_URLS':
            env.pop(name, None)
        return env

    def script(self, commands, start=None, pid=None, core=None, stdin=None):
        """Run commands on a runner that is started (start: its command line), attached
        to, or dumped: the list of what each command printed."""
        if start:
            commands = ['wl-start', *commands]
        Subject.path()
        command = self.command(commands, start, pid, core)
        child = subprocess.Popen(command, stdin=stdin or subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 text=True, errors='replace', env=self.environment(),
                                 start_new_session=True)
        output = ''
        try:
            output, _ = child.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            kill_group(child.pid)
            output, _ = child.communicate()
            raise Failure(f'{self.name} does not end') from None
        finally:
            kill_group(child.pid)
            transcripts.append((self.name, output))
        if settings.verbose:
            print(output)
        parts = re.split(r'(?:^|\n)@@\d+@@\n', output)[1:]
        if len(parts) != len(commands):
            raise Failure(f'{self.name} ended early')
        return parts[1:] if start else parts

    def check(self, table, **where):
        """table: (command of gdb, command of lldb, pattern of what is printed)."""
        index = 0 if self.name == 'gdb' else 1
        rows = [row for row in table if row[index]]
        outputs = self.script([row[index] for row in rows], **where)
        for row, output in zip(rows, outputs):
            if not re.search(row[2], output, re.M | re.S):
                raise Failure(f'{row[index]!r} printed\n{output}\nwithout {row[2]!r}')
        return outputs


def descendants(pid):
    table = [line.split() for line in run(['ps', '-e', '-o', 'pid=,ppid=']).splitlines()]
    found = [pid]
    for parent in found:
        found += [int(child) for child, of in table if int(of) == parent]
    return found[1:]


def kill_group(pid):
    """What the debugger left running. lldb's server, and what that started, are in
    sessions of their own."""
    for kill, who in [(os.kill, child) for child in descendants(pid)] + [(os.killpg, pid)]:
        try:
            kill(who, signal.SIGKILL)
        except ProcessLookupError:
            pass


def end_terminal(child):
    """End a debugger on a terminal of its own (pexpect), and what it started."""
    if child.isalive():
        kill_group(child.pid)
        child.wait()
    child.close()


class Gdb(Debugger):
    name = 'gdb'

    def __init__(self, home=None, loaded=True):
        super().__init__(home)
        # Without a home of its own, the commands are loaded as --gdb does.
        self.loaded = loaded and not home

    def command(self, commands, start, pid, core):
        line = ['gdb', '-q', '-batch', '-ex', 'set width 0', '-ex', 'set height 0']
        if self.loaded:
            runner = os.path.realpath(path_of('runner'))
            line += ['-iex', 'add-auto-load-safe-path ' + os.path.dirname(runner)]
        if pid:
            line += ['-p', str(pid)]
        if self.loaded:
            line += ['-x', os.path.join(SCRIPTS, 'wl_gdb.py')]
        for number, command in enumerate(commands):
            line += ['-ex', f'echo \\n@@{number}@@\\n', '-ex', command]
        if start:
            line += ['--args', *start]
        if core:
            line += [path_of('runner'), core]
        return line


class Lldb(Debugger):
    name = 'lldb'

    def __init__(self, home=None, loaded=True):
        super().__init__(home)
        self.loaded = loaded and not home

    def command(self, commands, start, pid, core):
        line = ['lldb-22', '-b', '-X']
        if self.loaded:
            line += ['-O', f'command script import {SCRIPTS}/wl_lldb.py']
        if pid:
            line += ['-p', str(pid)]
        if core:
            line += ['-c', core, path_of('runner')]
        with open(os.path.join(Subject.folder.name, 'commands'), 'w',
                  encoding='utf-8') as file:
            json.dump(commands, file)
        line += ['-o', f'command script import {HERE}/batch_lldb.py', '-o',
                 f'batch {file.name}']
        if start:
            line += ['--', *start]
        return line


def line_in_kernel(function, word, before=0):
    """As gdb lists it, without being told where sources are: in the function, or in so
    many lines before it."""
    text = Gdb().script(['set listsize 30', f'list {function}',
                         f'set listsize {before or 30}', 'list -'],
                        start=runner_arguments())[3 if before else 1]
    found = re.search(rf'^(\d+)\s+{re.escape(word)}', text, re.M)
    if not found:
        raise Failure(f'gdb does not list {word}:\n{text}')
    return int(found[1])


def with_transcripts(test):
    @functools.wraps(test)
    def run_test():
        transcripts.clear()
        try:
            test()
        except Exception:
            for name, text in transcripts:
                print(f'--- transcript of {name}:\n{text}')
            raise
    return run_test


def main():
    """As harness.main()."""
    module = vars(sys.modules['__main__'])
    for name in [name for name in module if name.startswith('test_')]:
        module[name] = with_transcripts(module[name])
    boot.main()
