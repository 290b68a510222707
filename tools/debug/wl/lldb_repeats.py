# SPDX-License-Identifier: Apache-2.0
"""lldb_repeats.py: a breakpoint that is hit twice, and was passed once.

To go on from a breakpoint, lldb steps over its instruction. Where an interrupt of the
guest waits by then, that step leads into the runner's signal handler instead; lldb
takes it for done, and stops at the same breakpoint when the handler returns. The
runner notes where its handler went back to.

A one-shot breakpoint is gone after its first hit, even if that is such a repetition:
nobody would stop any more, so that this is no repetition for us.
"""

import lldb


class Repeats:
    """What was seen at the stops of one process."""

    def __init__(self):
        self.seen = {}  # by tid: (task, pc, sp), interrupts of the task

    def only(self, process, task_of):
        """Whether all threads that stopped are where they had stopped before. To be
        called at each stop, once. task_of(thread): its struct task, or None."""
        stopped = [t for t in process if t.GetStopReason() != lldb.eStopReasonNone]
        # A list, since each has to be noted.
        return bool(stopped) and all([self._repeats(t, task_of(t)) for t in stopped])

    def _repeats(self, thread, task):
        if not task:
            self.seen.pop(thread.GetThreadID(), None)
            return False
        frame, count = thread.GetFrameAtIndex(0), number(task, 'interrupts')
        # One thread runs many tasks, each from the same place of its stack.
        place = number(task, 'gaddr'), frame.GetPC(), frame.GetSP()
        before = self.seen.get(thread.GetThreadID())
        self.seen[thread.GetThreadID()] = place, count
        return (thread.GetStopReason() == lldb.eStopReasonBreakpoint and
                not at_one_shot(thread) and before and before[0] == place and
                before[1] != count and
                number(task, 'interrupted_pc') == frame.GetPC())


def breakpoints_at(thread):
    """Numbers of those that it stopped at."""
    if thread.GetStopReason() != lldb.eStopReasonBreakpoint:
        return []
    # Of each of the breakpoints there: its number, and that of the location.
    return [thread.GetStopReasonDataAtIndex(n)
            for n in range(0, thread.GetStopReasonDataCount(), 2)]


def is_at(thread, breakpoint):
    return breakpoint in breakpoints_at(thread)


def at_one_shot(thread):
    """It stopped at a breakpoint that is gone."""
    target = thread.GetProcess().GetTarget()
    return any(not target.FindBreakpointByID(n) for n in breakpoints_at(thread))


def select_judged(process):
    """Of threads that are at a one-shot breakpoint at once, select the first: it is
    the one whose condition held. lldb, which keeps to the thread that was selected
    before, has removed the breakpoint then, and does not ask about the others."""
    selected = process.GetSelectedThread()
    if not at_one_shot(selected):
        return
    pc = selected.GetFrameAtIndex(0).GetPC()
    process.SetSelectedThread(next(t for t in process if at_one_shot(t) and
                                   t.GetFrameAtIndex(0).GetPC() == pc))


def number(value, member):
    return value.GetChildMemberWithName(member).GetValueAsUnsigned()
