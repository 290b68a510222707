# SPDX-License-Identifier: Apache-2.0
"""lldb_backend.py: lldb behind target.py. Imported by lldb's own Python only."""

import re
import sys

import lldb

from . import lldb_session, target, value
from .value import GuestError

CLASSES = {
    lldb.eTypeClassStruct: 'struct', lldb.eTypeClassClass: 'struct',
    lldb.eTypeClassUnion: 'union', lldb.eTypeClassEnumeration: 'enum',
    lldb.eTypeClassPointer: 'pointer', lldb.eTypeClassArray: 'array',
    lldb.eTypeClassFunction: 'function',
}
BEHIND_STAR = r'\*(\)\(.*\)|\)\[.*\])?'  # how names of pointers end
POINTER = re.compile(rf'(.*?) ?{BEHIND_STAR}')
TO_FUNCTION = re.compile(r'(.*)\((\*+)\)(\(.*\))')  # the name of a pointer to one
GUEST_MODULE = 'guest_module'  # what each translated module has
MOST = 64  # variables of one name
FLOATS = (lldb.eBasicTypeFloat, lldb.eBasicTypeDouble, lldb.eBasicTypeLongDouble)


def is_guest_pointer(raw):
    """One in translated code is an enumeration with the name of the pointer's type."""
    return bool(raw.GetTypeClass() == lldb.eTypeClassEnumeration and
                POINTER.fullmatch(raw.GetName() or ''))


class NamedType(value.Type):
    """A function, or a pointer of the guest that leads to one, by its name: lldb has no
    type for it."""
    raw = None
    signed = False

    def __init__(self, module, name):
        self.module, self.name = module, name
        found = TO_FUNCTION.fullmatch(name)
        self.kind, self.size, self.target = 'function', 0, None
        if found:
            result, stars, arguments = found.groups()
            of = f'({stars[1:]})' if stars[1:] else ''
            self.kind, self.size = 'pointer', 4
            self.target = NamedType(module, f'{result}{of}{arguments}')


class Type(value.Type):
    def __init__(self, module, raw):
        self.module = module
        self.raw = raw
        self.name = raw.GetName() or ''
        self.size = raw.GetByteSize()
        self.kind = self._kind()
        if self.kind in ('struct', 'union', 'enum') and self.name:
            self.name = f'{self.kind} {self.name}'
        self.signed = self.kind in ('int', 'enum') and \
            bool(raw.GetTypeFlags() & lldb.eTypeIsSigned)
        if self.kind == 'array':
            element = raw.GetArrayElementType().GetByteSize()
            self.length = self.size // element if element else 0

    def _kind(self):
        found = CLASSES.get(self.raw.GetTypeClass())
        if is_guest_pointer(self.raw):
            return 'pointer'
        if found:
            return found
        basic = self.raw.GetBasicType()
        if basic == lldb.eBasicTypeVoid:
            return 'void'
        if basic == lldb.eBasicTypeBool:
            return 'bool'
        return 'float' if basic in FLOATS else 'int'

    @property
    def target(self):
        if is_guest_pointer(self.raw) and TO_FUNCTION.fullmatch(self.name):
            return NamedType(self.module, self.name).target
        if 'of' not in self.__dict__:
            raw = self.module.pointee(self.name) if is_guest_pointer(self.raw) else \
                self.raw.GetPointeeType() if self.kind == 'pointer' else \
                self.raw.GetArrayElementType() if self.kind == 'array' else None
            self.of = self.module.convert(raw) if raw and raw.IsValid() else \
                self._atomic_target()
        return self.of

    def _atomic_target(self):
        """lldb does not say what an _Atomic(struct x *) points to."""
        match = re.fullmatch(r'_Atomic\((?:struct )?(\w+) \*\)', self.name)
        return match and self.module.find_type(f'struct {match[1]}')

    def fields(self):
        if 'members' not in self.__dict__:
            raw, convert = self.raw, self.module.convert
            found = []
            if self.kind in ('struct', 'union'):
                for i in range(raw.GetNumberOfFields()):
                    f = raw.GetFieldAtIndex(i)
                    bits = f.GetBitfieldSizeInBits() if f.IsBitfield() else 0
                    found.append(value.Field(f.GetName() or '', convert(f.GetType()),
                                             f.GetOffsetInBits(), bits))
            self.members = found
        return self.members

    def enumerators(self):
        if self.kind != 'enum':
            return {}
        members = self.raw.GetEnumMembers()
        return {m.GetValueAsSigned() if self.signed else m.GetValueAsUnsigned():
                m.GetName() for m in members}


