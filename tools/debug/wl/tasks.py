# SPDX-License-Identifier: Apache-2.0
"""tasks.py: the guest's tasks, and the host threads that they are."""

from . import cpumask, percpu, walk
from .commands import command
from .value import GuestError, Value

# include/linux/sched.h; not in the debug information, being macros.
STATES = 'RSDTtXZP'
TASK_REPORT = 0x7f
TASK_NOLOAD = 0x400
TASK_IDLE = 0x402
TASK_RTLOCK_WAIT = 0x1000
TASK_FROZEN = 0x8000
PF_KTHREAD = 0x00200000
# runner/task.c
SLOT_SHIFT = 9


class Task:
    """A guest task. struct: its task_struct. host: the runner's struct task, None
    if it has none (yet). thread: the debugger's Thread, None likewise."""

    def __init__(self, struct, host, thread):
        self.struct = struct
        self.host = host
        self.thread = thread

    @property
    def pid(self):
        return int(self.struct.pid)

    @property
    def comm(self):
        return self.struct.comm.string_()

    @property
    def cpu(self):
        return int(self.struct.thread_info.cpu)

    @property
    def address(self):
        return self.struct.address_

    def state(self):
        """The letter that ps shows."""
        state, ended = int(self.struct['__state']), int(self.struct.exit_state)
        if state & TASK_IDLE == TASK_IDLE:
            return 'I'
        if state & (TASK_RTLOCK_WAIT | TASK_FROZEN):
            state = 2
        return STATES[((state | ended) & TASK_REPORT).bit_length()]

    def is_kernel_thread(self):
        return bool(int(self.struct.flags) & PF_KTHREAD)


def structs(target):
    """All task_structs: the idle tasks, then every thread of every process."""
    kernel = target.kernel
    kind = kernel.type('struct task_struct')
    yield from idle_structs(target)
    init = kernel.variable('init_task')
    for leader in walk.list_entries(init.tasks, kind, 'tasks'):
        yield leader
        threads = leader.signal
        if not threads:
            continue
        for task in walk.list_entries(threads.thread_head, kind, 'thread_node'):
            if task.address_ != leader.address_:
                yield task


def idle_structs(target):
    """The idle task of each CPU that is up."""
    kernel, seen = target.kernel, set()
    yield kernel.variable('init_task')
    seen.add(kernel.variable('init_task').address_)
    for cpu in cpumask.online(target):
        idle = percpu.variable(target, 'runqueues', cpu).idle
        if idle and int(idle) not in seen:
            seen.add(int(idle))
            yield idle.deref_()


def threads_by_tid(target):
    if 'threads' not in target.memo:
        target.memo['threads'] = {t.tid: t for t in target.threads()}
    return target.memo['threads']


def host_task(target, address):
    """The runner's struct task of the task_struct there, or None."""
    slots = target.runner.variable('the_vm').tasks
    slot = slots[address >> SLOT_SHIFT]
    try:
        if not slot:
            return None
        found = slot.deref_()
        return found if int(found.gaddr) == address else None
    except GuestError:
        return None


def of_struct(target, struct):
    host = host_task(target, struct.address_)
    thread = threads_by_tid(target).get(int(host.tid)) if host else None
    return Task(struct, host, thread)


def all_tasks(target):
    for struct in structs(target):
        yield of_struct(target, struct)


def running(target):
    """The address of the task that each CPU runs, by CPU."""
    if 'running' not in target.memo:
        target.memo['running'] = {
            cpu: int(percpu.variable(target, 'runqueues', cpu).curr)
            for cpu in cpumask.online(target)}
    return target.memo['running']


def of_thread(target, thread):
    """The task that a host thread runs now, or None: it is the runner's own."""
    for address, host in host_tasks(target):
        if int(host.tid) == thread.tid and not host.vfork:
            return of_struct(target, target.kernel.at('struct task_struct', address))
    return None


def host_tasks(target):
    """(task_struct's address, struct task) of all that have a thread."""
    for struct in structs(target):
        host = host_task(target, struct.address_)
        if host:
            yield struct.address_, host


def selected(target):
    """The task of the selected thread."""
    thread = target.selected_thread()
    if not thread:
        raise GuestError('no thread is selected; name a task')
    found = of_thread(target, thread)
    if not found:
        raise GuestError(f'thread {thread.number} is the runner\'s own; name a task')
    return found


