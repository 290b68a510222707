# SPDX-License-Identifier: Apache-2.0
"""threads.py: what a host thread is called, so that a list of threads reads like
ps."""

from . import tasks
from .value import GuestError

RUNNER = '(runner) '


def labels(target):
    """A text for each host thread, by tid: comm, pid, CPU and state of its task, or
    that it is the runner's own. {} while there is no guest."""
    found = {}
    try:
        busy = {a: cpu for cpu, a in tasks.running(target).items()}
        found = {t.tid: RUNNER + t.name for t in target.threads()}
        for address, host in tasks.host_tasks(target):
            tid = int(host.tid)
            if tid in found and not host.vfork:
                found[tid] = label(tasks.Task(tasks.at(target, address), host, None),
                                   busy)
    except GuestError:
        pass  # what was found before is right
    return found


def label(task, busy):
    if task.address in busy:
        return f'{task.comm} pid {task.pid}, on CPU {busy[task.address]}'
    return f'{task.comm} pid {task.pid}, CPU {task.cpu}, {task.state()}'
