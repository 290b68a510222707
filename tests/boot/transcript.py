# SPDX-License-Identifier: Apache-2.0
"""transcript.py: what documents show of a terminal, to be compared with one.

Numbers may be others, `...` is anything, and there may be more between lines.
"""

import re


def blocks(text):
    """The blocks of code of a document in Markdown."""
    return re.findall(r'^```\n(.*?)^```', text, re.M | re.S)


def wild(line):
    """A pattern of a line, with any numbers."""
    parts = re.split(r'(\.\.\.|\b0x[0-9a-f]+\b|\b[0-9][0-9a-f]*\b|\s+)', line.strip())
    special = {'...': '.*?', ' ': r'[ \t]+'}
    return ''.join(special.get(re.sub(r'\s+', ' ', part)) or
                   (r'(?:0x)?[0-9a-f]+' if part[:1].isdigit() else re.escape(part))
                   for part in parts)


def missing(lines, text):
    """The first of lines that is not in text, behind those before it; or None."""
    at = 0
    for line in lines:
        match = re.compile(wild(line)).search(text, at)
        if not match:
            return line
        at = match.end()
    return None
