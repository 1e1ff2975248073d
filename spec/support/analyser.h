/* analyser.h: what clang-tidy cannot see from one file, read before each of the core's by lint.sh.
 *
 * ms_fail returns false, always; without knowing that, the analyser follows paths in which a function
 * failed and its caller goes on.
 */
#include "base/error.h"

#define ms_fail(...)      (ms_fail(__VA_ARGS__), false)
#define ms_fail_memory(e) (ms_fail_memory(e), false)
