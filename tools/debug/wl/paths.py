# SPDX-License-Identifier: Apache-2.0
"""paths.py: names of files: dentries, mounts."""

from .value import GuestError, printable

# Deeper paths than the kernel's PATH_MAX allows are corrupt.
DEPTH = 2048


def name(dentry):
    length = int(dentry.d_name.len)
    if length > 255:
        raise GuestError(f'a dentry at 0x{dentry.pointer_():x} is corrupt: its name '
                         f'has {length} bytes')
    target = dentry.target_
    return printable(target.read(int(dentry.d_name['name']), length))


def of(mount, dentry):
    """The path of a dentry in a struct mount, from the root of its namespace."""
    kernel, parts = mount.target_.kernel, []
    kind = kernel.type('struct mount')
    for _ in range(DEPTH):
        if dentry.pointer_() == int(mount.mnt.mnt_root):
            parent = mount.mnt_parent
            if int(parent) == mount.pointer_():
                return '/' + '/'.join(reversed(parts))
            dentry, mount = mount.mnt_mountpoint, parent
        elif int(dentry.d_parent) == dentry.pointer_():
            # Not below its mount's root: in no namespace, as pipes are.
            return '/' + '/'.join(reversed(parts))
        else:
            parts.append(name(dentry))
            dentry = dentry.d_parent
    raise GuestError(f'the path of a {kind.name} is corrupt: it never ends')


def of_file(file):
    """The path of a struct file, or what it is: socket:[8]."""
    path = file.f_path
    if not path.dentry or not path.mnt:
        return '?'
    kind = path.dentry.d_sb.s_type['name'].string_()
    if kind in ('pipefs', 'sockfs'):
        return f'{kind[:-2]}:[{int(path.dentry.d_inode.i_ino)}]'
    if kind == 'anon_inodefs':
        return f'anon_inode:{name(path.dentry)}'
    mount = path.mnt.container_of_(file.target_.kernel.type('struct mount'), 'mnt')
    return of(mount, path.dentry)


def page_shift(target):
    """PAGE_SHIFT; a kernel stack has eight pages (THREAD_SIZE_ORDER)."""
    from . import stacks
    return (stacks.stack_size(target) >> 3).bit_length() - 1
