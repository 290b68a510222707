# SPDX-License-Identifier: Apache-2.0
"""target.py: what the commands need of a debugger: memory, types, threads.

A backend fills in the methods that raise NotImplementedError. All of it works the
same on a live process and on a core dump of one.
"""

import os

from .value import GuestError, Value

PAGE = 4096
# runner/memory.h
WASM_PAGE = 65536
RESERVED = 8 << 30


class Frame:
    """A host frame: pc is the host's; function is None without a symbol; file and
    line are None without lines; handler: it is a signal's trampoline; arguments:
    text, '' if there is none."""

    def __init__(self, number, pc, function, file=None, line=None, handler=False,
                 arguments=''):
        self.number = number
        self.pc = pc
        self.function = function
        self.file = file
        self.line = line
        self.handler = handler
        self.arguments = arguments


class Thread:
    """A host thread: number is the debugger's, tid the host's. Abstract."""
    number = tid = 0
    name = ''

    def frames(self, limit):
        """Up to limit frames as Frame, the innermost first."""
        raise NotImplementedError

    def select(self):
        raise NotImplementedError


class Module:
    """Types and variables of the kernel, the runner, or a program. Abstract."""
    path = None

    def __init__(self, target):
        self.target = target
        self.types = {}
        self.map = None  # of datamap.py

    def find_type(self, name):
        """A Type, or None: 'struct x', 'union x', 'enum x', or a typedef."""
        raise NotImplementedError

    def find_declared(self, name):
        """The same; translated code only declares the types of the guest, which are
        in its companion."""
        owner = self.companion()
        return owner and owner.find_type(name)

    def companion(self):
        """The Module with the types of this one's code; None: it is not loaded."""
        stem, suffix = os.path.splitext(self.path)
        return self.target.module(stem + '.types') if suffix == '.so' else self

    def find_variables(self, name):
        """[(address, Type)] of the variables of that name, global ones first."""
        raise NotImplementedError

    def find_variable(self, name):
        """(address, Type) of a variable of that name, or None."""
        found = self.find_variables(name)
        return found[0] if found else None

    def type(self, name):
        if name not in self.types:
            found = self.find_type(name)
            if not found:
                raise GuestError(f'there is no type {name} in {self.path}')
            self.types[name] = found
        return self.types[name]

    def variable(self, name):
        found = self.find_variable(name)
        if not found:
            raise GuestError(f'there is no variable {name} in {self.path}')
        return Value(self.target, found[1], found[0])

    def at(self, name, address):
        """The object of the type of that name at an address."""
        return Value(self.target, self.type(name), address)


class Target:
    """Abstract. kernel and runner are Modules, found when first asked for."""

    def __init__(self):
        self._pages = {}
        self.memo = {}

    # The backend's part.

    def read_memory(self, address, size):
        """Bytes, or None if not all of them can be read."""
        raise NotImplementedError

    def find_kernel(self):
        """The Module that has init_task, or None."""
        raise NotImplementedError

    def find_runner(self):
        """The Module that has the_vm, or None."""
        raise NotImplementedError

    def module(self, path):
        """The Module of that file, or None if it is not loaded."""
        raise NotImplementedError

    def threads(self):
        """All host threads, as Thread."""
        raise NotImplementedError

    def selected_thread(self):
        """The Thread that the user has selected, or None."""
        raise NotImplementedError

    def local(self, name):
        """A variable of the selected frame as a Value, or None. A GuestError if it
        is there and has no value."""
        raise NotImplementedError

    def selected_object(self):
        """The path of the file that the selected frame's code is from, or None."""
        raise NotImplementedError

    def elsewhere(self, name):
        """A variable that is neither there nor in the kernel, as a Value, or None."""
        raise NotImplementedError

    def code_at(self, address):
        """(function, offset, file, line) at a host address; None where unknown."""
        raise NotImplementedError

    # What is the same everywhere.

    def forget(self):
        """The process may have run: nothing that was read is true any more."""
        self._pages.clear()
        self.memo.clear()

    def program(self):
        """The Module of types and globals for the selected frame's code, or None."""
        stem, suffix = os.path.splitext(self.selected_object() or '')
        return self.module(stem + '.types') if suffix == '.so' else None

    @property
    def kernel(self):
        found = self.find_kernel()
        if not found:
            raise GuestError('the kernel\'s types are not loaded: no variable '
                             'init_task is known')
        return found

    @property
    def runner(self):
        found = self.find_runner()
        if not found:
            raise GuestError('this is no runner, or one without debug information: '
                             'no variable the_vm is known')
        return found

    def read(self, address, size):
        """Bytes of memory; a GuestError if there is none."""
        if size > 1 << 24:
            raise GuestError(f'{size} bytes at 0x{address:x} are too many')
        if address < RESERVED and not self._has(address, size):
            raise GuestError(f'no memory at 0x{address:x}')
        first, last = address // PAGE, (address + max(size, 1) - 1) // PAGE
        if first == last:
            page = self._page(first)
            if page:
                start = address - first * PAGE
                return page[start:start + size]
        data = self.read_memory(address, size) if size else b''
        if data is None or len(data) != size:
            raise GuestError(f'no memory at 0x{address:x}')
        return data

    def _has(self, address, size):
        """Is that memory of the guest? Debuggers can read all that is reserved for
        it, as zeros."""
        if 'memory' not in self.memo:
            self.memo['memory'] = 0, RESERVED  # while that is read
            self.memo['memory'] = self._memory()
        low, end = self.memo['memory']
        return low <= address and address + size <= end

    def _memory(self):
        machine = self.find_runner() and self.runner.variable('the_vm')
        if not machine or not machine.memory.wasm.pages:
            return 0, RESERVED
        memory = machine.memory
        return int(memory.low), int(memory.wasm.pages) * WASM_PAGE

    def _page(self, number):
        if number not in self._pages:
            page = self.read_memory(number * PAGE, PAGE)
            self._pages[number] = page if page and len(page) == PAGE else None
        return self._pages[number]

    def read_string(self, address, limit):
        """Bytes up to a NUL or the limit."""
        data = b''
        while len(data) < limit and b'\0' not in data:
            n = min(PAGE - (address + len(data)) % PAGE, limit - len(data))
            data += self.read(address + len(data), n)
        return data

    def read_u32(self, address):
        return int.from_bytes(self.read(address, 4), 'little')

    def function_name(self, index, path):
        """What this function pointer calls in the kernel, or in the program with the code
        or the types of that file; or None."""
        from . import functions
        try:
            return functions.pointer(self, index, path)[0]
        except GuestError:
            return None
