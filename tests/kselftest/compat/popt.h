/* SPDX-License-Identifier: Apache-2.0 */
/* popt.h: as much of popt as a test needs that is run without options. */
#ifndef POPT_H
#define POPT_H

#include <stdio.h>

struct poptOption {
	const char *longName;
	char shortName;
	unsigned int argInfo;
	void *arg;
	int val;
	const char *descrip, *argDescrip;
};

typedef int poptContext;

#define POPT_ARG_NONE 0
#define POPT_ARG_STRING 1
#define POPT_ARGFLAG_SHOW_DEFAULT 0
#define POPT_AUTOHELP
#define POPT_TABLEEND { 0 }

/* 1: there are arguments, none of which is known. */
static inline poptContext poptGetContext(const char *name, int argc,
					 const char **argv,
					 const struct poptOption *options,
					 unsigned int flags)
{
	return argc > 1;
}

/* -1: that was the last one. */
static inline int poptGetNextOpt(poptContext context)
{
	return -1 - context;
}

static inline void poptPrintUsage(poptContext context, FILE *file, int flags)
{
	fputs("no options here\n", file);
}

#endif
