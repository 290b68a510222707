# SPDX-License-Identifier: Apache-2.0
"""host.py: is the host one on which time can be measured?

What wakes up after a while touches hundreds of pages. Where the host is itself a guest
whose memory is taken away meanwhile, a process that does nothing else takes milliseconds
for that.
"""

import mmap
import time

PAGES = 300
PAUSE_S = 0.33
SLOW_US = 1500
TRIES = 4  # where nothing is known; then it is a failure


def wake_us(seconds):
    """What this process takes of a CPU on average, while that time goes by, to wake up
    after a third of a second and to touch its pages."""
    end = time.monotonic() + seconds
    wakes = 0
    with mmap.mmap(-1, PAGES * mmap.PAGESIZE) as memory:
        memory.madvise(mmap.MADV_NOHUGEPAGE)
        memory.write(bytes(len(memory)))
        start = time.process_time()
        while not wakes or time.monotonic() + PAUSE_S < end:
            time.sleep(PAUSE_S)
            _ = memory[::mmap.PAGESIZE]
            wakes += 1
        took = time.process_time() - start
    time.sleep(max(end - time.monotonic(), 0))
    return took / wakes * 1e6


def is_slow(took_us):
    """By wake_us(). Nothing is known then of how accurate a guest's sleeps are."""
    if took_us < SLOW_US:
        return False
    print(f'note: measured again, a process here took {took_us:.0f} us to wake up')
    return True
