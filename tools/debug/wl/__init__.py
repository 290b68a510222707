# SPDX-License-Identifier: Apache-2.0
"""wl: Linux/Wasm under gdb and lldb: what both debuggers share."""
