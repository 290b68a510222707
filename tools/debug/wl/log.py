# SPDX-License-Identifier: Apache-2.0
"""log.py: what the kernel printed, from its ring of messages."""

from .commands import command, number
from .value import GuestError, printable

# kernel/printk/printk_ringbuffer.h: the two upper bits of a descriptor's state.
ID_BITS = 30
COMMITTED, FINALIZED = 1, 2
LOG_CONT = 8


class Record:
    def __init__(self, seq, nanoseconds, level, text):
        self.seq = seq
        self.nanoseconds = nanoseconds
        self.level = level
        self.text = text

    def __str__(self):
        seconds, rest = divmod(self.nanoseconds, 10**9)
        return f'[{seconds:5}.{rest // 1000:06}] {self.text}'


def records(target):
    """The messages that are still there, the oldest first. No lock is needed: one
    that is being written has another state."""
    ring = target.kernel.variable('prb')
    if not ring:
        raise GuestError('the kernel has no ring of messages yet')
    ring = ring.deref_()
    descs = ring.desc_ring
    bits = int(descs.count_bits)
    if not 0 < bits <= 24:
        raise GuestError(f'the ring of messages is corrupt: 2^{bits} places')
    mask = (1 << ID_BITS) - 1
    tail = int(descs.tail_id.counter) & mask
    head = int(descs.head_id.counter) & mask
    count = (head - tail & mask) + 1
    if count > 1 << bits:
        raise GuestError('the ring of messages is corrupt: its head is behind its '
                         'tail')
    for ident in range(tail, tail + count):
        found = _record(target, ring, ident & mask, (1 << bits) - 1)
        if found:
            yield found


def _record(target, ring, ident, mask):
    desc = ring.desc_ring.descs[ident & mask]
    info = ring.desc_ring.infos[ident & mask]
    state = int(desc.state_var.counter) & 0xffffffff
    if state & (1 << ID_BITS) - 1 != ident or \
       state >> ID_BITS not in (COMMITTED, FINALIZED):
        return None
    text = _text(target, ring.text_data_ring, desc.text_blk_lpos,
                 int(info.text_len), ident)
    if text is None:
        return None
    return Record(int(info.seq), int(info.ts_nsec), int(info.level), text)


def _text(target, data, place, length, ident):
    begin, end = int(place.begin), int(place.next)
    if begin & 1:  # it has no data: an empty line, or one that was lost
        return '' if begin == 3 and end == 3 else None
    bits = int(data.size_bits)
    if not 0 < bits <= 30:
        raise GuestError(f'the ring of messages is corrupt: 2^{bits} bytes of text')
    mask = (1 << bits) - 1
    # A block that would go beyond the end is at the beginning instead.
    wraps = begin >> bits != end >> bits and end & mask
    at = int(data.data) + (0 if wraps else begin & mask)
    room = (end & mask) if wraps else end - begin
    if target.read_u32(at) != ident:
        return None
    length = max(0, min(length, room - 4))
    text = target.read(at + 4, length).split(b'\0')[0]
    return '\n'.join(printable(line) for line in text.split(b'\n'))


@command('wl-dmesg', '[COUNT]', 'What the kernel printed, as dmesg shows it.', '''
All messages that are still in the kernel's ring, or the last COUNT. They are read
from memory, so that a kernel that panicked or hangs has them too, and a core dump.

Example: wl-dmesg 20
''')
def dmesg(target, words, out):
    found = records(target)
    if words:
        count = number(words[0], 'messages')
        found = list(found)[-count:] if count else []
    for record in found:
        stamp, _, text = str(record).partition('] ')
        for line in text.split('\n'):
            out(f'{stamp}] {line}')
