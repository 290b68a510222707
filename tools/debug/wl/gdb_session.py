# SPDX-License-Identifier: Apache-2.0
"""gdb_session.py: what happens by itself in gdb: the guest's types and globals are
loaded as kernel and programs come and go; the runner's signals stop nobody."""

import importlib.util
import os
import re

import gdb

from . import access, cpu_hits, limit, loader

# What the runner uses for itself (runner/interrupt.c, machine.c), and what guest code
# that faults gets, for which there is guest_fault().
SIGNALS = 'SIGURG SIGPIPE SIGWINCH SIGCHLD SIGALRM SIGCONT'
FAULTS = 'SIGSEGV SIGBUS SIGFPE SIGILL'
ELF_ENTRY = 24  # e_entry in the header of a file of 64 bits (elf(5))


class Memory:
    """The selected inferior, for loader.py."""

    def symbol(self, name):
        try:
            return int(gdb.parse_and_eval(f'(unsigned long)&{name}'))
        except gdb.error:
            return None

    def read(self, address, n):
        try:
            return bytes(gdb.selected_inferior().read_memory(address, n))
        except (gdb.error, OverflowError):
            raise loader.Unreadable(f'no memory at {address:#x}') from None

    def write(self, address, data):
        try:
            gdb.selected_inferior().write_memory(address, data)
        except gdb.error:
            pass  # a core dump


def selected_image(memory, self_offset):
    """Address of the image that the selected thread runs, or None. In core dumps, gdb does
    not know where variables of threads are."""
    symbol = gdb.lookup_global_symbol('task_self')
    try:
        place = int(gdb.parse_and_eval('(unsigned long)$fs_base')) + self_offset
        task = gdb.Value(int.from_bytes(memory.read(place, 8), 'little')).cast(symbol.type)
        user = task['user'] if task else None
        return int(user['image']['debug'].address) if user else None
    except (gdb.error, loader.Unreadable, AttributeError):
        return None


def selected_level():
    try:
        return gdb.selected_frame().level()
    except gdb.error:
        return 0


def select_level(level):
    """With other symbols, gdb has selected the newest frame."""
    try:
        frame = gdb.newest_frame()
        for _ in range(level):
            frame = frame.older() or frame
        frame.select()
    except gdb.error:
        pass  # there is none


class Session:
    def __init__(self):
        self.loaded = {}  # path of a companion: the base that it is loaded at
        self.seen = None
        self.objects = set()  # paths of the guest's shared objects
        self.misplaced = set()  # those whose variables are another process's
        self.runner_is_first = None  # where its symbols come before the kernel's

    def sync(self, *_):
        """Load what the selected thread's names are about. Cheap if nothing changed."""
        try:
            memory = Memory()
            changes, _, self_offset = loader.read_list(memory)
            now = changes, selected_image(memory, self_offset)
            if now == self.seen:
                return
            images = loader.read_images(memory)
        except (loader.NoRunner, loader.Unreadable):
            return
        self.seen = now
        self.pass_traps()
        self.objects = {image.so for image in images}
        chosen = loader.choose(images, now[1], self.loaded)
        self.forget_dropped()
        new = [image for path, image in chosen.items()
               if self.loaded.get(path) != image.base]
        if new:
            self.drop_all_but({path: image.base for path, image in chosen.items()})
        # A name is looked up in what was loaded first, and there are a struct
        # list_head and others in libraries of the host.
        kernel = any(image.is_kernel for image in new)
        if kernel:
            quietly('nosharedlibrary')
        for image in sorted(new, key=lambda image: image.serial):
            self.load(image.companion, image.base)
        if kernel:
            quietly('sharedlibrary')
            self.runner_is_first = gdb.current_progspace()
        self.misplaced = loader.place_variables(memory, chosen.values())

    def stopped(self, *_):
        """The same, not while gdb reads symbols, which runs this script."""
        level, before = selected_level(), self.seen
        self.sync()
        if self.runner_is_first == gdb.current_progspace():
            self.runner_is_first = None
            load_runner_again()
        if self.seen != before:
            select_level(level)

    def pass_traps(self):
        """What --watch has the CPU do is the runner's, when gdb comes later."""
        if loader.has_traps(Memory()):
            quietly('handle SIGTRAP nostop noprint pass')

    def forget_dropped(self):
        """Those that gdb has dropped by itself, or was told to."""
        present = {objfile.filename for objfile in gdb.objfiles()}
        self.loaded = {path: base for path, base in self.loaded.items() if path in present}

    def drop_all_but(self, wanted):
        """What ends stays until there is something new: with each change, gdb sets all
        breakpoints again, and warns at each command after a stop at one of them."""
        for path, base in list(self.loaded.items()):
            if wanted.get(path) != base:
                del self.loaded[path]
                quietly(f'remove-symbol-file {quote(path)}')

    def load(self, path, base):
        try:
            quietly(f'add-symbol-file {quote(path)} -o {base:#x}')
            self.loaded[path] = base
        except gdb.error as error:
            gdb.write(f'the guest\'s types are not loaded: {error}\n', gdb.STDERR)


class ProgramLoaded(gdb.Breakpoint):
    """Loads its types and variables at once, without a stop. When they came with the first
    stop in it, gdb would warn at each command that it does not know its breakpoint."""

    def __init__(self, session):
        super().__init__('runner_program_loaded', internal=True)
        self.session = session

    def stop(self):
        self.session.sync()
        return False


