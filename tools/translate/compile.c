// SPDX-License-Identifier: Apache-2.0
/* compile.c: runs wasm2c, finish, clang and lld over one module. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "companion.h"
#include "compile.h"
#include "debugfile.h"
#include "embed.h"
#include "file.h"
#include "finish.h"
#include "metadata.h"
#include "names.h"
#include "pieces.h"
#include "pointers.h"
#include "prepare.h"
#include "symbols.h"
#include "tls.h"
#include "tools.h"

/*
 * Guest code is C as a compiler of wasm left it: already inlined, full of
 * pointers made of integers, and some of it at addresses near 0. Nothing in it
 * may become a call of the C library (an interrupt there would have to wait),
 * nor fused arithmetic, which wasm has not.
 */
#define CODE_OPTIONS                                                          \
	"-std=gnu11", "-w", "-fPIC", "-fno-plt",                              \
	"-fvisibility=hidden", "-march=x86-64-v2", "-mtune=generic",          \
	"-ffreestanding", "-fno-builtin", "-fno-strict-aliasing",             \
	"-fno-delete-null-pointer-checks", "-fwrapv", "-ffp-contract=off",    \
	"-fno-stack-protector", "-fstack-clash-protection",                   \
	"-fcf-protection=none", "-fno-math-errno",                            \
	"-fbracket-depth=8192", "-fno-inline-functions",                      \
	"-fno-semantic-interposition", "-fasynchronous-unwind-tables",         \
	"-fno-omit-frame-pointer",                                             \
	"-gno-column-info", "-fdebug-compilation-dir=/"
/* A guest's function called _init is nothing that ld.so should call. */
#define LINK_OPTIONS                                                          \
	"-shared", "-z", "now", "-z", "relro", "-z", "noexecstack",           \
	"--hash-style=gnu", "--build-id=none", "-init=.none", "-fini=.none",  \
	"--eh-frame-hdr", "-soname=guest"

static char *const code_options[] = { CODE_OPTIONS, NULL };
static char *const link_options[] = { LINK_OPTIONS, NULL };

#define QUOTE(...) #__VA_ARGS__
#define QUOTE_VALUE(...) QUOTE(__VA_ARGS__)
const char compile_options[] = QUOTE_VALUE(CODE_OPTIONS)
	QUOTE_VALUE(LINK_OPTIONS);

/* Wasm code per C file: small enough to spread, big enough to be worth it. */
#define CODE_PER_OUTPUT (192 * 1024)
#define MAX_OUTPUTS 32
#define MAX_JOBS 16

/* What is known of the module on the way. */
struct input {
	struct wasm_module m;
	struct debug_file file;
	const struct wasm_module *debug; /* has the DWARF: m or file's */
	struct lines lines;
	struct scopes scopes;
	struct locals locals;
	struct globals globals;
	struct marks marks;
	struct prepared prepared;
	char **names; /* of functions */
};

struct job {
	const struct input *in;
	const char *dir;
	const struct level *level;
	const struct translate_progress *progress;
	struct tools tools;
	unsigned int outputs;
};

/* Has a unit code whose lines are known? */
static bool is_lined(const struct job *job, unsigned int unit)
{
	return job->in->marks.high && unit < job->outputs;
}

static int report(const struct job *job, const char *stage, unsigned int done,
		  unsigned int total, struct failure *failure)
{
	const struct translate_progress *p = job->progress;

	if (p && p->report && p->report(p->arg, stage, done, total))
		return failure_set(failure, FAIL_CANCELLED, "it was cancelled");
	return 0;
}

/* A tool on a full disk may not even be able to write down that it is full. */
static bool is_full(const char *dir, const char *text)
{
	struct statvfs fs;

	return strstr(text, "No space left") || strstr(text, "Disk quota") ||
	       (!statvfs(dir, &fs) && fs.f_bavail * fs.f_frsize < 65536);
}

/* The line of a log that tells the most: the first error, else the last. */
static const char *telling_line(char *text)
{
	char *error = strstr(text, "error: "), *end = text + strlen(text);

	if (error) {
		*strchrnul(error, '\n') = 0;
		return error;
	}
	while (end > text && end[-1] == '\n')
		*--end = 0;
	end = strrchr(text, '\n');
	return end ? end + 1 : text;
}

