# SPDX-License-Identifier: Apache-2.0
"""Modules that are translated and run, natively and by node."""

import os
import re
import subprocess

import ops

HERE = os.path.dirname(os.path.abspath(__file__))


def compare(got, wanted):
    got, wanted = got.strip().split('\n'), wanted.strip().split('\n')
    wrong = [f'{g}   (should be {w})' for g, w in zip(got, wanted) if g != w]
    if wrong or len(got) != len(wanted):
        raise AssertionError(f'{len(wrong)} differ, {len(got)} of '
                             f'{len(wanted)} lines:\n' + '\n'.join(wrong[:20]))


def numeric(bench):
    wat, commands = ops.make()
    wasm = bench.assemble('ops', wat)
    wanted = bench.reference(wasm, commands)
    for level in bench.levels:
        compare(bench.run(bench.translate(wasm, level), commands), wanted)


def case(name):
    """cases/NAME.wat with cases/NAME.txt: compared with node, or with
    cases/NAME.out if there is one."""
    def test(bench):
        base = os.path.join(HERE, 'cases', name)
        with open(base + '.wat') as f:
            wasm = bench.assemble(name, f.read())
        with open(base + '.txt') as f:
            commands = f.read()
        if os.path.exists(base + '.out'):
            with open(base + '.out') as f:
                wanted = ''.join(line for line in f if line[0] != ';')
        else:
            wanted = bench.reference(wasm, commands)
        for level in bench.levels:
            so = bench.translate(wasm, level)
            compare(bench.run(so, commands), wanted)
            compare(bench.run(so, commands, 'narrow'), wanted)
    return test


TLS = ('(global (mut i32) (i32.const 0)) (func (export "__get_tls_base") (result i32)')


def rejected(bench):
    """What cannot be translated, and the sentence for it."""
    memory = '(import "env" "memory" (memory 1 64 shared))'
    plain = '(import "env" "memory" (memory 1 64))'
    for wat, word in (
            ('(memory 1)', '--import-memory'),
            (plain + '(func (drop (i32.atomic.load (i32.const 0))))',
             '--shared-memory'),
            (memory + '(func (drop (v128.const i32x4 1 2 3 4)))', 'SIMD'),
            ('(import "m" "memory" (memory 1 64 shared))', 'env'),
            (memory + TLS + '(loop (br 0)) (global.get 0))', '__get_tls_base'),
            (memory + TLS + '(call 0))', '__get_tls_base'),
            ('(import "env" "f" (func $f (result i32)))' + memory +
             '(export "__get_tls_base" (func $f))', '__get_tls_base'),
            (memory + '(global (mut i32) (i32.const 0)) (func (export "__set_tls_base")'
             '(param i32) (unreachable))', '__set_tls_base')):
        wasm = bench.assemble('rejected', '(module ' + wat + ')')
        message = bench.translate(wasm, status=65)
        assert word in message, message


def program(bench):
    """What the linker makes of a program is taken; its description only once, and first,
    where the kernel reads it."""
    wasm = bench.assemble('program', """(module
        (import "env" "memory" (memory 1 64 shared))
        (global (mut i32) (i32.const 0))
        (func (export "__get_tls_base") (result i32) global.get 0)
        (func (export "__set_tls_base") (param i32) local.get 0 global.set 0))""")
    with open(wasm, 'rb') as file:
        magic, rest = file.read(8), file.read()
    memory = b'\1\4\0\0\0\0'
    one, two = (b'\0' + bytes([9 + len(m)]) + b'\x08dylink.0' + m
                for m in (memory, 2 * memory))
    for sections, word in ((one + rest, None), (one + one + rest, 'first section'),
                           (rest + one, 'first section'), (two + rest, 'dylink.0')):
        with open(wasm, 'wb') as file:
            file.write(magic + sections)
        message = bench.translate(wasm, status=65 if word else 0)
        assert not word or word in message, message


def damaged(bench):
    """Cut and altered modules: 65 or a translation, never anything else."""
    import random
    with open(os.path.join(HERE, 'cases', 'tables.wat')) as f:
        wasm = bench.assemble('damaged', f.read())
    with open(wasm, 'rb') as f:
        good = f.read()
    random.seed(1)
    path = bench.path('bad.wasm')
    for n in range(60):
        bad = bytearray(good)
        if n < 30:
            bad = bad[:random.randrange(len(bad))]
        else:
            for _ in range(random.choice((1, 2, 5))):
                bad[random.randrange(8, len(bad))] = random.randrange(256)
        with open(path, 'wb') as f:
            f.write(bad)
        r = subprocess.run([bench.wasm2so, '--cache=' + bench.cache, path],
                           capture_output=True, text=True, env=bench.env)
        assert r.returncode in (0, 65), (n, r.returncode, r.stderr)


def names(bench):
    """Functions bear their names, whatever they are."""
    wat = ('(module (import "env" "memory" (memory 1 64 shared))'
           '(func $.Lprivate) (func $longjmp) (func $guest_text_start) (func $do_fork (export "x")) (func $memcpy) (func $_init)'
           '(func $guest_module) (func $a (export "two words")) (func (export "by_export")))')
    so = bench.translate(bench.assemble('names', wat))
    symbols = subprocess.run(['llvm-nm-22', so], capture_output=True,
                             text=True, check=True).stdout
    for name in ('do_fork', 'memcpy', '_init', 'guest_module', 'by_export',
                 'Lprivate', 'longjmp.guest', 'guest_text_start'):
        assert f' t {name}\n' in symbols, (name, symbols)


def frames(bench):
    """No frame steps over the guard of a stack: each page of it is touched."""
    count = 1500  # values on wasm's operand stack, which calls leave there
    wasm = bench.assemble('frames', f"""(module
        (import "env" "memory" (memory 1 64 shared))
        (func $f (export "f") (param i64) (result i64)
            (i64.load (i32.wrap_i64 (local.get 0))))
        (func (export "many") (result i64)
            {' '.join(f'(call $f (i64.const {n}))' for n in range(count))}
            {'i64.sub ' * (count - 1)}))""")
    for level in bench.levels:
        code = subprocess.run(['llvm-objdump-22', '-d', bench.translate(wasm, level)],
                              capture_output=True, text=True, check=True).stdout
        steps = [int(step, 0) for step in re.findall(r'subq\s+\$(\w+), %rsp', code)]
        assert sum(steps) >= count * 8 - 4096 and max(steps) == 4096, (level, steps)


def tests():
    cases = sorted(f[:-4] for f in os.listdir(os.path.join(HERE, 'cases'))
                   if f.endswith('.wat'))
    return ([('numeric', numeric)] + [('case ' + c, case(c)) for c in cases] +
            [('names', names), ('rejected', rejected), ('program', program),
             ('damaged', damaged), ('frames', frames)])
