/* SPDX-License-Identifier: Apache-2.0 */
/* calls.c: what programs do of which a port may get something wrong. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(cond)                                                     \
	do {                                                            \
		if (!(cond)) {                                          \
			printf("calls.c:%d: %s (errno %d)\n", __LINE__, \
			       #cond, errno);                           \
			exit(1);                                        \
		}                                                       \
	} while (0)

static volatile int caught, value, fault_code;
static volatile void *fault_address;
static __thread int own = 7;
static jmp_buf context;
static sigjmp_buf fault_context;

static void on_signal(int signo)
{
	caught += signo == SIGUSR1;
}

static void on_info(int signo, siginfo_t *info, void *ucontext)
{
	value = info->si_value.sival_int;
	caught += signo == SIGUSR2 && ucontext;
}

static void on_fault(int signo, siginfo_t *info, void *ucontext)
{
	(void)ucontext;
	fault_address = info->si_addr;
	fault_code = info->si_code;
	siglongjmp(fault_context, signo);
}

static void test_signals(void)
{
	struct sigaction action = { .sa_sigaction = on_info,
				    .sa_flags = SA_SIGINFO };
	union sigval number = { .sival_int = 1234 };
	sigset_t set, old;

	signal(SIGUSR1, on_signal);
	CHECK(!sigaction(SIGUSR2, &action, NULL));
	CHECK(!raise(SIGUSR1) && caught == 1);
	CHECK(!sigqueue(getpid(), SIGUSR2, number) && caught == 2);
	CHECK(value == 1234);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, &set, &old));
	CHECK(!raise(SIGUSR1) && caught == 2);
	CHECK(!sigprocmask(SIG_SETMASK, &old, NULL) && caught == 3);
}

static void test_interrupted_sleep(void)
{
	/* Once more, should the first come before the sleep. */
	struct itimerval each_second = { { 1, 0 }, { 1, 0 } }, none = { 0 };
	struct timespec time = { 1000, 0 }, left;

	signal(SIGALRM, on_signal);
	CHECK(!setitimer(ITIMER_REAL, &each_second, NULL));
	CHECK(nanosleep(&time, &left) == -1 && errno == EINTR);
	CHECK(left.tv_sec >= 900 && left.tv_sec < 1000);
	CHECK(!setitimer(ITIMER_REAL, &none, NULL));
}

/* A signal has to reach a program that makes no system call. */
static void test_signal_while_spinning(void)
{
	struct itimerspec soon = { .it_value = { 0, 50000000 } };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGUSR1 };
	int before = caught;
	timer_t timer;

	CHECK(!timer_create(CLOCK_MONOTONIC, &event, &timer));
	CHECK(!timer_settime(timer, 0, &soon, NULL));
	while (caught == before)
		;
	CHECK(!timer_delete(timer));
}

static volatile int zero, words[2];
static volatile int *const unaligned = (int *)((char *)words + 1);

static void add(void)
{
	__atomic_add_fetch(unaligned, 1, __ATOMIC_SEQ_CST);
}

static void write_nowhere(void)
{
	*(volatile int *)16 = 1;
}

static void divide(void)
{
	value = value / zero;
}

static void trap(void)
{
	__builtin_trap();
}

static void check_fault(void (*cause)(void), int signo, int code,
			volatile void *address)
{
	struct sigaction action = { .sa_sigaction = on_fault,
				    .sa_flags = SA_SIGINFO };
	int got;

	CHECK(!sigaction(signo, &action, NULL));
	got = sigsetjmp(fault_context, 1);
	if (!got) {
		cause();
		CHECK(!"reached");
	}
	CHECK(got == signo && fault_code == code && fault_address == address);
	signal(signo, SIG_DFL);
}

/* Code has no addresses. */
static void test_fault_handler(void)
{
	check_fault(write_nowhere, SIGSEGV, SEGV_MAPERR, (int *)16);
	check_fault(add, SIGBUS, BUS_ADRALN, unaligned);
	check_fault(divide, SIGFPE, FPE_INTDIV, NULL);
	check_fault(trap, SIGILL, ILL_ILLOPN, NULL);
}

static void jump(int depth)
{
	if (!depth)
		longjmp(context, 5);
	jump(depth - 1);
}

static void test_jumps(void)
{
	volatile int kept = 1;
	int got = setjmp(context);

	if (!got) {
		kept = 2;
		jump(10);
	}
	CHECK(got == 5 && kept == 2);
}

static void *count(void *arg)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	int i;

	CHECK(own == 7);
	own = 8;
	for (i = 0; i < 1000; i++) {
		pthread_mutex_lock(&mutex);
		++*(int *)arg;
		pthread_mutex_unlock(&mutex);
	}
	return &own;
}

static void test_threads(void)
{
	pthread_t threads[4];
	int sum = 0;
	void *ret;

	for (int i = 0; i < 4; i++)
		CHECK(!pthread_create(&threads[i], NULL, count, &sum));
	for (int i = 0; i < 4; i++)
		CHECK(!pthread_join(threads[i], &ret) && ret != &own);
	CHECK(sum == 4000 && own == 7);
}