class Module(target.Module):
    def __init__(self, owner, raw):
        super().__init__(owner)
        self.raw = raw
        self.path = raw.GetFileSpec().fullpath

    def convert(self, raw):
        kind = raw.GetCanonicalType().GetUnqualifiedType()
        if not kind.IsTypeComplete() and kind.IsAggregateType():
            word = 'union' if kind.GetTypeClass() == lldb.eTypeClassUnion \
                else 'struct'
            found = self.find_declared(f'{word} {kind.GetName()}')
            if found:
                return found
        return Type(self, kind)

    def pointee(self, name):
        """What the guest's pointers of a type of that name lead to; or None."""
        name, rest = POINTER.fullmatch(name).groups()
        base = name.rstrip('*').rstrip()
        owner = self.companion() or self
        # Where translated code has a whole structure, its pointers are as in variables.
        own = None if rest or '*' in name else self.find_type(base)
        if own and own.kind in ('struct', 'union'):
            return own.raw
        found = owner.raw.GetBasicType(lldb.eBasicTypeVoid) if rest or base == 'void' \
            else getattr(owner.find_type(base), 'raw', None)
        for _ in range(name.count('*') if found else 0):
            found = found.GetPointerType()
        return found

    def find_type(self, name):
        words = name.split()
        tag = words[0] if words[0] in ('struct', 'union', 'enum') else None
        name = ' '.join(words[1:] if tag else words)
        if not tag:
            basic = self.raw.FindTypes(name)
            kinds = [t for t in basic
                     if t.GetTypeClass() in (lldb.eTypeClassTypedef,
                                             lldb.eTypeClassBuiltin)]
        else:
            kinds = [t for t in self.raw.FindTypes(name)
                     if CLASSES.get(t.GetTypeClass()) == tag and t.GetByteSize()]
        return self.convert(kinds[0]) if kinds else None

    def find_variables(self, name):
        found = []
        for v in self.raw.FindGlobalVariables(self.target.raw, name, MOST):
            address = v.GetLoadAddress()
            if v.GetName() == name and address != lldb.LLDB_INVALID_ADDRESS:
                found.append((address, self.convert(v.GetType())))
        return found


class Thread(target.Thread):
    def __init__(self, raw):
        self.raw = raw
        self.number = raw.GetIndexID()
        self.tid = raw.GetThreadID()
        self.name = raw.GetName() or ''

    def select(self):
        self.raw.GetProcess().SetSelectedThread(self.raw)

    def frames(self, limit):
        # Frames of a provider of ours would be other ones.
        return [self.frame(self.raw, number)
                for number in range(min(self.raw.GetNumFrames(), limit))]

    @staticmethod
    def frame(raw, number):
        frame = raw.GetFrameAtIndex(number)
        entry = frame.GetLineEntry()
        line = entry.GetLine() if entry.IsValid() else 0
        return target.Frame(
            number, frame.GetPC(), function_of(frame),
            entry.GetFileSpec().fullpath if line else None, line or None,
            frame.GetSymbol().GetName() == '__restore_rt', arguments(frame))


def function_of(frame):
    """Its symbol's name, without which lldb adds types, but for what was inlined."""
    name = None if frame.IsInlined() else frame.GetSymbol().GetName()
    return name or frame.GetFunctionName()


def arguments(frame):
    parts = []
    for found in frame.GetVariables(True, False, False, False):
        # The wasm instance is first everywhere, and tells nothing.
        if found.GetName() == 'instance':
            continue
        if not found.GetError().Success():
            text = '<optimized out>'
        else:
            text = found.GetSummary() or found.GetValue() or '...'
        parts.append(f'{found.GetName()}={text}')
    return ', '.join(parts)


def bytes_of(found, size):
    """What is in a register, which may be longer."""
    data = found.GetData()
    return data.ReadRawData(lldb.SBError(), 0, min(size, data.GetByteSize())) or b''


def number_of(found, kind):
    """GetValueAsSigned() takes all of a register."""
    data, error = found.GetData(), lldb.SBError()
    if kind.kind == 'float':
        return data.GetFloat(error, 0) if kind.size == 4 else data.GetDouble(error, 0)
    return int.from_bytes(bytes_of(found, kind.size), 'little', signed=bool(kind.signed))


