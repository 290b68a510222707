# SPDX-License-Identifier: Apache-2.0
"""irqs.py: interrupts, as /proc/interrupts has them."""

from . import cpumask, percpu, walk
from .commands import command
from .value import GuestError

ACTIONS = 64


class Irq:
    """counts: how often it came, by CPU; names: of those that handle it."""

    def __init__(self, target, number, desc):
        self.number = number
        self.desc = desc
        self.chip = ''
        chip = desc.irq_data.chip
        if chip:
            self.chip = chip['name'].string_() or '-'
        self.counts = {}
        if desc.kstat_irqs:
            self.counts = {cpu: int(percpu.of_cpu(desc.kstat_irqs, cpu).cnt)
                           for cpu in cpumask.online(target)}
        self.names = list(_names(desc))


def _names(desc):
    action = desc.action
    for _ in range(ACTIONS):
        if not action:
            return
        yield action['name'].string_()
        action = action.next
    raise GuestError(f'the handlers of the irq_desc at 0x{desc.address_:x} never end: '
                     'it is corrupt')


def all_irqs(target):
    """Every interrupt that somebody handles."""
    kernel = target.kernel
    found = kernel.find_variable('irq_desc')
    if found and found[1].kind == 'array':
        descs = kernel.variable('irq_desc')
        every = ((n, descs[n]) for n in range(found[1].length))
    else:
        tree = kernel.variable('sparse_irqs')
        every = ((n, kernel.at('struct irq_desc', entry))
                 for n, _, entry in walk.maple_entries(kernel, tree))
    for number, desc in every:
        irq = Irq(target, number, desc)
        if irq.names:
            yield irq


@command('wl-irq', '', 'Interrupts and how often each CPU had them.', '''
As /proc/interrupts: number, count for each CPU, chip, handlers.

Example: wl-irq
''')
def show_irqs(target, words, out):
    cpus = cpumask.online(target)
    out('IRQ ' + ''.join(f'{"CPU" + str(c):>11}' for c in cpus) + '  CHIP HANDLERS')
    for irq in all_irqs(target):
        counts = ''.join(f'{irq.counts.get(c, 0):11}' for c in cpus)
        out(f'{irq.number:3}:{counts}  {irq.chip} {", ".join(irq.names)}')
