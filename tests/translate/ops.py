# SPDX-License-Identifier: Apache-2.0
"""Makes a module with one function per numeric instruction, and calls of them
with the operands that matter. Results go through node as the reference."""

import itertools
import struct

I32 = [0, 1, 2, 31, 32, 33, 63, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF,
       0x12345678, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xDEADBEEF,
       0xFFFFFFFE, 0xFFFFFFFF]
I64 = I32 + [0x100000000, 0x123456789ABCDEF0, 0x7FFFFFFFFFFFFFFF,
             0x8000000000000000, 0xFFFFFFFF00000000, 0xFFFFFFFFFFFFFFFE,
             0xFFFFFFFFFFFFFFFF]
NUMBERS = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.7, 127.5, 1e10, 1e19, 1e-30,
           0.9999999999, 2147483647.0, 2147483648.0, 2147483647.5,
           2147483648.5, 2147483649.0, 4294967295.0, 4294967295.5,
           4294967296.0, 9223372036854775808.0, 9223372036854774784.0,
           18446744073709551616.0, 18446744073709549568.0, float('inf')]


def f32_bits(x):
    return struct.unpack('<I', struct.pack('<f', x))[0]


def f64_bits(x):
    return struct.unpack('<Q', struct.pack('<d', x))[0]


F32 = sorted({f32_bits(s * x) for x in NUMBERS for s in (1, -1)} |
             {1, 0x80000001, 0x7F7FFFFF, 0x7FC00000, 0xFFC00001, 0x7FA00000,
              0x4EFFFFFF, 0x4F7FFFFF, 0xCF000000, 0xCF000001, 0x5EFFFFFF,
              0x5F7FFFFF, 0xDF000000, 0xDF000001, 0xBF7FFFFF, 0xBF800000})
F64 = sorted({f64_bits(s * x) for x in NUMBERS for s in (1, -1)} |
             {1, 0x7FEFFFFFFFFFFFFF, 0x7FF8000000000000, 0xFFF8000000000001,
              0x7FF4000000000000, 0xC1E0000000200000, 0xC1E00000001FFFFF,
              0x41DFFFFFFFFFFFFF, 0x41EFFFFFFFFFFFFF, 0x43DFFFFFFFFFFFFF,
              0x43EFFFFFFFFFFFFF, 0xC3E0000000000000, 0xC3E0000000000001,
              0xBFEFFFFFFFFFFFFF})
VALUES = {'i': I32, 'j': I64, 'f': F32, 'd': F64}
TYPE = {'i': 'i32', 'j': 'i64', 'f': 'f32', 'd': 'f64'}


def operations():
    """(instruction, parameter letters, result letter)"""
    for t in 'ij':
        for op in ('clz ctz popcnt extend8_s extend16_s').split():
            yield f'{TYPE[t]}.{op}', t, t
        yield f'{TYPE[t]}.eqz', t, 'i'
        for op in ('add sub mul div_s div_u rem_s rem_u and or xor shl shr_s '
                   'shr_u rotl rotr').split():
            yield f'{TYPE[t]}.{op}', t + t, t
        for op in 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u'.split():
            yield f'{TYPE[t]}.{op}', t + t, 'i'
    yield 'i64.extend32_s', 'j', 'j'
    for t in 'fd':
        for op in 'abs neg ceil floor trunc nearest sqrt'.split():
            yield f'{TYPE[t]}.{op}', t, t
        for op in 'add sub mul div min max copysign'.split():
            yield f'{TYPE[t]}.{op}', t + t, t
        for op in 'eq ne lt gt le ge'.split():
            yield f'{TYPE[t]}.{op}', t + t, 'i'
        for i, sign, sat in itertools.product('ij', 'su', ('', '_sat')):
            yield f'{TYPE[i]}.trunc{sat}_{TYPE[t]}_{sign}', t, i
            if not sat:
                yield f'{TYPE[t]}.convert_{TYPE[i]}_{sign}', i, t
    yield 'i32.wrap_i64', 'j', 'i'
    yield 'i64.extend_i32_s', 'i', 'j'
    yield 'i64.extend_i32_u', 'i', 'j'
    yield 'f32.demote_f64', 'd', 'f'
    yield 'f64.promote_f32', 'f', 'd'
    yield 'i32.reinterpret_f32', 'f', 'i'
    yield 'f32.reinterpret_i32', 'i', 'f'
    yield 'i64.reinterpret_f64', 'd', 'j'
    yield 'f64.reinterpret_i64', 'j', 'd'


