#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Variables of programs by chance, in all frames of hundreds of stops: what gdb says of
them in the guest is what they are worth on the host where they are not optimised: of almost
all of them, and never anything else, if they are not optimised in the guest either.

Where they are, and clang's passes lose the order of what happens, its DWARF is wrong, for
any target; so that is counted, and gdb on the optimised program of the host is the measure.
"""

import collections
import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor

import chance
import debuggers
from debuggers import Failure, Gdb, Guest, boot, make_for_the_guest

PROGRAMS = range(1, 13)
NOT_OPTIMISED = range(1, 4)
ALMOST = 99    # of a hundred, at least, are known of these
COLLECT = os.path.join(debuggers.HERE, 'collect_gdb.py')
OPTIMISED = '-O2'
KNOWN = 25     # of a hundred, at least
FEWER = 4      # times fewer are wrong than on the host
OTHERS = 2     # of a hundred stops, at most, have other frames


def read(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def on_the_host(source, *flags):
    program = f'{source}.{flags[0]}'
    debuggers.run(['clang-22', '-g', '-w', *flags, source, '-o', program])
    debuggers.run(['gdb', '-q', '-nx', '-batch', '-ex', 'break begin_here', '-ex', 'run',
                   '-ex', f'python OUT = {program + ".json"!r}', '-x', COLLECT, program])
    return read(program + '.json')


def in_the_guest(guest, name, out):
    guest.run(f'/test/{name} & sleep 0.3')
    Gdb().script([f'python OUT = {out!r}', f'source {COLLECT}'], pid=guest.child.pid)
    guest.run('kill %%')
    return read(out)


def compare(truth, said, counts, wrong):
    """Each variable at each line counts once. A frame may be missing where clang makes
    one call of two."""
    if [place for place, _ in said] != [place for place, _ in truth]:
        raise Failure('it does not go the same way')
    seen = {}
    for (_, frames), (_, others) in zip(truth, said):
        counts['stops'] += 1
        if [frame[0] for frame in frames] != [frame[0] for frame in others]:
            counts['other frames'] += 1
            continue
        for (function, line, values), (_, _, known) in zip(frames, others):
            for name, value in values.items():
                at = (function, name, line)
                is_wrong, was_known = seen.get(at, (None, False))
                if name in known and known[name] != value:
                    is_wrong = is_wrong or (value, known[name])
                seen[at] = is_wrong, was_known or name in known
    counts['all'] += len(seen)
    counts['known'] += sum(known for _, known in seen.values())
    wrong += [(*at, *values) for at, (values, _) in seen.items() if values]


def say_of(names, folder, optimised):
    """Of each program: what is true, and what gdb says on the host and in the guest."""
    tree = os.path.join(folder, 'tree')
    os.makedirs(os.path.join(tree, 'test'))
    sources = [os.path.join(folder, name + '.c') for name in names]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = [pool.submit(make_for_the_guest, source, os.path.join(tree, 'test', name),
                            '-g', '-w', optimised)
                for name, source in zip(names, sources)]
        truths = list(pool.map(lambda source: on_the_host(source, '-O0'), sources))
        natives = list(pool.map(lambda source: on_the_host(source, optimised), sources))
        for future in made:
            future.result()
    with Guest('--level=' + debuggers.LEVEL,
               initramfs=boot.build_initramfs(tree, folder)) as guest:
        for name, truth, native in zip(names, truths, natives):
            yield truth, native, in_the_guest(guest, name, os.path.join(folder, 'said'))


def count(programs, optimised):
    """(counts, what is wrong) on the host, and the same here."""
    here, there = collections.Counter(), collections.Counter()
    wrong_here, wrong_there = [], []
    with tempfile.TemporaryDirectory(prefix='wl-chances-') as folder:
        names = [f'chance{number}' for number in programs]
        for number, name in zip(programs, names):
            with open(os.path.join(folder, name + '.c'), 'w', encoding='utf-8') as file:
                file.write(chance.program(number))
        for truth, native, said in say_of(names, folder, optimised):
            compare(truth, native, there, wrong_there)
            compare(truth, said, here, wrong_here)
    return there, wrong_there, here, wrong_here


def test_not_optimised():
    there, _, here, wrong = count(NOT_OPTIMISED, '-O0')
    print(f'     here, of {here["all"]} variables at lines {here["known"]} are known, '
          f'{len(wrong)} not as they are')
    if here['all'] != there['all'] or here['other frames'] or wrong or \
            here['known'] * 100 < ALMOST * here['all']:
        raise Failure(f'not all are right: {here}, {wrong[:9]}, on the host {there}')


def test_values():
    there, wrong_there, here, wrong_here = count(PROGRAMS, OPTIMISED)
    for where, counts, wrong in ('on the host', there, wrong_there), \
                                ('here', here, wrong_here):
        print(f'     {where}, of {counts["all"]} variables at lines {counts["known"]} are '
              f'known, {len(wrong)} not as they are; {counts["other frames"]} of '
              f'{counts["stops"]} stops have other frames')
    for line in wrong_here:
        print('     ', *line)
    errors = [line for line in wrong_here if isinstance(line[-1], str)]
    if len(wrong_here) * FEWER > len(wrong_there) or \
            here['known'] * 100 < KNOWN * here['all'] or \
            here['other frames'] * 100 > OTHERS * here['stops']:
        raise Failure('too few are right')
    if errors:
        raise Failure(f'gdb fails: {errors}')


debuggers.main()
