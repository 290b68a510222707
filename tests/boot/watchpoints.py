# SPDX-License-Identifier: Apache-2.0
"""watchpoints.py: does this machine's CPU report them? There are virtual machines whose
debug registers can be set and never hit; native gdb waits in vain there too. What needs
them runs on an emulated machine then."""

import functools
import os
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EMULATOR = os.path.join(TESTS, 'emulator', 'run.py')
SOURCE = 'volatile int watched; int main(void) { watched = 1; return watched - 1; }\n'
# How much longer all may take there.
SLOWER = 10


def are_allowed():
    """For --watch; see perf_event_open(2)."""
    with open('/proc/sys/kernel/perf_event_paranoid', encoding='ascii') as file:
        return os.geteuid() == 0 or int(file.read()) <= 2


@functools.lru_cache(maxsize=None)
def hit():
    """Whether a watchpoint of gdb stops a native program."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, 'w.c'), os.path.join(folder, 'w')
        with open(source, 'w', encoding='ascii') as file:
            file.write(SOURCE)
        subprocess.run(['clang-22', '-g', '-O0', source, '-o', program], check=True)
        done = subprocess.run(['gdb', '-nx', '-q', '-batch', '-ex', 'watch watched',
                               '-ex', 'run', program], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False, timeout=600)
    return 'Old value' in done.stdout


def why_not():
    """For debuggers and for --watch; None: they work."""
    if not hit():
        return 'this CPU reports no watchpoints'
    if not are_allowed():
        return 'kernel.perf_event_paranoid (over 2) keeps watchpoints from the runner'
    return None


def work():
    return not why_not()


def needed(test):
    """Decorates a test that cannot pass without them."""
    test.needs_watchpoints = True
    return test


def run(tests, names, run_test, patience):
    """Runs tests[name] of names by run_test(name), those that need watchpoints on an
    emulated machine, if there are none here; did all of them pass? There, the program
    is run again, with the same options; patience is its WL_PATIENCE here."""
    there = [name for name in names
             if hasattr(tests[name], 'needs_watchpoints') and not work()]
    passed = [run_test(name) for name in names if name not in there]
    if there:
        print(f'on an emulated machine, for want of watchpoints: {" ".join(there)}',
              flush=True)
        options = [word for word in sys.argv[1:] if word not in names]
        python = sys.executable
        done = subprocess.run([python, EMULATOR, python, sys.argv[0], *options, *there],
                              check=False, env=dict(os.environ,
                                                    WL_PATIENCE=str(SLOWER * patience)))
        passed.append(done.returncode == 0)
    return all(passed)


if __name__ == '__main__':
    if not work():
        print(why_not())
        sys.exit(1)
