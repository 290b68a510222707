# SPDX-License-Identifier: Apache-2.0
"""The cache: hits, damage, two at once, kills, places that cannot be written,
tools that are missing."""

import os
import shutil
import signal
import subprocess
import time


def module(bench, name, value, functions=1):
    body = '\n'.join(f'(func (export "f{i}") (result i32) '
                     f'(i32.const {value + i}))' for i in range(functions))
    return bench.assemble(name, '(module (import "env" "memory" '
                          f'(memory 2 64 shared)) {body})')


def leftovers(bench):
    return [os.path.join(p, f) for part in ('tmp', 'locks')
            for p, d, fs in os.walk(os.path.join(bench.cache, part))
            for f in d + fs]


def hit(bench):
    wasm = module(bench, 'hit', 5)
    so = bench.translate(wasm)
    before = os.stat(so)
    assert bench.translate(wasm) == so
    assert os.stat(so).st_mtime_ns == before.st_mtime_ns
    assert 'f0 = i:5' in bench.run(so, 'f0\n')
    assert os.path.basename(so) == bench.translate(
        wasm, '--print-key') + '.so'
    bench.translate(wasm, '--force')
    assert os.stat(so).st_mtime_ns != before.st_mtime_ns
    # The same name with other contents is another module.
    assert bench.translate(module(bench, 'hit', 6)) != so
    assert not leftovers(bench), leftovers(bench)


def levels(bench):
    wasm = module(bench, 'levels', 9)
    objects = [bench.translate(wasm, level) for level in bench.levels]
    assert len(set(objects)) == len(objects), objects
    assert bench.translate(wasm) == objects[0]
    for so, level in zip(objects, bench.levels):
        assert 'f0 = i:9' in bench.run(so, 'f0\n')
        assert bench.translate(wasm, level, '--print-key') in so
    message = bench.translate(wasm, '--level=nonsense', status=64)
    assert 'no such level' in message, message


def damaged_entry(bench):
    wasm = module(bench, 'entry', 7)
    so = bench.translate(wasm)
    with open(so, 'rb') as f:
        good = f.read()
    middle = len(good) // 2
    for bad in (b'', good[:100], good[:-1], good + b'x',
                good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1:],
                good[:-1] + bytes([good[-1] ^ 1])):
        os.unlink(so)
        with open(so, 'wb') as f:
            f.write(bad)
        assert bench.translate(wasm) == so
        assert 'f0 = i:7' in bench.run(so, 'f0\n')


def memo(bench):
    wasm = module(bench, 'memo', 8)
    time.sleep(2.5)
    so = bench.translate(wasm)
    files = os.path.join(bench.cache, 'files')
    st = os.stat(wasm)
    name = os.path.join(files, f'{st.st_dev:x}-{st.st_ino:x}')
    assert os.path.exists(name), os.listdir(files)
    assert bench.translate(wasm) == so
    # Written in place, to the same size and time: the change time tells.
    with open(module(bench, 'memo2', 9), 'rb') as f:
        other = f.read()
    with open(wasm, 'r+b') as f:
        f.write(other)
    os.utime(wasm, ns=(st.st_atime_ns, st.st_mtime_ns))
    assert 'f0 = i:9' in bench.run(bench.translate(wasm), 'f0\n')
    with open(name, 'wb') as f:
        f.write(b'x' * 80)
    assert 'f0 = i:9' in bench.run(bench.translate(wasm), 'f0\n')


def two_at_once(bench):
    wasm = module(bench, 'two', 11, 2000)
    command = [bench.wasm2so, '--cache=' + bench.cache, wasm]
    both = [subprocess.Popen(command, env=bench.env, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(3)]
    answers = [p.communicate() for p in both]
    assert all(p.returncode == 0 for p in both), answers
    assert len({a[0] for a in answers}) == 1
    assert sum('clang' in a[1] for a in answers) == 1, answers
    assert not leftovers(bench), leftovers(bench)


def children_of(pid):
    out = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(pid)],
                         capture_output=True, text=True).stdout
    return [int(p) for p in out.split()]


def kill_with(bench, signo, name, stage):
    wasm = module(bench, name, 12 + len(name), 30000)
    p = subprocess.Popen([bench.wasm2so, '--cache=' + bench.cache, wasm],
                         env=bench.env, text=True, stderr=subprocess.PIPE,
                         stdout=subprocess.DEVNULL)
    for line in p.stderr:
        if line.endswith(": " + stage + "\n"):
            break
    time.sleep(0.2)
    children = children_of(p.pid)
    p.send_signal(signo)
    p.wait()
    p.stderr.close()
    deadline = time.monotonic() + 60
    for child in children:
        while os.path.exists(f'/proc/{child}/exe'):
            assert time.monotonic() < deadline, child
            time.sleep(0.01)
    return wasm, p.returncode


