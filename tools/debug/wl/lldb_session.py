# SPDX-License-Identifier: Apache-2.0
"""lldb_session.py: what happens by itself in lldb: the guest's types and globals are
loaded as kernel and programs come and go; the runner's signals stop nobody; print
follows the guest's pointers, which have 4 bytes."""

import importlib.util
import re
import threading
import time

import lldb

from . import access, lldb_limit, lldb_memory, lldb_repeats, loader

# What the runner uses for itself (runner/interrupt.c, machine.c), and what guest code
# that faults gets, for which there is guest_fault().
SIGNALS = ('SIGURG SIGPIPE SIGWINCH SIGCHLD SIGALRM SIGCONT SIGSEGV SIGBUS SIGFPE '
           'SIGILL')
# What lldb's server stops threads with, and sometimes reports as their own stop.
ITS_SIGNAL = 'SIGSTOP'
COMPANION = 'i386-unknown-linux-gnu'


class Memory:
    """A target's process, for loader.py."""

    def __init__(self, target):
        self.target = target

    def symbol(self, name):
        for context in self.target.FindSymbols(name, lldb.eSymbolTypeData):
            address = context.GetSymbol().GetStartAddress()
            loaded = address.GetLoadAddress(self.target)
            if loaded != lldb.LLDB_INVALID_ADDRESS:
                return loaded
        return None

    def read(self, address, n):
        error = lldb.SBError()
        data = self.target.GetProcess().ReadMemory(address, n, error)
        if not error.Success() or len(data) != n:
            raise loader.Unreadable(f'no memory at {address:#x}')
        return data

    def write(self, address, data):
        self.target.GetProcess().WriteMemory(address, data, lldb.SBError())


def pointer(memory, address):
    return int.from_bytes(memory.read(address, 8), 'little')


def host_task(target, memory, self_offset, thread):
    """The runner's struct task of a thread, or None if it has none."""
    frame = thread.GetFrameAtIndex(0)
    place = frame.FindRegister('fs_base').GetValueAsUnsigned() + self_offset
    kind = target.FindFirstGlobalVariable('task_self').GetType().GetPointeeType()
    try:
        task = pointer(memory, place)
    except loader.Unreadable:
        return None
    if not task or not kind.IsValid():
        return None
    return target.CreateValueFromAddress('task', lldb.SBAddress(task, target), kind)


def selected_image(target, memory, self_offset):
    """Address of the image that the selected thread runs, or None."""
    task = host_task(target, memory, self_offset,
                     target.GetProcess().GetSelectedThread())
    user = task and task.GetChildMemberWithName('user')
    if not user or not user.GetValueAsUnsigned():
        return None
    debug = user.GetChildMemberWithName('image').GetChildMemberWithName('debug')
    return debug.GetLoadAddress()


