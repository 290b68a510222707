# SPDX-License-Identifier: Apache-2.0
"""lldb_extras.py: what lldb has besides commands: a list of threads that says what
they are, backtraces without the runner's frames."""

import lldb

from . import lldb_backend, lldb_pointers, lldb_session, stacks, threads
from .target import PAGE
from .value import GuestError

FORMAT = ('thread #${thread.index}: tid = ${thread.id%tid}, '
          '${script.thread:wl.lldb_extras.thread_label}'
          '{, stop reason = ${thread.stop-reason}}\\n')
# Formats of frames: the files of translated modules have no names that mean anything.
FRAMES = 'frame-format', 'frame-format-unique'
MODULE, LABEL = '${module.file.basename}', '${script.frame:wl.lldb_extras.module_label}'
MARK = '{${script.frame:wl.lldb_extras.mark_label}}'
# Set by install(): lldb makes objects of classes, and calls functions, by name.
the_target = None
_stop = None


def target_at_stop(process):
    """The target, which has read nothing before this stop."""
    global _stop
    stop = process.GetProcessID(), process.GetStopID()
    if _stop != stop:
        _stop = stop
        the_target.forget()
    return the_target


def _labels(process):
    """What threads are called, by tid, at this stop."""
    target_at_stop(process)
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


def mark_label(frame, _=None):
    """What a frame says of the runner's frames which called it: ' <interrupt>'."""
    thread, number = frame.GetThread(), frame.GetFrameID()
    try:
        if not _of_guest(frame) or _is_runners(thread):
            return ''
        first = max(0, number - stacks.NAMED_WITHIN)
        frames = [lldb_backend.Thread.frame(thread, n) for n in range(first, number + 1)]
        while len(frames) < stacks.LIMIT:
            number += 1
            caller = thread.GetFrameAtIndex(number)
            if not caller.IsValid():
                return ''
            frames.append(lldb_backend.Thread.frame(thread, number))
            if _of_guest(caller):
                break
        mark = stacks.mark_behind(the_target, frames, frame.GetFrameID())
        return f' {mark}' if mark else ''
    except GuestError:
        return ''


def _of_guest(frame):
    """Neither the runner's, nor a helper of the translator's or what that calls, which
    has no lines."""
    if stacks.place(the_target, frame.GetPC()) == stacks.RUNNER or \
            stacks.is_helper(frame.GetFunctionName()):
        return False
    while frame.IsValid() and not frame.GetLineEntry().IsValid():
        if stacks.is_helper(frame.GetFunctionName()):
            return False
        frame = frame.get_parent_frame()
    return True


def _is_runners(thread):
    label = thread_label(thread)
    return not label or label.startswith(threads.RUNNER)


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
    if _is_runners(thread) or _of_guest(frame):
        return False
    # Not where the runner itself is being debugged.
    return thread.GetFrameAtIndex(0).GetModule() != the_target.runner.raw


def install(target):
    global the_target
    the_target = target
    run = target.debugger.HandleCommand
    run(f'script import {__name__}')
    run(f'settings set thread-format "{FORMAT}"')
    # What is read at once is kept in one piece. Of several that overlap, lldb forgets but
    # one when something is written there.
    run(f'settings set target.process.memory-cache-line-size {PAGE}')
    for name in FRAMES:
        value = lldb.SBDebugger.GetInternalVariableValue(
            name, target.debugger.GetInstanceName()).GetStringAtIndex(0)
        value = value.replace(MODULE, LABEL)
        if MARK not in value:  # it may be loaded twice
            value = value.replace(r'\n', MARK + r'\n')
        run(f'settings set {name} {value}')
    run(f'frame recognizer add -l {__name__}.RunnerFrames -x -s .* -n .* '
        '--first-instruction-only false')
    lldb_pointers.install(target.debugger)