def find(target, word):
    """The task that a user means: a pid, a comm, or an address."""
    if word.startswith(('0x', '0X', '&', '*', '$', '(')):
        return by_address(target, word)
    if word.isdigit() and len(word) < 10:
        found = [t for t in all_tasks(target) if t.pid == int(word)]
        what = f'pid {word}'
    else:
        found = [t for t in all_tasks(target) if t.comm == word]
        what = f'comm {word}'
    if not found:
        raise GuestError(f'there is no task of {what}')
    if len(found) > 1:
        some = ', '.join(f'pid {t.pid} at 0x{t.address:x}' for t in found[:8])
        raise GuestError(f'{len(found)} tasks are of {what}: {some}; use the '
                         'address of one')
    return found[0]


def by_address(target, word):
    from . import expression
    address = expression.number(target, word)
    for struct in structs(target):
        if struct.address_ == address:
            return of_struct(target, struct)
    raise GuestError(f'no task_struct is at 0x{address:x}')


def ppid(task):
    """'?' if its pointer is bad."""
    parent = task.struct.real_parent
    try:
        return int(parent.tgid) if parent else 0
    except GuestError:
        return '?'


HEADER = f'{"PID":>6} {"PPID":>6} CPU ST {"THREAD":>6} {"TASK":<10} COMM'


def line(task, busy):
    """One task as wl-ps prints it; busy: the addresses of those on a CPU."""
    state = task.state() + ('+' if task.address in busy else ' ')
    thread = task.thread.number if task.thread else '-'
    comm = f'[{task.comm}]' if task.is_kernel_thread() else task.comm
    return (f'{task.pid:6} {ppid(task):6} {task.cpu:3} {state} {thread:>6} '
            f'0x{task.address:08x} {comm}')


@command('wl-ps', '[TASK]', 'The guest\'s tasks, as ps shows them.', '''
TASK is a pid, a comm, or the address of a task_struct; without it all are shown,
with one idle task (pid 0) for each CPU.
ST is the state as in ps(1): R runnable, S sleeping, D uninterruptible, I idle kernel
thread, T stopped, Z zombie, X dead; a + behind it: it has the CPU.
THREAD is the debugger's number of the host thread that is the task; - if there is
none (yet, or any more). Kernel threads are in brackets.

Example: wl-ps sh
''')
def ps(target, words, out):
    tasks = [find(target, words[0])] if words else all_tasks(target)
    busy = set(running(target).values())
    out(HEADER)
    for task in tasks:
        out(line(task, busy))


@command('wl-task', '[TASK] [MEMBER]', 'One task: what it is and does; or one '
         'member of its task_struct.', '''
TASK is a pid, a comm, or the address of a task_struct (default: the task of the
selected thread). MEMBER is a member of struct task_struct, such as mm->pgd.

Examples: wl-task 1
          wl-task sh se.vruntime
''')
def show_task(target, words, out):
    from . import expression, stacks
    from .value import show
    task = find(target, words[0]) if words else selected(target)
    if len(words) > 1:
        out(f'{words[1]} = '
            f'{show(expression.member_path(task.struct, words[1]))}')
        return
    out(HEADER)
    out(line(task, set(running(target).values())))
    out(f'task_struct 0x{task.address:08x}, flags 0x{int(task.struct.flags):x}, '
        f'prio {int(task.struct.prio)}, on_cpu {int(task.struct.on_cpu)}, '
        f'preempt_count 0x{int(task.struct.thread_info.preempt_count):x}')
    low, high = stacks.kernel_stack(target, task.struct)
    out(f'kernel stack 0x{low:08x} to 0x{high:08x}'
        f'{stacks.stack_pointer_text(task)}')
    mm = task.struct.mm
    if mm:
        out(f'mm 0x{int(mm):08x}: code 0x{int(mm.start_code):08x}, data '
            f'0x{int(mm.start_data):08x}, stack 0x{int(mm.start_stack):08x}')
    files = task.struct.files
    if files:
        out(f'files: {files_text(task)}')
    out(stacks.where_text(target, task))


def open_files(task):
    """(descriptor, struct file) of what it has open."""
    table = task.struct.files.fdt
    count = int(table.max_fds)
    if count > 1 << 16:
        raise GuestError(f'its file table has {count} places: it is corrupt')
    for fd in range(count):
        file = table.fd[fd]
        if file:
            yield fd, file.deref_()


def files_text(task):
    from . import paths

    def path(file):
        try:
            return paths.of_file(file)
        except GuestError as e:
            return f'({e})'

    try:
        return ' '.join(f'{fd}={path(f)}' for fd, f in open_files(task))
    except GuestError as e:
        return f'({e})'


def at(target, address):
    return Value(target, target.kernel.type('struct task_struct'), address)
