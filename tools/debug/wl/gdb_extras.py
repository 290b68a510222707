# SPDX-License-Identifier: Apache-2.0
"""gdb_extras.py: what gdb has besides commands: functions for its expressions, names
for threads, marks in backtraces."""

import gdb
from gdb.FrameDecorator import FrameDecorator, FrameVars

from . import expression, gdb_print, percpu, stacks, tasks, threads
from .value import GuestError

MAX_PID = 1 << 20  # above, it is the address of a task_struct
the_target = None  # set by install()


def _object(kind, address):
    """The guest's object of that Type at an address, as gdb's value."""
    pointer = kind.raw.pointer()
    return gdb.Value(address & (1 << pointer.sizeof * 8) - 1).cast(pointer)


def _is_text(kind):
    if kind.code not in (gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_PTR):
        return False
    return kind.target().strip_typedefs().sizeof == 1


class _Function(gdb.Function):
    target = None

    def invoke(self, *args):
        self.target.forget()
        try:
            return self.call(*args)
        except (GuestError, TypeError) as e:
            raise gdb.GdbError(f'${self.called}: {e}') from None


class _Task(_Function):
    """$wl_task([TASK]): the task_struct of a pid, of a comm ("sh"), at an address, or of
the selected thread, as a pointer. Example: p $wl_task(1)->comm"""
    called = 'wl_task'

    def call(self, which=None):
        if which is None:
            task = tasks.selected(self.target)
        elif _is_text(which.type.strip_typedefs()):
            task = tasks.find(self.target, which.string())
        else:
            number = int(which)
            task = tasks.find(self.target,
                              hex(number) if number > MAX_PID else str(number))
        return _object(task.struct.type_, task.address)


class _PerCpu(_Function):
    """$wl_percpu("VAR" [, CPU]): the variable of that CPU, or of the CPU of the
selected thread. Example: p $wl_percpu("runqueues", 0).nr_running"""
    called = 'wl_percpu'

    def call(self, name, cpu=None):
        number = tasks.selected(self.target).cpu if cpu is None else int(cpu)
        found = percpu.variable(self.target, name.string(), number)
        return _object(found.type_, found.address_).dereference()


class _ContainerOf(_Function):
    """$wl_container_of(POINTER, "TYPE", "MEMBER"): the object whose member that is, as
a pointer.
Example: p $wl_container_of(init_task.tasks.next, "task_struct", "tasks")->comm"""
    called = 'wl_container_of'

    def call(self, pointer, kind, member):
        kind = expression.find_type(self.target, kind.string())
        return _object(kind, int(pointer) - kind.offset_of(member.string()))


class MarkDecorator(FrameDecorator):
    """A frame that stands for several of the runner's."""

    def __init__(self, base, text):
        super().__init__(base)
        self.text = text

    def function(self):
        return self.text

    def _nothing(self):
        return None

    filename = line = address = frame_args = frame_locals = _nothing


class GuestDecorator(FrameDecorator):
    """A guest frame: where gdb has no line, such as that of a call that the compiler made
    of two, it has a name and parameters all the same."""

    def function(self):
        return self.inferior_frame().name()

    def filename(self):
        sal = self.inferior_frame().find_sal()
        return sal.symtab.filename if sal.symtab else None

    def frame_args(self):
        return FrameVars(self.inferior_frame()).fetch_frame_args()


class FrameFilter:
    """`bt` without the runner's frames: `bt -no-filters` shows them."""
    name = 'linux-wasm'
    enabled = True
    priority = 100

    def __init__(self, target):
        self.target = target

    def filter(self, frames):
        self.target.forget()
        return self._guest(frames)

    def _place(self, frame):
        if stacks.is_helper(frame.inferior_frame().name()):
            return stacks.RUNNER
        try:
            return stacks.place(self.target, frame.inferior_frame().pc())
        except GuestError:
            return stacks.RUNNER

    def _places(self, frames):
        """Each frame and whose it is. What the translator's helpers call has no lines."""
        called = []
        for frame in frames:
            where = self._place(frame)
            if where != stacks.RUNNER and not frame.inferior_frame().find_sal().symtab:
                called.append((frame, where))
                continue
            by_helper = stacks.is_helper(frame.inferior_frame().name())
            for other, place in called:
                yield other, stacks.RUNNER if by_helper else place
            called = []
            yield frame, where
        yield from called

    def _guest(self, frames):
        group, before = [], None
        for frame, where in self._places(frames):
            if where == stacks.RUNNER:
                group.append(frame)
                continue
            if before is None and group and self._in_runner(group[0]):
                yield from group
            elif group:
                text = stacks.mark([_plain(f) for f in group], before is None)
                yield MarkDecorator(group[0], text)
            group, before = [], where
            yield GuestDecorator(frame)
        if before is None:
            yield from group

    def _in_runner(self, frame):
        """The runner itself is being debugged, not only waiting."""
        sal = frame.inferior_frame().find_sal()
        return sal.symtab and sal.symtab.objfile == self.target.runner.objfile


class ThreadNames:
    """Names threads once for each stop. While they run, which may be other tasks by the
    next stop, they have the host's names, which gdb says of a stop before we can."""

    def __init__(self, target):
        self.target = target
        self.done = False

    def stopped(self, _):
        self.done = False
        self.update()

    def resumed(self, _):
        if self.done:
            self.done = False
            for thread in gdb.selected_inferior().threads():
                thread.name = None

    def update(self):
        if self.done:
            return
        self.target.forget()
        found = threads.labels(self.target)
        for thread in gdb.selected_inferior().threads():
            if thread.ptid[1] in found:
                thread.name = found[thread.ptid[1]]
                self.done = True


class FunctionPointer:
    """A pointer to a function of the guest, which is the index of a table."""

    def __init__(self, index, name):
        self.text = f'{index:#x} <{name}>'

    def to_string(self):
        return self.text


def function_printer(found):
    """gdb asks for each value that it prints; None: it is another, or calls nothing."""
    kind = found.type.strip_typedefs()
    if kind.code != gdb.TYPE_CODE_PTR or not kind.objfile or \
       kind.target().strip_typedefs().code != gdb.TYPE_CODE_FUNC or \
       not kind.objfile.filename.endswith(('.so', '.types')):
        return None
    try:
        index = int(found)
        name = index and the_target.function_name(index, kind.objfile.filename)
    except gdb.error:
        return None  # it is nowhere
    return FunctionPointer(index, name) if name else None


def _plain(decorator):
    from .target import Frame
    frame = decorator.inferior_frame()
    return Frame(0, frame.pc(), frame.name(),
                 handler=frame.type() == gdb.SIGTRAMP_FRAME)


def install(target):
    global the_target
    the_target = target
    for kind in (_Task, _PerCpu, _ContainerOf):
        kind.target = target
        kind(kind.called)
    gdb.frame_filters[FrameFilter.name] = FrameFilter(target)
    gdb.pretty_printers.append(function_printer)
    gdb_print.install(target)

    names = ThreadNames(target)
    gdb.events.stop.connect(names.stopped)
    gdb.events.cont.connect(names.resumed)
    gdb.events.before_prompt.connect(names.update)
    names.update()
