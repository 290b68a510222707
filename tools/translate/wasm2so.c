// SPDX-License-Identifier: Apache-2.0
/* wasm2so.c: translates a WebAssembly module from the command line. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "compile.h"
#include "failure.h"
#include "file.h"
#include "translate.h"

#define VERSION "1"

static const char usage[] =
	"Usage: wasm2so [options] FILE.wasm\n"
	"\n"
	"Translates a WebAssembly module to a shared object for the runner and\n"
	"prints the object's path. What was translated before comes from a\n"
	"cache.\n"
	"\n"
	"  --cache=DIR  the cache's folder (default: $XDG_CACHE_HOME/linux-wasm\n"
	"               or ~/.cache/linux-wasm)\n"
	"  -o OUT.so    also copy the object there\n"
	"  --force      translate even if the cache has it\n"
	"  --keep=DIR   translate in DIR, without the cache, and leave everything\n"
	"               there: the C files and what the tools wrote\n"
	"  --print-key  only print the module's key in the cache\n"
	"  --help, --version\n"
	"  --level=L    how to compile it, where L is one of:\n";

static const char usage_end[] =
	"\n"
	"Environment: WABT is a folder with npm's wabt 1.0.39, WL_CLANG the\n"
	"compiler to use instead of clang-22.\n"
	"\n"
	"Exit status: 0 done, 64 wrong usage, 65 the module is damaged or not\n"
	"supported, 66 it cannot be read, 69 a tool is missing, 71 the system\n"
	"failed, 73 the cache or the output cannot be written, 130 interrupted.\n";

static volatile sig_atomic_t interrupted;

static void on_signal(int signo)
{
	(void)signo;
	interrupted = 1;
}

struct display {
	struct timespec start;
	bool on_terminal, drawn;
	char last[64];
	const char *name;
};

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static int show(void *arg, const char *stage, unsigned int done,
		unsigned int total)
{
	struct display *d = arg;
	char text[64];

	if (total)
		snprintf(text, sizeof(text), "%s %u/%u", stage, done, total);
	else
		snprintf(text, sizeof(text), "%s", stage);
	if (d->on_terminal) {
		fprintf(stderr, "\r\033[K%s: %s, %.0f s", d->name, text,
			seconds_since(&d->start));
		d->drawn = true;
	} else if (strcmp(stage, d->last)) {
		fprintf(stderr, "%s: %s\n", d->name, stage);
		snprintf(d->last, sizeof(d->last), "%s", stage);
	}
	return interrupted;
}

static void show_end(struct display *d)
{
	if (d->drawn)
		fprintf(stderr, "\r\033[K");
}

static int fail(int status, const char *message)
{
	fprintf(stderr, "wasm2so: %s\n", message);
	return status;
}

static int usage_error(const char *message)
{
	fprintf(stderr, "wasm2so: %s; see --help\n", message);
	return 64;
}

static int copy_file(const char *from, const char *to)
{
	char temp[PATH_MAX];
	int in, out = -1, err = -1;
	struct stat st;
	off_t done = 0;

	snprintf(temp, sizeof(temp), "%s.XXXXXX", to);
	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in >= 0 && !fstat(in, &st))
		out = mkostemp(temp, O_CLOEXEC);
	if (out >= 0) {
		while (done < st.st_size &&
		       sendfile(out, in, &done,
				(size_t)(st.st_size - done)) > 0)
			;
		err = done < st.st_size || fchmod(out, 0755) || close(out) ||
		      rename(temp, to);
		if (err)
			unlink(temp);
	}
	if (in >= 0)
		close(in);
	if (err)
		fprintf(stderr, "wasm2so: cannot write %s: %s\n", to,
			strerror(errno));
	return err ? FAIL_WRITE : 0;
}

static bool default_cache(char *ret)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (base && *base)
		snprintf(ret, PATH_MAX, "%s/linux-wasm", base);
	else if (home && *home)
		snprintf(ret, PATH_MAX, "%s/.cache/linux-wasm", home);
	else
		return false;
	return true;
}

/* --keep: no cache, the pieces stay. */
static int translate_in(const char *dir, const struct level *level,
			const char *path,
			const struct translate_progress *progress,
			struct translate_result *ret)
{
	struct failure f = { 0 };
	struct buffer wasm = { 0 };

