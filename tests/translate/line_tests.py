# SPDX-License-Identifier: Apache-2.0
"""Source lines and names: from the DWARF of a module to that of its object."""

import os
import random
import re
import subprocess

SOURCE = '''\
struct item {
	int value;
	struct item *next;
};
struct item last = { 7, 0 }, first = { 5, &last };
static int total;
__attribute__((noinline)) static int add(int x)
{
	total += x;     /* ADD */
	return total;
}
__attribute__((export_name("sum"))) int sum(int n)
{
	int i;

	for (i = 0; i < n; i++) /* LOOP */
		add(i); /* CALL */
	return total;   /* END */
}
__attribute__((noinline)) static int walk(struct item *item, long long scale)
{
	int found = 0;

	while (item) {
		found += item->value * (int)scale;
		item = item->next;      /* NEXT */
	}
	return found;   /* FOUND */
}
__attribute__((export_name("walk_list"))) int walk_list(int scale)
{
	return walk(&first, scale);
}
__attribute__((noinline)) static int value_of(struct item *item, char letter)
{
	return item->value + letter;    /* VALUE */
}
__attribute__((export_name("many"))) int many(int a, int b, int c, int d, int e,
		int f, int g, int h, int i, int j, int k, int twelfth)
{
	return a + b + c + d + e + f + g + h + i + j + k * twelfth; /* MANY */
}
__attribute__((noinline)) static void fill(struct item *item, int *numbers, int n)
{
	item->value = n;
	while (n--)
		numbers[n] = n * n;
}
__attribute__((export_name("in_memory"))) int in_memory(int n)
{
	struct item item = { 1, 0 };
	int numbers[8];

	fill(&item, numbers, n);
	return item.value + numbers[n - 1];     /* MEMORY */
}
__attribute__((noinline)) static struct item *find(struct item *item, int value)
{
	while (item && item->value != value)
		item = item->next;
	return item;
}
__attribute__((noinline)) static int negative(int n)
{
	return -n;
}
__attribute__((noinline)) static signed char narrow(int n)
{
	return (signed char)(n - 100);
}
__attribute__((noinline)) static long long wide(long long n)
{
	return n * -1000000000000;
}
__attribute__((export_name("results"))) int results(int n)
{
	return !find(&first, n) + negative(n) + narrow(n) + (int)wide(n);
}
/* What no local has, but is known from one that there is. */
__attribute__((noinline)) static int salvaged(int n, unsigned int bits)
{
	int more = n + 5, less = n - 3, both = (n + 1) * 4;
	unsigned int masked = bits & 0x3f, flipped = ~bits, set = bits | 0x400;
	unsigned char cut = (unsigned char)(bits + 255);
	long long wide_mask = bits;

	total += 3 * n;
	return total ^ (int)bits ^ n;   /* SALVAGED */
}
__attribute__((export_name("salvage"))) int salvage(int n)
{
	return salvaged(n, (unsigned int)n * 0x1010101u) + salvaged(n + 1, 7);
}
/* What becomes a part of inlined(): each n is another. */
static volatile int seen;
__attribute__((always_inline)) static inline int inner(int n)
{
	int doubled = n * 2;

	seen = doubled;
	seen = n;       /* INNER */
	return doubled + n;
}
__attribute__((always_inline)) static inline int outer(int n)
{
	int result = inner(n * 10);

	seen = result;
	seen = n;       /* OUTER */
	return result + n;
}
__attribute__((export_name("inlined"))) int inlined(int seed)
{
	int result = outer(seed + 1);

	seen = result;
	seen = seed;    /* AROUND */
	return result + seed;
}
__attribute__((export_name("blocks"))) int blocks(int n)
{
	int sum = 0;

	for (int step = 1; step < n; step++) {
		int square = step * step;

		seen = square;
		sum += square ^ n;
	}
	return sum;
}
__attribute__((export_name("last_value"))) int last_value(int letter)
{
	return value_of(first.next, letter) * 2;
}
__attribute__((export_name("a_rather_long_name_for_a_function"), noinline))
int a_rather_long_name_for_a_function(int x)
{
	return x * 3;   /* TRIPLE */
}
'''


