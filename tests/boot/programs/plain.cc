// SPDX-License-Identifier: Apache-2.0
/* plain.cc: C++ without exceptions and without a library. */
#include <stdio.h>
#include <stdlib.h>

void *operator new(size_t n) { void *p = malloc(n); return p ? p : (abort(), p); }
void operator delete(void *p) noexcept { free(p); }
void operator delete(void *p, size_t) noexcept { free(p); }
extern "C" void __cxa_pure_virtual() { abort(); }

struct Shape {
	virtual ~Shape() { puts("gone"); }
	virtual int area() const = 0;
};
template <int W> struct Box : Shape {
	int h;
	explicit Box(int h) : h(h) {}
	int area() const override { return W * h; }
};
struct Global {
	int n;
	Global() : n(6) { puts("constructed"); }
	~Global() { puts("destructed"); }
} global;
static int &once() { static int *p = new int(global.n * 7); return *p; }
template <typename F> static int twice(F f) { return f() + f(); }

int main()
{
	Shape *s = new Box<3>(4);
	printf("%d\n", s->area());
	delete s;
	printf("%d %d\n", once(), twice([] { return once(); }));
}
