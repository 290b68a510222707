#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""writers.py: wl-writers, in both debuggers, of what the runner recorded."""

import debuggers
from debuggers import Gdb, Guest, Lldb, matches


def check(option, commands):
    """commands: (what is asked, what has to be printed)."""
    with Guest(*option, '--memory=64M') as guest:
        guest.run('echo 5 >/proc/sys/kernel/panic; echo 7 >/proc/sys/kernel/panic')
        for kind in Gdb, Lldb:
            said = kind().script([c for c, _ in commands], pid=guest.child.pid)
            for (command, pattern), text in zip(commands, said):
                matches(text, pattern, f'{kind.name}: {command}')


WRITER = r', by sh( on CPU \d)?, at \d+\.\d+ s: \w*proc\w*\(\)'


def test_region():
    check(['--record-writes=panic_timeout'], [
        ('wl-writers &panic_timeout', '0x5 -> 0x7' + WRITER + '.*\n.*0x0 -> 0x5'),
        ('wl-writers &panic_timeout 1', r'\A\W*0x\w+ 4 bytes, 0x5 -> 0x7[^\n]*\s*\Z'),
        ('wl-writers &init_task', r'writes to 0x\w+ are not recorded, only those to panic_timeout'),
    ])


def test_everything():
    check(['--record-writes=all'], [
        ('wl-writers &panic_timeout', '0x5 -> 0x7' + WRITER),
        ('wl-writers init_task.tasks.next', r'task_struct|0x\w+ 4 bytes, 0x'),
    ])


if __name__ == '__main__':
    debuggers.main()