def compile_c(bench, name, *options, source=SOURCE):
    """The module made of source, and where that is."""
    path, wasm = bench.path(name + '.c'), bench.path(name + '.wasm')
    with open(path, 'w') as f:
        f.write(source)
    base = ['clang-22', '--target=wasm32', '-O1', '-nostdlib', '-matomics',
            '-mbulk-memory', '-mmutable-globals', '-c', '-o', wasm + '.o']
    subprocess.run([*base, *options, path], check=True, cwd=bench.folder)
    subprocess.run(['wasm-ld-22', '--no-entry', '--import-memory',
                    '--no-stack-first', '--global-base=1048576',
                    '--shared-memory', '--max-memory=4294967296', wasm + '.o',
                    '-o', wasm], check=True)
    return wasm, path


def line_of(word):
    return next(n for n, line in enumerate(SOURCE.split('\n'), 1) if word in line)


def dump(so, what):
    return subprocess.run(['llvm-dwarfdump-22', what, so], capture_output=True,
                          text=True, check=True).stdout


def rows_of(so):
    """(path, line) of all rows of all units."""
    rows = set()
    for text in dump(so, '--debug-line').split('\ndebug_line[')[1:]:
        dirs = dict(re.findall(r'include_directories\[ *(\d+)\] = "(.*)"', text))
        files = {n: os.path.join(dirs[d], name) for n, name, d in re.findall(
            r'file_names\[ *(\d+)\]:\n +name: "(.*)"\n +dir_index: (\d+)', text)}
        rows |= {(files[f], int(line)) for line, f in
                 re.findall(r'^0x[0-9a-f]{16} +(\d+) +\d+ +(\d+) ', text, re.M)}
    return rows


def lines(bench):
    for dwarf in ('-gdwarf-4', '-gdwarf-5'):
        wasm, source = compile_c(bench, 'lines', dwarf)
        for level in bench.levels:
            so = bench.translate(wasm, level)
            rows = rows_of(so)
            for word in ('ADD', 'LOOP', 'CALL', 'END', 'TRIPLE', 'MANY'):
                assert (source, line_of(word)) in rows, (dwarf, level, word, rows)
            assert not [f for f, n in rows if 'guest' in f], rows
            assert 'sum 5 = i:a' in bench.run(so, 'sum 5\n')


def variables(bench):
    """gdb shows parameters and variables by their names, or nothing."""
    wasm, source = compile_c(bench, 'variables', '-g')
    so = bench.translate(wasm, '--level=debug')
    with open(bench.path('commands'), 'w') as f:
        f.write('sum 2\nwalk_list 2\nlast_value 41\nin_memory 4\n')
    stops = ([('CALL', ['i', 'n'])] * 2 + [('NEXT', ['scale', 'found'])] * 2 +
             [('VALUE', ['item', 'letter']),
              ('MEMORY', ['&item', 'numbers[3]', '*(int *)&item'])])
    script = ['set breakpoint pending on', 'set confirm off', 'set width 0',
              *(f'break {source}:{line_of(w)}' for w in ('CALL', 'NEXT', 'VALUE', 'MEMORY')),
              f'run {so} <{bench.path("commands")}']
    for word, names in stops:
        script += [f'echo {word}', *(f'echo ,\noutput {name}' for name in names),
                   'echo \\n', 'frame',
                   *(['up', 'print letter'] if word == 'VALUE' else []), 'continue']
    with open(bench.path('script'), 'w') as f:
        f.write('\n'.join(script[:-1]) + '\nkill\n')
    text = subprocess.run(['gdb', '-nx', '-batch', '-x', bench.path('script'),
                           bench.loader], capture_output=True,
                          text=True).stdout
    for wanted in (r'CALL,0,2\n#0 .*sum \(.*n=2', r'CALL,1,2\n', r'NEXT,2,10\n',
                   r'NEXT,2,24\n#0 .*walk \(.*scale=2\)',
                   r"VALUE,\(struct item \*\) 0x[0-9a-f]+,65 'A'\n",
                   # What it was given is kept, and not taken from a register of the callee.
                   r'#1 [^#]*last_value \([^#]*\$1 = 65\n',
                   r'MEMORY,\(struct item \*\) 0x[0-9a-f]+,9,4\n',
                   re.escape(f'{source}:{line_of("VALUE")}')):
        assert re.search(wanted, text), (wanted, text)


