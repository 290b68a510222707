# SPDX-License-Identifier: Apache-2.0
"""gdb_backend.py: gdb behind target.py. Imported by gdb's own Python only."""

import re

import gdb

from . import target, value
from .value import GuestError

KINDS = {
    gdb.TYPE_CODE_INT: 'int', gdb.TYPE_CODE_CHAR: 'int',
    gdb.TYPE_CODE_BOOL: 'bool', gdb.TYPE_CODE_ENUM: 'enum',
    gdb.TYPE_CODE_FLT: 'float', gdb.TYPE_CODE_PTR: 'pointer',
    gdb.TYPE_CODE_ARRAY: 'array', gdb.TYPE_CODE_STRUCT: 'struct',
    gdb.TYPE_CODE_UNION: 'union', gdb.TYPE_CODE_FUNC: 'function',
    gdb.TYPE_CODE_VOID: 'void',
}


class Type(value.Type):
    def __init__(self, module, raw):
        self.module = module
        self.raw = raw
        self.kind = KINDS.get(raw.code, 'void')
        self.name = str(raw) if raw.name or raw.code == gdb.TYPE_CODE_PTR else \
            raw.tag or str(raw)
        self.size = 0 if self.kind == 'void' else raw.sizeof
        self.signed = self.kind in ('int', 'enum') and raw.is_signed
        if self.kind == 'array':
            first, last = raw.range()
            self.length = max(0, last - first + 1)

    @property
    def target(self):
        if self.kind not in ('pointer', 'array'):
            return None
        if 'of' not in self.__dict__:
            self.of = self.module.convert(self.raw.target())
        return self.of

    def fields(self):
        if 'members' not in self.__dict__:
            convert = self.module.convert
            self.members = [
                value.Field(f.name or '', convert(f.type), f.bitpos, f.bitsize)
                for f in self.raw.fields() if hasattr(f, 'bitpos')
            ] if self.kind in ('struct', 'union') else []
        return self.members

    def enumerators(self):
        if self.kind != 'enum':
            return {}
        return {f.enumval: f.name for f in self.raw.fields()}


class Module(target.Module):
    def __init__(self, owner, objfile):
        super().__init__(owner)
        self.objfile = objfile
        self.path = objfile.filename

    def convert(self, raw):
        """A Type. What is only declared is looked up where it belongs: gdb would take
        the first type of that name, of any module."""
        kind = raw.strip_typedefs().unqualified()
        if kind.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION) and kind.tag:
            foreign = kind.objfile and kind.objfile != self.objfile
            if foreign or self.path.endswith('.so') or not kind.fields():
                word = 'union' if kind.code == gdb.TYPE_CODE_UNION else 'struct'
                found = self.find_declared(f'{word} {kind.tag}')
                if found:
                    return found
        return Type(self, kind)

    def find_type(self, name):
        words = name.split()
        if words[0] in ('struct', 'union', 'enum'):
            domain = gdb.SYMBOL_STRUCT_DOMAIN
            words = words[1:]
        else:
            domain = gdb.SYMBOL_VAR_DOMAIN
        symbol = self.objfile.lookup_static_symbol(' '.join(words), domain)
        if not symbol or symbol.addr_class != gdb.SYMBOL_LOC_TYPEDEF:
            return None
        return Type(self, symbol.type.strip_typedefs().unqualified())

    def find_variable(self, name):
        symbol = self.objfile.lookup_global_symbol(name) or \
            self.objfile.lookup_static_symbol(name)
        return self._place(symbol) if self._is_data(symbol) else None

    def find_variables(self, name):
        return [self._place(s) for s in self.symbols(name)]

    def symbols(self, name):
        """Of the variables of that name, global ones first."""
        found = [self.objfile.lookup_global_symbol(name),
                 *gdb.lookup_static_symbols(name)]
        return [s for s in found if self._is_data(s)]

    def _is_data(self, symbol):
        return symbol and symbol.addr_class == gdb.SYMBOL_LOC_STATIC and \
            symbol.symtab.objfile == self.objfile

    def _place(self, symbol):
        return int(symbol.value().address), self.convert(symbol.type)


class Thread(target.Thread):
    def __init__(self, raw):
        self.raw = raw
        self.number = raw.global_num
        self.tid = raw.ptid[1] or raw.ptid[2]
        self.name = raw.name or ''

    def select(self):
        self.raw.switch()

    def frames(self, limit):
        before = gdb.selected_thread()
        frame = gdb.selected_frame() if before else None
        self.raw.switch()
        try:
            return list(self._walk(limit))
        except gdb.error as e:
            raise GuestError(f'no frames of thread {self.number}: {e}') from None
        finally:
            if before and before.is_valid():
                before.switch()
            if frame and frame.is_valid():
                frame.select()

    def _walk(self, limit):
        frame, number = gdb.newest_frame(), 0
        while frame and number < limit:
            sal = frame.find_sal()
            yield target.Frame(
                number, frame.pc(), frame.name(),
                sal.symtab.filename if sal.symtab else None, sal.line or None,
                frame.type() == gdb.SIGTRAMP_FRAME, arguments(frame))
            frame, number = frame.older(), number + 1


def arguments(frame):
    try:
        block = frame.block()
    except RuntimeError:
        return ''
    while block and not block.function:
        block = block.superblock
    if not block:
        return ''
    parts = []
    for symbol in block:
        # The wasm instance is first everywhere, and tells nothing.
        if symbol.is_argument and symbol.name != 'instance':
            try:
                text = frame.read_var(symbol).format_string(
                    summary=True, max_elements=64)
            except (gdb.error, ValueError):
                text = '?'
            parts.append(f'{symbol.name}={text}')
    return ', '.join(parts)