class Session:
    """What is loaded into a target."""

    def __init__(self, target):
        self.target = target
        self.names = {}  # of what images run, by the path of the translated module
        self.modules = {}  # by the path of a companion: (module, base)
        self.misplaced = set()  # modules whose variables are another process's
        self.seen = None
        self.fault = None  # the breakpoint where guest code faulted
        self.repeats = lldb_repeats.Repeats()
        self.news = None, True  # what stopped() said of a stop

    def sync(self):
        """Load what the selected thread's names are about. Cheap if nothing changed."""
        process = self.target.GetProcess()
        if not process.IsValid():
            return
        memory = Memory(self.target)
        try:
            changes, _, self_offset = loader.read_list(memory)
            now = (process.GetUniqueID(), changes,
                   selected_image(self.target, memory, self_offset))
            if now == self.seen:
                return
            images = loader.read_images(memory)
        except (loader.NoRunner, loader.Unreadable):
            return
        if not self.seen or self.seen[0] != now[0]:
            self.prepare()
        self.seen = now
        self.names = {image.so: image.name for image in reversed(images)}
        loaded = {path: base for path, (_, base) in self.modules.items()}
        chosen = loader.choose(images, now[2], loaded)
        for path in [p for p in self.modules if p not in chosen]:
            self.target.RemoveModule(self.modules.pop(path)[0])
        for path, image in chosen.items():
            self.load(path, image.base)
        self.misplaced = loader.place_variables(memory, chosen.values())

    def stopped(self):
        """The process stopped: whether that is news. lldb asks once for each thread
        that did."""
        process = self.target.GetProcess()
        stop = process.GetUniqueID(), process.GetStopID()
        if self.news[0] != stop:
            self.news = stop, self.is_news(process)
        return self.news[1]

    def is_news(self, process):
        lldb_repeats.select_judged(process)
        self.sync()
        for thread in process:
            is_access = thread.GetStopReason() == lldb.eStopReasonWatchpoint and \
                self.is_of_guest(thread.frame[0])
            if is_access:
                self.show_access(thread.frame[0])
            if is_access or self.fault and lldb_repeats.is_at(thread, self.fault.id):
                self.select_guest(thread)
        memory = Memory(self.target)
        try:
            self_offset = loader.read_list(memory)[2]
        except (loader.NoRunner, loader.Unreadable):
            return True
        return not self.repeats.only(
            process, lambda thread: host_task(self.target, memory, self_offset, thread))

    def is_of_guest(self, frame):
        return frame.GetModule().GetFileSpec().fullpath in self.names

    def select_guest(self, thread):
        """The function that faulted, or copied or filled memory which is watched."""
        for frame in thread:
            # Helpers that the translator adds have no lines.
            if self.is_of_guest(frame) and frame.GetLineEntry().IsValid():
                thread.SetSelectedFrame(frame.GetFrameID())
                return

    def show_access(self, frame):
        """Where the access was that a watchpoint saw, if lldb shows what comes behind."""
        inside = self.target.ResolveLoadAddress(frame.pc - 1)
        place, shown = inside.GetLineEntry(), frame.GetLineEntry()
        if place.IsValid() and place.line and shown.IsValid() and \
           (place.line, place.file.fullpath) != (shown.line, shown.file.fullpath):
            print(access.text(function_at(inside), place.file.fullpath, place.line))

    def prepare(self):
        """A new process: places of modules are forgotten."""
        process, debugger = self.target.GetProcess(), self.target.debugger
        self.repeats = lldb_repeats.Repeats()
        lldb_memory.reserve(process, lambda command: quietly(debugger, command))
        self.handle_signals(process.GetUnixSignals())
        for path, (module, _) in self.modules.items():
            self.modules[path] = module, None
        if not self.fault:
            self.fault = self.target.BreakpointCreateByName('guest_fault')
            lldb_limit.Listener(self.target)
            self.prepare_steps()

    def handle_signals(self, signals):
        # What --watch has the CPU do is the runner's, when lldb comes later.
        traps = ['SIGTRAP'] if loader.has_traps(Memory(self.target)) else []
        for name in (*SIGNALS.split(), ITS_SIGNAL, *traps):
            number = signals.GetSignalNumberFromName(name)
            signals.SetShouldStop(number, False)
            signals.SetShouldNotify(number, False)
            signals.SetShouldSuppress(number, name == ITS_SIGNAL)

    def prepare_steps(self):
        """A step runs all threads, since the guest may switch to another task in it,
        and does not stop in the runner."""
        runner = self.target.GetExecutable().fullpath
        for setting in ('target.process.run-all-threads true',
                        f'target.process.thread.step-avoid-libraries "{runner}"'):
            quietly(self.target.debugger, f'settings set {setting}')

    def load(self, path, base):
        module, at = self.modules.get(path, (None, None))
        if at == base:
            return
        if not module:
            module = self.target.AddModule(path, COMPANION, None)
        if not module or not module.IsValid():
            print(f'the guest\'s types are not loaded: {path} cannot be read')
            return
        self.target.SetModuleLoadAddress(module, base)
        self.modules[path] = module, base


def function_at(address):
    inlined = address.GetBlock().GetContainingInlinedBlock()
    name = inlined.GetInlinedName() if inlined.IsValid() else address.GetFunction().GetName()
    return name or '??'


SESSIONS = {}  # by the target's index in its debugger, and that debugger


def session_of(target):
    key = target.debugger.GetID(), target.debugger.GetIndexOfTarget(target)
    found = SESSIONS.get(key)
    if not found or found.target != target:
        found = SESSIONS[key] = Session(target)
    return found


