/* script.h: the scripts that a label is written in, and whether it mixes some that nobody mixes.
 *
 * By UTS 39, "Unicode Security Mechanisms": a label is of one script where there is one that every character may belong
 * to (§5.1, by Script_Extensions; digits, hyphens and most marks belong to all). What Japanese, Chinese and Korean are
 * written with counts as one script, and beside those Latin letters are no mixture either (§5.2, "Highly Restrictive").
 * Characters that look alike within two scripts of which only one is used are not looked for.
 */
#ifndef MS_MAIL_SCRIPT_H
#define MS_MAIL_SCRIPT_H

#include "base/span.h"

#include <stdbool.h>

enum {
    MS_SCRIPTS_MAX = 8,
};

typedef struct ms_scripts {
    bool mixed;
    size_t n;                         /* scripts that some character belongs to alone, in order */
    const char *name[MS_SCRIPTS_MAX]; /* "Latin", "Old Hungarian" */
} ms_scripts;

/* Looks at a label in UTF-8, up to what is none. */
ms_scripts ms_scripts_of(ms_span label);

#endif
