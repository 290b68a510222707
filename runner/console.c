// SPDX-License-Identifier: Apache-2.0
/* console.c: the guest's console is the runner's stdin and stdout. */
#define LOG_MODULE "console"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "console.h"
#include "exit.h"
#include "log.h"
#include "output.h"

#define RING 16384u
#define ESCAPE 0x01	/* Ctrl-A */
#define INTERRUPT 0x03	/* Ctrl-C */
#define KILL_LINE 0x15	/* Ctrl-U */
#define END_OF_FILE 0x04 /* Ctrl-D */
#define CHECK_MS 100
#define MIN_CHECKS 2
#define MAX_CHECKS 40

/* Main thread puts at `in`, the guest takes at `out`; both only grow. */
static struct {
	char bytes[RING];
	_Atomic u32 in, out;
	_Atomic bool stalled; /* main waits for room */
} ring;

static struct {
	struct termios original;
	_Atomic bool raw;
	bool is_terminal, can_poll, ended, escaped;
	bool debugger_has_ctrl_c;
	char last; /* byte of input */
	u32 quiet, patience; /* in checks, see on_check() */
	_Atomic bool wrote; /* since the last check */
	uv_timer_t check;
	uv_poll_t poll;
	uv_async_t room;
	uv_signal_t winch, cont;
	const struct console_hooks *hooks;
} console;

static u32 room_in_ring(void)
{
	return RING - (ring.in - ring.out);
}

static void put_byte(char c)
{
	ring.bytes[ring.in % RING] = c;
	ring.in++;
	console.last = c;
}

static void help(void)
{
	log_text("\nCtrl-A x  end the machine");
	log_text("Ctrl-A c  send Ctrl-C to the guest");
	log_text("Ctrl-A h  this help");
	log_text("Ctrl-A Ctrl-A  send Ctrl-A to the guest");
}

static void escaped_byte(char c)
{
	console.escaped = false;
	if (c == 'x' || c == 'X')
		console.hooks->escape();
	else if (c == 'h' || c == '?')
		help();
	else if (c == 'c' || c == 'C')
		put_byte(INTERRUPT);
	else if (c == ESCAPE)
		put_byte(c);
}

static void take_bytes(const char *buf, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (console.escaped)
			escaped_byte(buf[i]);
		else if (console.is_terminal && buf[i] == ESCAPE)
			console.escaped = true;
		else
			put_byte(buf[i]);
	}
}

static void on_readable(uv_poll_t *handle, int status, int events);

static void watch_input(bool on)
{
	if (!console.can_poll)
		return;
	if (on)
		uv_poll_start(&console.poll, UV_READABLE, on_readable);
	else
		uv_poll_stop(&console.poll);
}

/*
 * The guest's terminal has no end: what comes closest is to type Ctrl-D to
 * whoever reads. Typed while nobody does, it may be lost or garble what is typed
 * next; so it is typed when the guest has had nothing to do for a while, after
 * Ctrl-U, and again after ever longer whiles until something is shown.
 */
static void on_check(uv_timer_t *handle)
{
	(void)handle;
	if (atomic_exchange(&console.wrote, false))
		console.patience = MIN_CHECKS;
	if (ring.in != ring.out || !console.hooks->is_idle()) {
		console.quiet = 0;
		return;
	}
	if (++console.quiet < console.patience)
		return;
	console.quiet = 0;
	console.patience = MIN(2 * console.patience, MAX_CHECKS);
	put_byte(KILL_LINE);
	put_byte(END_OF_FILE);
	console.hooks->input();
}

static void end_of_input(void)
{
	console.ended = true;
	watch_input(false);
	if (console.is_terminal) {
		/* A raw one has no end: it is gone. Under a debugger that is
		 * gone as well, nobody else says so. */
		raise(SIGHUP);
		return;
	}
	if (console.last != '\n') {
		put_byte('\n');
		console.hooks->input();
	}
	console.patience = MIN_CHECKS;
	uv_timer_start(&console.check, on_check, CHECK_MS, CHECK_MS);
}

