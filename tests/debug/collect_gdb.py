# SPDX-License-Identifier: Apache-2.0
"""collect_gdb.py: for gdb's `source`, in a program of chance.py: what is known of the
variables of all its functions on the stack, at each look_here() of one round.

OUT, set before, is the file where it goes, as JSON: for each stop its place, and for each
frame the function, the line and what the variables are worth.
"""
# pylint: disable=undefined-variable
import json
import re

import gdb

MOST = 400  # stops
MEMBERS = {'pair': ('a', 'b'), 'trio': ('x', 'y', 'z')}
UNKNOWN = re.compile('optimized out|not available|unavailable')


def number(value):
    """Of a scalar; of a pointer: where in the table it points to; None: anywhere else."""
    code = value.type.strip_typedefs().code
    if code == gdb.TYPE_CODE_FLT:
        return float(value)
    if code != gdb.TYPE_CODE_PTR:
        return int(value)
    offset = int(value) - int(gdb.parse_and_eval('(unsigned long)&table')) & 0xffffffff
    return offset if 0 <= offset < 64 else None


def add(name, value, known):
    """What is known of a variable, or of the members of one."""
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_STRUCT:
        # In memory its type is but declared, without fields; in registers it has no tag.
        for member in [f.name for f in kind.fields()] or MEMBERS[kind.tag]:
            add(f'{name}.{member}', value[member], known)
        return
    found = None if value.is_optimized_out else number(value)
    if found is not None:
        known[name] = found


def variables(frame):
    known, names = {}, set()
    block = frame.block()
    while True:
        for symbol in block:
            if not (symbol.is_variable or symbol.is_argument) or symbol.name in names \
                    or symbol.addr_class == gdb.SYMBOL_LOC_STATIC:
                continue
            names.add(symbol.name)
            try:
                add(symbol.name, symbol.value(frame), known)
            except gdb.error as error:
                if not UNKNOWN.search(str(error)):
                    known[symbol.name] = f'error: {error}'
        if block.function:
            return known
        block = block.superblock


def frames():
    found, frame = [], gdb.newest_frame()
    while frame and frame.name() != 'main':
        if re.fullmatch(r'f\d+', frame.name() or ''):
            found.append((frame.name(), frame.find_sal().line, variables(frame)))
        frame = frame.older()
    return found


def collect():
    stops = []
    gdb.execute('tbreak begin_here')
    gdb.execute('continue')
    for name in 'look_here', 'begin_here':
        gdb.Breakpoint(name)
    while len(stops) < MOST:
        gdb.execute('continue', to_string=True)
        if gdb.newest_frame().name() != 'look_here':
            break
        stops.append((int(gdb.parse_and_eval('place')), frames()))
    return stops


with open(OUT, 'w', encoding='utf-8') as file:  # noqa: F821
    json.dump(collect(), file)