def gdb(bench, wasm, commands, script):
    """What gdb prints, of a run of the loader that is given commands."""
    so = bench.translate(wasm, '--level=debug')
    with open(bench.path('commands'), 'w') as f:
        f.write(commands)
    with open(bench.path('script'), 'w') as f:
        f.write('\n'.join(['set breakpoint pending on', 'set confirm off',
                           'set width 0', *script, 'kill\n'])
                .replace('@RUN@', f'run {so} <{bench.path("commands")}'))
    return subprocess.run(['gdb', '-nx', '-batch', '-x', bench.path('script'),
                           bench.loader], capture_output=True, text=True).stdout


# LLVM lets other values have the locals of sequence, p and error, whose places are the
# same afterwards, as its DWARF tells them.
REUSED = '''\
struct lock { int depth, taken; };
struct sequence { int padding[4]; struct lock *lock; };
static struct lock one = { 3, 7 };
static struct sequence all[2] = { { .lock = &one }, { .lock = &one } };
static int *volatile number = &one.depth;
__attribute__((noinline)) static int unlock(int *taken)
{
	return --*taken + *number;      /* UNLOCK */
}
__attribute__((noinline)) static void stop(struct sequence *sequence)
{
	struct lock *lock = sequence->lock;

	if (lock->depth < 32) {
		unlock(&lock->taken);
		unlock(&lock->taken);
	}
}
__attribute__((noinline)) static int try_it(int n)
{
	int error = unlock(&one.taken), *p;

	if (error < n) {
		p = number;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		unlock(p);
		error = unlock(p + 1);
		unlock(&one.taken);
	}
	return error;
}
__attribute__((noinline)) static int in_frame(int n)
{
	int numbers[4];

	numbers[0] = numbers[3] = n;
	unlock(numbers);
	return numbers[n & 3];
}
__attribute__((export_name("reused"))) int reused(int n)
{
	stop(&all[n & 1]);
	return try_it(n) + in_frame(n);
}
'''


def reused(bench):
    """A variable whose local has something else is nowhere, until it is there again."""
    wasm, _ = compile_c(bench, 'reused', '-g', source=REUSED)
    here = ['up', 'info args', 'info locals', 'continue']
    text = gdb(bench, wasm, 'reused 9\n', [
        'tbreak stop', '@RUN@', 'info args', 'break unlock', 'continue', *7 * here])
    frames = re.split(r'^#1 +', text, flags=re.M)[1:]
    said = [dict(re.findall(r'^(sequence|lock|error|p|numbers) = (.*)$', f, re.M))
            for f in frames]
    pointer, none = '0x10002c', '<optimized out>'
    assert len(said) == 7 and re.search(r'^sequence = 0x100014$', text, re.M), text
    for names in said[:2]:
        assert names['sequence'] in (none, '0x100014'), text
        assert names['lock'] in (none, pointer), text
    assert [names['p'] for names in said[2:6]] == [none, pointer, pointer, none], text
    assert [names['error'] for names in said[2:6]] == [none, none, none, '5'], text
    assert re.fullmatch(r'\{9, -?\d+, -?\d+, 9\}', said[6]['numbers']), text