/* Why a child failed, from what it wrote to its log. */
static int explain(const struct job *job, const char *tool, const char *log,
		   int status, struct failure *failure)
{
	struct buffer text = { 0 };
	struct failure ignored;
	const char *line = "";

	if (file_read_text(job->dir, log, &text, &ignored))
		text.n = 0;
	if (is_full(job->dir, text.n ? (char *)text.p : "")) {
		failure_set(failure, FAIL_WRITE, "the disk is full (in %s)",
			    job->dir);
		buffer_free(&text);
		return -1;
	}
	if (text.n)
		line = telling_line((char *)text.p);
	if (WIFSIGNALED(status))
		failure_set(failure, FAIL_HOST, "%s was killed by signal %d%s",
			    tool, WTERMSIG(status), WTERMSIG(status) == 9 ?
			    " (is there enough memory?)" : "");
	else if (!strcmp(tool, "wasm2c") && WEXITSTATUS(status) == 69)
		failure_set(failure, FAIL_TOOL, "%.200s; install it with "
			    "`npm install wabt@1.0.39` and set WABT to its "
			    "directory", line);
	else if (!strcmp(tool, "wasm2c") && strstr(line, "error: "))
		failure_set(failure, FAIL_INPUT, "wasm2c rejects it: %.300s",
			    line);
	else
		failure_set(failure, FAIL_HOST, "%s failed: %.300s", tool,
			    *line ? line : "it did not say why");
	buffer_free(&text);
	return -1;
}

static int run_alone(struct job *job, char *const argv[], const char *tool,
		     const char *stage, struct failure *failure)
{
	char log[40];
	int status, err = 0;
	pid_t pid;

	snprintf(log, sizeof(log), "%s.log", tool);
	if (report(job, stage, 0, 0, failure))
		return -1;
	pid = tools_start(argv, job->dir, log, failure);
	if (pid < 0)
		return -1;
	while (tools_wait(&pid, 1, 250, &status) < 0 && !err)
		err = report(job, stage, 0, 0, failure);
	if (err) {
		tools_kill(pid);
		return err;
	}
	return status ? explain(job, tool, log, status, failure) : 0;
}

static int run_wasm2c(struct job *job, struct failure *failure)
{
	char outputs[40];
	char *argv[] = { job->tools.node, "--stack-size=4000", "-r",
			 "./stack.js", job->tools.wasm2c, "--enable-threads",
			 "--enable-exceptions", "--no-debug-names",
			 "-n", FINISH_NAME, outputs, "-o", FINISH_NAME ".c",
			 "prepared.wasm", NULL };

	snprintf(outputs, sizeof(outputs), "--num-outputs=%u", job->outputs);
	return run_alone(job, argv, "wasm2c", "wasm2c", failure);
}

static pid_t start_clang(struct job *job, const char *source, const char *result,
			 const char *log, const char *const *more,
			 struct failure *failure)
{
	char *argv[64] = { job->tools.clang };
	unsigned int n = 1, i;

	for (i = 0; code_options[i]; i++)
		argv[n++] = code_options[i];
	for (i = 0; job->level->options[i]; i++)
		argv[n++] = (char *)job->level->options[i];
	for (i = 0; more[i]; i++)
		argv[n++] = (char *)more[i];
	argv[n++] = "-I.";
	argv[n++] = (char *)source;
	argv[n++] = "-o";
	argv[n++] = (char *)result;
	return tools_start(argv, job->dir, log, failure);
}

/* A C file on its way to an object. */
struct unit {
	unsigned int n; /* those of the module, then those of rt/ */
	bool is_c;	/* what clang makes now is LLVM's text form of it */
	pid_t pid;	/* of clang; 0: there is none */
};

static void unit_name(const struct job *job, unsigned int n, const char *suffix,
		      char *ret, size_t size)
{
	if (n < job->outputs)
		snprintf(ret, size, FINISH_NAME "_%u%s", n, suffix);
	else
		snprintf(ret, size, "%s%s", n == job->outputs ? "guest_rt" :
			 "guest_end", suffix);
}

