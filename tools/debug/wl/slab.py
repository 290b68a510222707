# SPDX-License-Identifier: Apache-2.0
"""slab.py: the kernel's allocator: its caches, and whose object an address is in."""

from . import cpumask, percpu, walk
from .commands import command
from .paths import page_shift
from .value import GuestError, Value


class Cache:
    """A kmem_cache: objects: how many it has, free ones too; slabs: groups of pages
    that they are in; free: those that are free on the node's partial slabs."""

    def __init__(self, struct):
        self.struct = struct
        self.name = struct['name'].string_()
        self.size = int(struct.object_size)
        self.stride = int(struct.size)
        self.slabs = self.objects = self.free = 0
        kind = struct.target_.kernel.type('struct slab')
        node = struct.node[0]
        if not node or 'total_objects' not in [f.name for f in
                                               node.type_.target.fields()]:
            return
        self.slabs = int(node.nr_slabs.counter)
        self.objects = int(node.total_objects.counter)
        for slab in walk.list_entries(node.partial, kind, 'slab_list'):
            self.free += int(slab.objects) - int(slab.inuse)

    def line(self):
        return (f'{self.name:<24} {self.size:6} {self.stride:6} {self.slabs:6} '
                f'{self.objects:8} {self.free:6} 0x{self.struct.address_:08x}')


def structs(target):
    """All struct kmem_cache."""
    kernel = target.kernel
    return walk.list_entries(kernel.variable('slab_caches'),
                             kernel.type('struct kmem_cache'), 'list')


class Object:
    """What a slab has at an address: cache: its name; start, size; free: True,
    False, or None if it cannot be told."""

    def __init__(self, cache, start, size, free):
        self.cache = cache
        self.start = start
        self.size = size
        self.free = free


def page_of(target, address):
    """The struct page of an address, the first one if it is of several; or None."""
    kernel = target.kernel
    pages = kernel.variable('mem_map')
    count = int(kernel.variable('max_pfn'))
    number = address >> page_shift(target)
    if not pages or number >= count:
        return None
    page = pages[number]
    head = int(page.compound_head)
    return Value(target, page.type_, head - 1) if head & 1 else page


def page_address(target, page):
    base = int(target.kernel.variable('mem_map'))
    return (page.address_ - base) // page.type_.size << page_shift(target)


def object_at(target, address):
    """The Object that an address is in, or None: no slab is there."""
    page = page_of(target, address)
    if page is None:
        return None
    kinds = target.kernel.type('enum pagetype').enumerators()
    if kinds.get(int(page.page_type) >> 24 & 0xff) != 'PGTY_slab':
        return None
    slab = target.kernel.at('struct slab', page.address_)
    cache = slab.slab_cache.deref_()
    stride = int(cache.size)
    base = page_address(target, page)
    if not stride or address < base:
        raise GuestError(f'the slab at 0x{base:x} is corrupt')
    start = base + (address - base) // stride * stride
    return Object(cache['name'].string_(), start + int(cache.red_left_pad),
                  int(cache.object_size), is_free(target, slab, cache, start))


def is_free(target, slab, cache, start):
    """Is the object at start free? None if the chain of free ones cannot be read."""
    if cache.type_._lookup('random'):
        return None
    start += int(cache.red_left_pad)
    heads = [int(slab.freelist)]
    for cpu in cpumask.online(target):
        local = percpu.of_cpu(cache.cpu_slab, cpu)
        if int(local.slab) == slab.address_:
            heads.append(int(local.freelist))
    try:
        return any(start in chain(target, cache, head) for head in heads)
    except GuestError:
        return None


def chain(target, cache, head):
    seen = walk.Seen(f'the chain of free objects from 0x{head:x}')
    offset = int(cache.offset)
    while head:
        seen.add(head)
        yield head
        head = target.read_u32(head + offset)


HEADER = (f'{"NAME":<24} {"SIZE":>6} {"TAKES":>6} {"SLABS":>6} {"OBJECTS":>8} '
          f'{"FREE":>6} KMEM_CACHE')


@command('wl-slab', '[CACHE]', 'The caches of the kernel\'s allocator.', '''
For each cache (or the one of that name): size of an object, bytes that one takes,
slabs, objects that there is room for, and how many of those are known to be free
(those of slabs that no CPU allocates from at the moment).
What object an address is in, and whether it is free: wl-sym ADDRESS.

Example: wl-slab task_struct
''')
def show_slab(target, words, out):
    printed = 0
    for struct in structs(target):
        if words and struct['name'].string_() != words[0]:
            continue
        if not printed:
            out(HEADER)
        printed += 1
        try:
            out(Cache(struct).line())
        except GuestError as e:
            out(f'0x{struct.address_:08x}: {e}')
    if words and not printed:
        raise GuestError(f'there is no cache {words[0]}')
