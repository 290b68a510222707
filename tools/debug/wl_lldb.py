# SPDX-License-Identifier: Apache-2.0
"""wl_lldb.py: makes lldb understand the runner's guest: `command script import` it
before or after the runner is started or attached to. tools/debug/setup puts that line
into ~/.lldbinit."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from wl import lldb_session  # noqa: E402
from wl.lldb_session import StopHook, print_, start, until, watch  # noqa: E402,F401
from wl.lldb_steps import step  # noqa: E402,F401


def __lldb_init_module(debugger, _):
    lldb_session.begin(debugger)
