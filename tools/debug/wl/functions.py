# SPDX-License-Identifier: Apache-2.0
"""functions.py: functions of the kernel and of programs by their pointers, which are
indices of a table of each, and the kernel's by their addresses, as it prints them."""

import struct

from . import programs
from .value import GuestError

TEXT_BASE = 0xF0000000  # WASM_TEXT_BASE of include/host_abi.h
FUNCTION = struct.Struct('<4I')  # struct guest_function of include/guest_module.h
MAX_FUNCTIONS = 1 << 20


def kernel_table(target):
    """The kernel's table of functions, the runner's wasm_rt_funcref_table_t."""
    from . import tasks
    machine = target.runner.variable('the_vm')
    if not machine:
        raise GuestError('the machine is not there yet')
    desc = machine.kernel.module.desc
    for i in range(min(int(desc.nexports), 1 << 16)):
        export = desc.exports[i]
        if export['name'].string_() == '__indirect_function_table':
            break
    else:
        raise GuestError('the kernel does not export its table of functions')
    for _, host in tasks.host_tasks(target):
        address = int(host.kinst) + int(export.offset)
        if export.indirect:
            address = int.from_bytes(target.read(address, 8), 'little')
        return target.runner.at('wasm_rt_funcref_table_t', address)
    raise GuestError('no task has a kernel instance yet')


def _table(target, path):
    """Whose it is, and it; path: the file with its code or types, or None: the kernel's."""
    image = path and programs.of_file(target, path)
    if path and not image:
        raise GuestError(f'{path} is not loaded by the guest')
    if not path or int(image.is_kernel):
        return 'the kernel', kernel_table(target)
    image = image.container_of_(target.runner.type('struct image'), 'debug')
    return 'the program', image.table


def pointer(target, index, path=None):
    """(name, host address, file, line) of the function of that index: the kernel's, or
    that of the program whose code or types are in the file."""
    tables = target.memo.setdefault('tables', {})
    if path not in tables:
        tables[path] = _table(target, path)
    who, table = tables[path]
    if not 0 < index < int(table.size):
        raise GuestError(f'{index} is no function pointer of {who}')
    code = int(table.data[index].func)
    if not code:
        raise GuestError(f'{index} is a function pointer of {who} that calls nothing')
    name, _, file, line = target.code_at(code)
    return name or f'0x{code:x}', code, file, line


def at_address(target, address):
    """(name, offset in it, file, line where it begins) of the function of the kernel
    with that address of code, or None."""
    machine = target.runner.variable('the_vm')
    if address < TEXT_BASE or not machine:
        return None
    desc, offset = machine.kernel.module.desc, address - TEXT_BASE
    count = min(int(desc.nfunctions), MAX_FUNCTIONS)
    raw = target.read(int(desc.functions), count * FUNCTION.size)
    for text, _, code, size in FUNCTION.iter_unpack(raw):
        # For the kernel it begins with its size, a LEB128.
        start = code - (max(size.bit_length(), 1) + 6) // 7
        if start <= offset < code + size:
            name, _, file, line = target.code_at(int(desc.text_start) + text)
            return name or 'a function without a name', offset - start, file, line
    return None
