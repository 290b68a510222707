# SPDX-License-Identifier: Apache-2.0
"""verdicts.py: what the tests that others wrote have to give, test by test.

A list has lines "RESULT NAME # REASON"; a result other than "pass" needs its reason,
"any" is for a test whose own race decides, "missing" is for one that is known not to run, and a NAME
that ends in * is for all that begin so and have no line of their own.
A run agrees with its list or has failed: a test that fails and should not, one that
passes and should not, and one that did not run at all are reported alike.
"""

import collections

Verdict = collections.namedtuple('Verdict', 'result reason')


class BadList(Exception):
    pass


def read(path):
    """{name: Verdict} of a list."""
    verdicts = {}
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            if not line.strip() or line.startswith('#'):
                continue
            words, _, reason = line.strip().partition(' # ')
            result, _, name = words.partition(' ')
            name = name.strip()
            if not name or name in verdicts or (result != 'pass' and not reason):
                raise BadList(f'{path}:{number}: this is not "RESULT NAME # REASON"'
                              ' of a test that is not in the list yet')
            verdicts[name] = Verdict(result, reason)
    return verdicts


def add(results, name, result):
    """Tests of one name are told apart by number."""
    number, unique = 1, name
    while unique in results:
        number += 1
        unique = f'{name} ({number})'
    results[unique] = result


def expected(wanted, name, default):
    """The verdict about a name: its own, that of the longest NAME*, the default."""
    if name in wanted:
        return wanted[name]
    fits = [w for w in wanted if w.endswith('*') and name.startswith(w[:-1])]
    return wanted[max(fits, key=len)] if fits else Verdict(default, '')


def compare(wanted, got, default='pass'):
    """Lines that say where {name: result} does not agree with the list."""
    lines = []
    missing = [name for name in wanted if name not in got and name[-1] != '*']
    for name in [*got, *missing]:
        verdict = expected(wanted, name, default)
        result = got.get(name, 'missing')
        if verdict.result not in (result, 'any'):
            reason = f' ({verdict.reason})' if verdict.reason else ''
            lines.append(f'{name}: {result}, should {verdict.result}{reason}')
    return lines


def count(got):
    """As in "870 pass, 3 fail"."""
    counts = collections.Counter(got.values())
    return ', '.join(f'{counts[r]} {r}' for r in sorted(counts, key=lambda r: -counts[r]))