def load_runner_again():
    """So that its types and variables are behind the guest's."""
    path = gdb.current_progspace().filename
    try:
        entry = re.search(r'AT_ENTRY.*(0x[0-9a-f]+)', quietly('info auxv'))
        with open(path, 'rb') as file:
            linked = int.from_bytes(file.read(ELF_ENTRY + 8)[ELF_ENTRY:], 'little')
        quietly(f'symbol-file -o {int(entry[1], 16) - linked:#x} {quote(path)}')
    except (gdb.error, OSError, TypeError) as error:
        gdb.write(f'the runner\'s names come before the guest\'s: {error}\n', gdb.STDERR)


def quote(path):
    return "'" + path + "'" if ' ' in path else path


def quietly(command):
    """Run it without questions and without output."""
    confirm = gdb.parameter('confirm')
    gdb.execute('set confirm off')
    try:
        return gdb.execute(command, False, True)
    finally:
        gdb.execute(f'set confirm {"on" if confirm else "off"}')


WATCHPOINTS = (gdb.BP_HARDWARE_WATCHPOINT, gdb.BP_READ_WATCHPOINT,
               gdb.BP_ACCESS_WATCHPOINT)


class SelectGuest(gdb.Breakpoint):
    """Stops when code of the guest faulted, with the function that did it selected; so
    is the one that copied or filled memory which is watched. Says where an access was,
    if gdb shows what comes behind it."""

    def __init__(self, session):
        super().__init__('guest_fault', internal=True)
        self.session = session
        gdb.events.stop.connect(self.on_stop)

    def on_stop(self, event):
        hit, newest = getattr(event, 'breakpoints', ()), gdb.newest_frame()
        is_access = any(b.type in WATCHPOINTS for b in hit) and self.is_of_guest(newest)
        if self in hit or (is_access and not has_line(newest)):
            self.select(newest)
        elif is_access:
            show_access(newest)

    def is_of_guest(self, frame):
        return gdb.solib_name(frame.pc()) in self.session.objects

    def select(self, frame):
        while frame and not (self.is_of_guest(frame) and has_line(frame)):
            frame = frame.older()
        if frame:
            frame.select()
            gdb.execute('frame')


def show_access(frame):
    inside = frame.pc() - 1
    shown, place = frame.find_sal(), gdb.find_pc_line(inside)
    if not place.symtab or not place.line:
        return
    path = place.symtab.fullname()
    if (path, place.line) != (shown.symtab.fullname(), shown.line):
        gdb.write(access.text(function_at(inside), path, place.line) + '\n')


def function_at(address):
    block = gdb.block_for_pc(address)
    while block and not block.function:
        block = block.superblock
    return block.function.name if block else '??'


def has_line(frame):
    """Helpers that the translator adds have none."""
    return frame.find_sal().symtab is not None


def check_watchpoint(breakpoint):
    """gdb itself says that there are too many when the guest is to go on, and not what
    else there is."""
    if breakpoint.type not in WATCHPOINTS:
        return
    enabled = [b for b in gdb.breakpoints() if b.type in WATCHPOINTS and b.enabled]
    if len(enabled) > limit.WATCHPOINTS:
        gdb.write(limit.TEXT + '\n')
    elif cpu_hits.are_lost():
        gdb.write(cpu_hits.TEXT + '\n')


class Start(gdb.Command):
    """Start the runner, and stop where its guest's kernel begins.

Usage: wl-start

The guest has not written anything then: names of the kernel are known, and watchpoints
see each write from the first one on."""

    def __init__(self, session):
        super().__init__('wl-start', gdb.COMMAND_RUNNING)
        self.session = session

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        place = gdb.Breakpoint('runner_images_changed', internal=True, temporary=True)
        place.silent = True
        gdb.execute('run')
        if not gdb.selected_inferior().pid:
            raise gdb.GdbError('the runner ended before it had a kernel')
        self.session.sync()
        first = 'start_kernel' if is_known('start_kernel') else '_start'
        gdb.execute(f'tbreak {first}', False, True)
        gdb.execute('continue')


def skip_runner():
    """A step does not stop in the runner: what it calls for the guest is as one
    instruction."""
    symbol = gdb.lookup_static_symbol('main') or gdb.lookup_global_symbol('main')
    if symbol:
        folder = os.path.dirname(symbol.symtab.fullname())
        quietly(f'skip -gfile {folder}/*')


def is_known(function):
    try:
        gdb.parse_and_eval(f'&{function}')
        return True
    except gdb.error:
        return False


def handle_signals():
    for signals in (SIGNALS, FAULTS):
        quietly(f'handle {signals} nostop noprint pass')
    # Each thread of a process that had stopped when gdb came still has one.
    quietly('handle SIGSTOP nostop noprint nopass')


def register_commands():
    if importlib.util.find_spec('wl.commands'):
        from . import commands, gdb_backend
        commands.register(gdb_backend.Target())


def begin():
    """Once per gdb, however often the script is loaded."""
    if getattr(gdb, 'wl_session', None):
        return
    gdb.wl_session = session = Session()
    handle_signals()
    gdb.execute('set print thread-events off')
    Start(session)
    gdb.events.stop.connect(session.stopped)
    gdb.events.before_prompt.connect(session.stopped)
    gdb.events.breakpoint_created.connect(check_watchpoint)
    session.sync()
    skip_runner()
    SelectGuest(session)
    ProgramLoaded(session)
    register_commands()
