#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Types of the variables of a program that is not optimised: all of them are in memory,
and its pointers have 4 bytes."""

import os

import debuggers
from debuggers import Gdb, Lldb, booted

SOURCE = os.path.join(debuggers.HERE, 'plain.c')
ADDRESS = '0x0*[1-9a-f][0-9a-f]{5,7}'
# (gdb, lldb, what is printed)
STOP = [
    ('tbreak stop_here', 'breakpoint set -o true -n stop_here', 'stop_here|reakpoint'),
    ('continue', 'continue', rf'\bstop_here ?\(.*found={ADDRESS}\b'),
    ('p *found', 'p *found', r'\b24$'),
    ('p twice(instance, 21)', None, r'= 42$'),
    ('p twice(21)', None, 'Too few arguments.* take `instance` first'),
    ('bt 3', 'bt', rf'\bwalk ?\(.*head={ADDRESS}, names={ADDRESS}, where={ADDRESS}, '
     rf'change=\S+.*\bmain ?\(.*argc=1, argv={ADDRESS}\)'),
    ('up', 'up', r'\bwalk\b'),
]
TYPES = [
    ('whatis head', 'frame variable head', r'\bstruct node \*'),
    ('whatis names', 'frame variable names', r'\bchar \*\*'),
    ('whatis where', 'frame variable where', r'\bpoint_t \*'),
    ('whatis change', 'frame variable change', r'\bchange_t\b'),
    ('whatis link', 'frame variable link', r'\bstruct node \*\*'),
    ('whatis table', 'frame variable table', r'\bnode ?\[3\]'),
    ('whatis list', 'frame variable list', r'\bstruct node \*\[2\]'),
    ('whatis grid', 'frame variable grid', r'\bint ?\[2\]\[3\]'),
    ('whatis paint', 'frame variable paint', r'\bcolor\b'),
    ('whatis here', 'frame variable here', r'\bpoint_t\b'),
    ('whatis any', 'frame variable any', r'\bvoid \*'),
    ('whatis level', 'frame variable level', r'\blevel_t\b'),
    ('ptype change', None, r'\bint \(\*\)\('),
    # What wasm has comes last, or, in lldb, where it is asked for.
    ('info locals', 'frame variable', r'\A(?!.*\bvar_l.*\bsum =).*\bsum = '),
    ('p var_p0', 'frame variable var_p0', '= '),
    (None, 'frame variable', r'\A(?!.*\b(instance|var_[lp]\d+) =)'),
    ('p sizeof(head)', 'p sizeof(head)', r'\b4$'),
    ('p sizeof(here)', 'p sizeof(here)', r'\b12$'),
]
# From pointers of 4 bytes, in memory, to those that gdb takes for 8, and back.
CASTS = [
    ('p *(int *)head->next', 'p *(int *)head->next', r'\b2$'),
    ('p *(int *)any', 'p *(int *)any', r'\b23$'),
    ('p (char *)names[0]', 'p (char *)names[0]', '"uno"'),
    ('p ((const struct node *)head)->value', 'p ((struct node *)head)->value', r'\b1$'),
    ('p *(int (*)[3])grid[1]', None, r'\{4, 5, 6\}'),
    ('p sizeof (int *)', None, r'= 8$'),
    ('p "(int *)a"', None, r'"\(int \*\)a"$'),
    ('p $none', None, '^void$'),
    ('p nowhere', None, r'^No symbol "nowhere" in current context\.$'),
]
# Registers of the kernel, where the subject writes its greeting.
KERNEL = [
    ('tbreak vfs_write if count == 8',
     "breakpoint set -o true -n vfs_write -c 'count == 8'", 'vfs_write|reakpoint'),
    ('continue', 'continue', r'\bvfs_write ?\('),
    ('p *(struct file *)file', 'p *(struct file *)file', 'f_mode = .*f_op = '),
    ('p *(int *)file', 'p *(int *)file', r'\b\d+$'),
    ('p (char *)buf', 'p (char *)buf', '"[Hh]ello"'),
    ('p ((struct file *)file)->f_op == file->f_op', None, '= 1$'),
    ('p *((struct file *)file)->f_op', 'p *((struct file *)file)->f_op',
     r'write_iter = 0x[0-9a-f]+ <pipe_write>'),
]
VALUES = [
    ('p *head', 'p *head', 'value = 1,.*next = 0x.*"first"'),
    ('p head->next->name', 'p head->next->name', '"second"'),
    ('p *head->next', 'p *head->next', 'value = 2,.*next = (0x0|NULL).*"second"'),
    ('p names[1]', 'p names[1]', '"due"'),
    ('p where->owner->value', 'p where->owner->value', r'\b2$'),
    ('p here', 'p here', 'x = 23,.*y = 4,.*owner = 0x'),
    ('p here.owner->name', 'p here.owner->name', '"second"'),
    ('p (*link)->value', 'p (*link)->value', r'\b20$'),
    ('p at->name', 'p at->name', '"twenty"'),
    ('p table[0].next->value', 'p table[0].next->value', r'\b1$'),
    ('p table[1].name', 'p table[1].name', '"twenty"'),
    ('p list[1]->value', 'p list[1]->value', r'\b20$'),
    ('p grid[1][0]', 'p grid[1][0]', r'\b4$'),
    ('p grid', 'frame variable grid', r'1, 2, 3\}.*4, 5, 6\}|= 1.*= 2.*= 3.*= 6'),
    ('p paint', 'p paint', r'\bGREEN$'),
    ('p paint == GREEN', 'expression paint == 7', r'\b1$|\btrue$'),
    ('p *(point_t *)any', 'p *(point_t *)any', 'x = 23,.*y = 4'),
    ('p level', 'p level', r'\b3\b'),
    ('p sum', 'p sum', r'\b24$'),
    ('p &head', 'p &head', rf'struct node \*\*\) {ADDRESS}'),
    ('p change', 'p change', r'0x[0-9a-f]+ <twice>'),
    (None, 'frame variable change', r'0x[0-9a-f]+ <twice>'),
    ('p *hook', 'p *hook', r'0x[0-9a-f]+ <twice>'),
    ('p hooks', 'p hooks', r'change = 0x[0-9a-f]+ <twice>,.*none = (0x0|NULL)'),
    ('wl-sym change', 'wl-sym change', r'function pointer \d+ of program plain: twice\(\) at '
     r'\S+/plain.c:\d+$'),
    ('p head == list[0]', 'expression head == list[0]', r'\b1$|\btrue$'),
    *CASTS,
    ('finish', 'finish', r'^(?=.*\bmain\b).*\(point_t \*\) '),
]
# What lldb shows by itself, and so an editor.
VIEWED = [
    (None, 'frame variable head->next->name', '"second"'),
    (None, 'frame variable *head', 'value = 1.*name = .*"first"'),
    (None, 'frame variable *names', '"uno"'),
    (None, 'frame variable here.owner->name', '"second"'),
    (None, 'frame variable list[1]->value', '= 20$'),
    (None, 'frame variable odd', r'"\\xff!"'),
    # Not all that it leads to.
    (None, 'frame variable head', rf'^\(struct node \*\) head = {ADDRESS} *$'),
]


def check(debugger):
    with debuggers.guest_with(SOURCE, '-g', '-O0') as guest:
        debugger.check(STOP + TYPES + VIEWED + VALUES, pid=guest.child.pid)


def test_gdb():
    check(Gdb())


def test_lldb():
    check(Lldb())


def check_kernel(debugger):
    with booted() as guest:
        debugger.check(KERNEL, pid=guest.child.pid)


def test_kernel_in_gdb():
    check_kernel(Gdb())


def test_kernel_in_lldb():
    check_kernel(Lldb())


debuggers.main()