def quietly(debugger, command):
    """Run it; its SBCommandReturnObject, and nothing printed."""
    result = lldb.SBCommandReturnObject()
    debugger.GetCommandInterpreter().HandleCommand(command, result)
    return result


class StopHook:
    """Runs whenever a process stops."""

    def __init__(self, *_):
        pass

    def handle_stop(self, context, _):
        # Not the target that it was made for, which was there before any file.
        return session_of(context.GetTarget()).stopped()


def start(debugger, command, context, result, _):
    """Start the runner, and stop where its guest's kernel begins.

    Usage: wl-start [--at-prompt]

    The guest has not written anything then: names of the kernel are known, and watchpoints
    see each write from the first one on. --at-prompt: as soon as there is a prompt,
    for commands on lldb's command line."""
    if command.split() == ['--at-prompt']:
        threading.Thread(target=start_at_prompt, args=[debugger], daemon=True).start()
        return
    target = debugger.GetSelectedTarget()
    asynchronous = debugger.GetAsync()
    debugger.SetAsync(False)
    try:
        result.AppendMessage(run_to_kernel(target))
    except loader.NoRunner as error:
        result.SetError(str(error))
    finally:
        debugger.SetAsync(asynchronous)


def start_at_prompt(debugger):
    """A process that lldb starts before its prompt does not get the terminal's input,
    and Ctrl-C takes 20 s to stop it."""
    while not debugger.GetCommandInterpreter().IsInteractive():
        time.sleep(0.02)
    debugger.HandleCommand('wl-start')
    print(debugger.GetPrompt(), end='', flush=True)  # what is above was printed after it


def run_to_kernel(target):
    """What lldb says of a stop."""
    place = target.BreakpointCreateByName('runner_images_changed')
    place.SetOneShot(True)
    if not place.GetNumLocations():
        raise loader.NoRunner('there is no runner to start: lldb-22 -- RUNNER ...')
    error = lldb.SBError()
    process = target.Launch(target.GetLaunchInfo(), error)
    if not error.Success():
        raise loader.NoRunner(f'the runner does not start: {error}')
    if process.GetState() != lldb.eStateStopped:
        raise loader.NoRunner('the runner ended before it had a kernel')
    session_of(target).sync()
    names = [n for n in ('start_kernel', '_start')
             if target.FindFunctions(n).GetSize() or target.FindSymbols(n).GetSize()]
    first = target.BreakpointCreateByName(names[0])
    first.SetOneShot(True)
    process.Continue()
    return status(process.GetSelectedThread())


def status(thread):
    stream = lldb.SBStream()
    thread.GetStatus(stream)
    return stream.GetData()


def evaluate(debugger, text):
    """A value.Value of the guest, or None if the text is about something else."""
    from . import expression, lldb_backend
    session_of(debugger.GetSelectedTarget()).sync()
    target = lldb_backend.Target(debugger)
    try:
        return expression.evaluate(target, text) if target.find_kernel() else None
    except expression.NotUnderstood:
        return None


# What p's /FORMAT makes of an integer; bits of its size.
FORMATS = {'x': lambda n, bits: f'{n & (1 << bits) - 1:#x}', 'd': lambda n, _: str(n),
           'u': lambda n, bits: str(n & (1 << bits) - 1),
           'o': lambda n, bits: f'{n & (1 << bits) - 1:#o}',
           't': lambda n, bits: f'{n & (1 << bits) - 1:#b}'}


def formatted(found, form):
    """A Value of the guest as text, or None if it cannot be had in that format."""
    from . import value
    if not form:
        return value.show(found)
    if form not in FORMATS or found.type_.kind not in value.INTEGERS:
        return None
    return FORMATS[form](int(found), found.type_.size * 8)


