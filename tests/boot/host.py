# SPDX-License-Identifier: Apache-2.0
"""host.py: a host whose CPUs do not sleep, for what measures time.

Where the host is itself a guest, a CPU that sleeps takes milliseconds to go on, and they
are counted as those of the process that wakes up on it.
"""

import os
import subprocess


class Awake:
    """Each of its CPUs has something to do while nobody else wants it."""

    def __enter__(self):
        self.spinning = [subprocess.Popen(['sh', '-c', 'while :; do :; done'],
                                          preexec_fn=lambda cpu=cpu: self.begin(cpu))
                         for cpu in os.sched_getaffinity(0)]

    @staticmethod
    def begin(cpu):
        os.sched_setaffinity(0, {cpu})
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))

    def __exit__(self, *_):
        for child in self.spinning:
            child.kill()
            child.wait()
