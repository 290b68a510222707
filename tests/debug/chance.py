# SPDX-License-Identifier: Apache-2.0
"""chance.py: programs in C by chance, the same for the same number.

What their variables are worth does not depend on how they are compiled: there is nothing
undefined in them, and no address but of the array `table`. Each calls look_here(), again
and again, and begin_here() whenever it begins anew.
"""

import random

HEAD = """#include <string.h>
#include <time.h>
struct pair { int a; unsigned long long b; };
struct trio { unsigned short x; unsigned char y; int z; };
static unsigned int table[16];
static volatile unsigned int sink;
__attribute__((noinline)) void look_here(unsigned int place)
{
	sink = place;
	__asm__ volatile("" ::: "memory");
}
__attribute__((noinline)) void begin_here(void)
{
	__asm__ volatile("" ::: "memory");
}
"""
MAIN = """int main(void)
{
	static struct pair pair;

	for (;;) {
		unsigned int sum = 0;

		memset(table, 7, sizeof(table));
		pair = (struct pair){ 1, 2 };
		begin_here();
"""
END = """		sink = sum;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
}
"""
KINDS = ['static', 'static inline __attribute__((always_inline))',
         '__attribute__((noinline)) static', '__attribute__((noinline))']
UNSIGNED = 'unsigned int'
INTEGERS = [UNSIGNED, 'int', 'unsigned long long', 'long long', 'unsigned short', 'short',
            'unsigned char']
WORD, PAIR = 'unsigned int *', 'struct pair *'
OPERATORS = ['+', '-', '*', '&', '|', '^', '+', '-', '<']
FUNCTIONS = 30
DEEPEST = 4


def program(number):
    """Its text."""
    chance = random.Random(number)
    functions = [(f'f{n}', [chance.choice([*INTEGERS, 'double', WORD, PAIR])
                            for _ in range(chance.randint(1, 4))],
                  chance.choice(INTEGERS), chance.choice(KINDS))
                 for n in range(FUNCTIONS)]
    bodies = [Function(functions, n, chance).text() for n in reversed(range(FUNCTIONS))]
    calls = []
    for name, types, _, _ in functions[::3]:
        constants = {'double': '0.5', WORD: '&table[3]', PAIR: '&pair'}
        values = [constants.get(t) or str(chance.randint(0, 200)) for t in types]
        calls.append(f'\t\tsum += (unsigned int){name}({", ".join(values)});\n')
    return HEAD + ''.join(bodies) + MAIN + ''.join(calls) + END