def results(bench):
    """finish prints what a function returns, in its type."""
    wasm, _ = compile_c(bench, 'results', '-g')
    functions = 'find', 'negative', 'narrow', 'wide'
    text = gdb(bench, wasm, 'results 5\n',
               [*(f'tbreak {name}' for name in functions), '@RUN@', 'finish',
                *['continue', 'finish'] * (len(functions) - 1)])
    found = re.findall(r'Value returned is \$\d+ = (.*)', text)
    assert len(found) == 4 and re.match(r'\(struct item \*\) 0x1', found[0]) and \
        found[1:] == ['-5', r"-95 '\241'", '-5000000000000'], (found, text)


def inlined(bench):
    """A function that became a part of another one has a frame of its own, with its
    variables; so it does where only lines are known."""
    stops = (('INNER', ('inner', {'n': 50, 'doubled': 100}), ('outer', {'n': 5}),
              ('inlined', {'seed': 4})),
             ('OUTER', ('outer', {'n': 5}), ('inlined', {'seed': 4})),
             ('AROUND', ('inlined', {'result': 155, 'seed': 4})))
    for dwarf in ('-gdwarf-4', '-gdwarf-5'):
        wasm, source = compile_c(bench, 'inlined', dwarf)
        script = ['@RUN@']
        for word, *frames in stops:
            script.insert(0, f'tbreak {source}:{line_of(word)}')
            script += ['bt']
            for function, truth in frames:
                script += [*(f'output {name}\necho :{word} {function} {name}\\n'
                             for name in truth), 'up']
            script += ['continue']
        text = gdb(bench, wasm, 'inlined 4\n', script)
        seen = {name: value for value, name in
                re.findall(r'^(.*):([A-Z]+ \w+ \w+)$', text, re.M)}
        for word, *frames in stops:
            assert re.search(''.join(rf'#{n} [^#]*{function} \([^#]*inlined\.c:\d+\n'
                                     for n, (function, _) in enumerate(frames)), text), \
                (word, text)
            for function, truth in frames:
                for name, value in truth.items():
                    assert seen[f'{word} {function} {name}'] in \
                        (str(value), '<optimized out>'), (seen, text)
        assert list(seen.values()).count('<optimized out>') <= 3, (seen, text)
        for level in bench.levels:
            assert inlined_names(bench.translate(wasm, level)) >= {'inner', 'outer'}


def inlined_names(so):
    """The functions that the object tells to be parts of others."""
    return set(re.findall(r'DW_TAG_inlined_subroutine\n +DW_AT_abstract_origin.*"(.*)"',
                          dump(so, '--debug-info')))


def declared(bench):
    """Each variable in the file where it is, also those of blocks."""
    wasm, source = compile_c(bench, 'declared', '-g')
    text = dump(bench.translate(wasm, '--level=debug'), '--debug-info')
    # A variable in an inlined function has its name elsewhere, with the file.
    found = set(re.findall(r'DW_TAG_(?:variable|formal_parameter)\n(?: +DW_AT_location.*\n(?:'
                           r' +[\[(].*\n)*)? +DW_AT_name\t\("(\w+)"\)\n'
                           r' +DW_AT_decl_file\t\("(.*)"\)', text))
    assert found >= {(name, source) for name in ('sum', 'step', 'square', 'n')}, found
    assert not [f for f in found if not re.fullmatch('instance|var_.*', f[0]) and
                f[1] != source], found


MEMBER = '''\
struct pair {
	int a, b;
	int sum(int scale) const;
};
__attribute__((always_inline)) inline int pair::sum(int scale) const
{
	return a * scale + b;
}
extern "C" __attribute__((export_name("member"))) int member(int n)
{
	pair p = { n, n * n };
	volatile pair *seen = &p;

	seen->a = n;
	return p.sum(n);
}
'''


def member(bench):
    """A member function of C++, whose name is at its declaration."""
    wasm, _ = compile_c(bench, 'member', '-g', '-xc++', source=MEMBER)
    for level in bench.levels:
        assert 'sum' in inlined_names(bench.translate(wasm, level)), level


