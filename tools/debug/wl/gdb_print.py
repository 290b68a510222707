# SPDX-License-Identifier: Apache-2.0
"""gdb_print.py: gdb's `print` with casts between pointers of the guest and others.

The guest's pointers have 4 bytes, those to types that gdb has itself 8, and those in
registers. gdb refuses to cast one to the other, or takes 8 bytes where memory has 4. As
a number on the way, a pointer is what it is."""

import re

import gdb

QUOTED = re.compile(r'''("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')''')
STARS = r'\*(?:\s|\*|const\b|volatile\b)*'
POINTER = rf'\((?:\s*\w+)+\s*(?:{STARS}|\(\s*{STARS}\)\s*(?:\[[^][]*\]\s*)+)\)'
# Behind a word it is a call's or sizeof's.
CAST = re.compile(rf'(?<!\w)(?<!\w )({POINTER})(?=\s*[\w$(&*~!-])')


def with_numbers(text):
    """An expression whose casts to pointers take a number."""
    parts = QUOTED.split(text)
    parts[::2] = [CAST.sub(r'\1(unsigned long)', part) for part in parts[::2]]
    return ''.join(parts)


class Print(gdb.Command):
    def __init__(self):
        self.__doc__ = gdb.execute('help print', False, True)
        super().__init__('print', gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, text, from_tty):
        try:
            # It is `print`, but for what is void, of which it says nothing.
            gdb.execute(f'call {with_numbers(text)}', from_tty)
        except gdb.error as e:
            message = str(e)  # and no more than that
            if message.startswith('Too few arguments'):
                message += ' Functions of the guest take `instance` first.'
            raise gdb.GdbError(message) from None
        if re.fullmatch(r'\s*\$[A-Za-z_]\w*\s*', text) and \
           gdb.parse_and_eval(text).type.code == gdb.TYPE_CODE_VOID:
            gdb.write('void\n')


def install():
    Print()