class Function:
    """One, which calls those with higher numbers."""

    def __init__(self, functions, number, chance):
        self.functions, self.number, self.chance = functions, number, chance
        self.variables = []  # those in scope: (name, type)
        self.names = self.places = self.calls = 0
        self.lines = []

    def text(self):
        name, types, result, kind = self.functions[self.number]
        for type_ in types:
            self.declare(type_)
        parameters = ', '.join(f'{type_} {name}' for name, type_ in self.variables)
        self.block(1, self.chance.randint(4, 9), 0)
        return '\n'.join([f'{kind} {result} {name}({parameters})', '{', *self.lines,
                          f'\treturn ({result}){self.number_of(2)};', '}', ''])

    def declare(self, type_):
        self.names += 1
        self.variables.append((f'v{self.names}', type_))
        return f'v{self.names}'

    def line(self, level, text):
        self.lines.append('\t' * level + text)

    def variable_of(self, types):
        found = [name for name, type_ in self.variables if type_ in types]
        return self.chance.choice(found) if found else None

    # What something is worth.

    def operand(self):
        name, type_ = self.chance.choice(self.variables)
        if self.chance.random() < .15:
            return f'{self.chance.randint(0, 300)}u'
        if type_ == 'double':
            return f'(unsigned int)(long long){name}'
        if type_ == WORD:
            return f'*{name}'
        if type_ == PAIR:
            return f'(unsigned int){name}->{self.chance.choice("ab")}'
        if type_ == 'struct pair':
            return f'(unsigned int){name}.{self.chance.choice("ab")}'
        if type_ == 'struct trio':
            return f'(unsigned int){name}.{self.chance.choice("xyz")}'
        if type_.endswith('long long') and self.chance.random() < .5:
            return f'(unsigned long long){name}'
        return f'(unsigned int){name}'

    def number_of(self, depth):
        """An unsigned number."""
        if not depth or self.chance.random() < .25:
            return self.operand()
        left, right = self.number_of(depth - 1), self.number_of(depth - 1)
        which = self.chance.randrange(len(OPERATORS) + 4)
        if which < len(OPERATORS):
            return f'({left} {OPERATORS[which]} {right})'
        return [f'({left} << {self.chance.randint(1, 15)})',
                f'({left} >> {self.chance.randint(1, 15)})',
                f'({left} % {self.chance.randint(2, 17)}u)',
                f'({left} < {right} ? {self.operand()} : {self.operand()})'
                ][which - len(OPERATORS)]

    def value_of(self, type_):
        number = self.number_of(1)
        if type_ == 'double':
            before = self.variable_of(['double'])
            more = f'{before} * 0.5 + ' if before and self.chance.random() < .5 else ''
            return f'{more}(int)(unsigned short){number} * 0.25'
        if type_ == WORD:
            return f'&table[{number} & 15]'
        if type_ == 'struct pair':
            return f'{{ (int){number}, {self.number_of(1)} }}'
        if type_ == 'struct trio':
            return (f'{{ (unsigned short){number}, (unsigned char){self.number_of(1)}, '
                    f'(int){self.number_of(1)} }}')
        return f'({type_}){self.number_of(2)}'

    # Statements.

    def block(self, level, statements, loops):
        outer = len(self.variables)
        for _ in range(self.chance.randint(*((1, 4) if level == 1 else (0, 2)))):
            type_ = self.chance.choice([*INTEGERS, UNSIGNED, 'int', 'double', WORD,
                                        'struct pair', 'struct trio'])
            value = self.value_of(type_)
            self.line(level, f'{type_} {self.declare(type_)} = {value};')
        for _ in range(statements):
            self.statement(level, loops)
        del self.variables[outer:]

    def statement(self, level, loops):
        kinds = [self.assign] * 9 + [self.look] * 3 + [self.call] * 2
        if level < DEEPEST:
            kinds += [self.branch] * 2 + [self.switch]
            if loops < 2:
                kinds += [self.loop] * 2
        self.chance.choice(kinds)(level, loops)

    def look(self, level, _):
        self.places += 1
        self.line(level, f'look_here({self.number * 1000 + self.places});')

    def assign(self, level, _):
        name, type_ = self.chance.choice([v for v in self.variables
                                          if not v[1].startswith('const')])
        number = self.number_of(2)
        if type_ == PAIR:
            self.line(level, f'{name}->a = (int){number};')
        elif type_ == 'struct pair':
            self.line(level, f'{name}.b += {number};')
        elif type_ == 'struct trio':
            self.line(level, f'{name}.z = (int){number};')
        elif type_ == WORD and self.chance.random() < .5:
            self.line(level, f'*{name} += {number};')
        else:
            self.line(level, f'{name} = {self.value_of(type_)};')

    def call(self, level, loops):
        last = min(self.number + 6, FUNCTIONS - 1)
        if self.number == last or self.calls == 3 or loops == 2:
            return
        self.calls += 1
        name, types, _, _ = self.functions[self.chance.randint(self.number + 1, last)]
        values = []
        for type_ in types:
            if type_ == PAIR:
                pointer, pair = self.variable_of([PAIR]), self.variable_of(['struct pair'])
                if not pointer and not pair:
                    return
                values.append(pointer or f'&{pair}')
            else:
                values.append(self.value_of(type_))
        target = self.variable_of([UNSIGNED])
        self.line(level, f'{target or "sink"} = (unsigned int){name}({", ".join(values)});')

    def branch(self, level, loops):
        self.line(level, f'if ({self.number_of(1)} < {self.number_of(1)}) {{')
        self.block(level + 1, self.chance.randint(1, 4), loops)
        if self.chance.random() < .5:
            self.line(level, '} else {')
            self.block(level + 1, self.chance.randint(1, 4), loops)
        self.line(level, '}')

    def switch(self, level, loops):
        self.line(level, f'switch ({self.number_of(1)} % 4u) {{')
        for case in range(3):
            self.line(level, f'case {case}: {{')
            self.block(level + 1, self.chance.randint(1, 3), loops)
            self.line(level, self.chance.choice(['} break;', '} break;',
                                                 '} /* fall through */']))
        self.line(level, '}')

    def loop(self, level, loops):
        outer = len(self.variables)
        first = self.number_of(1)
        type_ = self.chance.choice(INTEGERS)
        name = self.declare('const ' + type_)  # not assigned to but here: it ends
        self.line(level, f'for ({type_} {name} = {first} % 5u; {name}; {name}--) {{'
                  if self.chance.random() < .5 else
                  f'for ({type_} {name} = 0; {name} < {self.chance.randint(2, 4)}; '
                  f'{name}++) {{')
        self.block(level + 1, self.chance.randint(1, 5), loops + 1)
        del self.variables[outer:]
        self.line(level, '}')