def memory_operations():
    """(name, parameters, result, body): loads, stores and atomics, each with
    an address (first parameter), followed by a look at what is there."""
    for t, bits in (('i', 32), ('j', 64)):
        ty = TYPE[t]
        for width in (8, 16, 32, 64):
            if width > bits:
                continue
            suffix = '' if width == bits else str(width)
            for sign in ('',) if width == bits else ('_s', '_u'):
                yield f'{ty}.load{suffix}{sign}', 'i', t, '(local.get 0)'
            sign = '' if width == bits else '_u'
            yield f'{ty}.atomic.load{suffix}{sign}', 'i', t, '(local.get 0)'
            for op in 'add sub and or xor xchg'.split():
                yield (f'{ty}.atomic.rmw{suffix}.{op}{sign}', 'i' + t, t,
                       '(local.get 0) (local.get 1)')
            yield (f'{ty}.atomic.rmw{suffix}.cmpxchg{sign}', 'i' + t + t, t,
                   '(local.get 0) (local.get 1) (local.get 2)')
            for atomic in ('', '.atomic'):
                yield (f'{ty}{atomic}.store{suffix}', 'i' + t, '',
                       '(local.get 0) (local.get 1)')
    for t in 'fd':
        yield f'{TYPE[t]}.load', 'i', t, '(local.get 0)'
        yield f'{TYPE[t]}.store', 'i' + t, '', '(local.get 0) (local.get 1)'


def head(params, result):
    text = ''.join(f' (param {TYPE[p]})' for p in params)
    return text + (f' (result {TYPE[result]})' if result else '')


def make():
    """The text of the module and the commands."""
    wat = ['(module (import "env" "memory" (memory 32 64 shared))']
    lines = []
    for op, params, result in operations():
        gets = ' '.join(f'(local.get {i})' for i in range(len(params)))
        wat.append(f'(func (export "{op}"){head(params, result)} '
                   f'({op} {gets}))')
        lines.append(f'; {op} {params}:{result}')
        # A NaN's bits may differ after arithmetic, and JS may change them.
        for values in itertools.product(*(VALUES[p] for p in params)):
            if op == 'i32.reinterpret_f32' and values[0] in (
                    0x7FC00000, 0xFFC00001, 0x7FA00000):
                continue
            if op == 'i64.reinterpret_f64' and values[0] in (
                    0x7FF8000000000000, 0xFFF8000000000001,
                    0x7FF4000000000000):
                continue
            lines.append(op + ''.join(f' {v:x}' for v in values))
    for op, params, result, gets in memory_operations():
        wat.append(f'(func (export "{op}"){head(params, result)} '
                   f'({op} offset=8 {gets}))')
        lines.append(f'; {op} {params}:{result}')
        for address in (0x10000, 0x10003, 0x10004, 0x1FFF0, 0x1FFF8,
                        0xFFFFFFFF):
            for values in itertools.product(
                    *(VALUES[p][10::5] for p in params[1:])):
                lines.append(f'{op} {address:x}' +
                             ''.join(f' {v:x}' for v in values))
                if address < 0xFFFFFFF0:
                    lines.append(f'i64.load {address & ~7:x}')
                    lines.append(f'i64.load {(address & ~7) + 4:x}')
    lines.insert(0, '; i64.load i:j')
    wat.append(')')
    return '\n'.join(wat), '\n'.join(lines) + '\n'
