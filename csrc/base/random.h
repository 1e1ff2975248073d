/* random.h: octets that nobody can foretell, from the system. */
#ifndef MS_BASE_RANDOM_H
#define MS_BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

/* Fills `out`; false where the system has none to give. */
bool ms_random(void *out, size_t n);

#endif