	ret->status = 0;
	if (file_make_dirs(dir, &f) ||
	    file_read_text(NULL, path, &wasm, &f) ||
	    compile_module(dir, level, wasm.p, wasm.n - 1, progress, &f)) {
		ret->status = f.status;
		snprintf(ret->message, sizeof(ret->message), "%s: %s", path,
			 f.text);
	}
	snprintf(ret->so_path, sizeof(ret->so_path), "%.4000s/guest.so", dir);
	buffer_free(&wasm);
	return ret->status ? -1 : 0;
}

struct options {
	char cache[PATH_MAX];
	const char *output, *keep, *input;
	const struct level *level;
	bool print_key, force;
};

static void print_usage(void)
{
	const struct level *l;

	fputs(usage, stdout);
	for (l = levels; l->name; l++)
		printf("                 %-8s %s%s\n", l->name, l->help,
		       l == levels ? " (default)" : "");
	fputs(usage_end, stdout);
}

static int parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "cache", required_argument, NULL, 'c' },
		{ "print-key", no_argument, NULL, 'p' },
		{ "force", no_argument, NULL, 'f' },
		{ "keep", required_argument, NULL, 'k' },
		{ "level", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 }
	};
	const char *level = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			snprintf(o->cache, sizeof(o->cache), "%s", optarg);
			break;
		case 'p':
			o->print_key = true;
			break;
		case 'f':
			o->force = true;
			break;
		case 'k':
			o->keep = optarg;
			break;
		case 'l':
			level = optarg;
			break;
		case 'o':
			o->output = optarg;
			break;
		case 'h':
			print_usage();
			exit(0);
		case 'v':
			puts("wasm2so " VERSION);
			exit(0);
		default:
			return usage_error("that is no way to call it");
		}
	}
	o->level = level_find(level);
	if (!o->level)
		return usage_error("there is no such level");
	if (optind + 1 != argc)
		return usage_error(optind == argc ? "FILE.wasm is missing" :
				   "more than one file");
	o->input = argv[optind];
	if (!o->cache[0] && !o->keep && !default_cache(o->cache))
		return usage_error("there is no $HOME, so say --cache=DIR");
	return 0;
}

static int run(struct options *o, const struct translate_progress *progress)
{
	struct translate_settings settings = { o->cache, o->level };
	struct translate_result r = { 0 };
	char key[65];
	int err;

	if (o->print_key) {
		if (translate_key_of_file(o->level, o->input, key, &r))
			return fail(r.status, r.message);
		puts(key);
		return 0;
	}
	if (o->keep) {
		err = translate_in(o->keep, o->level, o->input, progress, &r);
	} else {
		err = o->force ? translate_forget_file(&settings, o->input,
						       &r) : 0;
		if (!err)
			err = translate_file(&settings, o->input, o->input,
					     progress, &r);
	}
	show_end(progress->arg);
	if (err)
		return fail(r.status, r.message);
	if (o->output && (err = copy_file(r.so_path, o->output)))
		return err;
	puts(o->output ? o->output : r.so_path);
	return fflush(stdout) ? fail(FAIL_WRITE, "cannot write to stdout") : 0;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct display d = { .on_terminal = isatty(2) };
	struct translate_progress progress = { show, &d };
	struct options o = { 0 };
	int err = parse(argc, argv, &o);

	if (err)
		return err;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	clock_gettime(CLOCK_MONOTONIC, &d.start);
	d.name = strrchr(o.input, '/') ? strrchr(o.input, '/') + 1 : o.input;
	return run(&o, &progress);
}
