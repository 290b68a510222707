# SPDX-License-Identifier: Apache-2.0
"""stacks.py: backtraces of tasks: the guest's frames, with marks for what the
runner does between them."""

import bisect
import re

from . import tasks, walk
from .commands import command
from .value import GuestError

LIMIT = 400
# A system call's own frame is so few frames above the kernel's entry.
NAMED_WITHIN = 5
# The runner's, where --watch saw a write: by the CPU, by checks.
WATCH = {'on_trap', 'guest_wrote'}
# The kernel's, through which an interrupt comes that had to wait.
DEFERRED = 'wasm_irq_deferred'
KERNEL, PROGRAM, RUNNER = 'kernel', 'program', 'runner'


class Mark:
    """What stands for frames of the runner: between the guest's."""

    def __init__(self, text, frames):
        self.text = text
        self.frames = frames


def texts(target):
    """[start, end, KERNEL or PROGRAM] of the translated modules' text."""
    if 'texts' in target.memo:
        return target.memo['texts']
    kernel = target.runner.variable('the_vm').kernel.module
    found, seen = [], walk.Seen('the runner\'s list of modules')
    module = target.runner.variable('modules')
    while module:
        seen.add(int(module))
        desc = module.desc
        if desc:
            kind = KERNEL if int(module) == kernel.address_ else PROGRAM
            found.append((int(desc.text_start), int(desc.text_end), kind))
        module = module.next
    target.memo['texts'] = sorted(found)
    return target.memo['texts']


def place(target, pc):
    """Whose text a host's pc is in."""
    ranges = texts(target)
    i = bisect.bisect_right(ranges, (pc, 1 << 64, '')) - 1
    if i >= 0 and ranges[i][0] <= pc <= ranges[i][1]:
        return ranges[i][2]
    return RUNNER


def is_helper(function):
    """Is it one that the translator adds to the guest's, or stands for an interrupt?"""
    return function == DEFERRED or (function or '').startswith('guest_rt_')


def mark_behind(target, frames, number):
    """The text of the mark that guest() sets behind the frame of that number, or None.
    frames: those around it suffice, down to the next of the guest's."""
    found = guest(target, frames)
    for frame, behind in zip(found, found[1:]):
        if isinstance(behind, Mark) and not isinstance(frame, Mark) and \
           frame.number == number:
            return behind.text
    return None


def guest(target, frames):
    """Frames as they are to be seen: guest frames, and a Mark for each group of
    the runner's; what started the thread is left out. Of a thread without guest
    frames all are left as they are."""
    places = [RUNNER if is_helper(f.function) else place(target, f.pc) for f in frames]
    if all(p == RUNNER for p in places):
        return frames
    hide_called_by_helpers(frames, places)
    found, group = [], []
    before = None
    for frame, where in zip(frames, places):
        if where == RUNNER:
            group.append(frame)
            continue
        if group:
            found.append(Mark(mark(group, before is None), group))
            group = []
        elif before == KERNEL and where == PROGRAM:
            found.append(Mark(_system_call(found), []))
        found.append(frame)
        before = where
    return found


def hide_called_by_helpers(frames, places):
    """Other functions of the translator's, which have no lines."""
    within = False
    for i in reversed(range(len(frames))):
        within = is_helper(frames[i].function) or within and not frames[i].file
        if within:
            places[i] = RUNNER


def mark(group, innermost):
    names = [f.function or '' for f in group]
    if WATCH.intersection(names):
        return '<watch>'
    if DEFERRED in names:
        return '<interrupt>'
    if any(f.handler for f in group):
        fault = any('fault' in n for n in names)
        return '<fault>' if fault else '<interrupt>'
    for name in names:
        match = re.match(r'(?:w2c_env|host)_(wasm_\w+)', name)
        if match:
            what = match[1]
            if innermost:
                return f'<host call {what}>'
            if what == 'wasm_user_mode_tail':
                return '<signal handler>'
            return f'<{what}>'
    return '<fault>' if 'guest_fault' in names else f'<runner: {names[-1] or "?"}>'


def _system_call(frames):
    """Its name is in the frames of the kernel that it calls."""
    for frame in frames[:-NAMED_WITHIN - 1:-1]:
        if isinstance(frame, Mark):
            break
        match = re.match(r'__wasm_sys_(\w+)', frame.function or '')
        if match:
            return f'<system call {match[1]}>'
    return '<system call>'


def frame_text(frame):
    if isinstance(frame, Mark):
        return f'     {frame.text}'
    where = ''
    if frame.file:
        where = f' at {frame.file}' + (f':{frame.line}' if frame.line else '')
    name = frame.function or f'0x{frame.pc:x}'
    return f'#{frame.number:<3} {name} ({frame.arguments}){where}'


def of_task(target, task):
    """The frames of a task, as guest() gives them."""
    if task.host and task.host.vfork:
        raise GuestError(f'{task.comm} waits in vfork(): its thread runs the child '
                         'until that has its own; see wl-ps')
    if not task.thread:
        raise GuestError(f'{task.comm} (pid {task.pid}) has no host thread'
                         + ('' if task.host else ': it did not run yet, or is gone'))
    frames = task.thread.frames(LIMIT + 1)
    found = guest(target, frames[:LIMIT])
    if len(frames) > LIMIT:
        found.append(Mark('<more frames>', []))
    return found


def where_text(target, task):
    """One line: what it does, or where it sleeps."""
    busy = tasks.running(target)
    cpu = next((c for c, a in busy.items() if a == task.address), None)
    text = f'runs on CPU {cpu}' if cpu is not None else 'does not run'
    try:
        frames = of_task(target, task)
    except GuestError as e:
        return f'{text}; {e}'
    names = [f.function for f in frames if not isinstance(f, Mark) and f.function]
    names = [n for n in names if n not in ('__switch_to', '__schedule', 'schedule',
                                           'schedule_timeout')]
    return f'{text}; in {" < ".join(names[:4])}' if names else text


def kernel_stack(target, struct):
    """[low, high) of a task's kernel stack."""
    low = int(struct.stack)
    return low, low + stack_size(target)


def stack_size(target):
    """THREAD_SIZE: that of the first task's stack, an array."""
    found = target.kernel.find_variable('init_stack')
    if found and found[1].size:
        return found[1].size
    return 32768


def stack_pointer(task):
    """__stack_pointer of the task's kernel instance, or None."""
    if not task.host or not task.host.kernel_sp:
        return None
    return int(task.host.kernel_sp.deref_())


def stack_pointer_text(task):
    try:
        pointer = stack_pointer(task)
    except GuestError:
        return ''
    return f', stack pointer 0x{pointer:08x}' if pointer is not None else ''


@command('wl-bt', '[TASK]', 'A task\'s backtrace, from where it is in the kernel '
         'to main.', '''
TASK is a pid, a comm, or the address of a task_struct (default: the task of the
selected thread). The frames are those of the task's host thread without the runner's,
for which marks stand: <system call read>, <interrupt>, <fault>, <signal handler>,
<watch> where --watch saw a write, and on top <host call ...> for a task that does not
run, as it waits for its CPU there. Frame numbers are the debugger's: select the thread
that wl-ps names, then `frame N`.

Example: wl-bt sh
''')
def backtrace(target, words, out):
    task = tasks.find(target, words[0]) if words else tasks.selected(target)
    frames = of_task(target, task)
    out(f'{task.comm}, pid {task.pid}, CPU {task.cpu}, state {task.state()}, thread '
        f'{task.thread.number}')
    for frame in frames:
        out(frame_text(frame))
