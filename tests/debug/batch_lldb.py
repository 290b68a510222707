# SPDX-License-Identifier: Apache-2.0
"""batch_lldb.py: commands of a file, one after the other, errors or not: lldb's own
batch mode ends at the first error."""

import json
import sys

import lldb


def context_of(target):
    thread = target.GetProcess().GetSelectedThread()
    return lldb.SBExecutionContext(thread.GetSelectedFrame() if thread else target)


def batch(debugger, path, context, result, _):
    debugger.SetAsync(False)
    with open(path.strip(), encoding='utf-8') as file:
        commands = json.load(file)
    for number, command in enumerate(commands):
        print(f'\n@@{number}@@', flush=True)
        done = lldb.SBCommandReturnObject()
        debugger.GetCommandInterpreter().HandleCommand(
            command, context_of(debugger.GetSelectedTarget()), done)
        print(done.GetOutput() or '', done.GetError() or '', flush=True)
        sys.stdout.flush()


def __lldb_init_module(debugger, _):
    debugger.HandleCommand('command script add -f batch_lldb.batch batch')