/* One byte stays free for the end of input. False: nothing came. */
static bool read_some(void)
{
	char buf[1024];
	ssize_t n = read(STDIN_FILENO, buf, MIN(sizeof(buf),
						room_in_ring() - 1));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		end_of_input();
		return false;
	}
	take_bytes(buf, (size_t)n);
	console.hooks->input();
	return true;
}

/* The ring is full: wait until the guest makes room. It may just have. */
static void stall(void)
{
	watch_input(false);
	ring.stalled = true;
	if (room_in_ring() > 1 && atomic_exchange(&ring.stalled, false))
		uv_async_send(&console.room);
}

static void fill(void)
{
	do {
		if (console.ended)
			return;
		if (room_in_ring() <= 1) {
			stall();
			return;
		}
	} while (read_some() && !console.can_poll);
}

static void on_readable(uv_poll_t *handle, int status, int events)
{
	(void)handle;
	(void)events;
	if (status < 0)
		end_of_input();
	else
		fill();
}

static void on_room(uv_async_t *handle)
{
	(void)handle;
	if (console.ended)
		return;
	watch_input(true);
	if (!console.can_poll)
		fill();
}

static void make_raw(void)
{
	struct termios raw = console.original;

	cfmakeraw(&raw);
	if (console.debugger_has_ctrl_c) {
		/* As the signal that debuggers wait for. */
		raw.c_lflag |= ISIG | NOFLSH;
		raw.c_cc[VINTR] = INTERRUPT;
		raw.c_cc[VQUIT] = raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	}
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
		die(EXIT_HOST, "the terminal cannot be made raw: %s",
		    strerror(errno));
	console.raw = true;
	log_set_raw(isatty(STDERR_FILENO));
}

static void on_winch(uv_signal_t *handle, int signo)
{
	(void)handle;
	(void)signo;
	console.hooks->resized();
}

/* We were stopped, and the shell has put the terminal back. */
static void on_cont(uv_signal_t *handle, int signo)
{
	(void)handle;
	(void)signo;
	make_raw();
	console.hooks->resized();
}

static void start_terminal(uv_loop_t *loop)
{
	make_raw();
	uv_signal_init(loop, &console.cont);
	uv_signal_start(&console.cont, on_cont, SIGCONT);
}

void console_start(uv_loop_t *loop, const struct console_hooks *hooks,
		   bool debugger_has_ctrl_c)
{
	int flags;

	console.hooks = hooks;
	console.debugger_has_ctrl_c = debugger_has_ctrl_c;
	console.is_terminal = !tcgetattr(STDIN_FILENO, &console.original);
	if (console.is_terminal)
		start_terminal(loop);
	uv_signal_init(loop, &console.winch);
	uv_signal_start(&console.winch, on_winch, SIGWINCH);
	uv_async_init(loop, &console.room, on_room);
	uv_timer_init(loop, &console.check);
	console.last = '\n';
	/* libuv makes what it polls non-blocking, for all who have the same
	 * terminal, now and later; but read() after poll() does not block. */
	flags = fcntl(STDIN_FILENO, F_GETFL);
	console.can_poll = !uv_poll_init(loop, &console.poll, STDIN_FILENO);
	if (flags >= 0)
		fcntl(STDIN_FILENO, F_SETFL, flags);
	on_room(&console.room);
}

void console_restore(void)
{
	if (!atomic_exchange(&console.raw, false))
		return;
	tcsetattr(STDIN_FILENO, TCSANOW, &console.original);
	log_set_raw(false);
}

u32 console_read(char *buf, u32 n)
{
	u32 have = ring.in - ring.out, i;

	n = MIN(n, MIN(have, RING));
	for (i = 0; i < n; i++)
		buf[i] = ring.bytes[(ring.out + i) % RING];
	ring.out += n;
	if (n && atomic_exchange(&ring.stalled, false))
		uv_async_send(&console.room);
	return n;
}

int console_write(const char *buf, u32 n)
{
	int err;

	console.wrote = true;
	err = output_write(STDOUT_FILENO, buf, n);
	return err ? -err : (int)n;
}

u32 console_size(void)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) &&
	    ioctl(STDIN_FILENO, TIOCGWINSZ, &ws))
		return 0;
	return (u32)ws.ws_row << 16 | ws.ws_col;
}
