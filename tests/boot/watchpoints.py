# SPDX-License-Identifier: Apache-2.0
"""watchpoints.py: does this machine's CPU report them? There are virtual machines whose
debug registers can be set and never hit; native gdb waits in vain there too."""

import functools
import os
import subprocess
import tempfile

SOURCE = 'volatile int watched; int main(void) { watched = 1; return watched - 1; }\n'


@functools.lru_cache(maxsize=None)
def work():
    """Whether a watchpoint of gdb stops a native program."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, 'w.c'), os.path.join(folder, 'w')
        with open(source, 'w') as file:
            file.write(SOURCE)
        subprocess.run(['clang-22', '-g', '-O0', source, '-o', program], check=True)
        done = subprocess.run(['gdb', '-nx', '-q', '-batch', '-ex', 'watch watched',
                               '-ex', 'run', program], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60)
    return 'Old value' in done.stdout


def needed(test):
    """Decorates a test that cannot pass without them."""
    @functools.wraps(test)
    def run():
        if work():
            test()
        else:
            print(f'skip {test.__name__[5:]}: the CPU of this machine reports no '
                  'watchpoints, to native programs either', flush=True)
    return run
