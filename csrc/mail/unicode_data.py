#!/usr/bin/env python3
"""Prints csrc/mail/unicode_data.h from the Unicode character database that Python carries.

    python3 csrc/mail/unicode_data.py >csrc/mail/unicode_data.h
"""

import unicodedata as ucd

LAST = 0x323AF
# Conjoining jamo are DISALLOWED (RFC 5892 section 2.9); a Hangul syllable has a code point of its own.
JAMO = [range(0x1100, 0x1200), range(0xA960, 0xA980), range(0xD7B0, 0xD800)]
# Marks that show nothing: Default_Ignorable_Code_Point, DISALLOWED (RFC 5892 section 2.3).
IGNORABLE = [range(0x17B4, 0x17B6), range(0x180B, 0x1810), range(0xFE00, 0xFE10)]
# The full case folding of these two is another text, but IDNA2008 keeps them (RFC 5892 section 2.6).
KEPT = {0xDF, 0x3C2}


def folded(text):
    return ucd.normalize("NFKC", ucd.normalize("NFKC", text).casefold())


def is_letter(code):
    if any(code in block for block in JAMO + IGNORABLE):
        return False
    text = chr(code)
    if ucd.category(text) not in ("Ll", "Lo", "Lm", "Mn", "Mc", "Nd"):
        return False
    return code in KEPT or folded(text) == text


def ranges(codes):
    found = []
    for code in sorted(codes):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def class_ranges():
    found = []
    for code in range(0x80, LAST):
        order = ucd.combining(chr(code))
        if order == 0:
            continue
        if found and found[-1][1] == code - 1 and found[-1][2] == order:
            found[-1][1] = code
        else:
            found.append([code, code, order])
    return found


def case_ranges(letters):
    found = []
    for code in range(0x80, LAST):
        text = chr(code)
        lower = text.lower()
        if len(lower) != 1 or lower == text or ord(lower) not in letters or ucd.normalize("NFC", text) != text:
            continue
        delta = ord(lower) - code
        step = code - found[-1][1] if found else 0
        if found and found[-1][2] == delta and step in (1, 2) and found[-1][3] in (0, step):
            found[-1][1], found[-1][3] = code, step
        else:
            found.append([code, code, delta, 0])
    return [(first, last, delta, step or 1) for first, last, delta, step in found]


def compositions(letters):
    found = []
    for code in letters:
        parts = ucd.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<") and code < 0x10000:
            found.append((int(parts[0], 16), int(parts[1], 16), code))
    return sorted(found)


def expansions(letters):
    """Of the Indic, Thai, Lao and Tibetan scripts: what NFKC writes as two characters."""
    found = []
    for code in range(0x900, 0x1000):
        parts = [ord(part) for part in ucd.normalize("NFKC", chr(code))]
        if len(parts) == 2 and all(part in letters for part in parts):
            found.append((parts[0], parts[1], code))
    return found


def table(kind, name, rows, row):
    print("\nstatic const %s %s[] = {" % (kind, name))
    cells = ["{ %s }," % (row % tuple(entry)) for entry in rows]
    line = "   "
    for cell in cells:
        if len(line) + 1 + len(cell) > 120:
            print(line)
            line = "   "
        line += " " + cell
    print(line)
    print("};")


def main():
    letters = {code for code in range(0x80, LAST) if is_letter(code)}
    marks = {code for code in range(0x80, LAST) if ucd.category(chr(code)).startswith("M")}
    cases = case_ranges(letters)
    upper = {code for first, last, _, step in cases for code in range(first, last + 1, step)}
    print("/* unicode_data.h: tables of unicode.c, made by unicode_data.py from Unicode %s. */" % ucd.unidata_version)
    print("/* clang-format off */")
    table("code_range", "letters", ranges(letters | upper), "0x%x, 0x%x")
    table("code_range", "marks", ranges(marks), "0x%x, 0x%x")
    table("class_range", "classes", class_ranges(), "0x%x, 0x%x, %d")
    table("case_range", "upper", cases, "0x%x, 0x%x, %d, %d")
    table("composition", "compositions", compositions(letters), "0x%x, 0x%x, 0x%x")
    table("composition", "expansions", expansions(letters), "0x%x, 0x%x, 0x%x")


main()