class Target(target.Target):
    def __init__(self, debugger):
        super().__init__()
        self.debugger = debugger
        self._modules = {}

    @property
    def raw(self):
        return self.debugger.GetSelectedTarget()

    @property
    def process(self):
        return self.raw.GetProcess()

    def forget(self):
        super().forget()
        lldb_session.session_of(self.raw).sync()

    def read_memory(self, address, size):
        error = lldb.SBError()
        if address + size > 1 << 64:
            return None
        data = self.process.ReadMemory(address, size, error)
        if not error.Success():
            data = self._in_file(address, size)
        return data or None

    def _in_file(self, address, size):
        """What a module's file has there: core dumps lack what is not written to."""
        place = lldb.SBAddress(address, self.raw)
        section, error = place.GetSection(), lldb.SBError()
        if not section.IsValid() or section.GetPermissions() & lldb.ePermissionsWritable:
            return None
        data = section.GetSectionData(place.GetOffset(), size)
        found = data.ReadRawData(error, 0, min(size, data.GetByteSize()))
        return found if error.Success() else None

    def _module(self, variable):
        owner = self.raw
        known = self._modules.get(variable)
        if known and owner.FindModule(known.raw.GetFileSpec()).IsValid():
            return known
        for raw in owner.module_iter():
            # Translated code has the guest's variables as well.
            if not raw.FindSymbol(GUEST_MODULE).IsValid() and \
               raw.FindGlobalVariables(owner, variable, 1).GetSize():
                self._modules[variable] = Module(self, raw)
                return self._modules[variable]
        return None

    def find_kernel(self):
        return self._module('init_task')

    def find_runner(self):
        return self._module('the_vm')

    def module(self, path):
        raw = self.raw.FindModule(lldb.SBFileSpec(path))
        return Module(self, raw) if raw.IsValid() else None

    def threads(self):
        return [Thread(t) for t in self.process]

    def selected_thread(self):
        raw = self.process.GetSelectedThread()
        return Thread(raw) if raw.IsValid() else None

    def local(self, name):
        frame = self.process.GetSelectedThread().GetSelectedFrame()
        found = frame.FindVariable(name)
        if not found.IsValid():
            found = next((v for v in frame.GetVariables(False, False, True, False)
                          if v.GetName() == name), found)  # the file's
        if not found.IsValid() or found.GetValueType() == lldb.eValueTypeVariableGlobal:
            return None
        if found.GetValueType() == lldb.eValueTypeVariableStatic and \
           self.selected_object() in lldb_session.session_of(self.raw).misplaced:
            return self._in_companion(found)
        if not found.GetError().Success():
            raise GuestError(f'{name} is optimized out here')
        found = found.GetNonSyntheticValue()
        kind = Module(self, frame.GetModule()).convert(found.GetType())
        # What is in a register has a "load address" too: what it points to.
        if found.AddressOf().IsValid():
            return value.Value(self, kind, found.GetLoadAddress())
        if kind.kind in ('struct', 'union'):
            return value.Value(self, kind, held=bytes_of(found, kind.size))
        return value.Value(self, kind, number=number_of(found, kind))

    def _in_companion(self, found):
        """A static one of a program that several processes run, in a core dump."""
        program = self.program()
        for v in program.raw.FindGlobalVariables(self.raw, found.GetName(), MOST):
            # The companion does not know files.
            if v.GetDeclaration().GetLine() == found.GetDeclaration().GetLine() and \
               v.GetLoadAddress() != lldb.LLDB_INVALID_ADDRESS:
                return value.Value(self, program.convert(v.GetType()), v.GetLoadAddress())
        raise GuestError(f'{found.GetName()} is optimized out here')

    def selected_object(self):
        frame = self.process.GetSelectedThread().GetSelectedFrame()
        return frame.GetModule().GetFileSpec().fullpath if frame.IsValid() else None

    def elsewhere(self, name):
        for raw in self.raw.module_iter():
            module = Module(self, raw)
            if raw.GetTriple().startswith('i386') and module.find_variable(name):
                return module.variable(name)
        return None

    def code_at(self, address):
        place = self.raw.ResolveLoadAddress(address)
        symbol = place.GetSymbol()
        if not symbol.IsValid():
            return None, 0, None, None
        start = symbol.GetStartAddress().GetLoadAddress(self.raw)
        entry = place.GetLineEntry()
        line = entry.GetLine() if entry.IsValid() else 0
        return (symbol.GetName(), address - start,
                entry.GetFileSpec().fullpath if line else None, line or None)

    def install(self, command):
        """Make a commands.Command one of the debugger's."""
        module = sys.modules[__name__]
        name = command.name.replace('-', '_')
        # lldb looks the class up where its command `script` runs.
        self.debugger.HandleCommand(f'script import {__name__}')
        setattr(module, name, type(name, (_Command,), {
            'command': command, 'target': self}))
        self.debugger.HandleCommand(
            f'command script add -o -c {__name__}.{name} {command.name}')

    def installed(self):
        """All commands are there: what else this debugger can be given."""
        from . import lldb_extras
        lldb_extras.install(self)


class _Command:
    """What lldb makes an object of for each command."""

    def __init__(self, debugger, internal):
        pass

    def get_short_help(self):
        return self.command.summary

    def get_long_help(self):
        return self.command.help()

    def __call__(self, debugger, text, context, result):
        try:
            self.command.run(self.target, text, result.AppendMessage)
        except GuestError as e:
            result.SetError(f'{self.command.name}: {e}')
