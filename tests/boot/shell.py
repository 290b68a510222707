#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shell as a language, and job control at the terminal."""

import harness
import pexpect
from harness import Failure, Guest, equal

SCRIPTS = [
    # pipelines of five stages
    ('seq 100 | grep 7 | sed s/7/x/ | sort -r | head -n 2', 'x9\nx8\n'),
    ('seq 1000 | cat | cat | cat | wc -l', '1000\n'),
    # here-documents
    ('cat <<END\nfirst\n$((1 + 1))\nEND', 'first\n2\n'),
    ("cat <<'END' | tr a-z A-Z\nas $it is\nEND", 'AS $IT IS\n'),
    # command substitution
    ('echo "<$(echo $(echo deep) | tr d D)>"', '<Deep>\n'),
    # functions, loops, conditions
    ('twice() { echo "$1$1"; }; twice ab', 'abab\n'),
    ('f() { return 3; }; f; echo $?', '3\n'),
    ('for i in a b c; do printf %s. $i; done; echo', 'a.b.c.\n'),
    ('i=0; while [ $i -lt 3 ]; do i=$((i + 1)); done; echo $i', '3\n'),
    ('case abc in a*) echo yes;; *) echo no;; esac', 'yes\n'),
    ('(exit 5); echo $?', '5\n'),
    ('false && echo no || echo yes', 'yes\n'),
    ('x=1; (x=2; echo $x); echo $x', '2\n1\n'),
    ('echo one >/tmp/o; echo two >>/tmp/o; cat </tmp/o', 'one\ntwo\n'),
    ('ls /nonexistent 2>/dev/null; echo done', 'done\n'),
    ('sleep 1 & wait $!; echo $?', '0\n'),
    ('sh -c \'kill -9 $$\'; echo $?', '137\n'),
    # What makes no system call ends too.
    ('timeout 1 sh -c "while :; do :; done"; echo $?', '143\n'),
    ('timeout -s KILL 1 sh -c "while :; do :; done"; echo $?', '137\n'),
    ('sh -c "ulimit -S -t 1; while :; do :; done"; echo $?', '152\n'),
    ('trap "echo caught" USR1; kill -USR1 $$; trap - USR1', 'caught\n'),
    # In a function, of a script: such a job is in no list of the shell.
    ('f() { sleep 9 & kill $!; usleep 100000; wait $!; echo $?; }\nf', '143\n'),
    ('echo a b c | { read x y; echo "$y"; }', 'b c\n'),
    ('echo kept >/tmp/o; cat <>/tmp/o; cat /tmp/o', 'kept\nkept\n'),
    # Whoever opens a FIFO waits for the other end, but not with the shell.
    ('mkfifo /tmp/f; echo through >/tmp/f & cat /tmp/f', 'through\n'),
    ('{ echo a; echo b; } >/tmp/f & cat </tmp/f', 'a\nb\n'),
    ('ls /nonexistent >/tmp/f 2>&1 & cat </tmp/f',
     'ls: /nonexistent: No such file or directory\n'),
    ('f() { echo "$x$2"; }; mkfifo "/tmp/it\'s"; x=y f 1 " 2" >"/tmp/it\'s" &'
     ' cat "/tmp/it\'s"', 'y 2\n'),
    ('cat </tmp/f | tr a b & echo aha >/tmp/f; wait', 'bhb\n'),
    ('cat </tmp/f & usleep 100000; kill $!; wait $!; echo $?', '143\n'),
]


def last_lines(output, wanted):
    """The end of what was printed: before it come echoes of further lines."""
    return '\n'.join(output.split('\n')[-wanted.count('\n') - 1:])


def strip_job_notes(output):
    return ''.join(line for line in output.splitlines(True)
                   if not line.startswith('['))


# Until a program has the terminal, what is typed is the shell's: no signal, no echo. So
# each says that it has. In the echo of its line that is not what it will be.
CAT = 'B=begins; sh -c "echo it $B; exec cat"'
SLEEPER = "sh -c 'trap \"echo g\"\"oes on\" CONT; while :; do sleep 0.1; done'"


