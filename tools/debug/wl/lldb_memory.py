# SPDX-License-Identifier: Apache-2.0
"""lldb_memory.py: memory in the process for lldb's own expressions, taken in time.

lldb's server takes it by a system call, for which it steps the thread that stopped. If
a signal waits for that one, which is how the guest's CPUs are interrupted, the call
is not made: lldb takes what else is in the register for an address, and the signal is
lost. So it is made here, by the runner's first thread, which gets no such signals."""

import lldb

READ, WRITE, EXECUTE = (lldb.ePermissionsReadable, lldb.ePermissionsWritable,
                        lldb.ePermissionsExecutable)
# What lldb asks for: bytes, to read and write, and to execute too. It keeps what is
# given back to it, and takes more only when this is used up.
SIZES = {READ | WRITE: 1 << 20, READ | WRITE | EXECUTE: 1 << 18}


def reserve(process, run):
    """run(command): has lldb do it, quietly."""
    first = process.GetProcessID()
    run(f'process plugin packet send Hgp{first:x}.{first:x}')
    for permissions, size in SIZES.items():
        error = lldb.SBError()
        place = process.AllocateMemory(size, permissions, error)
        if error.Success():
            process.DeallocateMemory(place)