class Target(target.Target):
    def __init__(self):
        super().__init__()
        self._modules = {}

    def forget(self):
        super().forget()
        session = getattr(gdb, 'wl_session', None)
        if session:
            session.sync()

    def read_memory(self, address, size):
        try:
            return bytes(gdb.selected_inferior().read_memory(address, size))
        except (gdb.error, OverflowError):
            return None

    def _module(self, variable):
        module = self._modules.get(variable)
        if module and module.objfile.is_valid() and \
           module.objfile.progspace == gdb.current_progspace():
            return module
        symbol = gdb.lookup_global_symbol(variable)
        if not symbol or not symbol.symtab:
            return None
        module = Module(self, symbol.symtab.objfile)
        self._modules[variable] = module
        return module

    def find_kernel(self):
        return self._module('init_task')

    def find_runner(self):
        return self._module('the_vm')

    def module(self, path):
        try:
            return Module(self, gdb.lookup_objfile(path))
        except ValueError:
            return None

    def threads(self):
        found = [Thread(t) for t in gdb.selected_inferior().threads()]
        return sorted(found, key=lambda t: t.number)

    def selected_thread(self):
        raw = gdb.selected_thread()
        return Thread(raw) if raw else None

    def local(self, name):
        try:
            symbol = gdb.lookup_symbol(name)[0]
        except gdb.error:
            return None  # there is no frame
        if symbol and symbol.addr_class == gdb.SYMBOL_LOC_OPTIMIZED_OUT:
            raise GuestError(f'{name} is optimized out here')
        if not symbol or symbol.addr_class in (gdb.SYMBOL_LOC_BLOCK, gdb.SYMBOL_LOC_TYPEDEF):
            return None
        if symbol.needs_frame:
            return self._value(symbol, gdb.selected_frame())
        if symbol.symtab.objfile.filename != self.selected_object():
            return None
        return self._value(self._in_companion(symbol) or symbol)

    def _in_companion(self, symbol):
        """A variable of the selected frame's file, which the companion has as well; or
        None. Only there it is known in a core dump where several processes have it."""
        program = self.program()
        path = symbol.symtab.fullname()
        return next((found for found in program.symbols(symbol.name) if found.line ==
                     symbol.line and found.symtab.fullname() == path), None) \
            if program else None

    def hidden(self, name):
        """A variable of the selected frame's program as a gdb.Value, where gdb would take
        another one of that name or, in a core dump, none; or None."""
        program = self.program()
        symbol = gdb.lookup_symbol(name)[0] if program else None
        if not symbol or symbol.needs_frame or symbol.addr_class == gdb.SYMBOL_LOC_TYPEDEF:
            return None
        if symbol.symtab.objfile.filename != self.selected_object():
            found = self._of_program(program, name)
        elif self.selected_object() in gdb.wl_session.misplaced:
            found = self._in_companion(symbol)
        else:
            found = None
        return found and found.value()

    @staticmethod
    def _of_program(program, name):
        """A symbol of it: of the selected frame's file, which code at level release does
        not tell of; else a global one; or None."""
        file = gdb.selected_frame().find_sal().symtab
        path = file and file.fullname()
        return next((s for s in program.symbols(name) if s.symtab.fullname() == path),
                    program.objfile.lookup_global_symbol(name))

    def selected_object(self):
        try:
            return gdb.solib_name(gdb.selected_frame().pc())
        except gdb.error:
            return None  # there is no frame

    def elsewhere(self, name):
        symbol = gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)
        if not symbol or symbol.addr_class != gdb.SYMBOL_LOC_STATIC:
            return None
        return self._value(symbol)

    def _value(self, symbol, *frame):
        kind = Module(self, symbol.symtab.objfile).convert(symbol.type)
        try:
            found = symbol.value(*frame)
            if found.is_optimized_out:
                raise GuestError(f'{symbol.name} is optimized out here')
            if found.address is not None:
                return value.Value(self, kind, int(found.address))
            number = float(found) if kind.kind == 'float' else int(found)
            return value.Value(self, kind, number=number)
        except gdb.error as e:
            raise GuestError(f'{symbol.name}: {e}') from None

    def code_at(self, address):
        text = gdb.execute(f'info symbol {address}', False, True)
        match = re.match(r'(\S+)(?: \+ (\d+))? in section', text)
        if not match:
            return None, 0, None, None
        sal = gdb.find_pc_line(address)
        return (match[1], int(match[2] or 0),
                sal.symtab.filename if sal.symtab else None, sal.line or None)

    def install(self, command):
        """Make a commands.Command one of the debugger's."""
        body = {
            '__doc__': command.help(),
            '__init__': lambda self: gdb.Command.__init__(
                self, command.name, gdb.COMMAND_DATA),
            'invoke': lambda _, text, tty: self._invoke(command, text),
        }
        type(command.name, (gdb.Command,), body)()

    def _invoke(self, command, text):
        try:
            command.run(self, text, lambda line: gdb.write(line + '\n'))
        except (GuestError, gdb.error) as e:
            raise gdb.GdbError(f'{command.name}: {e}') from None

    def installed(self):
        """All commands are there: what else this debugger can be given."""
        from . import gdb_extras
        gdb_extras.install(self)