static void test_vfork(const char *self)
{
	volatile int stays = 3;
	int status;
	pid_t pid = vfork();

	CHECK(pid >= 0);
	if (!pid) {
		stays = 4; /* the memory is the parent's */
		execl(self, self, "child", (char *)NULL);
		_exit(127);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 23 && stays == 4);
	pid = vfork();
	if (!pid)
		_exit(9);
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 9);
	pid = vfork();
	if (!pid) {
		execl("/nonexistent", "none", (char *)NULL);
		_exit(errno);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == ENOENT);
	CHECK(fork() == -1 && errno == ENOSYS);
}

static void test_system(void)
{
	char line[16] = "";
	FILE *pipe = popen("echo from popen", "r");

	CHECK(pipe && fgets(line, sizeof(line), pipe) && !pclose(pipe));
	CHECK(!strcmp(line, "from popen\n"));
	CHECK(WEXITSTATUS(system("exit 6")) == 6);
}

static void test_memory(void)
{
	size_t n = 1 << 20;
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED && p[0] == 0 && p[n - 1] == 0);
	memset(p, 0xa5, n);
	CHECK(!munmap(p, n));
	for (n = 1; n < 4 << 20; n *= 3) {
		p = malloc(n);
		CHECK(p);
		memset(p, 1, n);
		p = realloc(p, 2 * n);
		CHECK(p && p[n - 1] == 1);
		free(p);
	}
}

static void test_files(void)
{
	char text[32];
	int fd = open("/tmp/calls", O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0 && write(fd, "0123456789", 10) == 10);
	CHECK(pread(fd, text, 4, 3) == 4 && !memcmp(text, "3456", 4));
	CHECK(lseek(fd, 5000000000LL, SEEK_SET) == 5000000000LL);
	CHECK(fcntl(fd, F_GETFL) & O_RDWR);
	CHECK(!ftruncate(fd, 3) && lseek(fd, 0, SEEK_END) == 3);
	CHECK(!close(fd) && !unlink("/tmp/calls"));
	CHECK(open("/tmp/calls", O_RDONLY) == -1 && errno == ENOENT);
}

static void test_events(void)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = 77 };
	struct itimerspec soon = { .it_value = { 0, 1000000 } };
	uint64_t one = 1, got = 0;
	int epoll = epoll_create1(0), wake = eventfd(0, 0);
	int timer = timerfd_create(CLOCK_MONOTONIC, 0), pair[2];

	CHECK(epoll >= 0 && wake >= 0 && timer >= 0);
	CHECK(!epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event));
	CHECK(epoll_wait(epoll, &event, 1, 0) == 0);
	CHECK(write(wake, &one, sizeof(one)) == sizeof(one));
	CHECK(epoll_wait(epoll, &event, 1, 1000) == 1);
	CHECK(event.data.u32 == 77);
	CHECK(!timerfd_settime(timer, 0, &soon, NULL));
	CHECK(read(timer, &got, sizeof(got)) == sizeof(got) && got >= 1);
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(write(pair[0], &one, sizeof(one)) == sizeof(one));
	CHECK(read(pair[1], &got, sizeof(got)) == sizeof(got) && got == 1);
}

/* A child that gets this signal, and another one if that is not 0, before its exec. */
static pid_t start_with(const char *self, int sig, int other)
{
	char *arguments[] = { (char *)self, "child", NULL };
	pid_t child = vfork();

	if (!child) {
		kill(getpid(), sig);
		kill(getpid(), other);
		execv(self, arguments);
		_exit(1);
	}
	return child;
}

/* A child that is to stop does so when its parent can, or both were stuck. */
static void test_stop_between_vfork_and_exec(const char *self)
{
	pid_t child = start_with(self, SIGTSTP, 0);
	int status;

	CHECK(waitpid(child, &status, WUNTRACED) == child);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP);
	CHECK(!kill(child, SIGCONT));
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 23);

	child = start_with(self, SIGTSTP, SIGCONT);
	CHECK(waitpid(child, &status, WUNTRACED) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 23);
}

static int sum(int n, ...)
{
	int total = 0;
	va_list list;

	va_start(list, n);
	while (n--)
		total += va_arg(list, int);
	va_end(list);
	return total;
}

static void test_language(void)
{
	char text[64];

	CHECK(sum(3, 1, 2, 3) == 6);
	snprintf(text, sizeof(text), "%.3f %lld %s %Lg", 2.0 / 3, 1LL << 40,
		 "text", (long double)0.5);
	CHECK(!strcmp(text, "0.667 1099511627776 text 0.5"));
	CHECK(strtod("1e10", NULL) == 1e10 && atoi("-17") == -17);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "child"))
		return 23;
	setvbuf(stdout, NULL, _IONBF, 0);
	test_language();
	test_files();
	test_memory();
	test_jumps();
	test_signals();
	test_interrupted_sleep();
	test_signal_while_spinning();
	test_fault_handler();
	test_threads();
	test_events();
	test_vfork("/proc/self/exe");
	test_stop_between_vfork_and_exec("/proc/self/exe");
	test_system();
	puts("all calls are right");
	return 0;
}
