# SPDX-License-Identifier: Apache-2.0
"""lists.py: any list of the kernel, by the type of its entries."""

from . import expression, walk
from .commands import command
from .value import GuestError, show

NAMES = ('comm', 'name', 'dev_name', 'init_name')


def entries(target, type_name, member, head):
    """The objects on a list: of a type, linked by that member, from a head that is
    an expression for a list_head or hlist_head."""
    kind = expression.find_type(target, type_name)
    start = expression.evaluate(target, head)
    of = start.type_.target if start.type_.kind == 'pointer' else start.type_
    if of and of.name in ('struct hlist_head', 'struct hlist_nulls_head'):
        return walk.hlist_entries(start, kind, member)
    if not of or of.name != 'struct list_head':
        raise GuestError(f'{head} is a {start.type_.name}, not the head of a list')
    return walk.list_entries(start, kind, member)


def title(entry):
    """What its name is, if it has one."""
    for name in NAMES:
        try:
            field = entry.type_.field(name)
        except GuestError:
            continue
        kind = field.type
        if kind.target and kind.target.size == 1 and kind.target.kind == 'int':
            return f' {show(entry[name])}'
    return ''


def shown(value, path):
    """A member as text, or why there is none."""
    try:
        return show(expression.member_path(value, path))
    except GuestError as e:
        return f'({e})'


@command('wl-list', 'TYPE MEMBER HEAD [SHOW]', 'The objects on a list.', '''
TYPE is the type of the objects, MEMBER their member that links them, HEAD an
expression for the list's head (struct list_head or hlist_head), SHOW a member to
print of each. A list that is corrupt is printed as far as it can be followed, with
a message about where it breaks.

Examples: wl-list task_struct tasks init_task.tasks comm
          wl-list "struct kmem_cache" list slab_caches object_size
''')
def show_list(target, words, out):
    kind = expression.find_type(target, words[0])
    count = 0
    for entry in entries(target, words[0], words[1], words[2]):
        text = title(entry)
        if len(words) > 3:
            text = f' {words[3]} = {shown(entry, words[3])}'
        out(f'{count:4} ({kind.name} *) 0x{entry.address_:08x}{text}')
        count += 1
    out(f'{count} entries')


@command('wl-p', 'EXPRESSION...', 'Print a C expression over the guest\'s memory.', '''
Pointers of the guest have four bytes; this follows them in every debugger. Names are
variables of the selected frame, of its program, or of the kernel. There are . -> [] * &
casts to the kernel's types, + and -.

Examples: wl-p init_task.comm
          wl-p *init_task.nsproxy
          wl-p ((struct task_struct *)0x401c000)->mm->start_stack
''')
def print_expression(target, words, out):
    found = expression.evaluate(target, ' '.join(words))
    out(show(found))
