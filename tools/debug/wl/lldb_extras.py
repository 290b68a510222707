# SPDX-License-Identifier: Apache-2.0
"""lldb_extras.py: what lldb has besides commands: a list of threads that says what
they are, backtraces without the runner's frames."""

import lldb

from . import lldb_pointers, lldb_session, stacks, threads
from .value import GuestError

FORMAT = ('thread #${thread.index}: tid = ${thread.id%tid}, '
          '${script.thread:wl.lldb_extras.thread_label}'
          '{, stop reason = ${thread.stop-reason}}\\n')
# Formats of frames: the files of translated modules have no names that mean anything.
FRAMES = 'frame-format', 'frame-format-unique'
MODULE, LABEL = '${module.file.basename}', '${script.frame:wl.lldb_extras.module_label}'
# Set by install(): lldb makes objects of classes, and calls functions, by name.
the_target = None
_stop = None


def _labels(process):
    """What threads are called, by tid, at this stop."""
    global _stop
    stop = process.GetProcessID(), process.GetStopID()
    if _stop != stop:
        _stop = stop
        the_target.forget()
    if 'labels' not in the_target.memo:
        the_target.memo['labels'] = threads.labels(the_target)
    return the_target.memo['labels']


def thread_label(thread, _=None):
    """What `thread list` shows of a thread."""
    found = _labels(thread.GetProcess()).get(thread.GetThreadID())
    return found or thread.GetName() or ''


def module_label(frame, _=None):
    """What a frame says of its module: the program's name, or vmlinux."""
    module = frame.GetModule().GetFileSpec()
    names = lldb_session.session_of(the_target.raw).names
    return names.get(module.fullpath) or module.basename or ''


class RunnerFrames:
    """A frame recognizer: hides frames of the runner in threads of guest tasks. `bt -u`
    shows them."""

    def __init__(self):
        pass

    def get_recognized_arguments(self, frame):
        return []

    def should_hide(self, frame):
        try:
            return _hidden(frame)
        except GuestError:
            return False


def _hidden(frame):
    thread = frame.GetThread()
    label = thread_label(thread)
    if not label or label.startswith(threads.RUNNER) or \
       stacks.place(the_target, frame.GetPC()) != stacks.RUNNER:
        return False
    # Not where the runner itself is being debugged.
    return thread.GetFrameAtIndex(0).GetModule() != the_target.runner.raw


def install(target):
    global the_target
    the_target = target
    run = target.debugger.HandleCommand
    run(f'script import {__name__}')
    run(f'settings set thread-format "{FORMAT}"')
    for name in FRAMES:
        value = lldb.SBDebugger.GetInternalVariableValue(
            name, target.debugger.GetInstanceName()).GetStringAtIndex(0)
        run(f'settings set {name} {value.replace(MODULE, LABEL)}')
    run(f'frame recognizer add -l {__name__}.RunnerFrames -x -s .* -n .* '
        '--first-instruction-only false')
    lldb_pointers.install(target.debugger)
