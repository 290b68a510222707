# SPDX-License-Identifier: Apache-2.0
"""lldb_limit.py: says why a watchpoint cannot be set, or will not be hit, where lldb does
not.

lldb's commands add a watchpoint to the target, and take it out again when the process
has no room for it; events tell of both."""

import threading
import time

import lldb

from . import cpu_hits, limit

SOON_S = 0.2  # between the two


class Listener:
    """Of one target's watchpoints, on a thread of its own."""

    def __init__(self, target):
        self.listener = lldb.SBListener('wl watchpoints')
        target.GetBroadcaster().AddListener(self.listener,
                                            lldb.SBTarget.eBroadcastBitWatchpointChanged)
        self.added = None, 0  # the number of that which came last, and when
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        event = lldb.SBEvent()
        while True:
            if self.listener.WaitForEvent(lldb.UINT32_MAX, event):
                self.hear(event)

    def hear(self, event):
        """One that a user deletes is disabled before."""
        kind = lldb.SBWatchpoint.GetWatchpointEventTypeFromEvent(event)
        number = lldb.SBWatchpoint.GetWatchpointFromEvent(event).GetID()
        last, when = self.added
        self.added = None, 0
        if kind == lldb.eWatchpointEventTypeAdded:
            self.added = number, time.monotonic()
            if cpu_hits.are_lost():
                print(cpu_hits.TEXT, flush=True)
        elif kind == lldb.eWatchpointEventTypeRemoved and number == last and \
                time.monotonic() - when < SOON_S:
            print(limit.TEXT, flush=True)
