# SPDX-License-Identifier: Apache-2.0
"""trace.py: the last calls that the kernel made of its host, which the runner always
keeps (runner/trace.c)."""

from .commands import command, number
from .value import GuestError


class Call:
    """cpu, task (address), name, arguments as (name, number), result or None."""

    def __init__(self, target, entry, calls):
        number = int(entry.call)
        info = calls[number]
        self.cpu = int(entry.cpu)
        self.task = int(entry.task)
        self.name = info['name'].string_()
        names = info.args.string_().split()
        self.arguments = [(n, int(entry.args[i])) for i, n in
                          enumerate(names[:entry.args.type_.length])]
        self.result = None
        # 'i:ii': no letter before the colon is no result.
        if int(entry.returned) and not info.signature.string_().startswith(':'):
            self.result = int(entry.ret)

    def __str__(self):
        arguments = ', '.join(f'{n}=0x{v:x}' for n, v in self.arguments)
        result = '' if self.result is None else f' = 0x{self.result:x}'
        return f'{self.name}({arguments}){result}'


def calls(target):
    """The Calls in the ring, the oldest first."""
    runner = target.runner
    ring, table = runner.variable('trace_ring'), runner.variable('trace_calls')
    count = int(runner.variable('trace_count'))
    size = ring.type_.length
    for i in range(max(0, count - size), count):
        entry = ring[i % size]
        if int(entry.call) < table.type_.length:
            yield Call(target, entry, table)


def comm_of(target, address):
    from . import tasks
    try:
        return tasks.at(target, address).comm.string_()
    except GuestError:
        return '?'


@command('wl-trace', '[COUNT]', 'The last host calls of the kernel.', '''
The last COUNT (default: 20) calls that the kernel made of its host, the newest
last: CPU, task, name, arguments, result if there is one and the call has returned.
What each call is for: include/host_abi.h.

Example: wl-trace 5
''')
def show_trace(target, words, out):
    count = number(words[0], 'calls') if words else 20
    for call in list(calls(target))[-count:] if count else []:
        out(f'CPU {call.cpu} {comm_of(target, call.task):<15} {call}')