def salvaged(bench):
    """Variables that are worth what a local is, and something done to it."""
    names = 'more', 'less', 'both', 'masked', 'flipped', 'set', 'wide_mask', 'cut'
    n, bits = 41, 41 * 0x1010101
    truth = (n + 5, n - 3, (n + 1) * 4, bits & 0x3f, ~bits & 0xffffffff, bits | 0x400,
             bits, bits + 255 & 255)
    for dwarf in ('-gdwarf-4', '-gdwarf-5'):
        wasm, source = compile_c(bench, 'salvaged', dwarf)
        text = gdb(bench, wasm, f'salvage {n:x}\n',
                   [f'tbreak {source}:{line_of("SALVAGED")}', '@RUN@',
                    *(f'output {name}\necho :{name}\\n' for name in names)])
        seen = {name: value.split(" '")[0]
                for value, name in re.findall(r'^(.*):([a-z]\w*)$', text, re.M)}
        assert len(seen) == len(names), text
        for name, value in zip(names, truth):
            assert seen[name] in (str(value), '<optimized out>'), (name, seen, text)
        assert list(seen.values()).count('<optimized out>') <= 3, seen


def no_lines(bench):
    wasm, _ = compile_c(bench, 'no_lines', '-g0')
    for level in bench.levels:
        so = bench.translate(wasm, level)
        assert 'Line' not in dump(so, '--debug-line')


def true_names(bench):
    wasm, _ = compile_c(bench, 'true_names', '-g')
    so = bench.translate(wasm, '--level=debug')
    text = dump(so, '--debug-info')
    for name in ('add', 'sum', 'a_rather_long_name_for_a_function', 'twelfth'):
        assert f'DW_AT_name\t("{name}")' in text, name
    symbols = subprocess.run(['llvm-nm-22', so], capture_output=True,
                             text=True, check=True).stdout
    for strange in ('w2c_guest_f', '0x5F'):
        assert strange not in text and strange not in symbols, strange


def separate_file(bench):
    """DWARF in another file, which the module names, if that has its code."""
    full, source = compile_c(bench, 'full', '-g')
    wasm, section = bench.path('stripped.wasm'), bench.path('section')
    for path, has_lines in ((full, True), ('/dev/zero', False),
                            (bench.path('nowhere'), False),
                            (compile_c(bench, 'other', '-g', '-Os', '-DX')[0], True),
                            (bench.assemble('alien', '(module (import "env" "memory" '
                             '(memory 1 64 shared)) (func))'), False)):
        with open(section, 'wb') as f:
            f.write(bytes([len(path)]) + path.encode())
        subprocess.run(['llvm-objcopy-22', '--strip-debug',
                        '--add-section=external_debug_info=' + section,
                        full, wasm], check=True)
        text = dump(bench.translate(wasm), '--debug-line')
        if path == full:
            assert (source, line_of('TRIPLE')) in rows_of(bench.translate(wasm))
        elif not has_lines:
            assert 'Address' not in text, path


def damaged_debug(bench):
    """Damaged DWARF costs lines, not the translation."""
    wasm, _ = compile_c(bench, 'damaged_debug', '-g')
    with open(wasm, 'rb') as f:
        good = f.read()
    start = good.index(b'.debug_')
    random.seed(2)
    for _ in range(6):
        bad = bytearray(good)
        for name in (b'.debug_info', b'.debug_line', b'.debug_abbrev', b'.debug_str'):
            at = good.index(name, start) + len(name)
            for _ in range(20):
                bad[random.randrange(at, at + 60)] = random.randrange(256)
        with open(bench.path('bad_debug.wasm'), 'wb') as f:
            f.write(bad)
        so = bench.translate(bench.path('bad_debug.wasm'), '--level=debug')
        assert 'sum 5 = i:a' in bench.run(so, 'sum 5\n')


def damaged_often(bench):
    wasm, _ = compile_c(bench, 'damaged_often', '-g')
    subprocess.run([bench.dwarf_test, wasm], check=True)


def tests():
    return [(f.__name__.replace('_', ' '), f) for f in (
        lines, variables, reused, results, salvaged, inlined, declared, member,
        no_lines, true_names, separate_file, damaged_debug,
        damaged_often)]
