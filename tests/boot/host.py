# SPDX-License-Identifier: Apache-2.0
"""host.py: is the host one on which time can be measured?

What wakes up after a while touches hundreds of pages. Where the host is itself a guest
whose pages are taken away meanwhile, each of them takes tens of microseconds then, and
not less than one.
"""

import mmap
import time

PAGES = 300
PAUSE_S = 0.33
SLOW_US = 5
TRIES = 4  # where nothing is known; then it is a failure


def page_us(seconds):
    """What it takes on average, while that time goes by, to touch a page again that was
    not touched for a third of a second."""
    end = time.monotonic() + seconds
    took = []
    with mmap.mmap(-1, PAGES * mmap.PAGESIZE) as memory:
        memory.madvise(mmap.MADV_NOHUGEPAGE)
        memory.write(bytes(len(memory)))
        while not took or time.monotonic() + PAUSE_S < end:
            time.sleep(PAUSE_S)
            start = time.perf_counter()
            _ = memory[::mmap.PAGESIZE]
            took.append(time.perf_counter() - start)
    time.sleep(max(end - time.monotonic(), 0))
    return sum(took) / len(took) / PAGES * 1e6


def loses_pages(took_us):
    """By page_us(). Nothing is known then of how long the guest took."""
    if took_us < SLOW_US:
        return False
    print(f'note: measured again, the host took {took_us:.0f} us to touch a page again')
    return True
