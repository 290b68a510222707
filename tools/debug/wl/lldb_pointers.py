# SPDX-License-Identifier: Apache-2.0
"""lldb_pointers.py: structures of the guest, and what pointers to them lead to, where lldb
shows variables by itself: `frame variable`, an editor's variables.

Its own pointers have 8 bytes; and where a variable of C is, its type is only declared."""

import lldb

from . import lldb_backend, lldb_extras

END = 1 << 32  # of the guest's memory: what is beyond is the host's
RECORDS = lldb.eTypeClassStruct | lldb.eTypeClassUnion
CHARS = (lldb.eBasicTypeChar, lldb.eBasicTypeSignedChar, lldb.eBasicTypeUnsignedChar)
LONGEST = 1024  # of a text that is shown
DEREFERENCE = '$$dereference$$'  # lldb's name of what `*` leads to


def target_of(kind):
    """What a pointer's type leads to; or None."""
    kind = kind.GetCanonicalType()
    return kind.GetPointeeType().GetCanonicalType() if kind.IsPointerType() else None


def is_declared(kind):
    """A structure, and no more than that."""
    return bool(kind.GetTypeClass() & RECORDS and not kind.IsTypeComplete())


def is_record(kind, _):
    """Or what leads to one."""
    to = target_of(kind)
    return bool(to.GetTypeClass() & RECORDS) if to else \
        is_declared(kind.GetCanonicalType())


def is_text(kind, _):
    """Those of 8 bytes are lldb's own."""
    to = target_of(kind)
    return bool(to and kind.GetByteSize() == 4 and to.GetBasicType() in CHARS)


def address_of(found):
    """In the guest, of what a pointer leads to or of a structure itself; or None."""
    address = found.GetValueAsUnsigned() if target_of(found.GetType()) else \
        found.GetNonSyntheticValue().GetLoadAddress()
    return address if found.GetError().Success() and 0 < address < END else None


def text(pointer, _):
    """The summary of a char *."""
    address, error = address_of(pointer.GetNonSyntheticValue()), lldb.SBError()
    found = address and pointer.GetProcess().ReadCStringFromMemory(address, LONGEST, error)
    return f'"{found}"' if found and error.Success() else ''


def record(found):
    """It, or what a pointer leads to; or None."""
    address = address_of(found)
    if address is None:
        return None
    to = target_of(found.GetType())
    module = lldb_backend.Module(lldb_extras.the_target, found.GetFrame().GetModule())
    return found.CreateValueFromAddress(
        f'*{found.GetName()}' if to else found.GetName(), address,
        module.convert(to or found.GetType()).raw)


class Children:
    """Those of a structure or a pointer, as lldb asks for them. The host's are its own."""

    def __init__(self, found, _):
        self.found = found
        self.is_pointer = bool(target_of(found.GetType()))
        self.record = None

    def update(self):
        self.record = record(self.found)
        self.parent = self.record or self.found
        if not self.is_pointer:
            # lldb asks us for all types of one name, this one's complete type as well.
            self.parent = self.parent.GetNonSyntheticValue()
        return False

    def has_children(self):
        return not self.is_pointer or self.found.GetValueAsUnsigned() != 0

    def num_children(self):
        return self.parent.GetNumChildren() if self.has_children() else 0

    def get_child_index(self, name):
        if name == DEREFERENCE and self.record and self.is_pointer:
            return self.num_children()
        return self.parent.GetIndexOfChildWithName(name)

    def get_child_at_index(self, index):
        if self.record and index == self.num_children():
            return self.record
        child = self.parent.GetChildAtIndex(index)
        child.SetPreferSyntheticValue(True)
        return child


def install(debugger):
    for command in (f'script import {__name__}',
                    f'type synthetic add -w guest -l {__name__}.Children '
                    f'--recognizer-function {__name__}.is_record',
                    f'type summary add -w guest -F {__name__}.text '
                    f'--recognizer-function {__name__}.is_text',
                    'type category enable guest'):
        debugger.HandleCommand(command)
