# SPDX-License-Identifier: Apache-2.0
"""walk.py: the kernel's lists and trees, read with distrust.

Each walk ends: after LIMIT entries, at an entry that was seen before, or at one
that cannot be right; then by a GuestError that says where.
"""

from .value import GuestError, Value

LIMIT = 1 << 16


class Seen:
    def __init__(self, what):
        self.what = what
        self.addresses = set()

    def add(self, address):
        if address in self.addresses:
            raise GuestError(f'{self.what} is corrupt: it comes back to '
                             f'0x{address:x} and never ends')
        if len(self.addresses) >= LIMIT:
            raise GuestError(f'{self.what} has more than {LIMIT} entries: it is '
                             'corrupt, or this is no list')
        self.addresses.add(address)


def chain(what, first):
    """What a pointer leads to, and each member `next` from there on."""
    seen = Seen(what)
    while first:
        seen.add(int(first))
        yield first.deref_()
        first = first.next


def list_nodes(target, head):
    """Addresses of the struct list_heads on the list at address head."""
    what = f'the list at 0x{head:x}'
    seen, before = Seen(what), head
    node = _next(target, what, head)
    while node != head:
        seen.add(node)
        after = _next(target, what, node)
        back = target.read_u32(node + 4)
        if back != before:
            raise GuestError(f'{what} is corrupt: the entry at 0x{node:x} has prev '
                             f'= 0x{back:x}, but it comes after 0x{before:x}')
        yield node
        before, node = node, after


def _next(target, what, node):
    try:
        return target.read_u32(node)
    except GuestError:
        raise GuestError(f'{what} is corrupt: it leads to 0x{node:x}, where no '
                         'memory is') from None


def list_entries(head, type_, member):
    """The objects of type_ on the list whose struct list_head is head (a Value of
    it or of a pointer to it)."""
    offset = type_.offset_of(member)
    for node in list_nodes(head.target_, head.pointer_()):
        yield Value(head.target_, type_, node - offset)


def hlist_entries(head, type_, member):
    """The same for a struct hlist_head or hlist_nulls_head."""
    offset, target = type_.offset_of(member), head.target_
    what = f'the hash list at 0x{head.pointer_():x}'
    seen = Seen(what)
    node = target.read_u32(head.pointer_())
    while node and not node & 1:
        seen.add(node)
        after = _next(target, what, node)
        yield Value(target, type_, node - offset)
        node = after


def rb_entries(root, type_, member):
    """The objects in a struct rb_root (or rb_root_cached), in their order."""
    offset, target = type_.offset_of(member), root.target_
    what = f'the tree at 0x{root.pointer_():x}'
    seen, path = Seen(what), []
    # struct rb_node: colour and parent, right, left.
    node = target.read_u32(root.pointer_())
    while node or path:
        while node:
            seen.add(node)
            path.append(node)
            node = _next(target, what, node + 8)
        node = path.pop()
        yield Value(target, type_, node - offset)
        node = _next(target, what, node + 4)


def maple_entries(kernel, tree):
    """(first, last, entry) of a struct maple_tree, entry as a number, not 0."""
    root = int(tree.ma_root)
    what = f'the maple tree at 0x{tree.address_:x}'
    if root & 3 != 2:
        if root:
            yield 0, 0, root
        return
    yield from _maple_node(kernel, what, Seen(what), root, 0, 0xffffffff)


# A pointer to a node has its type in bits 3 to 6.
def _maple_node(kernel, what, seen, enode, low, high):
    address, kind = enode & ~0xff, enode >> 3 & 0xf
    seen.add(address)
    kinds = {name: value for value, name in
             kernel.type('enum maple_type').enumerators().items()}
    node = kernel.at('struct maple_node', address)
    if kind == kinds['maple_arange_64']:
        node = node.ma64
    elif kind in (kinds['maple_range_64'], kinds['maple_leaf_64']):
        node = node.mr64
    else:
        raise GuestError(f'{what} is corrupt: a node at 0x{address:x} has type {kind}')
    count = node.slot.type_.length
    first = low
    for i in range(count):
        pivot = int(node.pivot[i]) if i < count - 1 else high
        last = high if i and not pivot else min(pivot, high)
        entry = int(node.slot[i])
        if entry:
            if kind == kinds['maple_leaf_64']:
                yield first, last, entry
            else:
                yield from _maple_node(kernel, what, seen, entry, first, last)
        if last >= high:
            return
        first = last + 1
