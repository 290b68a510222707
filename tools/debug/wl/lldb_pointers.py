# SPDX-License-Identifier: Apache-2.0
"""lldb_pointers.py: structures of the guest, and what pointers to them lead to, where lldb
shows variables by itself: `frame variable`, an editor's variables.

Its own pointers have 8 bytes; and where a variable of C is, its type is only declared."""

import os

import lldb

from . import lldb_backend, lldb_extras, target, value

END = 1 << 32  # of the guest's memory: what is beyond is the host's
RECORDS = lldb.eTypeClassStruct | lldb.eTypeClassUnion
TEXTS = ('char *', 'signed char *', 'unsigned char *')
CHARS = (lldb.eBasicTypeChar, lldb.eBasicTypeSignedChar, lldb.eBasicTypeUnsignedChar)
LONGEST = 1024  # of a text that is shown
DEREFERENCE = '$$dereference$$'  # lldb's name of what `*` leads to


# What lldb asks of types has another argument.

def is_guest_pointer(kind, _=None):
    return lldb_backend.is_guest_pointer(kind.GetCanonicalType())


def target_of(kind):
    """What a pointer's type of lldb leads to; or None."""
    kind = kind.GetCanonicalType()
    return kind.GetPointeeType().GetCanonicalType() if kind.IsPointerType() else None


def is_pointer(kind):
    return bool(is_guest_pointer(kind) or target_of(kind))


def is_declared(kind):
    """A structure, and no more than that."""
    return bool(kind.GetTypeClass() & RECORDS and not kind.IsTypeComplete())


def is_companions(kind):
    """A structure of a companion, whose pointers have 4 bytes, which lldb reads only
    where it is asked for synthetic members."""
    return bool(kind.GetTypeClass() & RECORDS) and \
        kind.GetPointerType().GetByteSize() == 4


def is_record(kind, _):
    """Or what leads to one."""
    to = target_of(kind)
    return bool(to.GetTypeClass() & RECORDS) if to else \
        is_declared(kind.GetCanonicalType()) or is_guest_pointer(kind) or \
        is_companions(kind.GetCanonicalType())


def is_function(kind, _):
    """A pointer to one, other than those that are enumerations."""
    to = target_of(kind)
    return bool(to and to.GetTypeClass() & lldb.eTypeClassFunction)


def is_text(kind, _):
    """Those of 8 bytes are lldb's own."""
    to = target_of(kind)
    return bool(to and kind.GetByteSize() == 4 and to.GetBasicType() in CHARS)


def address_of(found):
    """In the guest, of what a pointer leads to or of a structure itself; or None."""
    address = found.GetValueAsUnsigned() if is_pointer(found.GetType()) else \
        found.GetNonSyntheticValue().GetLoadAddress()
    return address if found.GetError().Success() and 0 < address < END else None


def text(pointer, _=None):
    """The summary of a char *."""
    address = address_of(pointer.GetNonSyntheticValue())
    found = address and read_text(pointer.GetProcess(), address)
    return f'"{value.printable(found)}"' if found else ''


def read_text(process, address):
    """Up to its end, or as far as it can be read."""
    data, error = b'', lldb.SBError()
    while b'\0' not in data and len(data) < LONGEST:
        more = process.ReadMemory(address, target.PAGE - address % target.PAGE, error)
        if not error.Success() or not more:
            break
        data += more
        address += len(more)
    return data.split(b'\0')[0][:LONGEST]


def function(pointer, _=None):
    """The summary of a pointer to a function, which is an index."""
    found = pointer.GetNonSyntheticValue()
    index, path = found.GetValueAsUnsigned(), file_of(found)
    target_now = lldb_extras.target_at_stop(pointer.GetProcess())
    name = path and 0 < index < END and target_now.function_name(index, path)
    return f'<{name}>' if name else ''


def file_of(found):
    """The file that the type of a value is from, or its frame's code; or None."""
    kind = found.GetType()
    for module in (kind.GetModule(), kind.GetPointeeType().GetModule(),
                   found.GetFrame().GetModule()):
        if module.IsValid():
            return module.GetFileSpec().fullpath
    return None


def whole_text(pointer, _):
    """A guest's pointer and its summary: without one, lldb would show all that it
    leads to."""
    found = pointer.GetNonSyntheticValue()
    kind = found.GetType()
    behind = text(found) if is_guests_text(kind) else \
        function(found) if lldb_backend.TO_FUNCTION.fullmatch(
            kind.GetCanonicalType().GetName()) else ''
    address = found.GetValueAsUnsigned()
    return f'0x{address:08x} {behind}'.rstrip() if address else 'NULL'  # as lldb's own


def is_editors():
    """Is this lldb an editor's, which asks for the members when it wants them?"""
    return 'lldb-dap' in os.path.basename(os.readlink('/proc/self/exe'))


def is_guests_text(kind, _=None):
    return kind.GetCanonicalType().GetName() in TEXTS


def record(found):
    """It, or what a pointer leads to; or None."""
    address = address_of(found)
    if address is None:
        return None
    kind, to = found.GetType(), target_of(found.GetType())
    module = lldb_backend.Module(lldb_extras.the_target, found.GetFrame().GetModule())
    kind = module.convert(kind).target if is_guest_pointer(kind) else \
        module.convert(to or kind)
    if not kind or not kind.raw or kind.kind == 'void':
        return None
    return found.CreateValueFromAddress(
        f'*{found.GetName()}' if is_pointer(found.GetType()) else found.GetName(),
        address, kind.raw)


class Children:
    """Those of a structure or a pointer, as lldb asks for them. The host's are its own."""

    def __init__(self, found, _):
        self.found = found
        self.is_pointer = is_pointer(found.GetType())
        self.record = None

    def update(self):
        self.record = record(self.found)
        if self.record:
            self.record.SetPreferSyntheticValue(True)
        self.parent = self.record or self.found
        # What leads to something without members has that for the only one.
        self.is_single = bool(self.is_pointer and self.record and not
                              self.record.GetType().GetCanonicalType().GetTypeClass()
                              & RECORDS)
        if not self.is_pointer:
            # lldb asks us for all types of one name, this one's complete type as well.
            self.parent = self.parent.GetNonSyntheticValue()
        return False

    def has_children(self):
        return not self.is_pointer or self.found.GetValueAsUnsigned() != 0

    def num_children(self):
        if not self.has_children():
            return 0
        return 1 if self.is_single else self.parent.GetNumChildren()

    def get_child_index(self, name):
        if name == DEREFERENCE and self.record and self.is_pointer:
            return 0 if self.is_single else self.num_children()
        return self.parent.GetIndexOfChildWithName(name)

    def get_child_at_index(self, index):
        if self.record and (self.is_single or index == self.num_children()):
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
                    f'type summary add -w guest -F {__name__}.function '
                    f'--recognizer-function {__name__}.is_function',
                    'type summary add -w guest ' + (
                        f'-F {__name__}.text --recognizer-function '
                        f'{__name__}.is_guests_text' if is_editors() else
                        f'-v -F {__name__}.whole_text --recognizer-function '
                        f'{__name__}.is_guest_pointer'),
                    'type format add -w guest -f hex '
                    f"-x '{lldb_backend.BEHIND_STAR}$'",
                    'type category enable guest'):
        debugger.HandleCommand(command)