/* 0, or -1 and *failure. */
static int start_unit(struct job *job, struct unit *u, struct failure *failure)
{
	/* The text is of optimised code, which is shorter. */
	static const char *const object[] = { "-c", NULL };
	static const char *const object_of_text[] = {
		"-c", "-Xclang", "-disable-llvm-passes", NULL };
	const char *text[16] = { "-S", "-emit-llvm" };
	char from[40], to[40], log[40];
	unsigned int n = 2, i;
	bool is_text = !u->is_c && is_lined(job, u->n);

	for (i = 0; job->level->debug_options[i]; i++)
		text[n++] = job->level->debug_options[i];
	unit_name(job, u->n, is_text ? ".ll" : ".c", from, sizeof(from));
	unit_name(job, u->n, u->is_c ? "_c.ll" : ".o", to, sizeof(to));
	unit_name(job, u->n, ".log", log, sizeof(log));
	u->pid = start_clang(job, from, to, log, u->is_c ? text :
			     is_text ? object_of_text : object, failure);
	if (u->pid >= 0)
		return 0;
	u->pid = 0;
	return -1;
}

/* clang is done with a unit: on to its object? 1: yes, 0: it is there. */
static int go_on(struct job *job, struct unit *u, struct failure *failure)
{
	char from[40], to[40];

	if (!u->is_c)
		return 0;
	u->is_c = false;
	unit_name(job, u->n, "_c.ll", from, sizeof(from));
	unit_name(job, u->n, ".ll", to, sizeof(to));
	if (metadata_rewrite(job->dir, from, to, &job->in->marks, &job->in->globals,
			     &job->in->m, job->in->names, failure) ||
	    start_unit(job, u, failure))
		return -1;
	return 1;
}

static unsigned int count_cpus(void)
{
	cpu_set_t set;
	int n = 1;

	if (!sched_getaffinity(0, sizeof(set), &set))
		n = CPU_COUNT(&set);
	return n < 1 ? 1 : n > MAX_JOBS ? MAX_JOBS : (unsigned int)n;
}

/* 0 or -1; *u is done or goes on. */
static int unit_ended(struct job *job, struct unit *u, int status,
		      unsigned int *done, struct failure *failure)
{
	char log[40];
	int more;

	u->pid = 0;
	unit_name(job, u->n, ".log", log, sizeof(log));
	if (status)
		return explain(job, "clang", log, status, failure);
	more = go_on(job, u, failure);
	*done += !more;
	return more < 0 ? -1 : 0;
}

/* The last output holds what was left over and the first one the tables, so
 * the order does not matter much. */
static int run_clang(struct job *job, struct failure *failure)
{
	unsigned int total = job->outputs + 2, next = 0, done = 0, i;
	unsigned int most = count_cpus();
	struct unit units[MAX_JOBS] = { 0 };
	pid_t pids[MAX_JOBS];
	int err = 0, status, ended;

	while (!err && done < total) {
		for (i = 0; !err && i < most && next < total; i++) {
			if (units[i].pid)
				continue;
			units[i] = (struct unit){ next, is_lined(job, next), 0 };
			err = start_unit(job, &units[i], failure);
			next++;
		}
		if (!err)
			err = report(job, "clang", done, total, failure);
		if (err)
			break;
		for (i = 0; i < most; i++)
			pids[i] = units[i].pid;
		ended = tools_wait(pids, (int)most, 250, &status);
		if (ended >= 0)
			err = unit_ended(job, &units[ended], status, &done,
					 failure);
	}
	for (i = 0; i < most; i++)
		if (units[i].pid)
			tools_kill(units[i].pid);
	return err;
}

static int run_lld(struct job *job, struct failure *failure)
{
	char *argv[MAX_OUTPUTS + 32] = { job->tools.lld };
	char objects[MAX_OUTPUTS][24];
	unsigned int n = 1, i;

	for (i = 0; link_options[i]; i++)
		argv[n++] = link_options[i];
	argv[n++] = "guest_rt.o";
	for (i = 0; i < job->outputs; i++) {
		unit_name(job, i, ".o", objects[i], sizeof(objects[i]));
		argv[n++] = objects[i];
	}
	argv[n++] = "guest_end.o";
	argv[n++] = "-o";
	argv[n++] = "guest.so";
	return run_alone(job, argv, "ld.lld-22", "linking", failure);
}

