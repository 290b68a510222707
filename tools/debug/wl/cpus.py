# SPDX-License-Identifier: Apache-2.0
"""cpus.py: the guest's CPUs: what each runs, and what waits for it."""

from . import cpumask, percpu, tasks
from .commands import command, number
from .value import GuestError

# runner/cpu.h; include/host_abi.h
IDLE = {0: 'runs', 1: 'polls', 2: 'sleeps'}
IRQS = {0: 'off', 1: 'on', 2: 'on, user mode'}


class Cpu:
    """number; running: the Task that has it; runnable: how many want it; host: the
    runner's struct cpu; pending: bits of interrupts that wait."""

    def __init__(self, target, number):
        self.number = number
        rq = percpu.variable(target, 'runqueues', number)
        self.running = tasks.of_struct(target, rq.curr.deref_())
        self.runnable = int(rq.nr_running)
        self.switches = int(rq.nr_switches)
        self.host = target.runner.variable('the_vm').cpus[number]
        self.pending = int(percpu.variable(target, 'irq_pending', number))

    def irqs(self):
        """Whether the running task lets interrupts in."""
        host = self.running.host
        if not host or not host.irq_state:
            return 'not known'
        return IRQS.get(int(host.irq_state.deref_()), 'corrupt')

    def deferred(self):
        host = self.running.host
        return bool(host and host.irq_deferred and host.irq_deferred.deref_())


def all_cpus(target):
    return [Cpu(target, n) for n in cpumask.online(target)]


@command('wl-cpu', '[CPU]', 'The guest\'s CPUs: what each of them does.', '''
For each CPU that is up: the task that has it and that task's host thread, whether
the CPU runs or sleeps on the host, whether its interrupts are on and which of them
wait (0 another CPU, 1 timer, 2 console, 3 window size), how many tasks want it, how
often it switched.

Example: wl-cpu 0
''')
def show_cpus(target, words, out):
    cpus = all_cpus(target)
    if words:
        wanted = number(words[0], 'a CPU')
        cpus = [c for c in cpus if c.number == wanted]
        if not cpus:
            raise GuestError(f'CPU {wanted} is not up')
    for cpu in cpus:
        task = cpu.running
        thread = task.thread.number if task.thread else '-'
        idle = IDLE.get(int(cpu.host.idle), 'corrupt')
        pending = ' '.join(str(n) for n in range(32) if cpu.pending >> n & 1)
        out(f'CPU {cpu.number}: {task.comm} (pid {task.pid}, thread {thread}), '
            f'{idle}; interrupts {cpu.irqs()}, pending: {pending or "none"}'
            f'{", deferred" if cpu.deferred() else ""}; '
            f'{cpu.runnable} runnable, {cpu.switches} switches')
