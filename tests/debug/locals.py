#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Locals and parameters in frames of a program and of the kernel, in gdb and lldb: each
is what it is worth, or said to be optimized out; never anything else."""

import os
import re

import debuggers
from debuggers import Failure, Gdb, Lldb, boot, booted

SOURCE = os.path.join(debuggers.HERE, 'truths.c')
# gdb's word for pieces behind the last one that is somewhere is the first.
UNKNOWN = re.compile('<synthetic pointer>|optimized out|not available|unavailable|no location')
ROUNDS = 6

# In the frames of a program: how a variable is worth what, as its function has told.
RECKON = [('pair.a', 'truth.seed * 3'), ('pair.b', 'truth.seed'),
          *((name, f'truth.{name}') for name in
            ('seed', 'doubled', 'masked', 'turn', 'sum', 'wide', 'small', 'bits', 'ratio'))]
MIX = [('mixed', 'truth.sum')]
# By the place where it stops.
OTHERS = {4: [(name, f'truth.{name}') for name in ('box', 'lid')],
          5: [(name, f'truth.{name}') for name in ('weight', 'grade')],
          6: [('coins', 'truth.coins')],
          7: [('second', 'truth.second')],
          9: [('early', 'truth.early')],
          10: [('amount', 'truth.amount'), ('kept.height', 'truth.height'),
               ('marks[2]', 'truth.mark'), ('sizeof(marks)', '12')],
          11: [('token.number', 'truth.number'), ('token', 'truth.number'),
               ('span.start', 'truth.start'), ('span.length', 'truth.length'),
               ('part.rest', 'truth.rest')],
          12: [('tract.slope', 'truth.slope'), ('tract.area', 'truth.area'),
               ('tract.owner', 'truth.owner'), ('plot.left', 'truth.left'),
               ('plot.yield', 'truth.yield'), ('plot.right', 'truth.right')]}
# By the place, in lldb's own view.
VIEWED = {2: [('pair.a', 'truth.seed * 3')], 10: [('kept', 'truth.height')],
          11: OTHERS[11], 12: OTHERS[12]}
# They are always known.
ALWAYS = ('token.number', 'token', 'span.start', 'span.length', 'amount', 'kept.height',
          'kept', 'marks[2]', 'sizeof(marks)', 'tract.slope', 'tract.area', 'tract.owner')
# lldb takes a piece that is nowhere for zeros, so it is not told of any.
ALWAYS_IN_GDB = ('plot.left', 'plot.right')
DESCEND = [(name, f'{name}_of[{{depth}}]') for name in ('depth', 'below')]
# In those of the kernel, while the subject writes to its pipe.
WRITE = {
    'new_sync_write': (('len', '8'), ('buf', '&greeting'), ('ppos', '0')),
    'vfs_write': (('count', '8'), ('buf', '&greeting')),
    'ksys_write': (('count', '8'), ('buf', '&greeting'), ('fd', '$fd')),
    'write': (('count', '8'), ('buf', '&greeting'), ('fd', '$fd')),
}
# Neither can tell a function that was put into another one by its name.
SELECT_IN_GDB = """
def select(function):
    frame = gdb.newest_frame()
    while frame.name() != function:
        frame = frame.older()
    frame.select()
"""
SELECT_IN_LLDB = """
def select(function):
    thread = lldb.debugger.GetSelectedTarget().GetProcess().GetSelectedThread()
    thread.SetSelectedFrame(next(f.GetFrameID() for f in thread
                                 if f.GetFunctionName() == function))
