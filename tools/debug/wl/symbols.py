# SPDX-License-Identifier: Apache-2.0
"""symbols.py: what a number of the guest is, as an address or a function pointer."""

from . import (cpumask, datamap, expression, functions, maps, percpu, programs, slab,
               stacks, tasks)
from .commands import command
from .value import GuestError

GUEST_END = 1 << 32


def describe(target, address):
    """What is known of an address, as sentences, the most exact first. Each look is
    independent: what is corrupt for one does not stop the others."""
    found = []
    for look in (_programs_function, _function, _code, _variable, _per_cpu,
                 _kernel_stack, _program, _slab, _area):
        try:
            text = look(target, address)
        except GuestError as e:
            text = f'({e})' if look in (_slab,) else None
        if text:
            found.append(text)
    return found


def _place(file, line):
    return f' at {file}:{line}' if file and line else ''


def _programs_function(target, index):
    """Of the program whose code the selected frame is of."""
    path = target.selected_object()
    program = path and programs.of_file(target, path)
    if not program or int(program.is_kernel):
        return None
    name, _, file, line = functions.pointer(target, index, path)
    return (f'function pointer {index} of program {program["name"].string_()}: '
            f'{name}(){_place(file, line)}')


def _function(target, index):
    name, _, file, line = functions.pointer(target, index)
    return f'function pointer {index} of the kernel: {name}(){_place(file, line)}'


def _code(target, address):
    found = functions.at_address(target, address)
    if not found:
        return None
    name, offset, file, line = found
    return f'code of the kernel: {name}() + {offset}{_place(file, line)}'


def _member(kind, offset):
    """.a.b[2] for what is at an offset in a type, '' if nothing is."""
    if kind.kind == 'array' and kind.target.size:
        i, rest = divmod(offset, kind.target.size)
        return f'[{i}]{_member(kind.target, rest)}'
    if kind.kind in ('struct', 'union'):
        for f in kind.fields():
            start = f.bit_offset // 8
            if start <= offset < start + max(f.type.size, 1):
                rest = _member(f.type, offset - start)
                return (f'.{f.name}' if f.name else '') + rest
    return f' + {offset}' if offset else ''


def _data(target, address):
    """NAME.member of a kernel variable, or None."""
    found = datamap.find(target.kernel, address)
    if not found:
        return None
    name, start, kind = found
    return f'{name}{_member(kind, address - start)}'


def _variable(target, address):
    found = _data(target, address)
    return found and f'kernel data: {found}'


def _per_cpu(target, address):
    for cpu in cpumask.online(target):
        offset = percpu.offset(target, cpu)
        if offset and address >= offset:
            found = _data(target, address - offset)
            if found:
                return f'per-CPU data of CPU {cpu}: {found}'
    return None


def _kernel_stack(target, address):
    for struct in tasks.structs(target):
        low, high = stacks.kernel_stack(target, struct)
        if low <= address < high:
            pointer = stacks.stack_pointer(tasks.of_struct(target, struct))
            use = ''
            if pointer is not None and low <= pointer <= high:
                use = ', in use' if address >= pointer else \
                    ', below the stack pointer'
            return (f'kernel stack of {struct.comm.string_()} (pid '
                    f'{int(struct.pid)}), {high - address} bytes from its top{use}')
    return None


def _program(target, address):
    for image in programs.images(target):
        if int(image.is_kernel):
            continue
        start = int(image.memory_base)
        if start <= address < start + int(image.memory_size):
            name = image['name'].string_()
            return f'data of program {name} (at 0x{start:x}) + 0x{address - start:x}'
    return None


def _slab(target, address):
    found = slab.object_at(target, address)
    if not found:
        return None
    state = {True: 'a free object', False: 'an object', None: 'an object'}[found.free]
    offset = address - found.start
    if offset >= found.size:
        return (f'slab: after {state} of cache {found.cache} at 0x{found.start:x} '
                f'({found.size} bytes)')
    return f'slab: {state} of cache {found.cache} at 0x{found.start:x} + {offset}'


def _area(target, address):
    seen = set()
    for struct in tasks.structs(target):
        mm = int(struct.mm)
        if not mm or mm in seen:
            continue
        seen.add(mm)
        for area in maps.of_task(target, struct):
            if area.start <= address < area.end:
                return (f'memory of {struct.comm.string_()} (pid {int(struct.pid)}): '
                        f'{area}')
    return None


@command('wl-sym', 'ADDRESS...', 'What a number of the guest is.', '''
ADDRESS is a number or an expression. Says all that is known of it: a variable of the
kernel and the member in it, per-CPU data, the kernel stack of a task, data of a
program, an object of the kernel's allocator (and whether it is free), the memory of
a process, the function of that function pointer in the kernel and in the selected
frame's program, or of an address of code as the kernel prints it (0xf...), with the place
where the function begins.

Examples: wl-sym 0x401c260
          wl-sym 0xf0012345
          wl-sym init_task.sched_class
''')
def show_sym(target, words, out):
    address = expression.number(target, ' '.join(words))
    if not 0 <= address < GUEST_END:
        raise GuestError(f'0x{address:x} is no address of the guest: those have 32 '
                         'bits')
    found = describe(target, address)
    for text in found:
        out(f'0x{address:08x}: {text}')
    if not found:
        try:
            target.read(address, 1)
            out(f'0x{address:08x}: memory of which nothing is known')
        except GuestError:
            out(f'0x{address:08x}: no memory is there')
