# SPDX-License-Identifier: Apache-2.0
"""lldb_steps.py: `step` into a function of the guest while all threads run.

lldb's own step in stops the other threads while it goes from a function's entry to the
end of its prologue. If an interrupt has the guest switch to another task just then, the
thread waits for one that is stopped. This one runs all threads all the time: it goes
from branch to branch of the line; a call of a function that has lines of the guest
leads to the end of its prologue, and any other is run to its end.
"""

import lldb

from . import lldb_session

# As long as a line may be before a branch, and how far out its frame may be.
INSTRUCTIONS, FRAMES = 200, 100


class StepIn:
    """A plan of one thread: lldb asks at each of its stops, and before it goes on."""

    def __init__(self, plan, *_):
        self.plan = plan
        self.thread = plan.GetThread()
        self.target = self.thread.GetProcess().GetTarget()
        self.names = lldb_session.session_of(self.target).names
        frame = self.thread.GetFrameAtIndex(0)
        self.home = frame.GetCFA()  # of the frame whose line is stepped through
        self.line = line_of(frame)  # None: any will do
        self.entered = None  # CFA of a function, until its prologue is over
        self.run = None  # a plan above this one, that runs to somewhere
        self.proceed(frame)

    def explains_stop(self, _):
        return not self.run and self.thread.GetStopReason() == lldb.eStopReasonTrace

    def is_stale(self):
        return self.thread.GetFrameAtIndex(0).GetCFA() > self.home

    def should_step(self):
        return not self.run

    def stop_description(self, stream):
        stream.Print('step in')

    def should_stop(self, _):
        if self.run and not self.run.IsPlanComplete():
            return False
        self.run = None
        if self.arrived(self.thread.GetFrameAtIndex(0)):
            self.plan.SetPlanComplete(True)
            return True
        return False

    def arrived(self, frame):
        """Whether to stop here; if not, what to do next is decided."""
        if self.entered is not None:
            return self.over_prologue(frame)
        if at_entry(frame) or frame.GetCFA() != self.home:
            return self.elsewhere(frame)
        line = line_of(frame)
        if line and line != self.line:
            if self.line is None or starts_line(frame):
                return True
            self.line = line
        return self.proceed(frame)

    def elsewhere(self, frame):
        """In what was called, in a signal's handler, or back in a caller."""
        frames = [self.thread.GetFrameAtIndex(n)
                  for n in range(min(FRAMES, self.thread.GetNumFrames()))]
        home = next((n for n, f in enumerate(frames) if n and f.GetCFA() == self.home),
                    None)
        if at_entry(frame) and self.has_lines(frame) and home in (1, None):
            self.entered = frame.GetCFA()
            return self.over_prologue(frame)
        if home is None:
            home = next((n for n, f in enumerate(frames) if self.has_lines(f)), 0)
            self.home, self.line = frames[home].GetCFA(), None
        if home:
            self.run = self.plan.QueueThreadPlanForStepOut(home - 1)
        return not home

    def over_prologue(self, frame):
        function = frame.GetFunction()
        end = function.GetStartAddress().GetLoadAddress(self.target) + \
            function.GetPrologueByteSize()
        # It may be that of a call from within an interrupt.
        if frame.GetPC() == end and frame.GetCFA() == self.entered:
            return True
        self.run_to(end)
        return False

    def proceed(self, frame):
        """Through the line: to the next branch, or over one."""
        at = pc = frame.GetPC()
        end = frame.GetLineEntry().GetEndAddress().GetLoadAddress(self.target)
        for instruction in self.target.ReadInstructions(frame.GetPCAddress(),
                                                        INSTRUCTIONS):
            at = instruction.GetAddress().GetLoadAddress(self.target)
            if instruction.DoesBranch() or at >= end:
                break
        if at > pc:
            self.run_to(at)
        return False

    def run_to(self, address):
        self.run = self.plan.QueueThreadPlanForRunToAddress(
            lldb.SBAddress(address, self.target))

    def has_lines(self, frame):
        return frame.GetModule().GetFileSpec().fullpath in self.names and \
            line_of(frame) is not None


def line_of(frame):
    entry = frame.GetLineEntry()
    if not entry.IsValid() or not entry.GetLine():
        return None
    return entry.GetFileSpec().fullpath, entry.GetLine()


def starts_line(frame):
    return frame.GetLineEntry().GetStartAddress() == frame.GetPCAddress()


def at_entry(frame):
    return frame.GetSymbol().GetStartAddress() == frame.GetPCAddress()


def step(debugger, command, context, result, _):
    """Step to the next line of the guest, into functions that are called. With options,
    and in the runner itself, it is lldb's own thread step-in."""
    thread = context.GetThread()
    frame = thread.GetFrameAtIndex(0)
    names = lldb_session.session_of(context.GetTarget()).names
    ours = not command and frame.IsValid() and \
        frame.GetModule().GetFileSpec().fullpath in names
    debugger.GetCommandInterpreter().HandleCommand(
        f'thread step-scripted -C {__name__}.StepIn' if ours
        else f'thread step-in {command}', context, result)
