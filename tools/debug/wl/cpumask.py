# SPDX-License-Identifier: Apache-2.0
"""cpumask.py: sets of CPUs."""


def cpus(mask):
    """The CPUs in a struct cpumask."""
    bits = int.from_bytes(mask.bits.bytes_(), 'little')
    return [n for n in range(bits.bit_length()) if bits >> n & 1]


def possible(target):
    """The numbers of those that there can be; before they are counted, CPU 0."""
    if 'possible' not in target.memo:
        mask = target.kernel.variable('__cpu_possible_mask')
        target.memo['possible'] = cpus(mask) or [0]
    return target.memo['possible']


def online(target):
    """The numbers of the CPUs that are up; before they are counted, CPU 0."""
    if 'online' not in target.memo:
        mask = target.kernel.variable('__cpu_online_mask')
        target.memo['online'] = cpus(mask) or [0]
    return target.memo['online']
