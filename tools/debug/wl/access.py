# SPDX-License-Identifier: Apache-2.0
"""access.py: what is said of the place of an access that a watchpoint saw. The CPU stops
behind its instruction, where the next line or another function may begin."""

import linecache


def text(function, path, line):
    linecache.checkcache(path)
    source = linecache.getline(path, line).rstrip()
    return f'The access was in {function} at {path}:{line}' + \
        (f'\n{line}\t{source}' if source else '')
