// SPDX-License-Identifier: Apache-2.0
/* truths.c: tells what the variables of its functions are worth. A debugger may say that
 * it does not know, where the compiler kept none of it; but nothing else. */
#include <time.h>

struct truths {
	int seed, doubled, masked, turn, sum;
	long long wide;
	short small;
	unsigned int bits;
	double ratio;
	struct box *box;
	struct lid *lid;
	int weight, grade, coins, second, early, amount, height, mark, number, start, length,
		rest, owner, left, right;
	long long area, yield;
	double slope;
};
struct token { int number; };
struct span { int start, length; };
struct part { int first, rest; };
struct tract { double slope; long long area; int owner; };
struct plot { int left; long long yield; int right; };
struct lid { int height; };
struct box { int width, height; struct lid *lid; };

volatile struct truths truth;
/* Of each depth of descend(). */
volatile int depth_of[4], below_of[4];
static volatile int sink;
/* What a debugger must not take for the variable of that name in reckon(). */
volatile struct pair { int a, b; } pair = { -1, -1 };

__attribute__((noinline)) void stop_here(int place)
{
	sink = place;
}

/* Becomes a part of reckon(). */
__attribute__((always_inline)) static inline int mix(int part)
{
	int mixed = part * 7 + 1;

	truth.sum = mixed;
	stop_here(1);
	return mixed ^ part;
}

__attribute__((noinline)) static int reckon(int seed, const char *word)
{
	int doubled = seed * 2, masked = seed & 0x3f, sum = mix(seed), turn;
	long long wide = (long long)seed << 20;
	short small = (short)(seed - 9);
	unsigned int bits = (unsigned int)seed | 0x80000000u;
	struct pair pair = { seed * 3, seed };
	double ratio = seed / 2.0;

	truth.seed = seed;
	truth.doubled = doubled;
	truth.masked = masked;
	truth.wide = wide;
	truth.small = small;
	truth.bits = bits;
	truth.ratio = ratio;
	for (turn = 0; turn < 2; turn++) {
		sum += word[turn] + doubled;
		truth.turn = turn;
		truth.sum = sum;
		stop_here(2);	/* some are needed later, some are not */
	}
	return sum + masked + (int)wide + small + (int)ratio + pair.a - pair.b;
}

__attribute__((noinline)) static int descend(int depth, int seed)
{
	int below = seed - depth * 100, found = 1;

	depth_of[depth] = depth;
	below_of[depth] = below;
	if (depth < 3)
		found = descend(depth + 1, seed + 1);
	else
		stop_here(3);
	return found + below;
}

/* Nobody needs the box any more, and its local gets the lid. */
__attribute__((noinline)) static int lift(struct box *box)
{
	struct lid *lid;

	truth.box = box;
	lid = box->lid;
	truth.lid = lid;
	stop_here(4);
	return lid->height++;
}

/* In wasm they have 32 bits. */
__attribute__((noinline)) static int weigh(short weight, signed char grade)
{
	truth.weight = weight;
	truth.grade = grade;
	stop_here(5);
	return weight + grade;
}

/* Nobody reads what it is given; it is 1 at the end. */
__attribute__((noinline)) static int spend(int coins)
{
	stop_here(6);
	coins = 1;
	return coins + sink;
}

/* The second gets at last what the third has from the beginning. */
__attribute__((noinline)) static int replace(int first, int second)
{
	int third = first * 3 + 1;

	truth.second = second;
	sink = third;
	stop_here(7);
	second = third;
	stop_here(8);
	return second ^ first;
}

/* What it has is needed behind the call. */
__attribute__((noinline)) static int postpone(int early)
{
	early = early / 3 * 7;
	stop_here(9);
	return early ^ 5;
}

__attribute__((noinline)) static void fill(short *amount, struct lid *kept,
		int *marks, int seed)
{
	*amount = (short)(seed - 40);
	kept->height = seed * 3;
	marks[0] = marks[1] = marks[2] = seed + 8;
}

/* They are in memory, since others have their addresses. */
__attribute__((noinline)) static int keep(int seed)
{
	short amount;
	struct lid kept;
	int marks[3];

	fill(&amount, &kept, marks, seed);
	truth.amount = amount;
	truth.height = kept.height;
	truth.mark = marks[2];
	stop_here(10);
	return amount - kept.height + marks[1];
}

/* They are in no memory; the first is given as a number, the others in two each, of which
 * one is needed no longer. */
__attribute__((noinline)) static int redeem(struct token token, int seed)
{
	struct span span = { seed * 5, seed + 2 };
	struct part part = { seed * 9, seed / 7 };

	truth.number = token.number;
	truth.start = span.start;
	truth.length = span.length;
	truth.rest = part.rest;
	stop_here(11);
	return token.number + span.start * span.length + part.first;
}

/* They are of more than a number; of the second one the middle is needed no longer. */
__attribute__((noinline)) static int survey(volatile struct truths *from)
{
	struct tract tract = { from->ratio, from->wide, from->masked };
	struct plot plot = { from->doubled, from->wide, from->seed };

	truth.slope = tract.slope;
	truth.area = tract.area;
	truth.owner = tract.owner;
	truth.left = plot.left;
	truth.yield = plot.yield;
	truth.right = plot.right;
	stop_here(12);
	return (int)(tract.slope + tract.area) / (tract.owner + 1) + plot.left - plot.right;
}

int main(int argc, char **argv)
{
	static struct lid lids[2];
	static struct box boxes[2] = { { .lid = &lids[1] }, { .lid = &lids[0] } };
	const struct timespec pause = { .tv_nsec = 20000000 };
	int round;

	for (round = 0;; round++) {
		nanosleep(&pause, NULL);
		sink += reckon(round * 131 + argc, argv[0]);
		sink += descend(0, round * 17);
		sink += lift(&boxes[round % 2]);
		sink += weigh((short)(-7 - round), (signed char)(-1 - round % 9));
		truth.coins = round + 5;
		sink += spend(round + 5);
		sink += replace(round, round * 19 + 3);
		truth.early = (round + 100) / 3 * 7;
		sink += postpone(round + 100);
		sink += keep(round);
		sink += redeem((struct token){ round + 70 }, round + 30);
		sink += survey(&truth);
	}
}
