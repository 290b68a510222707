# SPDX-License-Identifier: Apache-2.0
"""guests.py: makes a guest of C for wasm32 without any library, and an initramfs."""
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = os.path.join(HERE, "..", "..", "include")
CLANG = os.environ.get("WL_CLANG", "clang-22")
OBJECTS = ["init_task", "boot_command_line", "initrd_start", "initrd_end"]
GLOBALS = ["__stack_pointer", "__wasm_irq_state", "__wasm_irq_deferred"]


def cpio():
    """An archive with nothing but its end."""
    fields = [0] * 11 + [len("TRAILER!!!") + 1, 0]
    text = "070701" + "".join(f"{n:08X}" for n in fields)
    return (text.encode() + b"TRAILER!!!\0").ljust(124, b"\0")


def build(name, sources, defines, work):
    """Compile and link a guest; the path of the module."""
    out = os.path.join(work, name + ".wasm")
    command = [CLANG, "--target=wasm32", "-std=gnu11", "-O1", "-g", "-Wall",
               "-Wextra", "-Wno-unused-parameter", "-matomics", "-mbulk-memory", "-mmutable-globals",
               "-ffreestanding", "-nostdlib", "-fno-builtin-memset", "-I",
               INCLUDE, *defines, *sources, "-o", out, "-Wl,--no-entry",
               "-Wl,--import-memory", "-Wl,--shared-memory",
               "-Wl,--max-memory=4294967296", "-Wl,--no-stack-first",
               "-Wl,--global-base=1048576", "-Wl,--fatal-warnings"]
    exports = OBJECTS + GLOBALS
    command += ["-Wl,--export=" + symbol for symbol in exports]
    subprocess.run(command, check=True)
    return out


def leb(data, at):
    """The number of wasm there, and where it ends."""
    number = shift = 0
    while True:
        number |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return number, at


def sections(module):
    """(id, where it begins, where its content begins, where it ends)"""
    at = 8
    while at < len(module):
        size, content = leb(module, at + 1)
        yield module[at], at, content, content + size
        at = content + size


def start_with(path, name):
    """The module's start function is to be this one, which it exports."""
    with open(path, "rb") as file:
        module = file.read()
    _, _, exports, end = next(s for s in sections(module) if s[0] == 7)
    at = module.index(bytes([len(name)]) + name.encode() + b"\0", exports, end)
    at += len(name) + 2
    start = module[at:leb(module, at)[1]]
    had = [s for s in sections(module) if s[0] == 8]
    rest = had[0][3] if had else end
    with open(path, "wb") as file:
        file.write(module[:end] + bytes([8, len(start)]) + start + module[rest:])
