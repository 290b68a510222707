# SPDX-License-Identifier: Apache-2.0
"""expression.py: C expressions over guest memory, with the guest's pointers.

	sum:     unary (('+' | '-') unary)*
	unary:   ('*' | '&' | '-') unary | '(' type ')' unary | postfix |
	         'sizeof' ('(' type ')' | unary)
	postfix: primary ('.' name | '->' name | '[' sum ']')*
	primary: number | name | '(' sum ')' | '$wl_task(' [task] ')' |
	         '$wl_percpu(' name [',' cpu] ')' |
	         '$wl_container_of(' sum ',' type ',' member ')'

A name is a variable of the selected frame, of the program that it is in, of the
kernel, or of another program. A task is what `wl-task` takes. Quotes may be around
what they are around in gdb, and arguments have no parentheses.
"""

import re

from .value import GuestError, Type, Value

CALLS = r'\$(?:wl_task|wl_percpu|wl_container_of)\([^()]*\)'
TOKEN = re.compile(rf'\s*({CALLS}|->|[A-Za-z_]\w*|0[xX][0-9a-fA-F]+|\d+|[-+*&.()\[\]])')
BASIC = {'char', 'short', 'int', 'long', 'unsigned', 'signed', '_Bool'}
TAGS = {'struct', 'union', 'enum'}
DEPTH = 64


class NotUnderstood(GuestError):
    """No expression about the guest: something for the debugger's own."""


class Pointer(Type):
    """A pointer to a type, for & and casts."""
    kind = 'pointer'

    def __init__(self, target, size=4):
        self.target = target
        self.name = target.name + ('*' if target.name.endswith('*') else ' *')
        self.size = size


class Number(Type):
    kind, name, size, signed = 'int', 'long', 8, True