"""


def value(text):
    """What a command printed of a number or a pointer; None: that it is not known."""
    if UNKNOWN.search(text):
        return None
    found = re.search(r'(?:=|\)) (?:\([^()]*\) )?(-?(?:0x[0-9a-f]+|[\d.]+))', text)
    if not found:
        raise Failure(f'no value: {text}')
    return float(found[1]) if '.' in found[1] else int(found[1], 0)


class Script:
    """Commands, and what is compared of what they print."""

    def __init__(self, debugger):
        self.debugger, self.commands, self.pairs = debugger, [], []
        self.is_gdb = isinstance(debugger, Gdb)

    def do(self, gdb, lldb):
        self.commands.append(gdb if self.is_gdb else lldb)

    def stop_at(self, function, condition=None):
        when = condition and (f' if {condition}' if self.is_gdb else f" -c '{condition}'")
        self.do(f'tbreak {function}{when or ""}',
                f'breakpoint set -o true -n {function}{when or ""}')
        self.do('continue', 'continue')

    def select(self, function):
        self.do(f'python select({function!r})', f'script select({function!r})')

    def compare(self, name, truth, lldb='p'):
        self.pairs.append((len(self.commands), name, truth))
        self.do(f'p {name}', f'{lldb} {name}')
        self.do(f'p {truth}', f'p {truth}')

    def run(self, guest, at_least):
        """As many of the variables have to be known, of a hundred."""
        said = self.debugger.script(self.commands, pid=guest.child.pid)
        known = 0
        for at, name, truth in self.pairs:
            got, wanted = value(said[at]), value(said[at + 1])
            if wanted is None:
                raise Failure(f'{truth} is not known: {said[at + 1]}')
            always = ALWAYS + (ALWAYS_IN_GDB if self.is_gdb else ())
            if got != wanted and (got is not None or name in always):
                raise Failure(f'{self.debugger.name}: {name} is {got}, and not {truth}, '
                              f'{wanted}')
            known += got is not None
        share = known * 100 // len(self.pairs)
        print(f'     {self.debugger.name}: {share} % of {len(self.pairs)} variables are '
              'known, all as they are', flush=True)
        if share < at_least:
            raise Failure(f'{self.debugger.name}: {share} % are known')


def check_program(debugger):
    script = Script(debugger)
    for _ in range(ROUNDS):
        script.stop_at('stop_here', 'place == 1')
        script.do('up', 'up')
        for pair in MIX:
            script.compare(*pair)
        for _ in range(2):
            script.stop_at('stop_here', 'place == 2')
            script.do('up', 'up')
            for pair in RECKON:
                script.compare(*pair)
            for pair in VIEWED[2]:
                script.compare(*pair, lldb='frame variable')
        script.stop_at('stop_here', 'place == 3')
        for depth in 3, 2, 1, 0:
            script.do('up', 'up')
            for name, truth in DESCEND:
                script.compare(name, truth.format(depth=depth))
        for place, pairs in OTHERS.items():
            script.stop_at('stop_here', f'place == {place}')
            script.do('up', 'up')
            for pair in pairs:
                script.compare(*pair)
            for pair in VIEWED.get(place, ()):
                script.compare(*pair, lldb='frame variable')
    with debuggers.guest_with(SOURCE, '-g') as guest:
        script.run(guest, at_least=60)


def test_program_in_gdb():
    check_program(Gdb())


def test_program_in_lldb():
    check_program(Lldb())


def check_kernel(debugger):
    script = Script(debugger)
    script.do(f'python exec({SELECT_IN_GDB!r})', f'script exec({SELECT_IN_LLDB!r})')
    for _ in range(ROUNDS):
        script.stop_at('pipe_write')
        script.select('use_pipe')
        script.do('set variable $fd = fds[1]', 'expression int $fd = fds[1]')
        for function, pairs in WRITE.items():
            script.select(function)
            for pair in pairs:
                script.compare(*pair)
    with booted() as guest:
        script.run(guest, at_least=45)


def test_kernel_in_gdb():
    check_kernel(Gdb())


def test_kernel_in_lldb():
    check_kernel(Lldb())


# As LLVM has what is spilled, and as it is to be (tools/translate/spill.h).
LLVMS = 'DW_OP_breg6 RBP+0, DW_OP_constu 0xffffffff, DW_OP_and, DW_OP_const'
CORRECTED = re.compile(r'DW_OP_breg6 RBP-\d+, DW_OP_deref, DW_OP_constu 0xffffffff, '
                       'DW_OP_and, DW_OP_nop')


def test_spills():
    """Of the kernel: in a program there may be none."""
    path = debuggers.run([debuggers.path_of('wasm2so'), '--level=' + debuggers.LEVEL,
                          *boot.cache_options(), debuggers.path_of('vmlinux.wasm')])
    places = debuggers.run(['llvm-dwarfdump-22', '--debug-info', path.split()[-1]])
    if LLVMS in places or not CORRECTED.search(places):
        raise Failure('values that are spilled are not read from the frame: '
                      f'{places.count(LLVMS)}')


debuggers.main()
