#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The configurations of .vscode, through the Debug Adapter Protocol
(microsoft.github.io/debug-adapter-protocol): F5 stops at start_kernel; breakpoints,
steps into functions, and the other configuration, which attaches."""

import json
import os
import re
import select
import shutil
import signal
import subprocess
import time

import debuggers
from debuggers import (SUBJECT, Failure, Gdb, Guest, boot, booted, equal,
                       line_in_subject, matches, path_of, runner_arguments)

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


    def begin(self, request, launch, **breakpoints):
        """As the editor does; breakpoints: what is asked for them, by request."""
        self.ask('initialize', adapterID='lldb-dap', pathFormat='path',
                 linesStartAt1=True, columnsStartAt1=True,
                 supportsRunInTerminalRequest=True)
        self.request(request, launch)
        self.wait(type='event', event='initialized')
        for command, arguments in breakpoints.items():
            answer = self.ask(command, **arguments)
            equal([b['verified'] for b in answer['breakpoints']],
                  [True] * len(answer['breakpoints']), f'{command}: {answer}')
        self.request('configurationDone')

    def stopped(self):
        """(thread, its innermost frame, why) of the next stop."""
        stop = self.wait(type='event', event='stopped')
        frames = self.ask('stackTrace', threadId=stop['threadId'], levels=1)
        return stop['threadId'], frames['stackFrames'][0], stop['reason']

    def go(self, command, thread):
        self.request(command, {'threadId': thread})
        return self.stopped()

    def variables(self, parent):
        """What a scope or a variable has, by name."""
        shown = self.ask('variables', variablesReference=parent['variablesReference'])
        return {v['name']: v for v in shown['variables']}

    def end(self, kill):
        self.request('disconnect', {'terminateDebuggee': kill})


def function(name):
    return {'breakpoints': [{'name': name}]}


def attach_to(guest):
    return dict(configuration('Attach'), program=path_of('runner'), pid=guest.child.pid)


def test_stop_at_start_kernel():
    launch = configuration('Boot')
    # The build and the guest under test; everything else is as it is committed.
    runner, *options = runner_arguments()
    build = os.path.join(debuggers.TOP, 'build')
    equal([launch['program'], *launch['args']],
          [f'{build}/runner', '--level=debug', f'{build}/vmlinux.wasm',
           f'{build}/initramfs.cpio.gz'], 'program and arguments')
    launch.update(program=runner, args=options)
    with Adapter() as dap:
        dap.begin('launch', launch)
        thread, frame, _ = dap.stopped()
        matches(frame['name'], 'start_kernel')
        shown = dap.ask('evaluate', expression='p init_task.comm', context='repl',
                        frameId=frame['id'])
        matches(shown['result'], '"swapper')
        # On, to the kernel and to a line of the program that it starts.
        dap.ask('setFunctionBreakpoints', **function('vfs_read'))
        thread, frame, reason = dap.go('continue', thread)
        equal((frame['name'], reason), ('vfs_read', 'breakpoint'))
        matches(frame['source']['path'], r'/fs/read_write\.c$')
        dap.ask('setFunctionBreakpoints', breakpoints=[])
        line = line_in_subject('box->value += by')
        dap.ask('setBreakpoints', source={'path': SUBJECT}, breakpoints=[{'line': line}])
        thread, frame, reason = dap.go('continue', thread)
        equal((frame['name'], frame['line'], reason), ('change_box', line, 'breakpoint'))
        scope = dap.ask('scopes', frameId=frame['id'])['scopes'][0]
        found = dap.variables(scope)
        equal(found['by']['value'], '1', 'the value of by')
        # Pointers are followed, in the variables and in what is watched.
        last = dap.variables(dap.variables(found['box'])['next'])
        equal((last['value']['value'], last['name']['value']), ('30', '"last"'))
        shown = dap.ask('evaluate', expression='box->next->value', context='watch',
                        frameId=frame['id'])
        equal(shown['result'], '30', 'what is watched')
        dap.end(True)
        os.kill(dap.child.pid, signal.SIGTERM)


def test_attach():
    """No signal of the runner's own stops it, and it goes on when the editor leaves."""
    with booted() as guest:
        with Adapter() as dap:
            line = line_in_subject('lines_read += next->lines')
            dap.begin('attach', attach_to(guest),
                      setFunctionBreakpoints=function('do_pipe2'),
                      setBreakpoints={'source': {'path': SUBJECT},
                                      'breakpoints': [{'line': line}]})
            seen = set()
            thread, frame, reason = dap.stopped()
            for _ in range(6):
                equal(reason, 'breakpoint', f'the stop in {frame["name"]}')
                seen.add(frame['name'])
                thread, frame, reason = dap.go('continue', thread)
            equal(seen, {'do_pipe2', 'turn'}, 'where it stopped')
            dap.end(False)
            dap.wait(type='response', command='disconnect')
        guest.send('still there\r')
        guest.expect('subject: heard still there')


def test_pointers_in_memory():
    """Of a program that is not optimised: they have 4 bytes."""
    source = os.path.join(debuggers.HERE, 'plain.c')
    with debuggers.guest_with(source, '-g', '-O0') as guest, Adapter() as dap:
        dap.begin('attach', attach_to(guest),
                  setFunctionBreakpoints=function('stop_here'))
        thread, _, _ = dap.stopped()
        frame = dap.ask('stackTrace', threadId=thread, levels=2)['stackFrames'][1]
        found = dap.variables(dap.ask('scopes', frameId=frame['id'])['scopes'][0])
        matches(found['head']['value'], r'^0x0*[1-9a-f][0-9a-f]{5,7}$')
        equal(found['head']['type'], 'struct node *')
        matches(found['odd']['value'], r'^0x\w+ "\\xff!"$')
        second = dap.variables(dap.variables(found['head'])['next'])
        matches(second['name']['value'], '"second"')
        matches(dap.variables(found['names'])['*names']['value'], '"uno"')
        equal(dap.variables(found['here'])['x']['value'], '23')
        shown = dap.ask('evaluate', expression='head->next->name', context='watch',
                        frameId=frame['id'])
        matches(shown['result'], '"second"')
        dap.end(False)
        dap.wait(type='response', command='disconnect')


STEPS = 60


def test_step_into():
    """Into functions, and through system calls that block, of a program among others
    on one CPU: whatever the guest switches to, each step ends, in its thread."""
    command = boot.runner_command('--level=' + debuggers.LEVEL, cpus=1,
                                  initramfs=debuggers.Subject.path())
    with Guest(command=command) as guest, Adapter() as dap:
        guest.run('for i in 1 2 3 4; do /debug/subject >/dev/null & done; sleep 1')
        dap.begin('attach', attach_to(guest),
                  setFunctionBreakpoints=function('use_pipe'))
        thread, frame, _ = dap.stopped()
        dap.ask('setFunctionBreakpoints', breakpoints=[])
        seen = set()
        for _ in range(STEPS):
            now, frame, reason = dap.go('stepIn', thread)
            equal((now, reason), (thread, 'step'), f'the step to {frame}')
            if not frame.get('line'):
                raise Failure(f'a step to where no line is: {frame}')
            seen.add(frame['name'])
        if not {'use_pipe', 'pipe', 'write', 'read', 'close'} <= seen:
            raise Failure(f'it stepped into {seen} only')
        dap.end(False)
        dap.wait(type='response', command='disconnect')


debuggers.main()
