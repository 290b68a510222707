# SPDX-License-Identifier: Apache-2.0
"""writers.py: who wrote a word of guest memory, from what the runner recorded with
--record-writes (runner/record.h)."""

import itertools

from . import expression, walk
from .commands import command, number
from .value import GuestError

WORD = 4
WRITERS = 1 << 22  # runner/record.h


class Write:
    """One store: gaddr, size, pc (the host's), task (address), comm, and where they
    are recorded: old, new, cpu, seconds since the start; else None."""

    def __init__(self, gaddr, size, pc, task, comm, old=None, new=None, cpu=None,
                 seconds=None):
        self.gaddr = gaddr
        self.size = size
        self.pc = pc
        self.task = task
        self.comm = comm
        self.old = old
        self.new = new
        self.cpu = cpu
        self.seconds = seconds


def regions(target):
    return walk.chain("the runner's list of recorded regions",
                      pointer(target, 'record_regions'))


def pointer(target, name):
    if not target.runner.find_variable(name):
        raise GuestError('this runner does not record writes')
    return target.runner.variable(name)


def of_regions(target, address):
    """The Writes in rings that touched the word at an address, the newest first."""
    for region in regions(target):
        if not int(region.start) < address + WORD or address >= int(region.end):
            continue
        capacity, count = int(region.capacity), int(region.count)
        if not capacity or capacity & capacity - 1:
            raise GuestError('the ring of recorded writes is corrupt')
        for i in range(count - 1, count - 1 - min(count, capacity), -1):
            r = region.ring[i & capacity - 1]
            if int(r.gaddr) < address + WORD and address < int(r.gaddr) + int(r.size):
                yield Write(int(r.gaddr), int(r.size), int(r.pc), int(r.task),
                            r.comm.string_(), int(r.old_value), int(r.new_value),
                            int(r.cpu), int(r.time_ns) / 1e9)


def last_of_word(target, address):
    """The last Write of the word at an address, of --record-writes=all, or None."""
    shadow = pointer(target, 'record_shadow')
    if not shadow:
        return None
    word = shadow[address // WORD]
    low = int(word.pc_low)
    if not low:
        return None
    which = int(word.writer)
    if which >= WRITERS:
        raise GuestError(f'the record of 0x{address:x} is corrupt')
    writer = target.runner.variable('record_writers')[which]
    return Write(address & -WORD, WORD, whole_pc(target, low), int(writer.task),
                 writer.comm.string_(), int(word.old_value),
                 target.read_u32(address & -WORD), seconds=int(word.time) / 1e3)


def whole_pc(target, low):
    """The host address in a module's text that has these low 32 bits."""
    from . import stacks
    for start, end, _ in stacks.texts(target):
        pc = start & ~0xffffffff | low
        for guess in (pc, pc + (1 << 32)):
            if start <= guess <= end:
                return guess
    return low


def place_text(target, pc):
    """pc is where a call returns to, or behind the store: the line is before it."""
    name, _, file, line = target.code_at(pc - 1)
    return f'{name or hex(pc)}()' + (f' at {file}:{line}' if line else '')


def text(target, w):
    parts = [f'0x{w.gaddr:08x} {w.size} bytes']
    if w.old is not None:
        parts.append(f'0x{w.old:x} -> 0x{w.new:x}')
    parts.append(f'by {w.comm}' + (f' on CPU {w.cpu}' if w.cpu is not None else ''))
    if w.seconds is not None:
        parts.append(f'at {w.seconds:.6f} s')
    return ', '.join(parts) + f': {place_text(target, w.pc)}'


@command('wl-writers', 'ADDRESS [COUNT]', 'Who wrote a word of memory last.', '''
ADDRESS is a number or an expression; the last COUNT (default: 10) stores to the
four bytes there are printed, the newest first: what was there before and after, which
task, on which CPU, when, and where in the source. The runner has to be started with
--record-writes=SYMBOL or ADDRESS[:LENGTH] to have that; with --record-writes=all it
knows the last writer of every word of memory.

Example: wl-writers &init_task.__state
''')
def show_writers(target, words, out):
    address = expression.number(target, words[0])
    count = number(words[1], 'writes') if words[1:] else 10
    if not count:
        raise GuestError('no writes are asked for')
    if not 0 <= address < 1 << 32:
        raise GuestError(f'0x{address:x} is no address of the guest')
    check_recorded(target, address)
    found = list(itertools.islice(of_regions(target, address), count))
    if not found:
        found = [w for w in [last_of_word(target, address)] if w]
    for w in found:
        out(text(target, w))
    if not found:
        kept = kept_writes(target, address)
        out(f'nobody wrote to 0x{address:08x} ' + (
            f'in the last {kept} writes that were recorded' if kept else
            'while it was recorded'))


def kept_writes(target, address):
    """How many writes a ring for this address keeps, if it had more; or 0."""
    for region in regions(target):
        if int(region.start) < address + WORD and address < int(region.end) and \
           int(region.count) > int(region.capacity):
            return int(region.capacity)
    return 0


def check_recorded(target, address):
    """A GuestError if writes there are not recorded."""
    if pointer(target, 'record_shadow'):
        return
    names = []
    for region in regions(target):
        if int(region.start) < address + WORD and address < int(region.end):
            return
        names.append(region['name'].string_())
    if not names:
        raise GuestError('nothing is recorded: start the runner with --record-writes')
    raise GuestError(f'writes to 0x{address:08x} are not recorded, only those to '
                     f'{", ".join(names)}')
