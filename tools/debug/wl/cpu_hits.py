# SPDX-License-Identifier: Apache-2.0
"""cpu_hits.py: does the CPU report hits of watchpoints? In some virtual machines it takes
them, and never does; a debugger waits for ever then."""

import ctypes
import functools
import os
import struct

PERF_EVENT_OPEN = 298
PERF_TYPE_BREAKPOINT, HW_BREAKPOINT_W = 5, 2
EXCLUDE_KERNEL, EXCLUDE_HV = 1 << 5, 1 << 6
CLOSE_ON_EXEC = 8
TEXT = ('This CPU takes watchpoints and reports no hits, as in some virtual machines: '
        'nothing will\nstop here. `runner --gdb --watch=PLACE --watch-action=stop` does '
        'without the CPU\n(docs/watching.md); so does --lldb.')


def attributes(address, size):
    """struct perf_event_attr, as far as bp_len: it counts each write."""
    return struct.pack('=II5QIIQQ', PERF_TYPE_BREAKPOINT, 72, 0, 1, 0, 0,
                       EXCLUDE_KERNEL | EXCLUDE_HV, 0, HW_BREAKPOINT_W, address, size)


@functools.lru_cache(maxsize=None)
def are_lost():
    """Whether one of this process is, by perf_event_open(2); False if that may not be
    used."""
    libc = ctypes.CDLL(None, use_errno=True)
    word = ctypes.c_uint64(0)
    event = libc.syscall(PERF_EVENT_OPEN, attributes(ctypes.addressof(word), 8),
                         0, -1, -1, ctypes.c_ulong(CLOSE_ON_EXEC))
    if event < 0:
        return False
    try:
        word.value = 1
        return int.from_bytes(os.read(event, 8), 'little') == 0
    finally:
        os.close(event)
