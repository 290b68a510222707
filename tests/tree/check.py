#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules that hold for every file of the tree: licences, sizes, what must not be in it.

usage: check.py [RULE...]    (all rules, if none is named)
"""

import os
import re
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAX_LINES = 600
# Not written by hand, or recorded.
GENERATED = re.compile(r'LICENSES/|.*/package-lock\.json$|tests/.*\.(txt|out)$')
LICENCES = [('kernel/', 'GPL-2.0-only'), ('userland/musl/', 'MIT'),
            ('include/host_abi.h', 'Apache-2.0 OR GPL-2.0-only'), ('', 'Apache-2.0')]
# Files whose format has no comments: the licence is said in another way, or is that
# of the folder.
NO_COMMENT = re.compile(r'^(LICENSES/|.*/package(-lock)?\.json$|.*\.patch$|.*/series$|'
                        r'.*_defconfig$|tests/.*\.(txt|out)$|'
                        r'userland/initramfs/root/etc/(hostname|passwd|group|shadow|'
                        r'motd|fstab|shells|hosts|resolv\.conf|protocols|services)$)')
PRIVATE = re.compile(re.escape(TOP) + '/')


def files():
    """Paths of what is in the tree, or will be with the next commit."""
    listed = subprocess.run(['git', '-C', TOP, 'ls-files', '-co', '--exclude-standard',
                             '-z'], capture_output=True, text=True)
    if listed.returncode == 0:
        names = listed.stdout.split('\0')
    else:  # no clone: an archive
        names = [os.path.relpath(os.path.join(root, name), TOP)
                 for root, _, found in os.walk(TOP) for name in found
                 if not root.startswith(os.path.join(TOP, 'build'))]
    return sorted(n for n in set(names) if n and os.path.isfile(os.path.join(TOP, n)))


def read(name):
    with open(os.path.join(TOP, name), encoding='utf-8', errors='surrogateescape') as f:
        return f.read()


def check_licences():
    """Each file names the licence of its folder in its first lines."""
    for name in files():
        if NO_COMMENT.match(name):
            continue
        head = '\n'.join(read(name).split('\n')[:6])
        found = re.search(r'SPDX-License-Identifier"?: "?([A-Za-z0-9.\- ]+[A-Za-z0-9.])', head)
        wanted = next(licence for prefix, licence in LICENCES if name.startswith(prefix))
        if 'uapi' in name:
            wanted += ' WITH Linux-syscall-note'
        if not found:
            yield f'{name} has no SPDX-License-Identifier in its first lines'
        elif found[1].strip() not in (wanted, wanted.replace(' WITH Linux-syscall-note', '')):
            yield f'{name} is {found[1]}, not {wanted}'


def check_sizes():
    """No file is too long to be read at a stretch."""
    for name in files():
        count = read(name).count('\n')
        if count > MAX_LINES and not GENERATED.match(name):
            yield f'{name} has {count} lines; {MAX_LINES} is the limit'


def check_text():
    """Text, without trailing blanks, ending in a newline."""
    for name in files():
        with open(os.path.join(TOP, name), 'rb') as file:
            content = file.read()
        if b'\0' in content:
            yield f'{name} is binary'
            continue
        if content and not content.endswith(b'\n'):
            yield f'{name} does not end in a newline'
        if not name.endswith(('.patch', '.md')) and not GENERATED.match(name) and \
                re.search(rb'[ \t]\n', content):
            yield f'{name} has blanks at the end of a line'


def check_private():
    """No path of somebody's machine."""
    for name in files():
        if name == 'tests/tree/check.py':
            continue
        for number, line in enumerate(read(name).split('\n'), 1):
            if PRIVATE.search(line):
                yield f'{name}:{number}: a path of one machine: {line.strip()}'


def layers():
    """{file stem: (layer, stems of its layer that it may include)}."""
    found = {}
    for line in read('tests/layers.txt').split('\n'):
        words = line.split('#')[0].split()
        for word in words[1:]:
            stem, _, sideways = word.partition('>')
            found[stem] = (int(words[0]), set(filter(None, sideways.split(','))))
    return found


def check_layers():
    """In runner/, includes only go down (tests/layers.txt)."""
    known = layers()
    for name in files():
        match = re.fullmatch(r'runner/(\w+)\.[ch]', name)
        if not match:
            continue
        own = match[1]
        if own not in known:
            yield f'tests/layers.txt does not place runner/{own}'
            continue
        for include in re.findall(r'^#include "(\w+)\.h"', read(name), re.M):
            if include == own or not os.path.exists(f'{TOP}/runner/{include}.h'):
                continue
            layer, sideways = known[own]
            there = known.get(include, (99, set()))[0]
            if there > layer or (there == layer and include not in sideways):
                yield (f'{name} (layer {layer}) includes {include}.h '
                       f'(layer {there}): only downwards')


def check_scripts():
    """shellcheck, where there is one."""
    if not shutil.which('shellcheck'):
        print('     (no shellcheck here)')
        return
    scripts = [name for name in files()
               if re.match(r'#!/bin/(ba)?sh', read(name)[:20])
               and not name.startswith('userland/initramfs/')]
    # Variables from a script read with `.`, and words that are meant to be split.
    done = subprocess.run(['shellcheck', '-x', '-S', 'warning',
                           '-e', 'SC2034,SC2046,SC2154', *scripts], cwd=TOP,
                          capture_output=True, text=True)
    if done.returncode:
        yield done.stdout


def check_python():
    """Python that compiles."""
    for name in files():
        if name.endswith('.py') or read(name)[:30].startswith('#!/usr/bin/env python3'):
            try:
                compile(read(name), name, 'exec')
            except SyntaxError as error:
                yield f'{name}: {error}'


def main():
    rules = {name[6:]: value for name, value in globals().items()
             if name.startswith('check_')}
    failed = False
    for name in sys.argv[1:] or rules:
        if name not in rules:
            sys.exit(f'no rule is called {name}; there are: {" ".join(rules)}')
        complaints = list(rules[name]())
        print('FAIL' if complaints else 'ok  ', name)
        for complaint in complaints:
            print('    ', complaint)
        failed |= bool(complaints)
    sys.exit(failed)


main()
