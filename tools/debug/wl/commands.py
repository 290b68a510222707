# SPDX-License-Identifier: Apache-2.0
"""commands.py: the debugger commands: how one is declared, found, and run.

A command is a function (target, arguments, out): it gets its arguments as a list
of words, prints with out(line), and fails with a GuestError. It is in the file of
its noun, next to the helpers that return what it prints.
"""

import importlib
import shlex

from .value import GuestError

# In the order of `help`.
NOUNS = ('tasks', 'stacks', 'log', 'cpus', 'irqs', 'percpu', 'mounts', 'maps',
         'lists', 'symbols', 'slab', 'trace', 'writers')
ALL = []


class Command:
    def __init__(self, name, usage, summary, text, run):
        self.name = name
        self.usage = usage
        self.summary = summary
        self.text = text
        self.body = run

    def help(self):
        usage = f'{self.name} {self.usage}'.rstrip()
        return f'{self.summary}\n\nUsage: {usage}\n\n{self.text}'

    def words(self, text):
        try:
            found = shlex.split(text)
        except ValueError as e:
            raise GuestError(f'{e} in: {text}') from None
        required = len([w for w in self.usage.split() if w[0] != '['])
        allowed = len(self.usage.split())
        if self.usage.endswith('...'):
            allowed = len(found)
        if not required <= len(found) <= allowed:
            usage = f'{self.name} {self.usage}'.rstrip()
            raise GuestError(f'usage: {usage}; see help {self.name}')
        return found

    def run(self, target, text, out):
        target.forget()
        self.body(target, self.words(text), out)


def number(word, what):
    """A word that has to be a number of something."""
    if not word.isdigit() or len(word) > 9:
        raise GuestError(f'{word} is no number of {what}')
    return int(word)


def command(name, usage, summary, text):
    """Declare a command. usage: words, optional ones in [], '...' at the end for
    any number. text: what it prints, and an example."""
    def declare(body):
        ALL.append(Command(name, usage, summary, text.strip('\n'), body))
        return body
    return declare


def all_of_them():
    """All commands."""
    for noun in NOUNS:
        importlib.import_module(f'wl.{noun}')
    return ALL


def register(backend):
    """Give all commands to a debugger; backend is a target.Target."""
    for c in all_of_them():
        backend.install(c)
    backend.installed()
