# SPDX-License-Identifier: Apache-2.0
"""harness.py: a guest on a pseudo-terminal, for the tests of tests/boot.

A test file defines functions test_NAME(), uses Guest or run_runner(), and ends with
harness.main(). What a test needs of the build comes from the environment, set by
ctest, or from --build=DIR. When a test fails, the whole console and the command that
repeats the test are printed; when the guest hung, the stacks of all its threads too.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import host
import pexpect
import watchpoints

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IDLE_S = 15
WAKES_A_SECOND = 30  # of all threads together; a tick that goes on makes a hundred
REPORT_LINES = 300  # of the console, when a test fails
# The kernel's messages come at any time.
PROMPT = r'(?:/|~)\S* # (?:\x1b\[6n)?(?:\[ *\d+\.\d+\] [^\n]*\n)*$'
WARNING = 4  # KERN_WARNING
# What the kernel says at that level, and why it may.
EXPECTED_WARNINGS = {
    r'^percpu: (max_distance|wasting)': 'no vmalloc() without an MMU',
    r'^\*\*.*\*\*$': 'SLUB_DEBUG_ON shows addresses, and says so',
    r'^(Lock dependency validator|\.\.\. (MAX|CLASSHASH|CHAINHASH)_| memory used '
    r'(by|for)| per task-struct)': 'lockdep tells what it is',
    r'^This architecture does not have kernel memory protection': 'so it is',
    r'^hrtimer: interrupt took': 'the host was busy',
}
# A loaded machine is slow; a hang is for ever.
PATIENCE_S = float(os.environ.get('WL_PATIENCE', 60))


class Failure(Exception):
    pass


class settings:
    build = os.environ.get('WL_BUILD', os.path.join(TOP, 'build', 'release'))
    kernel = 'vmlinux.wasm'
    cpus = 2
    options = []
    verbose = False


def path_of(name):
    places = {'runner': os.environ.get('WL_RUNNER', 'runner/runner'),
              'wasm2so': 'tools/translate/wasm2so'}
    path = os.path.join(settings.build, places.get(name, name))
    if not os.path.exists(path):
        sys.exit(f'{path} is missing: build it first (tools/boot --no-run)')
    return path


def cache_options():
    cache = os.environ.get('WL_CACHE')
    return [f'--cache={cache}'] if cache else []


def runner_command(*options, kernel=None, initramfs=None, cpus=None, parameters=()):
    command = [path_of('runner'), *cache_options(),
               f'--cpus={cpus or settings.cpus}', *settings.options, *options,
               kernel or path_of(settings.kernel),
               initramfs or path_of('initramfs.cpio.gz')]
    return command + (['--', *parameters] if parameters else [])


def compile_for_guest(source, out, *flags):
    subprocess.run([os.path.join(TOP, 'tools/wlcc'), '-O1', *flags, source, '-o', out],
                   check=True, env=dict(os.environ, WL_SYSROOT=path_of('sysroot')))


def build_initramfs(tree, folder):
    """The usual one and the files of the tree, as a file in the folder."""
    out = os.path.join(folder, 'initramfs.cpio.gz')
    subprocess.run([os.path.join(TOP, 'userland/build-initramfs'),
                    '--busybox=' + path_of('busybox/busybox'), '--out=' + out,
                    '--add=' + tree], check=True, stdout=subprocess.DEVNULL)
    return out


def line_of(path, text):
    """Number of the first line of a file that has the text."""
    with open(path, encoding='utf-8') as file:
        return next(n for n, line in enumerate(file, 1) if text in line)


def translate(modules):
    """Ahead of their first run, so that no time limit counts it."""
    command = [path_of('wasm2so'), *cache_options()]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in pool.map(lambda module: subprocess.run(
                [*command, module], capture_output=True, text=True), modules):
            if done.returncode:
                sys.exit(f'{" ".join(done.args)}\n{done.stderr}')


def run_runner(*options, command=None, stdin=subprocess.DEVNULL, timeout=PATIENCE_S,
               env=None, **where):
    """Run it without a terminal: its status, stdout and stderr."""
    command = command or runner_command(*options, **where)
    text = stdin if isinstance(stdin, str) else None
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE if text is not None else stdin,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors='replace',
        env=dict(os.environ, **(env or {})))
    try:
        out, err = child.communicate(text, timeout)
    except subprocess.TimeoutExpired:
        stacks = all_stacks(child.pid)
        child.kill()
        out, err = child.communicate()
        raise Failure(f'{" ".join(command)}\ndid not end in {timeout} s\n{stacks}\n'
                      f'--- stdout\n{out}\n--- stderr\n{err}') from None
    return child.returncode, out, err


def all_stacks(pid):
    """What every thread does, by gdb, if it is there."""
    if not shutil.which('gdb'):
        return '(no gdb here to show what the threads do)'
    try:
        return subprocess.run(
            ['gdb', '-batch', '-nx', '-p', str(pid), '-ex', 'set width 160',
             '-ex', 'thread apply all bt 30'], capture_output=True, text=True,
            errors='replace', timeout=120, stdin=subprocess.DEVNULL).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        return f'(gdb: {error})'


def plain(text):
    """Text of a console without escape sequences and carriage returns."""
    return re.sub(r'\x1b\[[0-9;?]*[A-Za-z]', '', text).replace('\r', '')


class Transcript:
    """Receives what the guest prints, as pexpect's log file."""

    def __init__(self):
        self.text = ''

    def write(self, text):
        self.text += text
        if settings.verbose:
            sys.stdout.write(text)
            sys.stdout.flush()

    def flush(self):
        pass


