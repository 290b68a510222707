# SPDX-License-Identifier: Apache-2.0
"""lldb_repeats.py: a breakpoint that is hit twice, and was passed once.

To go on from a breakpoint, lldb steps over its instruction. Where an interrupt of the
guest waits by then, that step leads into the runner's signal handler instead; lldb
takes it for done, and stops at the same breakpoint when the handler returns. The
runner notes where its handler went back to.
"""

import lldb


class Repeats:
    """What was seen at the stops of one process."""

    def __init__(self):
        self.seen = {}  # by tid: (pc, sp, interrupts of the task)

    def only(self, process, task_of):
        """Whether all threads that stopped are where they had stopped before. To be
        called at each stop, once. task_of(thread): its struct task, or None."""
        stopped = [t for t in process if t.GetStopReason() != lldb.eStopReasonNone]
        # A list, since each has to be noted.
        return bool(stopped) and all([self._repeats(t, task_of(t)) for t in stopped])

    def _repeats(self, thread, task):
        frame = thread.GetFrameAtIndex(0)
        pc, sp = frame.GetPC(), frame.GetSP()
        count = number(task, 'interrupts') if task else 0
        before = self.seen.get(thread.GetThreadID())
        self.seen[thread.GetThreadID()] = pc, sp, count
        return (thread.GetStopReason() == lldb.eStopReasonBreakpoint and task and
                before and before[:2] == (pc, sp) and before[2] != count and
                number(task, 'interrupted_pc') == pc)


def number(value, member):
    return value.GetChildMemberWithName(member).GetValueAsUnsigned()
