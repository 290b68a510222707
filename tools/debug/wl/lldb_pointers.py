# SPDX-License-Identifier: Apache-2.0
"""lldb_pointers.py: what pointers to structures of the guest lead to, where lldb shows
variables by itself: `frame variable`, an editor's variables.

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


def is_to_record(kind, _):
    kind = target_of(kind)
    return bool(kind and kind.GetTypeClass() & RECORDS)


def is_text(kind, _):
    """Those of 8 bytes are lldb's own."""
    to = target_of(kind)
    return bool(to and kind.GetByteSize() == 4 and to.GetBasicType() in CHARS)


def address_of(pointer):
    """In the guest, or None."""
    address = pointer.GetValueAsUnsigned()
    return address if pointer.GetError().Success() and 0 < address < END else None


def text(pointer, _):
    """The summary of a char *."""
    address, error = address_of(pointer.GetNonSyntheticValue()), lldb.SBError()
    found = address and pointer.GetProcess().ReadCStringFromMemory(address, LONGEST, error)
    return f'"{found}"' if found and error.Success() else ''


def record(pointer):
    """What a pointer leads to, or None."""
    address = address_of(pointer)
    if address is None:
        return None
    kind = pointer.GetType().GetCanonicalType().GetPointeeType()
    module = lldb_backend.Module(lldb_extras.the_target, pointer.GetFrame().GetModule())
    return pointer.CreateValueFromAddress(f'*{pointer.GetName()}', address,
                                          module.convert(kind).raw)


class Children:
    """Those of a pointer, as lldb asks for them. The host's are its own."""

    def __init__(self, pointer, _):
        self.pointer = pointer
        self.record = None

    def update(self):
        self.record = record(self.pointer)
        self.parent = self.record or self.pointer
        return False

    def has_children(self):
        return self.pointer.GetValueAsUnsigned() != 0

    def num_children(self):
        return self.parent.GetNumChildren() if self.has_children() else 0

    def get_child_index(self, name):
        if name == DEREFERENCE and self.record:
            return self.num_children()
        return self.parent.GetIndexOfChildWithName(name)

    def get_child_at_index(self, index):
        if self.record and index == self.num_children():
            return self.record
        return self.parent.GetChildAtIndex(index)


def install(debugger):
    for command in (f'script import {__name__}',
                    f'type synthetic add -w guest -l {__name__}.Children '
                    f'--recognizer-function {__name__}.is_to_record',
                    f'type summary add -w guest -F {__name__}.text '
                    f'--recognizer-function {__name__}.is_text',
                    'type category enable guest'):
        debugger.HandleCommand(command)
