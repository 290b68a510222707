#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The terminal: its size, keys, bytes that are not text, and much at once."""

import harness
from harness import Guest, equal


def test_size():
    with Guest(rows=24, columns=200) as guest:
        equal(guest.run('stty size'), '24 200\n')
        guest.child.setwinsize(40, 133)
        guest.run('while [ "$(stty size)" != "40 133" ]; do sleep 0.1; done')


def test_program_hears_of_a_new_size():
    with Guest() as guest:
        guest.line("sh -c 'trap \"stty size\" WINCH; echo ready; "
                   "while :; do sleep 1; done'")
        guest.expect('ready\r?\n')
        guest.child.setwinsize(30, 90)
        guest.expect('30 90\r?\n', 20)
        guest.send('\x03')
        guest.prompt()


def test_line_editing():
    with Guest() as guest:
        guest.send('echo wrogn\x7f\x7fng\r')
        guest.expect('\nwrong\r?\n')
        guest.prompt()
        guest.send('\x1b[A\r')  # cursor up: the same line again
        guest.expect('\nwrong\r?\n')
        guest.prompt()
        guest.send('echo abc\x01\x01')  # Ctrl-A twice types one: to the line's start
        guest.send('true; \r')
        guest.expect('\nabc\r?\n')
        guest.prompt()
        guest.send('ls /etc/init.\t\r')
        guest.expect('rcS')
        guest.prompt()


def test_keys_arrive_as_they_are():
    with Guest() as guest:
        guest.line('stty raw -echo; echo ready; dd bs=1 count=6 2>/dev/null | od -An -tx1; '
                   'stty sane')
        guest.expect('ready\r?\n')
        guest.send('\x03\x1a\x1c\x7f\r\n')
        guest.expect('03 1a 1c 7f 0d 0a')
        guest.prompt()


def test_a_long_paste():
    with Guest() as guest:
        lines = 2000
        guest.line('stty -echo; sum=0; echo ready; while read n; do '
                   'sum=$((sum + n)); done; echo "sum is $sum"; stty sane')
        guest.expect('ready\r?\n')
        guest.send(''.join(f'{n}\r' for n in range(lines)) + '\x04')
        guest.expect(f'sum is {lines * (lines - 1) // 2}\r?\n')
        guest.prompt()


def test_much_output():
    with Guest() as guest:
        output = guest.run('seq 20000', timeout=120)
        equal(output, ''.join(f'{n}\n' for n in range(1, 20001)))


harness.main()
