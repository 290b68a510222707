# SPDX-License-Identifier: Apache-2.0
"""wl_gdb.py: makes gdb understand the runner's guest: source it before or after the
runner is started or attached to. The build puts a script beside the runner that does
this by itself, once tools/debug/setup allowed gdb to load it."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from wl import gdb_session  # noqa: E402

gdb_session.begin()
