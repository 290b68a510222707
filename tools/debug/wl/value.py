# SPDX-License-Identifier: Apache-2.0
"""value.py: C types and typed memory, the same in every debugger.

A Type is made by a backend from what the debugger knows of a type; a Value is a
Type at an address, a number of that Type, or one whose bytes are held elsewhere than in
memory. Names of our own end in `_`, so that
all others are the guest's: `task.comm.string_()`, `task.mm.pgd.address_`.
"""

import re


class GuestError(Exception):
    """What a command cannot do, in one sentence. The guest's memory may hold
    anything: whoever reads it must expect this from any operation."""


INTEGERS = ('int', 'bool', 'enum', 'pointer')
STRING_LIMIT = 4096


class Field:
    """A member: its place in bits from the start; bit_size is 0 if it is none."""

    def __init__(self, name, type_, bit_offset, bit_size=0):
        self.name = name
        self.type = type_
        self.bit_offset = bit_offset
        self.bit_size = bit_size


class Type:
    """Abstract: a C type without typedefs and qualifiers.

    kind    int bool float enum pointer array struct union function void
    name    as C has it, such as 'struct file *'
    size    in bytes; 0 if it is not known
    signed  of integers
    target  what a pointer or array is of, else None
    length  number of elements of an array
    """
    kind = name = target = None
    size = length = 0
    signed = False

    def fields(self):
        """Its members, as Field; those of no name are structs or unions."""
        return ()

    def enumerators(self):
        """The names of an enum, by value."""
        return {}

    def field(self, path):
        """The member 'a', 'a.b' or 'a[2].b', also in members without a name."""
        bits, kind, size = 0, self, 0
        for part in re.findall(r'\w+|\[\d+\]', path):
            if part[0] == '[':
                if kind.kind != 'array':
                    raise GuestError(f'{kind.name} is no array')
                bits += int(part[1:-1]) * kind.target.size * 8
                kind, size = kind.target, 0
                continue
            found = kind._lookup(part)
            if not found:
                raise GuestError(f'{kind.name} has no member {part}')
            bits += found.bit_offset
            kind, size = found.type, found.bit_size
        return Field(path, kind, bits, size)

    def _lookup(self, name):
        table = self.__dict__.get('_members')
        if table is None:
            table = self._members = self._flatten()
        return table.get(name)

    def _flatten(self):
        table = {}
        for f in self.fields():
            if f.name:
                table[f.name] = f
            elif f.type.kind in ('struct', 'union'):
                for name, inner in f.type._flatten().items():
                    table.setdefault(name, Field(name, inner.type,
                                                 f.bit_offset + inner.bit_offset,
                                                 inner.bit_size))
        return table

    def offset_of(self, path):
        return self.field(path).bit_offset // 8


