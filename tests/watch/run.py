#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py: --watch and --record-writes on the guest tests/guests/watch.c.

usage: run.py --runner=FILE --work=DIR [NAME...]    (all tests, if none is named)
"""

import argparse
import ctypes
import glob
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
GUESTS = os.path.join(os.path.dirname(HERE), 'guests')
sys.path[:0] = GUESTS, os.path.join(os.path.dirname(HERE), 'boot')

import guests  # noqa: E402
import watchpoints  # noqa: E402
from harness import PATIENCE_S  # noqa: E402

PERF_EVENT_OPEN = 298
WITHOUT_THE_CPU = ': checks in the stores do it'
HIT = re.compile(r'^runner: watch (\d+): (\S+) was (\w+), is (\w+) \((\d+) bytes at '
                 r'(\w+)(?:, byte (-?\d+) of it)?\)')


class Failure(Exception):
    pass


class settings:
    runner = work = cache = kernel = initramfs = None


def build_guest():
    os.makedirs(settings.work, exist_ok=True)
    sources = [os.path.join(GUESTS, name) for name in ('start.c', 'watch.c')]
    settings.kernel = guests.build('watch', sources, [], settings.work)
    settings.initramfs = os.path.join(settings.work, 'empty.cpio')
    with open(settings.initramfs, 'wb') as file:
        file.write(guests.cpio())


def command(*options, parameters=()):
    return [settings.runner, '--cache=' + settings.cache,
            f'--timeout={PATIENCE_S:.0f}', *options, settings.kernel, settings.initramfs,
            '--', *parameters]


def run(*options, status=0, said='SUCCESS', parameters=(), **how):
    """What it said on stderr."""
    done = subprocess.run(command(*options, parameters=parameters),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=4 * PATIENCE_S, check=False, **how)
    if done.returncode != status:
        raise Failure(f'{options}: status {done.returncode}, not {status}:\n'
                      f'{done.stdout}{done.stderr}')
    if status == 0 and said not in done.stdout:
        raise Failure(f'the guest found mistakes:\n{done.stdout}')
    return done.stderr


def hits(text):
    """(watch, old, new, size, function, task) of all that was printed."""
    found = []
    lines = text.split('\n')
    for number, line in enumerate(lines):
        match = HIT.match(line)
        if match:
            task = re.search(r'task (\S+) \(', lines[number + 1])[1]
            function = re.match(r' +(\w+)\+0x', lines[number + 2])[1]
            found.append((int(match[1]), int(match[3], 16), int(match[4], 16),
                          int(match[5]), function, task))
    return found


def equal(got, wanted):
    if got != wanted:
        text = '\n'.join(map(str, got)) if isinstance(got, list) else got
        raise Failure(f'got\n{text}\nnot\n{wanted}')


def matches(text, pattern):
    if not re.search(pattern, text, re.M | re.S):
        raise Failure(f'no {pattern!r} in\n{text}')


def without_perf():
    """In the child: perf_event_open(2) fails with EPERM."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = b''.join(struct.pack('HBBI', *insn) for insn in [
        (0x20, 0, 0, 0),                    # load the number of the call
        (0x15, 0, 1, PERF_EVENT_OPEN),
        (0x06, 0, 0, 0x00050000 | 1),       # EPERM
        (0x06, 0, 0, 0x7fff0000)])          # allowed
    program = ctypes.create_string_buffer(code)
    filter_of = ctypes.create_string_buffer(
        struct.pack('HxxxxxxP', len(code) // 8, ctypes.addressof(program)))
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, filter_of, 0, 0):
        os._exit(99)


SCALARS = ['--watch=plain:value!=old,value<0x10000', '--watch=watched.inner[1].count',
           '--watch=watched.flags', '--watch=watched.first']
SCALAR_HITS = [
    (1, 0, 1, 4, 'write_plain', 'swapper/0'),
    (1, 1, 3, 4, 'write_plain', 'other'),
    (1, 3, 0x5503, 4, 'write_byte', 'swapper/0'),
    (2, 0, 7, 4, 'write_member', 'swapper/0'),
    (3, 0, 0x80, 4, 'write_flags', 'swapper/0'),
    (4, 0, 5 << 32, 8, 'add_atomic', 'swapper/0'),
    (4, 5 << 32, 9, 8, 'swap_atomic', 'swapper/0'),
    (1, 0x5503, 999, 4, 'spin', 'swapper/0'),
] + [(1, n + 1, n, 4, 'spin', 'swapper/0') for n in range(998, -1, -1)]
COUNTS = (r'watch 1: plain was written 1004 times, 1003 shown\n'
          r'.*watch 4: watched.first was written 2 times, 2 shown')


def without_one(wanted, got):
    """What is wanted if the host lost a hit in the loop, where got begins to differ:
    virtual machines do, once in a million (docs/watching.md)."""
    n = next(n for n, (a, b) in enumerate(zip(wanted, got)) if a != b)
    both = wanted[n][:2] + wanted[n + 1][2:]
    return wanted[:n] + [both] + wanted[n + 2:] if wanted[n + 1][4] == 'spin' else wanted


@watchpoints.needed
def test_by_the_cpu():
    """All hits, with old and new value, function and task."""
    text = run(*SCALARS)
    equal(WITHOUT_THE_CPU in text, False)
    got = hits(text)
    if len(got) == len(SCALAR_HITS) - 1 and got[-1] == SCALAR_HITS[-1]:
        print('the host lost a hit')
        equal(got, without_one(SCALAR_HITS, got))
        return
    equal(got, SCALAR_HITS)
    matches(text, COUNTS)


def test_by_checks():
    text = run('--watch-checks', *SCALARS)
    equal(hits(text), SCALAR_HITS)
    matches(text, COUNTS)


def test_slow_reader():
    """No hit is lost where stderr does not block, as its other users may have it."""
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    with subprocess.Popen(command('--watch-checks', *SCALARS), stderr=theirs,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL):
        os.close(theirs)
        text = b''
        while part := os.read(ours, 4096):
            text += part
            time.sleep(0.005)
    os.close(ours)
    equal(hits(text.decode()), SCALAR_HITS)


def test_not_allowed():
    """Without perf_event_open the same is found, after a word about it."""
    text = run(*SCALARS, preexec_fn=without_perf)
    matches(text, r'does not let us watch by the CPU \(Operation not permitted')
    equal(hits(text), SCALAR_HITS)


def test_ranges():
    """memory.copy, .fill, backward moves: exactly what they overwrote."""
    text = run('--watch=area+103:2', '--watch=area+620:4', '--watch=area+100:400',
               '--watch=area+99:1', '--watch=area+700:1', '--watch=area+500:200')
    found = hits(text)
    equal([h for h in found if h[0] == 1], [
        (1, 0, 0x0003, 2, 'copy_over', 'swapper/0'),  # a word ends within it
        (1, 0x0003, 0x0403, 2, 'copy_over', 'swapper/0'),
        (1, 0x0403, 0x047a, 2, 'fill_over', 'swapper/0'),
        (1, 0x047a, 0x7a7a, 2, 'fill_over', 'swapper/0')])
    equal([h for h in found if h[0] == 2],
          [(2, 0, 0x43424140, 4, 'move_over', 'swapper/0')])
    equal({h[4] for h in found if h[0] == 3}, {'copy_over', 'move_over', 'fill_over'})
    equal(sum(h[3] for h in found if h[0] == 3 and h[4] == 'fill_over'), 400)
    equal([h for h in found if h[0] in (4, 5)], [])
    equal(sum(h[3] for h in found if h[0] == 6 and h[4] == 'copy_over'), 0)


def test_large_ranges():
    """One byte that is watched, anywhere in what is filled and copied at once."""
    for at in 199, 200, 255, *range(256, 5200, 256), 5199, 5200:
        found = hits(run('--watch-checks', f'--watch=filled+{at}:1',
                         f'--watch=copied+{at}:1'))
        equal(found, [(1, 0, 0x7a, 1, 'fill_large', 'swapper/0'),
                      (2, 0, 0x7a, 1, 'copy_large', 'swapper/0')] if 200 <= at < 5200
              else [])


def test_many():
    """Any number, of any size."""
    options = [f'--watch=area+{100 + 4 * n}:value==0x7a7a7a7a' for n in range(100)]
    found = hits(run(*options))
    equal([h[0] for h in found], list(range(1, 101)))
    equal({h[4] for h in found}, {'fill_over'})


def test_large():
    """Marks of whole chunks and of parts, beside what else is marked there."""
    wrote = (1, 0x5503, 999, 4, 'spin', 'swapper/0')
    for place in '0:0x100000000', '0x100001:0x200000':
        for others, values in (([], []), (['--record-writes=all'], []),
                               (['--watch=plain:4:value==3'], [3, 3])):
            found = hits(run(f'--watch={place}:value==999', *others))
            equal([hit for hit in found if hit[0] == 1], [wrote])
            equal([hit[2] for hit in found if hit[0] == 2], values)
    text = run('--watch=0:0x100000000:value==999', '--record-writes=all',
               said='fault 7', parameters=['fault'])
    matches(text, r'who wrote there, newest first:\n[^\n]* spin\+0x')


def test_conditions():
    for condition, wanted in [
            ('task==other', [3]), ('task!=other,value==1', [1, 1, 1]),
            ('cpu==0,value>=999', [0x5503, 999]), ('cpu!=0', []),
            ('old&0x5000,value!=0', [999]), ('value==old', [1]),
            ('old<=3,value>3', [0x5503])]:
        for how in [], ['--watch-checks']:
            text = run(*how, '--watch=plain:' + condition)
            equal([h[2] for h in hits(text)], wanted)


def test_bad_expressions():
    for option, pattern in {
            '--watch=nothing_such': 'no variable named `nothing_such',
            '--watch=': 'what is to be watched',
            '--watch=watched.none': r'has no part `\.none',
            '--watch=watched.inner[7].name.x': r'has no part',
            '--watch=plain:value=1': '`value=1. is no condition',
            '--watch=plain:task<sh': '`task<sh. is no condition',
            '--watch=plain:4:cpu==': 'is no condition',
            '--watch=plain:0': '0 bytes',
            '--watch=0x12zz': '`0x12zz. is no number',
            '--watch=plain+x': '`x. is no number',
            '--watch=0xfffffffe:4': 'no memory of a guest',
            '--record-writes=plain:value==1': 'has no condition',
            '--watch-action=dance': 'not print, stop or abort'}.items():
        text = run(option, status=64)
        said = [line for line in text.split('\n') if line]
        if not watchpoints.work() and said[0].endswith(WITHOUT_THE_CPU):
            del said[0]
        equal(len(said), 1)
        matches(said[0], '^runner: ' + re.escape(option.split('=')[0]) + '.*' + pattern)


@watchpoints.needed
def test_translated_without_checks():
    """A kernel that is a shared object is as it is."""
    usual = settings.cache, settings.kernel
    try:
        with tempfile.TemporaryDirectory() as settings.cache:
            text = run('--watch=plain:value==1')
            so, = glob.glob(settings.cache + '/**/*.so', recursive=True)
            settings.kernel = so
            equal(hits(run('--watch=plain:value==1')), hits(text))
            matches(run('--watch=plain:value==1', '--watch-checks', status=64),
                    r'translated without checks')
    finally:
        settings.cache, settings.kernel = usual


def test_abort():
    text = run('--watch=watched.flags', '--watch-action=abort', status=-signal.SIGABRT)
    equal(hits(text), [(1, 0, 0x80, 4, 'write_flags', 'swapper/0')])


def state_of(pid):
    with open(f'/proc/{pid}/stat') as file:
        return file.read().rsplit(')', 1)[1].split()[0]


def test_stop():
    child = subprocess.Popen(command('--watch=watched.flags', '--watch-action=stop'),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
    deadline = time.monotonic() + PATIENCE_S
    while state_of(child.pid) != 'T':
        if time.monotonic() > deadline:
            child.kill()
            raise Failure(f'it does not stop, its state is {state_of(child.pid)}')
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGCONT)
    out, _ = child.communicate(timeout=PATIENCE_S)
    equal((child.returncode, 'SUCCESS' in out), (0, True))


ADDRESS_OF_PLAIN = re.compile(r'plain was .* \(4 bytes at (\w+)\)')


def test_records():
    """After a fault: who wrote where it was."""
    at = int(ADDRESS_OF_PLAIN.search(run('--watch-checks', '--watch=plain'))[1], 16)
    for option in ('plain', 'all', f'{at:#x}', f'{at - 4:#x}+4', f'{at - 40}:44',
                   'plain+1:2', '0x10000:0xffff0000', f'{at}:{(1 << 32) - at}'):
        text = run('--record-writes=' + option, said='fault 7', parameters=['fault'])
        matches(text, r'unaligned atomic access.*who wrote there, newest first:\n'
                r'[^\n]* task swapper/0: \w+ was 0x1: spin\+0x')
    text = run('--record-writes=plain', '--record-writes=watched',
               said='fault 7', parameters=['fault'])
    matches(text, r'writes to watched, newest first, 4 in all:\n'
            r'[^\n]*was 0x500000000: swap_atomic\+[^\n]*\n[^\n]*add_atomic\+[^\n]*\n'
            r'[^\n]*write_flags\+[^\n]*\n[^\n]*write_member\+')


def test_many_writers():
    """A writer is not taken for another; those that are too many are not known."""
    for parameters, wanted in [(['names=70000'], 'swapper/0'),
                               (['names=5000000', 'late'], 'unknown')]:
        text = run('--record-writes=all', said='fault 7',
                   parameters=['fault', *parameters])
        matches(text, r'who wrote there, newest first:\n'
                rf'[^\n]* task {wanted}: \w+ was 0x[01]: spin\+0x')


def run_test(name, function):
    try:
        function()
    except (Failure, subprocess.TimeoutExpired) as error:
        print(f'FAIL {name}: {error}\nagain: {sys.argv[0]} --runner={settings.runner}'
              f' --work={settings.work} {name}', flush=True)
        return False
    print(f'ok   {name}', flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--runner', required=True)
    parser.add_argument('--work', required=True)
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    settings.runner, settings.work = os.path.abspath(args.runner), args.work
    settings.cache = os.path.join(settings.work, 'cache')
    build_guest()
    tests = {name[5:]: value for name, value in globals().items()
             if name.startswith('test_')}
    names = args.names or list(tests)
    sys.exit(0 if watchpoints.run(tests, names, lambda name: run_test(name, tests[name]),
                                  PATIENCE_S) else 1)


main()
