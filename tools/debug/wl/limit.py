# SPDX-License-Identifier: Apache-2.0
"""limit.py: what is said of a watchpoint that is one too many for the CPU."""

WATCHPOINTS = 4
TEXT = ('A CPU has four watchpoints, of up to 8 bytes each, and they are in use: delete '
        'one, or have\nthe runner watch: `runner --watch=PLACE` watches any number, of '
        'any size (docs/watching.md).')