class Parser:
    def __init__(self, target, text):
        self.target = target
        self.text = text
        self.depth = 0
        self.tokens = []
        at = 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            if not match:
                raise NotUnderstood(f'{text[at:].strip()[0]} is not understood in '
                                    f'{text}')
            self.tokens.append(match[1])
            at = match.end()
        self.at = 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ''

    def next(self):
        token = self.peek()
        self.at += 1
        return token

    def expect(self, token):
        if self.next() != token:
            raise NotUnderstood(f'{token} is missing in {self.text}')

    def whole(self):
        found = self.sum()
        if self.peek():
            raise NotUnderstood(f'{self.peek()} is not understood in {self.text}')
        return found

    def sum(self):
        left = self.unary()
        while self.peek() in ('+', '-') and self.peek():
            minus = self.next() == '-'
            left = self.add(left, self.unary(), minus)
        return left

    def add(self, left, right, minus):
        if pointer_to(right) and not pointer_to(left) and not minus:
            left, right = right, left
        to, n = pointer_to(left), integer(right)
        if to and minus and pointer_to(right):
            return Value(self.target, Number(),
                         number=(integer(left) - n) // (to.size or 1))
        n = -n if minus else n
        if to:
            kind = left.type_ if left.type_.kind == 'pointer' else Pointer(to)
            return Value(self.target, kind, number=int(left) + n * (to.size or 1))
        return Value(self.target, Number(), number=integer(left) + n)

    def unary(self):
        self.depth += 1
        if self.depth > DEPTH:
            raise GuestError(f'{self.text[:40]}... is too deep')
        try:
            return self._unary()
        finally:
            self.depth -= 1

    def _unary(self):
        if self.peek() == '*':
            self.next()
            return self.unary().deref_()
        if self.peek() == '-':
            self.next()
            return Value(self.target, Number(), number=-integer(self.unary()))
        if self.peek() == '&':
            self.next()
            found = self.unary()
            if found.address_ is None or found.bits_:
                raise GuestError(f'& of what has no address in {self.text}')
            size = 4 if found.address_ < 1 << 32 else 8
            return Value(self.target, Pointer(found.type_, size),
                         number=found.address_)
        if self.peek() == 'sizeof':
            self.next()
            kind = self.type_in_parentheses() or self.unary().type_
            return Value(self.target, Number(), number=kind.size)
        kind = self.type_in_parentheses()
        if kind:
            found = self.unary()
            if 'float' in (found.type_.kind, kind.kind):
                raise NotUnderstood(f'a cast of a {found.type_.name} to '
                                    f'{kind.name} is not understood')
            return found.cast_(kind)
        return self.postfix()

    def type_in_parentheses(self):
        """A type here, or None: nothing is read then."""
        before = self.at
        if self.next() == '(':
            kind = self.type()
            if kind:
                self.expect(')')
                return kind
        self.at = before
        return None

    def type(self):
        """A type here, or None."""
        names = []
        while re.match(r'[A-Za-z_]', self.peek()):
            names.append(self.next())
        names = [n for n in names if n not in ('const', 'volatile')]
        if not names or self.peek() not in ('*', ')'):
            return None
        basic = names[0] in BASIC or names[0] in TAGS
        if not basic and (len(names) > 1 or
                          variable(self.target, names[0]) is not None):
            return None
        kind = find_type(self.target, ' '.join(names), self.target.program())
        while self.peek() == '*':
            self.next()
            kind = Pointer(kind)
        return kind

    def postfix(self):
        token = self.next()
        if token.startswith('$'):
            found = call(self.target, token)
        elif token == '(':
            found = self.sum()
            self.expect(')')
        elif token[:1].isdigit():
            number_ = int(token, 16 if token[:2] in ('0x', '0X') else 10)
            found = Value(self.target, Number(), number=number_)
        elif re.match(r'[A-Za-z_]', token):
            found = variable(self.target, token)
            if found is None:
                raise NotUnderstood(f'there is no variable {token}')
        else:
            raise NotUnderstood(f'a value is missing in {self.text}' if not token
                                else f'{token} is not understood in {self.text}')
        while self.peek() in ('.', '->', '['):
            operator = self.next()
            if operator == '[':
                found = found[integer(self.sum())]
                self.expect(']')
            else:
                found = self.member(found, self.next())
        return found

    def member(self, found, name):
        if not name.isidentifier() or self.peek() == '(':
            raise NotUnderstood(f'{name} is no member of a structure in {self.text}')
        return found.member_(name)


def pointer_to(value):
    """What a pointer or array is of; None of all else."""
    return value.type_.target if value.type_.kind in ('pointer', 'array') else None


def integer(value):
    if value.type_.kind == 'float':
        raise NotUnderstood(f'a {value.type_.name} is no integer')
    return int(value)


def variable(target, name):
    local = target.local(name)
    if local is not None:
        return local
    program = target.program()
    if program and program.find_variable(name):
        return program.variable(name)
    if target.kernel.find_variable(name):
        return target.kernel.variable(name)
    return target.elsewhere(name)


def call(target, text):
    """$wl_NAME(ARGUMENT, ...), as gdb's functions of that name."""
    name, _, rest = text[1:-1].partition('(')
    words = [word.strip().strip('"') for word in rest.split(',')]
    function, least, most = {'wl_task': (task, 1, 1), 'wl_percpu': (per_cpu, 1, 2),
                             'wl_container_of': (container_of, 3, 3)}[name]
    if not least <= len(words) <= most:
        raise GuestError(f'${name}() has other arguments: {text}')
    return function(target, *words)


def task(target, word):
    """A pointer to its task_struct."""
    from . import tasks
    found = (tasks.find(target, word) if word else tasks.selected(target)).struct
    return Value(target, Pointer(found.type_), number=found.address_)


def per_cpu(target, name, cpu=None):
    from . import percpu, tasks
    which = tasks.selected(target).cpu if cpu is None else number(target, cpu)
    return percpu.variable(target, name, which)


def container_of(target, pointer, kind, member):
    kind = find_type(target, kind)
    start = number(target, pointer) - kind.offset_of(member)
    return Value(target, Pointer(kind), number=start & 0xffffffff)


def find_type(target, name, program=None):
    """A type of a program or of the kernel; 'task_struct' is understood as 'struct
    task_struct'."""
    for module in filter(None, (program, target.kernel)):
        for spelled in (name, f'struct {name}', f'union {name}'):
            found = module.find_type(' '.join(spelled.split()))
            if found:
                return found
    raise NotUnderstood(f'there is no type {name}')


def evaluate(target, text):
    return Parser(target, text).whole()


def number(target, text):
    """An address that a user means: a number, or where something is."""
    found = evaluate(target, text)
    if found.type_.kind in ('struct', 'union', 'array', 'function'):
        return found.pointer_()
    return int(found)


def member_path(value, path):
    """value.path, where -> may stand for a dot."""
    for part in re.findall(r'[^.>[-]+|\[\d+\]', path):
        if part[0] == '[':
            value = value[int(part[1:-1])]
        else:
            value = value.member_(part)
    return value