class Guest:
    """A booted guest. Use it in a with statement: it is killed at the end."""

    def __init__(self, *options, cpus=None, parameters=(), rows=24, columns=200,
                 login=True, command=None, **where):
        self.log = Transcript()
        self.err = tempfile.TemporaryFile('w+')
        command = command or runner_command(*options, cpus=cpus,
                                            parameters=parameters, **where)
        # stderr apart from the console: by a shell, since pexpect has no way to.
        self.child = pexpect.spawn(
            '/bin/sh', ['-c', f'exec 2>/proc/{os.getpid()}/fd/{self.err.fileno()}; '
                        'exec "$@"', 'sh', *command],
            encoding='utf-8', codec_errors='replace', timeout=PATIENCE_S,
            dimensions=(rows, columns), echo=True)
        self.child.logfile_read = self.log
        self.child.delaybeforesend = None
        if login:
            self.prompt()
            # What it warns of stays in its log, out of what programs print.
            self.run(f'dmesg -n {WARNING}')

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is not None and isinstance(error, (Failure, AssertionError)):
            error.args = (f'{error}\n{self.report()}',)
        if self.child.isalive():
            self.child.kill(signal.SIGKILL)
            self.child.wait()  # close() has little patience with what has to die
        self.child.close(force=True)
        self.err.close()

    def report(self):
        self.err.seek(0)
        lines = plain(self.log.text).split('\n')
        if len(lines) > REPORT_LINES:
            lines[:-REPORT_LINES] = [f'({len(lines) - REPORT_LINES} lines before)']
        console = '\n'.join(lines)
        return (f'--- the console:\n{console}\n'
                f'--- the runner said:\n{self.err.read()}')

    def stderr(self):
        self.err.seek(0)
        return self.err.read()

    def send(self, text):
        self.child.send(text)

    def line(self, text):
        self.child.send(text + '\r')

    def expect(self, pattern, timeout=None):
        """Wait for it on the console; the match."""
        timeout = PATIENCE_S if timeout is None else timeout
        try:
            self.child.expect(pattern, timeout=timeout)
        except pexpect.TIMEOUT:
            raise Failure(f'no {pattern!r} within {timeout:.0f} s\n'
                          f'{all_stacks(self.child.pid)}') from None
        except pexpect.EOF:
            raise Failure(f'the runner ended (status {self.wait()}) before'
                          f' {pattern!r} was seen') from None
        return self.child.match

    def prompt(self, timeout=None):
        self.expect(PROMPT, timeout)

    def run(self, command, status=0, timeout=None):
        """Run a command at the prompt: what it printed. Its exit status has to be
        the given one (None: any)."""
        # In the echo of the line the marker is not what it will be in its output.
        if '\n' in command:
            self.line(command.replace('\n', '\r'))
            self.line('echo "@@"$?"@@"')
        else:
            self.line(f'{command}; echo "@@"$?"@@"')
        match = self.expect(r'@@(\d+)@@\r?\n', timeout)
        output = plain(self.child.before)
        # The first line is the echo of what was typed.
        output = output.split('\n', 1)[1] if '\n' in output else ''
        self.prompt(timeout)
        if status is not None and int(match[1]) != status:
            raise Failure(f'{command!r} ended with {match[1]}, not {status}')
        return output

    def check(self, command, pattern, status=0, timeout=None):
        """Run it; its output has to match the pattern."""
        output = self.run(command, status, timeout)
        if not re.search(pattern, output, re.M | re.S):
            raise Failure(f'{command!r} printed\n{output}\nwithout {pattern!r}')
        return output

    def check_log(self, after, timeout=None, expected=()):
        """The kernel has warned of nothing, but of what is expected, always or here."""
        self.run('dmesg -r >/tmp/dmesg', timeout=timeout)
        log = self.run('cat /tmp/dmesg', timeout=timeout)
        lines = re.findall(r'^<(\d+)>(?:\[[ .\d]+\] )?(.*)$', log, re.M)
        if len(lines) < 20:
            raise Failure(f'this is no log of a kernel:\n{log}')
        found = [text for level, text in lines if int(level) & 7 <= WARNING
                 and not any(re.search(p, text) for p in (*EXPECTED_WARNINGS, *expected))]
        if found:
            raise Failure(f'after {after} the kernel complains:\n' + '\n'.join(found))

    def cpu_seconds(self):
        """What it has taken of the host's CPUs."""
        with open(f'/proc/{self.child.pid}/stat', encoding='utf-8') as stat:
            user, system = stat.read().rsplit(')', 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf('SC_CLK_TCK')

    def sleeps(self):
        """How often each of its threads has gone to sleep, by its number."""
        ret = {}
        for task in os.listdir(f'/proc/{self.child.pid}/task'):
            with contextlib.suppress(OSError), open(
                    f'/proc/{self.child.pid}/task/{task}/status',
                    encoding='utf-8') as status:
                ret[task] = int(re.search(r'^voluntary_ctxt_switches:\s*(\d+)',
                                          status.read(), re.M)[1])
        return ret

    def check_idle(self):
        """At its prompt hardly anything wakes it, and it takes less than a hundredth of
        a CPU of the host."""
        time.sleep(2)  # what the boot left to do
        with host.Awake():
            before, sleeps = self.cpu_seconds(), self.sleeps()
            time.sleep(IDLE_S)
            took = self.cpu_seconds() - before
            woken = sum(n - sleeps.get(task, 0) for task, n in self.sleeps().items())
        said = f'idle it takes {took:.2f} s of {IDLE_S}, and is woken {woken} times'
        print('     ' + said, flush=True)
        if woken > IDLE_S * WAKES_A_SECOND or took > IDLE_S / 100:
            raise Failure(said)

    def wait(self, timeout=None):
        """Wait for the runner's end: its status, -N for signal N."""
        deadline = time.monotonic() + (PATIENCE_S if timeout is None else timeout)
        try:
            self.child.expect(pexpect.EOF, timeout=max(deadline - time.monotonic(), 0))
        except pexpect.TIMEOUT:
            raise Failure('the runner does not end\n'
                          f'{all_stacks(self.child.pid)}') from None
        except pexpect.EOF:
            pass
        self.child.close()
        if self.child.signalstatus:
            return -self.child.signalstatus
        return self.child.exitstatus

    def wait_for(self, status, timeout=None):
        got = self.wait(timeout)
        if got != status:
            raise Failure(f'the runner ended with {got}, not {status}')


class Machine:
    """A guest that is there when needed: booted again after one that hung."""

    def __init__(self, *options, **where):
        self.options, self.where, self.guest = options, where, None

    def do(self, action):
        """What action(guest) returns, and ''; None and a report if it failed."""
        try:
            if not self.guest:
                self.guest = Guest(*self.options, **self.where)
            return action(self.guest), ''
        except Failure as failure:
            report = self.guest.report() if self.guest else ''
            self.stop()
            return None, f'{failure}\n{report}'

    def stop(self):
        if self.guest:
            self.guest.__exit__(None, None, None)
        self.guest = None


def equal(got, wanted, what=''):
    if got != wanted:
        raise Failure(f'{what or "result"}: {got!r}, not {wanted!r}')


def matches(text, pattern, what=''):
    if not re.search(pattern, text, re.M | re.S):
        raise Failure(f'{what or "text"} without {pattern!r}:\n{text}')


def run_test(name, function):
    began = time.monotonic()
    try:
        function()
    except Exception as error:  # noqa: BLE001 whatever it is, it is a failure
        print(f'FAIL {name} ({time.monotonic() - began:.1f} s)')
        if isinstance(error, Failure):
            print(error)
        else:
            traceback.print_exc(file=sys.stdout)
        print(f'--- to repeat it: {os.path.relpath(sys.argv[0], TOP)}'
              f' --build={settings.build} {name}', flush=True)
        return False
    print(f'ok   {name} ({time.monotonic() - began:.1f} s)', flush=True)
    return True


def main():
    """Run the test functions of the calling file: all, or those named."""
    sys.stdout.reconfigure(errors='replace')
    parser = argparse.ArgumentParser(description='Run tests that boot the guest.')
    parser.add_argument('--build', default=settings.build, help='build folder')
    parser.add_argument('--cpus', type=int, default=settings.cpus)
    parser.add_argument('--option', action='append', default=[],
                        help='further option of the runner')
    parser.add_argument('--verbose', action='store_true', help='show the console')
    parser.add_argument('names', nargs='*', help='tests to run (all)')
    args = parser.parse_args()
    settings.build, settings.cpus = os.path.abspath(args.build), args.cpus
    settings.options, settings.verbose = args.option, args.verbose
    module = sys.modules['__main__']
    tests = {name[5:]: value for name, value in vars(module).items()
             if name.startswith('test_')}
    for name in args.names:
        if name not in tests:
            sys.exit(f'no test is called {name}; there are: {" ".join(tests)}')
    passed = watchpoints.run(tests, args.names or list(tests),
                             lambda name: run_test(name, tests[name]), PATIENCE_S)
    sys.exit(0 if passed else 1)
