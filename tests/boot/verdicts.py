# SPDX-License-Identifier: Apache-2.0
"""verdicts.py: what the tests that others wrote have to give, test by test.

A list has lines "RESULT NAME # REASON"; a result other than "pass" needs its reason,
"any" is for a test whose own race decides, "missing" is for one that is known not to
run, and a NAME that ends in * is for all that begin so and have no line of their own.
What passes needs no line; "least N" says how many do, so that none gets lost.
A run agrees with its list or has failed: a test that fails and should not, one that
passes and should not, and one that did not run at all are reported alike.
"""

import collections

Verdict = collections.namedtuple('Verdict', 'result reason')


class BadList(Exception):
    pass


def read(path):
    """{name: Verdict} of a list, and how many tests that have to pass there are."""
    verdicts, least = {}, 0
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            if not line.strip() or line.startswith('#'):
                continue
            words, _, reason = line.strip().partition(' # ')
            result, _, name = words.partition(' ')
            name = name.strip()
            if result == 'least' and name.isdecimal() and not least:
                least = int(name)
                continue
            if not name or name in verdicts or (result != 'pass' and not reason):
                raise BadList(f'{path}:{number}: this is not "RESULT NAME # REASON"'
                              ' of a test that is not in the list yet')
            verdicts[name] = Verdict(result, reason)
    if not least:
        raise BadList(f'{path} has no line "least N"')
    return verdicts, least


def add(results, name, result):
    """Tests of one name are told apart by number."""
    number, unique = 1, name
    while unique in results:
        number += 1
        unique = f'{name} ({number})'
    results[unique] = result


def expected(wanted, name):
    """The verdict about a name: its own, that of the longest NAME*, or "pass"."""
    if name in wanted:
        return wanted[name]
    fits = [w for w in wanted if w.endswith('*') and name.startswith(w[:-1])]
    return wanted[max(fits, key=len)] if fits else Verdict('pass', '')


def compare(wanted, got, least=0):
    """Lines that say where {name: result} does not agree with the list. What may also
    do something else does not count as one that passes."""
    lines, passed = [], 0
    missing = [name for name in wanted if name not in got and name[-1] != '*']
    for name in [*got, *missing]:
        verdict = expected(wanted, name)
        result = got.get(name, 'missing')
        passed += verdict.result == result == 'pass'
        if verdict.result not in (result, 'any'):
            reason = f' ({verdict.reason})' if verdict.reason else ''
            lines.append(f'{name}: {result}, should {verdict.result}{reason}')
    if passed < least:
        lines.append(f'{passed} tests passed that have to, not {least}:'
                     ' some are not there')
    return lines


def count(got):
    """As in "870 pass, 3 fail"."""
    counts = collections.Counter(got.values())
    return ', '.join(f'{counts[r]} {r}' for r in sorted(counts, key=lambda r: -counts[r]))