class Value:
    __slots__ = ('target_', 'type_', 'address_', 'number_', 'bits_', 'held_')

    def __init__(self, target, type_, address=None, number=None, bits=None, held=None):
        self.target_ = target
        self.type_ = type_
        self.address_ = address
        self.number_ = number
        self.bits_ = bits  # (first bit, number of bits) of a bit field
        self.held_ = held  # its bytes and what is behind them

    def __getattr__(self, name):
        return self.member_(name)

    def member_(self, path):
        """A member; through pointers as well, as -> does."""
        v = self.deref_() if self.type_.kind == 'pointer' else self
        if v.type_.kind not in ('struct', 'union'):
            raise GuestError(f'{v.type_.name} has no members')
        return v.part_(v.type_.field(path))

    def part_(self, field):
        """The member that a Field of its type is."""
        at, bit = divmod(field.bit_offset, 8)
        bits = (bit, field.bit_size) if field.bit_size else None
        if self.held_ is not None:
            return Value(self.target_, field.type, bits=bits,
                         held=self.held_[at:] if at >= 0 else b'')
        if self.address_ is None:
            raise GuestError(f'a {self.type_.name} that is not in memory')
        return Value(self.target_, field.type, self.address_ + at, bits=bits)

    def _target(self):
        if not self.type_.target:
            raise GuestError(f'nobody knows what a {self.type_.name} leads to')
        return self.type_.target

    def deref_(self):
        if self.type_.kind == 'array':
            return self[0]
        if self.type_.kind != 'pointer':
            raise GuestError(f'{self.type_.name} is no pointer')
        address, to = int(self), self._target()
        if not address:
            raise GuestError(f'a NULL pointer to {to.name}')
        return Value(self.target_, to, address)

    def __getitem__(self, index):
        if isinstance(index, str):
            return self.member_(index)
        kind = self.type_.kind
        if kind not in ('array', 'pointer'):
            raise GuestError(f'{self.type_.name} is no array')
        element = self._target()
        if kind == 'array' and self.held_ is not None:
            return self.part_(Field('', element, index * element.size * 8))
        base = self.address_ if kind == 'array' else int(self)
        return Value(self.target_, element, base + index * element.size)

    def __int__(self):
        kind = self.type_.kind
        if self.number_ is not None and kind != 'float':
            return self.number_
        if kind == 'array':
            return self.pointer_()
        if kind not in INTEGERS or not 0 < self.type_.size <= 16:
            raise GuestError(f'{self.type_.name} is no number')
        if self.bits_:
            return self._bit_field()
        return int.from_bytes(self.bytes_(), 'little', signed=self.type_.signed)

    __index__ = __int__

    def _bit_field(self):
        first, count = self.bits_
        data = self.bytes_((first + count + 7) // 8)
        n = int.from_bytes(data, 'little') >> first & (1 << count) - 1
        if self.type_.signed and n >> (count - 1):
            n -= 1 << count
        return n

    def __bool__(self):
        return self.type_.kind not in INTEGERS or int(self) != 0

    def pointer_(self):
        """Its address as a number, also of a pointer: where it points."""
        if self.type_.kind == 'pointer':
            return int(self)
        if self.address_ is None:
            raise GuestError(f'a {self.type_.name} that is not in memory')
        return self.address_

    def bytes_(self, size=None):
        size = self.type_.size if size is None else size
        if self.held_ is None:
            return self.target_.read(self.address_, size)
        data = self.held_[:size]
        if len(data) < size:
            raise GuestError('what is asked for is not known here')
        return data

    def string_(self, limit=STRING_LIMIT):
        """The text in a char array, or where a char pointer points."""
        if self.type_.kind == 'array':
            data = self.bytes_()[:limit]
        else:
            address = int(self)
            if not address:
                return ''
            data = self.target_.read_string(address, limit)
        return printable(data.split(b'\0')[0])

    def cast_(self, type_):
        if type_.kind in INTEGERS and \
           (self.number_ is not None or self.type_.kind in INTEGERS + ('array',)):
            n = int(self) & (1 << type_.size * 8) - 1
            if type_.signed and n >> (type_.size * 8 - 1):
                n -= 1 << type_.size * 8
            return Value(self.target_, type_, number=n)
        if self.address_ is None:
            raise GuestError(f'a {self.type_.name} cannot become a {type_.name}')
        return Value(self.target_, type_, self.address_)

    def container_of_(self, type_, member):
        """The type_ whose member this is, or points to if it is a pointer."""
        return Value(self.target_, type_,
                     self.pointer_() - type_.offset_of(member))

    def enum_(self):
        n = int(self)
        return self.type_.enumerators().get(n, str(n))


def printable(data):
    """Bytes of the guest as text that does nothing to a terminal."""
    text = data.decode('utf-8', 'backslashreplace')
    return ''.join(c if c.isprintable() or c == '\t' else f'\\x{ord(c):02x}'
                   for c in text)


def show(value, depth=0):
    """A Value as C text; '' indentation is the caller's."""
    kind = value.type_
    pad = '  ' * (depth + 1)
    if kind.kind in ('struct', 'union'):
        if depth > 8:
            return '{...}'
        lines = []
        for f in kind.fields():
            name = f'{f.name} = ' if f.name else ''
            lines.append(f'{pad}{name}{show(value.part_(f), depth + 1)}')
        return '{\n' + ',\n'.join(lines) + '\n' + '  ' * depth + '}'
    if kind.kind == 'array':
        return _show_array(value, depth)
    if kind.kind == 'pointer':
        return _show_pointer(value)
    if kind.kind == 'enum':
        return value.enum_()
    if kind.kind == 'bool':
        return 'true' if value else 'false'
    if kind.kind == 'float':
        return _show_float(value)
    return str(int(value))


def _show_array(value, depth):
    kind = value.type_
    if kind.target.size == 1 and kind.target.kind == 'int':
        return f'"{value.string_(200)}"'
    count = min(kind.length, 200)
    parts = [show(value[i], depth + 1) for i in range(count)]
    return '{' + ', '.join(parts) + (', ...' if kind.length > count else '') + '}'


def _show_pointer(value):
    address, to = int(value), value.type_.target
    text = f'0x{address:x}'
    if address and to and to.kind == 'int' and to.size == 1:
        try:
            text += f' "{value.string_(200)}"'
        except GuestError:
            text += ' (no memory)'
    elif to and to.kind == 'function' and address:
        name = value.target_.function_name(address, value.type_.module.path)
        text += f' <{name}>' if name else ''
    return text


def _show_float(value):
    import struct
    if value.number_ is not None:
        return repr(value.number_)
    form = {4: '<f', 8: '<d'}.get(value.type_.size)
    if not form:
        return '?'
    return repr(struct.unpack(form, value.bytes_())[0])