def print_(debugger, command, context, result, _):
    """Print a C expression.

    Usage: p [/FORMAT] EXPRESSION

    FORMAT is one of gdb's x d u o t, with a blank before it. What is the guest's is
    read with the guest's pointers, of 4 bytes; all else, such as what has options,
    calls or assigns, is lldb's own dwim-print."""
    from . import value
    form, text = re.fullmatch(r'(?:/(\w+)\s)?(.*)', command.strip(), re.S).groups()
    try:
        found = None if text[:1] == '-' else evaluate(debugger, text)
        shown = None if found is None else formatted(found, form)
        if shown is not None:
            result.AppendMessage(f'({found.type_.name}) {shown}')
            return
    except value.GuestError as error:
        result.SetError(str(error))
        return
    line = text if text[:1] == '-' else '-- ' + text
    if form:
        line = f'--gdb-format {form} {line}'
    debugger.GetCommandInterpreter().HandleCommand('dwim-print ' + line, result)


def watch(debugger, command, context, result, _):
    """Watch what a C expression of the guest is in memory.

    Usage: wl-watch EXPRESSION

    The guest's pointers are followed, as in wl-watch first.next->value; lldb stops
    at each write that changes it."""
    from . import value
    try:
        found = evaluate(debugger, command)
        if found is None or found.address_ is None:
            result.SetError(f'{command}: no object of the guest')
            return
        size = found.type_.size
    except value.GuestError as error:
        result.SetError(str(error))
        return
    options = lldb.SBWatchpointOptions()
    options.SetWatchpointTypeWrite(lldb.eWatchpointWriteTypeOnModify)
    error = lldb.SBError()
    made = debugger.GetSelectedTarget().WatchpointCreateByAddress(
        found.address_, size, options, error)
    if not error.Success():
        result.SetError(f'{command}, {size} bytes at {found.address_:#x}, is not watched: '
                        f'{error}')
        return
    result.AppendMessage(f'Watchpoint {made.GetID()}: {command}, {size} bytes at '
                         f'{found.address_:#x}')


def until(debugger, command, context, result, _):
    """Run to a line of the selected frame's file, or to where its function returns.

    Usage: wl-until LINE

    lldb's own thread until only knows lines of a unit's main file, which is the
    translator's."""
    frame, target = context.GetFrame(), context.GetTarget()
    if not command.strip().isdigit() or not frame.IsValid():
        result.SetError('usage: wl-until LINE, in a process that is stopped')
        return
    places = [target.BreakpointCreateByLocation(frame.GetLineEntry().GetFileSpec(),
                                                int(command))]
    if not places[0].GetNumLocations():
        result.SetError(f'there is no code of line {command}')
    else:
        if frame.parent:
            places.append(target.BreakpointCreateByAddress(frame.parent.GetPC()))
        for place in places:
            place.SetThreadID(context.GetThread().id)
        result.AppendMessage(run(debugger, context.GetProcess()))
    for place in places:
        target.BreakpointDelete(place.id)


def run(debugger, process):
    """Until it stops: what lldb says of that."""
    asynchronous = debugger.GetAsync()
    debugger.SetAsync(False)
    process.Continue()
    debugger.SetAsync(asynchronous)
    if process.GetState() != lldb.eStateStopped:
        return 'the process ended'
    return status(process.GetSelectedThread())


# Commands of lldb of these names are aliases, which ours take the place of.
PRINTS = 'p', 'print'
STEPS = 's', 'step'


def begin(debugger):
    add = 'command script add -o -f wl_lldb.'
    debugger.HandleCommand(add + 'start wl-start')
    debugger.HandleCommand(add + 'until wl-until')
    # Of processes to come, until they stop; lldb waits for ITS_SIGNAL to attach.
    quietly(debugger, f'process handle --stop false --notify false --pass true {SIGNALS}')
    # Not when lldb attaches: it forgets then what was loaded. print_() does it.
    quietly(debugger, 'target stop-hook add -I false -P wl_lldb.StopHook')
    if importlib.util.find_spec('wl.commands'):
        from . import commands, lldb_backend
        commands.register(lldb_backend.Target(debugger))
        debugger.HandleCommand(add + 'watch wl-watch')
        for name in PRINTS:
            quietly(debugger, f'command unalias {name}')
            debugger.HandleCommand(f'{add}print_ {name}')
        for name in STEPS:
            quietly(debugger, f'command unalias {name}')
            debugger.HandleCommand(f'{add}step {name}')
    if debugger.GetSelectedTarget().IsValid():
        session_of(debugger.GetSelectedTarget()).sync()
