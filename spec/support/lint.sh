#!/bin/bash
# lint.sh: what can be said of the sources without running them. Each line is one rule.
set -u
cd "$(dirname "$0")/../.." || exit 1
. spec/support/check.sh

mapfile -t c_files < <(find csrc spec -name '*.[ch]' | sort)
mapfile -t core_files < <(find csrc -name '*.c' -not -path 'csrc/lua/*' -not -path 'csrc/fuzz/*' | sort)
mapfile -t binding_files < <(find csrc/lua -name '*.c' | sort)
mapfile -t fuzz_files < <(find csrc/fuzz -name '*.c' 2>/dev/null | sort)
mapfile -t lua_files < <(find lua -name '*.lua' 2>/dev/null | sort)
mapfile -t javascript_files < <(find lua examples spec -name '*.js' -o -name '*.mjs' | sort)
mapfile -t lua_commands < <(find bin examples -type f 2>/dev/null | xargs -r grep -lE '^#!.*lua' | sort)
flags=(-std=c11 -Icsrc -D_GNU_SOURCE)

# ---- warnings

# Of gcc's warnings some come of optimizing; of clang's none do.
with_warnings_as_errors() {
    make --no-print-directory CC="$1" CFLAGS="$2 -Werror" BUILD="build/lint/$1" -j2 all >/dev/null &&
        "$1" "${flags[@]}" -Wall -Wextra -Werror -fsyntax-only "${fuzz_files[@]}"
}

# One file a process: version 14 takes the va_list of the second for uninitialised.
tidy() {
    printf '%s\n' "$@" | xargs -n 1 -P 2 sh -c '
        case $0 in csrc/base/error.c) known= ;; *) known="-include spec/support/analyser.h" ;; esac
        clang-tidy --quiet "$0" -- -std=c11 -Icsrc -D_GNU_SOURCE -I/usr/include/lua5.4 $known'
}

check_with_cppcheck() {
    cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
        --suppress=missingIncludeSystem -j 2 -D_GNU_SOURCE -D__GNUC__=12 -Icsrc "${core_files[@]}" "${binding_files[@]}"
}

# ---- the layers: a part may use itself and what its line names, which stands below it

c_layers='
base:
crypto: base
mail: base
record: base crypto mail
dkim: base crypto mail record
dns: base
lua: base crypto mail record dkim dns
fuzz: base crypto mail record dkim dns
'
lua_layers='
dns: core
standards: core dns
check: core dns standards
rules: core dns standards
provider: core standards rules
host: core dns standards rules
handover: core standards
store: core
fetch: core dns standards
publish: core dns standards rules provider host handover fetch
domain_connect: core dns standards rules provider host fetch publish
onboard: core dns standards check provider host handover store fetch publish domain_connect
web: core dns standards check provider host handover
http: core dns standards check rules provider host handover store fetch publish domain_connect onboard web
cli: core dns standards check rules provider host handover store fetch publish domain_connect onboard http
bin: cli
examples: core dns standards check provider host handover fetch publish domain_connect onboard http web
'

# Reads lines of "who whom where" and fails on those that the table does not allow.
obeys_layers() {
    awk -v table="$1" '
        BEGIN {
            n = split(table, line, "\n")
            for (i = 1; i <= n; i++) {
                m = split(line[i], name, /:? +|:/)
                for (j = 2; j <= m; j++)
                    allowed[name[1], name[j]] = 1
            }
        }
        $1 != $2 && !(($1, $2) in allowed) {
            print $3 ": " $1 " may not use " $2
            found = 1
        }
        END { exit found }'
}

# An #include that does not name its directory stays as it is, and is refused.
includes_point_down() {
    grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' csrc --include='*.[ch]' |
        sed -E 's|^(csrc/([^/]+)/[^:]+:[0-9]+):[^"]*"([^/"]+)/[^"]*".*|\2 \3 \1|' |
        obeys_layers "$c_layers"
}

# Every string that is the name of a module counts as its use, whoever requires it then.
requires_point_down() {
    awk '
        function layer(module) {
            sub(/^(lua\/)?mailseal[.\/]/, "", module)
            sub(/[.\/].*/, "", module)
            if (module == "async")
                return "dns"
            return module ~ /^(authres|dkim|dmarc|domain|json|key|message|nearest|pattern|printable|record|spf|webhook)$/ ? "standards" : module
        }
        function readable(path, line, found) {
            found = (getline line < path) >= 0
            close(path)
            return found
        }
        function is_module(name) {
            sub(/\.$/, "", name)
            gsub(/\./, "/", name)
            return name == "mailseal/core" || readable("lua/" name ".lua") || readable("lua/" name "/init.lua")
        }
        /^[[:space:]]*--/ { next }
        {
            rest = $0
            while (match(rest, /["\047]mailseal\.[a-z0-9_.]+["\047]/)) {
                name = substr(rest, RSTART + 1, RLENGTH - 2)
                if (is_module(name))
                    print layer(FILENAME), layer(name), FILENAME ":" FNR
                rest = substr(rest, RSTART + length(name) + 2)
            }
        }' "${lua_files[@]}" bin/mailseal examples/*.lua | obeys_layers "$lua_layers"
}

# ---- SQL

