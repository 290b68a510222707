# SPDX-License-Identifier: Apache-2.0
"""maps.py: what memory a process has, from the maple tree of its mm."""

from . import paths, tasks, walk
from .commands import command
from .value import GuestError

VM_READ, VM_WRITE, VM_EXEC, VM_SHARED, VM_MAYSHARE = 1, 2, 4, 8, 0x80
MINORBITS = 20


class Area:
    """A vm_area_struct: [start, end), flags as text, and what is mapped."""

    def __init__(self, struct, mm):
        self.struct = struct
        self.start, self.end = int(struct.vm_start), int(struct.vm_end)
        bits = int(struct.vm_flags)
        shared = ('S' if bits & VM_SHARED else 's') if bits & VM_MAYSHARE else 'p'
        self.flags = ''.join(c if bits & bit else '-' for bit, c in
                             ((VM_READ, 'r'), (VM_WRITE, 'w'), (VM_EXEC, 'x')))
        self.flags += shared
        self.offset = self.inode = self.device = 0
        self.name = ''
        if struct.vm_file:
            inode = struct.vm_file.f_inode
            self.inode = int(inode.i_ino)
            self.device = int(inode.i_sb.s_dev)
            self.offset = int(struct.vm_pgoff) << paths.page_shift(struct.target_)
            self.name = paths.of_file(struct.vm_file)
        elif self.start <= int(mm.start_stack) <= self.end:
            self.name = '[stack]'

    def __str__(self):
        major, minor = self.device >> MINORBITS, self.device & (1 << MINORBITS) - 1
        return (f'{self.start:08x}-{self.end:08x} {self.flags} {self.offset:08x} '
                f'{major:02x}:{minor:02x} {self.inode} {self.name}').rstrip()


def of_task(target, struct):
    """The Areas of a task's memory, by address."""
    mm = struct.mm
    if not mm:
        raise GuestError(f'{struct.comm.string_()} is a kernel thread, or gone: it has '
                         'no memory of its own')
    kernel = target.kernel
    for _, _, entry in walk.maple_entries(kernel, mm.mm_mt):
        yield Area(kernel.at('struct vm_area_struct', entry), mm)


@command('wl-maps', '[TASK]', 'The memory of a process, as /proc/PID/maps shows it.', '''
TASK is a pid, a comm, or the address of a task_struct (default: the task of the
selected thread). Without an MMU all processes share one address space: an address
belongs to the process in whose map it is.

Example: wl-maps sh
''')
def show_maps(target, words, out):
    task = tasks.find(target, words[0]) if words else tasks.selected(target)
    for area in of_task(target, task.struct):
        out(str(area))
