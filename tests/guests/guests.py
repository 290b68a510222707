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