# A statement is a text of the program: joined with nothing but other texts, constants (names in capitals) and the driver's own words.
# What descriptions of tables and checked names of columns are filled into is in the files named here.
sql_is_made_of_constants() {
    local words='(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|VALUES|ORDER BY|RETURNING)\b' found
    local first='("[^"]*"|sql|[A-Z_]+( \.\. tx\.for_update)?|[A-Z_]+:format\(tx\.connection\.driver\.[a-z_]+\))'
    local constant='("|\[\[|[A-Z_]+\b(?![.:(\[])|tx\.for_update\b)'
    found=$(
        grep -rnP '\btx:(run|rows|row)\b' lua bin examples | grep -v '^lua/mailseal/store/'
        grep -rnP "^(?!\s*--).*\btx:(run|rows|row)\((?!$first[,)]|$first *$|\[\[)" lua/mailseal/store |
            grep -vE '^lua/mailseal/store/(bulk|migrations)\.lua:'
        grep -rnP "^(?!\s*--).*[\"\[(].*\b$words.*(\"|\]\])\)? *\.\. *+(?!$constant)" lua/mailseal/store |
            grep -v '^lua/mailseal/store/bulk\.lua:'
        grep -rnP "^(?!\s*--).*\.\. *[\"\[]+ *$words" lua/mailseal/store | grep -vP '\b[A-Z_]+ *\.\. *["\[]'
        grep -rnP "^(?!\s*--).*\b$words.*:format\(" lua/mailseal/store | grep -vE '^lua/mailseal/store/(bulk|domains)\.lua:'
    )
    printf '%s' "$found"
    [ -z "$found" ]
}

# ---- JavaScript

parses_as_javascript() {
    local path status=0
    for path in "$@"; do node --check "$path" || status=1; done
    return $status
}

# What comes from DNS is text: nothing makes markup or a program of it, neither here nor by an attribute.
makes_nothing_of_text() {
    local quote="[\"'\`]"
    ! grep -nE -e '\b(inner|outer)HTML *\+?=[^=]|\b(insertAdjacentHTML|createContextualFragment|setHTMLUnsafe)\b|document\.write' \
        -e '\beval\(|\bnew Function\b|javascript:' -e "set(Timeout|Interval)\( *$quote|setAttribute\( *${quote}on" "$@"
}

javascript_is_in_the_houses_style() {
    local path status=0
    for path in "$@"; do
        grep -qx '"use strict";' "$path" || { echo "$path: is not strict" && status=1; }
    done
    ! grep -nE $'\t|[[:space:]]$|^.{141}|(^|[^=!<>])==([^=]|$)|!=([^=]|$)|\bvar [A-Za-z_$]' "$@" && return $status
}

# ---- what the C core shows and uses

# Fails where a file other than the allowed ones includes what matches.
only_included_by() {
    local pattern=$1 allowed=$2 found
    found=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]$pattern" csrc --include='*.[ch]' | grep -vE "^$allowed")
    printf '%s' "$found"
    [ -z "$found" ]
}

# What else asks for vector instructions would have them in a build with -DMS_PORTABLE as well.
asks_for_vectors_in_one_place() {
    local found
    found=$(grep -rnE '[a-z]mmintrin\.h|__SSE|__AVX|__x86_64|target\(' csrc --include='*.[ch]' | grep -v '^csrc/base/simd\.h:')
    printf '%s' "$found"
    [ -z "$found" ]
}

exports_only_its_entry() {
    local lua symbols
    for lua in lua5.4 luajit; do
        symbols=$(nm -D --defined-only "build/$lua/mailseal/core.so" | awk '{ print $3 }')
        [ "$symbols" = luaopen_mailseal_core ] || {
            echo "build/$lua/mailseal/core.so exports: $symbols"
            return 1
        }
    done
}

# A writable object in the core is a global that two Lua states would share. (gcc puts the nameless
# initialisers of constant tables there too; nobody can name them to write them.)
has_no_mutable_globals() {
    local found
    found=$(find build/core build/lua5.4/obj -name '*.o' -exec objdump -t {} + |
        awk '$3 == "O" && $4 ~ /^\.(data|bss|tdata|tbss)/ && $4 !~ /^\.data\.rel\.ro/ && $NF !~ /^__compound_literal/ || $2 == "O" && $3 == "*COM*"')
    printf '%s' "$found"
    [ -z "$found" ]
}

# ---- rules

check "C is formatted (clang-format)" clang-format --dry-run -Werror "${c_files[@]}"
check "no warning of gcc" with_warnings_as_errors gcc -O2
check "no warning of clang" with_warnings_as_errors clang -O0
check "no finding of clang-tidy" tidy "${core_files[@]}" "${binding_files[@]}" "${fuzz_files[@]}"
check "no finding of cppcheck" check_with_cppcheck
check "every #include of csrc points down the layers" includes_point_down
check "every require of a mailseal module points down the layers" requires_point_down
check "every statement of SQL is made of constants" sql_is_made_of_constants
check "only csrc/crypto includes OpenSSL" only_included_by 'openssl/' 'csrc/crypto/'
check "only csrc/dns/channel.c includes c-ares" only_included_by 'ares' 'csrc/dns/channel\.c:'
check "only csrc/lua includes Lua" only_included_by '(lua|lauxlib|lualib|luajit)\.h' 'csrc/lua/'
check "only csrc/base/simd.h asks what the processor has" asks_for_vectors_in_one_place
check "core.so exports luaopen_mailseal_core alone" exports_only_its_entry
check "the core has no mutable globals" has_no_mutable_globals
check "no finding of luacheck" luacheck --quiet --no-color . "${lua_commands[@]}"
check "JavaScript can be parsed" parses_as_javascript "${javascript_files[@]}"
check "JavaScript makes no markup and no program of a text" makes_nothing_of_text "${javascript_files[@]}"
check "JavaScript is in the house's style" javascript_is_in_the_houses_style "${javascript_files[@]}"
check "every public Lua function is documented" lua5.4 spec/support/documented.lua "${lua_files[@]}"
check "the documentation can be made" ldoc -q -c .config.ld -d build/lint/doc .
lua5.4 spec/support/stale_rules.lua # warns, and fails nothing
check "the rockspec lists what is in the tree" lua5.4 spec/support/rockspec.lua --check
finish
