# SPDX-License-Identifier: Apache-2.0
"""loader.py: the guest's loaded images, as the runner lists them (runner/debug.h).

Nothing here knows a debugger: `memory` is an object with symbol(name), the address of
a symbol of the runner or None, read(address, n), bytes or Unreadable, and
write(address, bytes), which may do nothing. So it works for a live process and for a core
dump.
"""

import struct

VERSION = 3
MAX_IMAGES = 4096  # what is longer than that is no list
LIST = struct.Struct('<8sIIQq')
IMAGE = struct.Struct('<QQQQQIIII16s')


class Unreadable(Exception):
    """Memory that cannot be read; the text is a sentence."""


class NoRunner(Exception):
    """The process is no runner that this can read; the text is a sentence."""


class Image:
    """A kernel or a program, loaded: struct debug_image."""

    def __init__(self, memory, address):
        (self.next, so, companion, self.serial, self.data_base, self.base, self.size,
         self.table_base, kernel, name) = IMAGE.unpack(memory.read(address, IMAGE.size))
        self.address = address
        self.is_kernel = bool(kernel)
        self.name = text(name)
        self.so = read_path(memory, so)
        self.companion = read_path(memory, companion)

    def __repr__(self):
        return f'{self.name} at {self.base:#x}'


def text(raw):
    return raw.split(b'\0', 1)[0].decode('utf-8', 'replace')


def read_path(memory, address):
    """A path, which may end just before memory that cannot be read."""
    raw = b''
    while b'\0' not in raw and len(raw) < 4096:
        raw += memory.read(address + len(raw), 256 - (address + len(raw)) % 256)
    return text(raw)


def read_list(memory):
    """(how often the list was changed, address of the newest image, and how far a
    thread's pointer to its struct task is from its fs_base)."""
    address = memory.symbol('runner_images')
    if address is None:
        raise NoRunner('this process is not the runner of Linux/Wasm')
    magic, version, changes, first, self_offset = LIST.unpack(memory.read(address, LIST.size))
    if magic != b'WLimages':
        raise NoRunner('the runner has not started yet')
    if version != VERSION:
        raise NoRunner(f'the runner is of another version (its list of images is of '
                       f'version {version}, not {VERSION})')
    return changes, first, self_offset


def read_images(memory):
    """All loaded images, the newest first."""
    images = []
    address = read_list(memory)[1]
    while address:
        if len(images) == MAX_IMAGES:
            raise Unreadable("the runner's list of images has no end: damaged memory")
        images.append(Image(memory, address))
        address = images[-1].next
    return images


def has_traps(memory):
    """Does the runner watch by the CPU, which tells it by SIGTRAP?"""
    address = memory.symbol('runner_breakpoints')
    return address is not None and any(memory.read(address, 4))


def place_variables(memory, images):
    """Have the locations of variables be those of these images, of which no two have one
    file. The files where that is not so: of core dumps, where several images had them."""
    misplaced = set()
    for image in images:
        base = image.base.to_bytes(8, 'little')
        try:
            if memory.read(image.data_base, 8) != base:
                memory.write(image.data_base, base)
                if memory.read(image.data_base, 8) != base:
                    misplaced.add(image.so)
        except Unreadable:
            pass
    return misplaced


def choose(images, selected, loaded):
    """What is to be loaded: {path of a companion: Image}.

    A debugger has a file at one place only, and a program may run many times: the one
    that counts is that of the selected thread (selected: address of its image, or
    None), else the one that is loaded already (loaded: {path: base}), else the newest.
    """
    chosen = {}
    for image in images:  # the newest first
        if image.companion:
            chosen.setdefault(image.companion, image)
            if loaded.get(image.companion) == image.base:
                chosen[image.companion] = image
    for image in images:
        if image.address == selected and image.companion:
            chosen[image.companion] = image
    return chosen