def cat(guest, text):
    guest.line(CAT)
    guest.expect('it begins\r?\n')
    guest.line(text)
    guest.expect(f'{text}\r?\n.*{text}\r?\n')


def foreground(guest):
    """The SLEEPER."""
    guest.line('fg')
    guest.expect('goes on\r?\n')


def echoes(guest, text, tries=30):
    """cat, which cannot say that it goes on, at last has the terminal."""
    for _ in range(tries):
        guest.line(text)
        if guest.child.expect([f'{text}\r?\n.*{text}\r?\n', pexpect.TIMEOUT],
                              timeout=2) == 0:
            return
    raise Failure(f'{text} is not echoed')


def test_language():
    with Guest() as guest:
        for script, wanted in SCRIPTS:
            lines = script.split('\n')
            if len(lines) > 1:
                guest.run('cat >/tmp/script <<"@"\n' + script + '\n@')
                script = 'sh /tmp/script'
            output = guest.run(script, status=None)
            if 'Killed' in output:
                output = output.replace('Killed\n', '')
            equal(last_lines(strip_job_notes(output), wanted), wanted, script)
        guest.check_log('that')


def test_200_commands():
    with Guest() as guest:
        equal(guest.run('i=0; while [ $i -lt 200 ]; do /bin/true && i=$((i + 1)); done; '
                        'echo $i', timeout=120), '200\n')


def test_tar_round_trip():
    with Guest() as guest:
        guest.run('mkdir /tmp/copy && tar -c -f - -C / bin | gzip >/tmp/bin.tgz',
                  timeout=120)
        guest.run('gzip -d </tmp/bin.tgz | tar -x -f - -C /tmp/copy', timeout=120)
        guest.run('cmp /bin/busybox /tmp/copy/bin/busybox')
        equal(guest.run('ls /tmp/copy/bin | wc -l'), guest.run('ls /bin | wc -l'))
        guest.run('rm -r /tmp/copy /tmp/bin.tgz')


def test_interrupt_a_program():
    with Guest() as guest:
        cat(guest, 'echoed')
        guest.send('\x03')
        guest.prompt(10)
        guest.line("echo on its w''ay; while :; do :; done")
        guest.expect('\non its way\r?\n')
        guest.send('\x03')
        guest.prompt(20)
        guest.check('echo alive', '^alive$')


def test_interrupt_a_spinning_program():
    with Guest() as guest:
        guest.line('sh -c "echo on its way; while :; do :; done"')
        guest.expect('\non its way\r?\n')
        guest.send('\x03')
        guest.prompt(20)
        guest.check('echo alive $?', '^alive 130$')


def test_kill_a_spinning_program():
    with Guest() as guest:
        guest.line('sh -c "while :; do :; done" &')
        guest.prompt()
        guest.run('sleep 1')
        guest.run('kill -9 $!')
        guest.check('wait $!; echo $?', '^137$', status=None)


def test_background():
    with Guest() as guest:
        guest.line(SLEEPER + ' &')
        guest.prompt()
        guest.check('jobs', r'^\[1\].*sh -c trap')
        foreground(guest)
        guest.send('\x1a')
        guest.prompt(10)
        guest.check('jobs', r'(?i)^\[1\].*stopped.*sh -c trap')
        guest.line('bg')
        guest.prompt(10)
        guest.check('jobs', r'(?i)^\[1\].*running.*sh -c trap')
        foreground(guest)
        guest.send('\x03')
        guest.prompt(10)
        guest.check('jobs; echo none', '^none$')


def test_stop_and_continue():
    with Guest() as guest:
        cat(guest, 'before')
        guest.send('\x1a')
        guest.prompt(10)
        guest.line('fg')
        echoes(guest, 'after')
        guest.send('\x04')
        guest.prompt(10)


def test_end_of_file_in_a_pipe():
    with Guest() as guest:
        equal(guest.run('yes | head -n 3'), 'y\ny\ny\n')


harness.main()