def killed(bench):
    for stage in ('wasm2c', 'clang'):
        wasm, _ = kill_with(bench, signal.SIGKILL, 'killed' + stage, stage)
        assert leftovers(bench)
        so = bench.translate(wasm)
        assert 'f2 = i:' in bench.run(so, 'f2\n')
        assert not leftovers(bench), leftovers(bench)


def interrupted(bench):
    _, status = kill_with(bench, signal.SIGINT, 'broken-off', 'clang')
    assert status == 130, status
    assert not leftovers(bench), leftovers(bench)


def unwritable(bench):
    wasm = module(bench, 'unwritable', 13)
    plain = bench.path('plain')
    with open(plain, 'w') as f:
        f.write('a file')
    for cache in (plain, plain + '/below', '/proc/nowhere'):
        message = bench.translate(wasm, '--cache=' + cache, status=73)
        assert 'cannot make the directory' in message, message
    message = bench.translate(wasm, '-o', '/proc/x.so', status=73)
    assert '/proc/x.so' in message


def full_disk(bench):
    """A small file system of our own, if we may mount one."""
    wasm = module(bench, 'full', 14, 2000)
    here = bench.path('small')
    os.mkdir(here)
    script = (f'mount -t tmpfs -o size=600k none {here} || exit 99; '
              f'{bench.wasm2so} --cache={here}/cache {wasm}; s=$?; '
              f'find {here}/cache/tmp {here}/cache/locks -mindepth 1 >&2; '
              'exit $s')
    r = subprocess.run(['unshare', '-rm', 'sh', '-c', script],
                       capture_output=True, text=True, env=bench.env)
    if r.returncode in (1, 99):
        print('SKIP full disk: no mount', r.stderr)
        return
    assert r.returncode == 73 and 'full' in r.stderr, (r.returncode, r.stderr)
    assert here not in r.stderr.split('\n', 5)[-1], r.stderr


def bad_input(bench):
    for name, contents, status in (('empty', b'', 65), ('text', b'hello', 65),
                                   ('cut', b'\0asm\1\0\0', 65),
                                   ('version', b'\0asm\2\0\0\0', 65)):
        path = bench.path(name)
        with open(path, 'wb') as f:
            f.write(contents)
        bench.translate(path, status=status)
    bench.translate(bench.folder, status=66)
    bench.translate(bench.path('missing'), status=66)


def missing_tools(bench):
    wasm = module(bench, 'tools', 15)
    for env, words in (
            (dict(bench.env, PATH='/nowhere'), 'apt install nodejs'),
            (dict(bench.env, WABT='/nowhere'), 'npm install wabt@1.0.39'),
            (dict(bench.env, WL_CLANG='/nowhere/clang'),
             'apt install clang-22')):
        message = bench.translate(wasm, status=69, env=env)
        assert words in message, message


def relative_tools(bench):
    """They run in another folder than where they are looked for."""
    clang = os.path.relpath(shutil.which('clang-22'))
    for name, env in (('clang', {'WL_CLANG': clang}),
                      ('wabt', {'WABT': os.path.relpath(bench.wabt)}),
                      ('path', {'PATH': os.path.dirname(clang) + ':' +
                                os.environ['PATH']})):
        bench.translate(module(bench, 'relative_' + name, 17),
                        '--keep=' + os.path.join(bench.folder, name),
                        env=dict(bench.env, **env))


def other_wabt(bench):
    """Another program than the one that stack.js knows."""
    wasm = module(bench, 'other', 16)
    os.makedirs(bench.path('other/bin'))
    shutil.copy(bench.wabt + '/bin/wasm2c', bench.path('other/bin/wasm2c'))
    with open(bench.path('other/package.json'), 'w') as f:
        f.write('{ "version": "1.0.38" }')
    message = bench.translate(wasm, status=69, env=dict(
        bench.env, WABT=bench.path('other')))
    assert 'npm install wabt@1.0.39' in message, message


def usage(bench):
    for options, status in (([], 64), (['--nonsense', 'x'], 64),
                            (['a', 'b'], 64), (['--help'], 0),
                            (['--version'], 0)):
        r = subprocess.run([bench.wasm2so, *options], capture_output=True,
                           env=bench.env)
        assert r.returncode == status, (options, r.returncode)


def tests():
    return [(f.__name__.replace('_', ' '), f) for f in (
        hit, levels, damaged_entry, memo, two_at_once, killed, interrupted, unwritable,
        full_disk, bad_input, missing_tools, relative_tools, other_wabt, usage)]
