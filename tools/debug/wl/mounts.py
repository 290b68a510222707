# SPDX-License-Identifier: Apache-2.0
"""mounts.py: what is mounted where."""

from . import paths, tasks, walk
from .commands import command
from .value import GuestError

# include/linux/mount.h, include/linux/fs.h: in the order of /proc/mounts.
FLAGS = ((0x01, 'nosuid'), (0x02, 'nodev'), (0x04, 'noexec'), (0x08, 'noatime'),
         (0x10, 'nodiratime'), (0x20, 'relatime'), (0x80, 'nosymfollow'))
SUPER_FLAGS = ((0x10, 'sync'), (0x80, 'dirsync'), (0x40, 'mand'),
               (1 << 25, 'lazytime'))
READ_ONLY, SUPER_READ_ONLY = 0x40, 1


class Mount:
    """device, path, type: text; options: a list of those that all systems have."""

    def __init__(self, struct):
        self.struct = struct
        vfs = struct.mnt
        self.device = struct.mnt_devname.string_() or 'none'
        self.path = paths.of(struct, vfs.mnt_root)
        superblock = vfs.mnt_sb
        self.type = superblock.s_type['name'].string_()
        subtype = superblock.s_subtype.string_()
        if subtype:
            self.type += '.' + subtype
        flags, super_flags = int(vfs.mnt_flags), int(superblock.s_flags)
        read_only = flags & READ_ONLY or super_flags & SUPER_READ_ONLY
        self.options = ['ro' if read_only else 'rw']
        self.options += [name for bit, name in SUPER_FLAGS if super_flags & bit]
        self.options += [name for bit, name in FLAGS if flags & bit]


def of_task(target, struct):
    """The mounts of a task's namespace, in the order in which they were made."""
    proxy = struct.nsproxy
    if not proxy:
        raise GuestError('the task has no namespaces: it is about to end')
    space = proxy.mnt_ns
    found = space.deref_()
    for mount in walk.rb_entries(found.mounts, target.kernel.type('struct mount'),
                                 'mnt_node'):
        yield Mount(mount)


@command('wl-mounts', '[TASK]', 'What is mounted, as mount shows it.', '''
The mounts in the namespace of TASK (default: of pid 1): device, path, type, and the
options that all file systems have; not those of one type of file system. The root
that lies below all is shown as well.

Example: wl-mounts
''')
def show_mounts(target, words, out):
    task = tasks.find(target, words[0] if words else '1')
    for mount in of_task(target, task.struct):
        out(f'{mount.device} {mount.path} {mount.type} {",".join(mount.options)} '
            f'(struct mount 0x{mount.struct.address_:08x})')
