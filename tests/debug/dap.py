#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The launch configuration of .vscode, through the Debug Adapter Protocol
(microsoft.github.io/debug-adapter-protocol): F5 stops at start_kernel."""

import json
import os
import re
import select
import shutil
import signal
import subprocess
import time

import debuggers
from debuggers import Failure, Gdb, equal, matches, runner_arguments

LAUNCH = os.path.join(debuggers.TOP, '.vscode', 'launch.json')


def configuration(name):
    """As the editor reads it: comments and variables are gone."""
    with open(LAUNCH, encoding='utf-8') as file:
        text = re.sub(r'^\s*//.*$', '', file.read(), flags=re.M)
    found = [c for c in json.loads(text)['configurations'] if c['name'].startswith(name)]
    equal(len(found), 1, f'configurations called {name}')
    text = json.dumps(found[0]).replace('${workspaceFolder}', debuggers.TOP)
    return json.loads(text)


class Adapter:
    """lldb-dap-22 and what it says."""

    def __init__(self):
        # It starts itself again in the terminal, by the name that it was called.
        self.child = subprocess.Popen(
            [shutil.which('lldb-dap-22')], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=Gdb().environment(), start_new_session=True)
        self.number = 0
        self.seen = []
        self.buffer = b''
        self.terminals = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in self.terminals:
            child.kill()
            child.wait()
        debuggers.kill_group(self.child.pid)
        self.child.wait()

    def write(self, **message):
        self.number += 1
        body = json.dumps(dict(message, seq=self.number)).encode()
        self.child.stdin.write(b'Content-Length: %d\r\n\r\n%s' % (len(body), body))
        self.child.stdin.flush()
        return self.number

    def request(self, command, arguments=None):
        return self.write(type='request', command=command, arguments=arguments or {})

    def read(self, deadline):
        while True:
            head, mark, rest = self.buffer.partition(b'\r\n\r\n')
            if mark:
                size = int(re.search(rb'Content-Length: (\d+)', head)[1])
                if len(rest) >= size:
                    self.buffer = rest[size:]
                    return json.loads(rest[:size])
            ready = select.select([self.child.stdout], [], [],
                                  max(0, deadline - time.monotonic()))[0]
            data = os.read(self.child.stdout.fileno(), 65536) if ready else b''
            if not data:
                said = '\n'.join(json.dumps(m)[:300] for m in self.seen[-30:])
                raise Failure(f'lldb-dap says nothing more; it said\n{said}')
            self.buffer += data

    def wait(self, **wanted):
        """The first message from now on that has all of these."""
        deadline = time.monotonic() + debuggers.LIMIT_S
        while True:
            message = self.read(deadline)
            self.seen.append(message)
            if message.get('command') == 'runInTerminal':
                self.run_in_terminal(message)
            if all(message.get(key) == value for key, value in wanted.items()):
                if message.get('success') is False:
                    raise Failure(f'{message}')
                return message.get('body', {})

    def run_in_terminal(self, message):
        """What the editor does for console: integratedTerminal."""
        arguments = message['arguments']
        env = dict(Gdb().environment(), **(arguments.get('env') or {}))
        child = subprocess.Popen(arguments['args'], env=env, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        self.terminals.append(child)
        self.write(type='response', command='runInTerminal', success=True,
                   request_seq=message['seq'], body={'processId': child.pid})

    def ask(self, command, **arguments):
        number = self.request(command, arguments)
        return self.wait(type='response', request_seq=number)


def test_stop_at_start_kernel():
    launch = configuration('Boot')
    # The build and the guest under test; everything else is as it is committed.
    command = runner_arguments()
    matches(launch['program'], '/build/runner$')
    launch.update(program=command[0], args=command[1:])
    with Adapter() as dap:
        dap.ask('initialize', adapterID='lldb-dap', pathFormat='path',
                linesStartAt1=True, columnsStartAt1=True,
                supportsRunInTerminalRequest=True)
        dap.request('launch', launch)
        dap.wait(type='event', event='initialized')
        dap.request('configurationDone')
        stop = dap.wait(type='event', event='stopped')
        frames = dap.ask('stackTrace', threadId=stop['threadId'], levels=1)
        matches(frames['stackFrames'][0]['name'], 'start_kernel')
        shown = dap.ask('evaluate', expression='p init_task.comm', context='repl',
                        frameId=frames['stackFrames'][0]['id'])
        matches(shown['result'], '"swapper')
        dap.request('disconnect', {'terminateDebuggee': True})
        os.kill(dap.child.pid, signal.SIGTERM)


debuggers.main()
