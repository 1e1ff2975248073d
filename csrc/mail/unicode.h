/* unicode.h: which code points a domain label may hold, and in which form.
 *
 * The sets are those of IDNA2008's LetterDigits (RFC 5892 §2.1): letters, marks and decimal digits
 * that no normalisation changes. unicode_data.h holds them, made by unicode_data.py from the Unicode
 * character database.
 */
#ifndef MS_MAIL_UNICODE_H
#define MS_MAIL_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The lower-case form; a full-width ASCII character becomes the plain one (RFC 5895 §2.1, §2.2). */
uint32_t ms_unicode_lower(uint32_t code);
/* The two code points that NFKC has for one of the Indic, Thai, Lao or Tibetan scripts; false where it has none. */
bool ms_unicode_expand(uint32_t code, uint32_t into[2]);
/* A letter (of either case), mark or digit outside ASCII that a label may hold. */
bool ms_unicode_is_letter(uint32_t code);
/* A combining mark, which no label may start with (RFC 5891 §4.2.3.2). */
bool ms_unicode_is_mark(uint32_t code);
/* The canonical combining class: 0 for what starts anew, the order of marks otherwise. */
unsigned ms_unicode_class(uint32_t code);
/* The one code point that stands for `base` followed by `mark` under NFC, or 0. */
uint32_t ms_unicode_compose(uint32_t base, uint32_t mark);

#endif
