/* mta_sts_policy.h: the MTA-STS policy, the text at https://mta-sts.<domain>/.well-known/mta-sts.txt (RFC 8461 §3.2),
 * and whether it allows an MX host (§4.1).
 *
 * One reader for both who publish and who send: it mends each fault in mind and goes on, and a policy that it found no
 * error in is one that a sender uses. Of a key that occurs twice the first counts, mx aside. An empty line is passed
 * over with a warning, though the grammar has none. A text over MS_MTA_STS_POLICY_MAX octets is refused, as §3.3
 * suggests.
 */
#ifndef MS_RECORD_MTA_STS_POLICY_H
#define MS_RECORD_MTA_STS_POLICY_H

#include "record/finding.h"

enum { MS_MTA_STS_POLICY_MAX = 65536 };

typedef enum ms_mta_sts_mode {
    MS_MTA_STS_NONE,
    MS_MTA_STS_TESTING,
    MS_MTA_STS_ENFORCE,
} ms_mta_sts_mode;

typedef struct ms_mta_sts_policy {
    ms_mta_sts_mode mode;
    unsigned long max_age; /* seconds, at most 31557600 */
    ms_span text;
} ms_mta_sts_policy;

/* *policy can be used where findings->has_error is not set; it points into `text`. False only when memory is out. */
bool ms_mta_sts_policy_lint(ms_span text, ms_mta_sts_policy *policy, ms_findings *findings);

/* A line of the policy, in its order. Start with policy->text in *rest. False where there is none left. */
typedef struct ms_mta_sts_line {
    ms_span key;
    ms_span value;
} ms_mta_sts_line;
bool ms_mta_sts_policy_next(ms_span *rest, ms_mta_sts_line *line);

/* Is it one of version, mode, max_age and mx? */
bool ms_mta_sts_policy_knows(ms_span key);

/* "none", "testing", "enforce" */
const char *ms_mta_sts_mode_name(ms_mta_sts_mode mode);

/* ---- mta_sts_mx.c */

/* A host's name, or "*." and one. */
bool ms_mta_sts_mx_is_pattern(ms_span pattern);

/* Is there an asterisk where none may be? */
bool ms_mta_sts_mx_has_stray_asterisk(ms_span pattern);

/* Does a pattern of mx allow the host? "*." stands for exactly one label; a dot at the end of the host is of no matter.
 */
bool ms_mta_sts_mx_matches(ms_span pattern, ms_span host);

#endif
