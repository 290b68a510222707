/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STATICS_H
#define STATICS_H

/* Of statics_too.c. */
int elsewhere(int number);
void look_here(int number);
void look_at(const void *task, const void *option);

#endif