static int write_embedded(const char *dir, struct failure *failure)
{
	const struct embedded_file *f;

	for (f = embedded_files; f->name; f++) {
		struct buffer b = { .p = (uint8_t *)f->start,
				    .n = (size_t)(f->end - f->start) };

		if (file_write(dir, f->name, &b, failure))
			return -1;
	}
	return 0;
}

static int write_prepared(struct job *job, const struct prepared *p,
			  struct failure *failure)
{
	if (write_embedded(job->dir, failure) ||
	    file_write(job->dir, "prepared.wasm", &p->wasm, failure))
		return -1;
	return file_write(job->dir, "data.bin", &p->data, failure);
}

static int input_read(struct input *in, const struct level *level,
		      const void *wasm, size_t n, struct failure *failure)
{
	if (wasm_module_read(&in->m, wasm, n, failure) ||
	    tls_check(&in->m, failure))
		return -1;
	in->debug = debug_file_open(&in->file, &in->m);
	lines_read(in->debug, &in->lines);
	scopes_read(in->debug, &in->m, &in->lines, &in->scopes);
	if (level->has_locals) {
		locals_read(in->debug, &in->m, &in->scopes, &in->locals);
		globals_read(in->debug, &in->m, &in->lines, &in->locals,
			     &in->globals);
	}
	marks_init(&in->marks, &in->m, &in->lines, &in->scopes, &in->locals);
	if (prepare_module(&in->m, &in->marks, &in->prepared, failure))
		return -1;
	in->names = names_of_functions(&in->m);
	return in->names ? 0 :
	       failure_set(failure, FAIL_HOST, "out of memory");
}

static void input_free(struct input *in)
{
	names_free(in->names, &in->m);
	prepared_free(&in->prepared);
	marks_free(&in->marks);
	globals_free(&in->globals);
	locals_free(&in->locals);
	scopes_free(&in->scopes);
	lines_free(&in->lines);
	debug_file_close(&in->file);
	wasm_module_free(&in->m);
}

static int make_c(struct job *job, struct failure *failure)
{
	const struct input *in = job->in;

	if (tools_find(&job->tools, failure) ||
	    write_prepared(job, &in->prepared, failure))
		return -1;
	job->outputs = 2 + (unsigned int)(in->prepared.code_size /
					  CODE_PER_OUTPUT);
	if (job->outputs > MAX_OUTPUTS)
		job->outputs = MAX_OUTPUTS;
	if (run_wasm2c(job, failure) ||
	    report(job, "finishing", 0, 0, failure))
		return -1;
	return finish_files(job->dir, job->outputs, &in->m, in->names,
			    &in->prepared, &in->marks, failure);
}

/* What needs neither wasm2c nor clang is done beside wasm2c, which takes as long. */
struct beside {
	const struct job *job;
	struct failure failure;
	int err;
};

static void *write_companion(void *arg)
{
	struct beside *b = arg;

	b->err = companion_write(b->job->dir, b->job->in->debug, &b->failure);
	return NULL;
}

static int make_sources(struct job *job, struct failure *failure)
{
	struct beside beside = { .job = job };
	pthread_t thread;
	bool is_beside = !pthread_create(&thread, NULL, write_companion, &beside);
	int err = make_c(job, failure);

	if (is_beside)
		pthread_join(thread, NULL);
	else if (!err)
		write_companion(&beside);
	if (!err && beside.err)
		*failure = beside.failure;
	return err ? err : beside.err;
}

int compile_module(const char *dir, const struct level *level,
		   const void *wasm, size_t n,
		   const struct translate_progress *progress,
		   struct failure *failure)
{
	struct input in = { 0 };
	struct job job = { .in = &in, .dir = dir, .level = level,
			   .progress = progress };
	int err = input_read(&in, level, wasm, n, failure);

	if (!err)
		err = make_sources(&job, failure);
	if (!err)
		err = run_clang(&job, failure);
	if (!err)
		err = run_lld(&job, failure);
	if (!err)
		err = symbols_finish(dir, "guest.so", &in.m, in.names, failure);
	if (!err)
		err = pieces_finish(dir, "guest.so", failure);
	if (!err)
		err = pointers_finish(dir, "guest.so", failure);
	input_free(&in);
	return err;
}
