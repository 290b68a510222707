# SPDX-License-Identifier: Apache-2.0
"""percpu.py: variables of which each CPU has its own."""

from . import cpumask
from .commands import command, number
from .value import GuestError, Value, show


def offset(target, cpu):
    """What to add to the address of a per-CPU variable for that CPU's."""
    offsets = target.kernel.variable('__per_cpu_offset')
    if not 0 <= cpu < offsets.type_.length or cpu not in cpumask.possible(target):
        raise GuestError(f'there is no CPU {cpu}')
    return int(offsets[cpu])


def variable(target, name, cpu):
    return of_cpu(target.kernel.variable(name), cpu)


def of_cpu(value, cpu):
    """A per-CPU variable, or what a __percpu pointer points to, of that CPU."""
    target = value.target_
    kind, address = value.type_, value.address_
    if kind.kind == 'pointer' and not is_variable(value):
        kind, address = kind.target, int(value)
    if address is None:
        raise GuestError('it has no address, and is no per-CPU variable')
    return Value(target, kind, address + offset(target, cpu) & 0xffffffff)


def is_variable(value):
    """Is it a per-CPU variable itself? Copies of them, CPU 0's first, are in front of
    the first chunk of what is allocated."""
    kernel = value.target_.kernel
    if value.address_ is None or not kernel.find_variable('pcpu_base_addr'):
        return False
    base = int(kernel.variable('pcpu_base_addr'))
    chunk = kernel.variable('pcpu_reserved_chunk')
    chunk = chunk if chunk else kernel.variable('pcpu_first_chunk')
    end = int(chunk.base_addr) + int(chunk.start_offset) if chunk else base
    return base <= value.address_ + offset(value.target_, 0) < end


@command('wl-percpu', 'VAR [CPU]', 'A per-CPU variable, of one CPU or of all.', '''
VAR is the name of a per-CPU variable, with members behind it if you like, or an
expression for a __percpu pointer.

Examples: wl-percpu runqueues.nr_running
          wl-percpu irq_pending 1
''')
def show_percpu(target, words, out):
    from . import expression
    name, dot, path = words[0].partition('.')
    variable = expression.evaluate(target, name if name.isidentifier() else words[0])
    for cpu in [number(words[1], 'a CPU')] if len(words) > 1 else cpumask.online(target):
        found = of_cpu(variable, cpu)
        if dot and name.isidentifier():
            found = expression.member_path(found, path)
        out(f'CPU {cpu} 0x{found.address_:08x}: {show(found)}')
