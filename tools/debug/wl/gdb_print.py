# SPDX-License-Identifier: Apache-2.0
"""gdb_print.py: gdb's `print` with casts between pointers of the guest and others, and with
variables of the selected frame's program before those of the host that have their names.

The guest's pointers have 4 bytes, those to types that gdb has itself 8, and those in
registers. gdb refuses to cast one to the other, or takes 8 bytes where memory has 4. As
a number on the way, a pointer is what it is.

A name is looked up in the frame's file, and then in what gdb has loaded, the kernel first."""

import re

import gdb

QUOTED = re.compile(r'''("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')''')
STARS = r'\*(?:\s|\*|const\b|volatile\b)*'
POINTER = rf'\((?:\s*\w+)+\s*(?:{STARS}|\(\s*{STARS}\)\s*(?:\[[^][]*\]\s*)+)\)'
# Behind a word it is a call's or sizeof's.
CAST = re.compile(rf'(?<!\w)(?<!\w )({POINTER})(?=\s*[\w$(&*~!-])')


# No format, no tag, no member, no function.
NAME = re.compile(r'\A\s*/\w+|(?:struct|union|enum)\s+\w+|(?:->|\.|::)\s*\w+|'
                  r'(?<![\w$])([A-Za-z_]\w*)\b(?!\s*(?:::|\())')


def with_numbers(part):
    """An expression whose casts to pointers take a number."""
    return CAST.sub(r'\1(unsigned long)', part)


def with_programs(target, part):
    """An expression in which what gdb would not find is told by its address."""
    def replace(match):
        found = match[1] and target.hidden(match[1])
        if found is None or not found.address:
            return match[0]
        gdb.set_convenience_variable(f'wl_of_{match[1]}', found.address)
        return f'(*$wl_of_{match[1]})'
    return NAME.sub(replace, part)


class Print(gdb.Command):
    def __init__(self, target):
        self.target = target
        self.__doc__ = gdb.execute('help print', False, True)
        super().__init__('print', gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, text, from_tty):
        gdb.wl_session.stopped()
        parts = QUOTED.split(text)
        try:
            parts[::2] = [with_programs(self.target, with_numbers(part))
                          for part in parts[::2]]
            # It is `print`, but for what is void, of which it says nothing.
            gdb.execute('call ' + ''.join(parts), from_tty)
        except gdb.error as e:
            message = str(e)  # and no more than that
            if message.startswith('Too few arguments'):
                message += ' Functions of the guest take `instance` first.'
            raise gdb.GdbError(message) from None
        if re.fullmatch(r'\s*\$[A-Za-z_]\w*\s*', text) and \
           gdb.parse_and_eval(text).type.code == gdb.TYPE_CODE_VOID:
            gdb.write('void\n')


def install(target):
    Print(target)
