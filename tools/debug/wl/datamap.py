# SPDX-License-Identifier: Apache-2.0
"""datamap.py: which variable is at an address, from a companion file.

No debugger answers that in less than many seconds: companions have no symbols for
most variables. Instead of parsing all DWARF, this looks for what the place of a
variable looks like there (DW_FORM_exprloc of 5 bytes: DW_OP_addr, address), and for
the offset of its name (DW_FORM_strp) in the few bytes before. What is found so is a
guess, which the debugger has to confirm: it has a variable of that name there.
"""

import bisect
import re
import struct

from .value import GuestError

PLACE = re.compile(rb'\x05\x03(....)', re.DOTALL)
NAME = re.compile(rb'[A-Za-z_]\w*\Z')
# Bytes from the name's offset to the place: name, type, file, line, flags.
NEAR, FAR = 8, 24
# So many variables may be unconfirmed (static ones of functions) before the right one.
TRIES = 32


def sections(path):
    """The contents of an ELF32 file's sections, by name."""
    try:
        with open(path, 'rb') as f:
            data = f.read()
        start, = struct.unpack_from('<I', data, 32)
        size, count, names = struct.unpack_from('<HHH', data, 46)
        heads = [struct.unpack_from('<10I', data, start + i * size)
                 for i in range(count)]
        text = data[heads[names][4]:][:heads[names][5]]
        return {text[h[0]:].split(b'\0')[0].decode(): data[h[4]:h[4] + h[5]]
                for h in heads if h[1] != 8}
    except (OSError, struct.error, IndexError, UnicodeDecodeError) as e:
        raise GuestError(f'{path} cannot be read: {e}') from None


class Map:
    def __init__(self, path):
        found = sections(path)
        self.info = found.get('.debug_info', b'')
        self.strings = found.get('.debug_str', b'')
        self.places = sorted((int.from_bytes(m[1], 'little'), m.start())
                             for m in PLACE.finditer(self.info))

    def candidates(self, address):
        """(start, [name]) of what may be variables at or below an address."""
        i = bisect.bisect_right(self.places, (address, len(self.info)))
        for start, at in reversed(self.places[max(0, i - TRIES):i]):
            yield start, list(self._names(at))

    def _names(self, at):
        for back in range(NEAR, FAR):
            raw = self.info[at - back:at - back + 4]
            offset = int.from_bytes(raw, 'little')
            if offset >= len(self.strings):
                continue
            name = self.strings[offset:offset + 256].split(b'\0')[0]
            if NAME.match(name):
                yield name.decode()


def find(module, address):
    """(name, address, Type) of the module's variable that an address is in, or
    None."""
    if module.map is None:
        module.map = Map(module.path)
    for start, names in module.map.candidates(address):
        for name in names:
            for place, kind in module.find_variables(name):
                if place == start:
                    inside = address < start + max(kind.size, 1)
                    return (name, start, kind) if inside else None
    return None
