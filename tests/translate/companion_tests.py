# SPDX-License-Identifier: Apache-2.0
"""Companions: what gdb reads in the types and data of a module, alone and damaged."""

import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


FIXED = ('-Wl,--global-base=65536',)
# A program's, whose data lies behind __memory_base.
SHARED = ('-fPIC', '-Wl,--experimental-pic', '-Wl,-shared', '-Wl,-Bsymbolic')


def compile_types(bench, name, *options, kind=FIXED):
    out = bench.path(name + '.wasm')
    subprocess.run(
        ['clang-22', '--target=wasm32-unknown-unknown', '-O1', '-nostdlib',
         '-Wl,--no-entry', '-Wl,--import-memory', '-Wl,--no-stack-first',
         '-Wl,--export=second', *kind, *options, HERE + '/types.c',
         HERE + '/more_types.c', '-o', out], check=True)
    return out


def gdb(companion, *commands):
    """What gdb prints: the file alone, no process."""
    arguments = [a for command in commands for a in ('-ex', command)]
    return subprocess.run(['gdb', '-nx', '-batch', companion, *arguments], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).stdout


def companion_of(bench, wasm):
    return bench.translate(wasm)[:-3] + '.types'


def check_types(companion):
    shown = gdb(companion, 'p sizeof(struct node)', 'p sizeof(struct node *)',
                'ptype struct node', 'p BLUE', 'ptype counter', 'ptype hidden',
                'p &hidden', 'p dropped', 'info functions')
    for wanted in ('$1 = 32', '$2 = 4', 'kind : 3', 'flags : 5', '= BLUE', 'type = int',
                   'short b;', 'struct inner *) 0x', 'No symbol "dropped"'):
        assert wanted in shown, (wanted, shown)
    for unwanted in ('run', 'count', 'local'):
        assert unwanted not in shown.split('All defined functions')[-1], shown


def types(bench):
    for kind in FIXED, SHARED:
        for version in '-gdwarf-4', '-gdwarf-5':
            wasm = compile_types(bench, 'types', '-g', version, kind=kind)
            check_types(companion_of(bench, wasm))


def definitions(dwarf, name):
    """How often a structure of this name is described, and is only declared."""
    entries = re.findall(r'DW_TAG_structure_type\n((?:.*DW_AT_.*\n)*)', dwarf)
    named = [e for e in entries if f'("{name}")' in e]
    declared = sum('DW_AT_declaration' in e for e in named)
    return len(named) - declared, declared


def merged(bench):
    """What units have in common is there once; what only has the same name is not
    mixed up."""
    for version in '-gdwarf-4', '-gdwarf-5':
        companion = companion_of(bench, compile_types(
            bench, 'merged', '-g', version, '-Wl,--no-gc-sections'))
        dwarf = subprocess.run(['llvm-dwarfdump-22', '--debug-info', companion],
                               capture_output=True, text=True, check=True).stdout
        found = {name: definitions(dwarf, name) for name in (
            'node', 'inside', 'private', 'holder', 'ring')}
        assert found == {'node': (1, 0), 'inside': (1, 0), 'private': (2, 0),
                         'holder': (2, 0), 'ring': (0, 1)}, found
        shown = gdb(companion, 'p sizeof(*far)', 'p sizeof(*there.held)',
                    'p sizeof(*here.held)')
        for wanted in '$1 = 8', '$2 = 2', '$3 = 8':
            assert wanted in shown, (wanted, shown)


def without_dwarf(bench):
    companion = companion_of(bench, compile_types(bench, 'bare', '-g0'))
    shown = gdb(companion, 'info address second', 'p sizeof(struct node)')
    assert 'is at 0x1' in shown, shown


def damaged_dwarf(bench):
    """A module runs whatever its DWARF is, and a damaged unit takes no other along."""
    wasm = compile_types(bench, 'damaged', '-g')
    with open(wasm, 'rb') as f:
        good = f.read()
    start = good.index(b'.debug_info') + len('.debug_info')
    with open(wasm, 'wb') as f:
        f.write(good[:start] + b'\xff' * 64 + good[start + 64:])
    so = bench.translate(wasm)
    assert 'run = ' in bench.run(so, 'run\n')
    gdb(so[:-3] + '.types', 'info address second')


def companion_lost(bench):
    """No object without its companion."""
    wasm = compile_types(bench, 'lost', '-g')
    companion = companion_of(bench, wasm)
    with open(companion, 'rb') as f:
        good = f.read()
    for bad in (None, good[:-1], good[:100] + b'x' + good[101:]):
        os.unlink(companion)
        if bad:
            with open(companion, 'wb') as f:
                f.write(bad)
        assert companion_of(bench, wasm) == companion
        check_types(companion)


def tests():
    return [(f.__name__.replace('_', ' '), f) for f in (
        types, merged, without_dwarf, damaged_dwarf, companion_lost)]
