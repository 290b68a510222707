# SPDX-License-Identifier: Apache-2.0
"""lldb_limit.py: says why a watchpoint cannot be set, where lldb does not.

lldb's commands add a watchpoint to the target, and take it out again when the process
has no room for it; events tell of both."""

import threading
import time

import lldb

from . import limit

SOON_S = 1  # between the two


class Listener:
    """Of one target's watchpoints, on a thread of its own."""

    def __init__(self, target):
        self.listener = lldb.SBListener('wl watchpoints')
        target.GetBroadcaster().AddListener(self.listener,
                                            lldb.SBTarget.eBroadcastBitWatchpointChanged)
        self.added = {}  # when, by number
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        event = lldb.SBEvent()
        while True:
            if self.listener.WaitForEvent(lldb.UINT32_MAX, event):
                self.hear(event)

    def hear(self, event):
        kind = lldb.SBWatchpoint.GetWatchpointEventTypeFromEvent(event)
        number = lldb.SBWatchpoint.GetWatchpointFromEvent(event).GetID()
        if kind == lldb.eWatchpointEventTypeAdded:
            self.added[number] = time.monotonic()
        elif kind == lldb.eWatchpointEventTypeRemoved:
            if time.monotonic() - self.added.pop(number, 0) < SOON_S:
                print(limit.TEXT, flush=True)
