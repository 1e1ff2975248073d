# mailseal: `make` builds for every Lua found; `make run` and `make test` are the README's two commands.
# `make help` lists the rest. Everything made goes under build/; the long recipes are scripts in spec/support/.

# -O3 and -flto make no difference that `make bench` could see.
CC      ?= gcc
CFLAGS  ?= -O2 -g
STRICT   = -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion \
           -Wno-sign-conversion
CPPFLAGS += -Icsrc -D_GNU_SOURCE
HIDDEN   = -fPIC -fvisibility=hidden
LIBS     = -lcrypto -lcares

# Where this build goes. Other ways to build (sanitizers, coverage) are this Makefile again, with a
# directory and flags of their own.
BUILD    = build

# Says what it makes; V=1 shows the commands.
ifeq ($(V),)
say = @echo "  $(1)  $@";
endif

# ---- what there is

CORE     = $(wildcard $(addprefix csrc/,$(addsuffix /*.c,base crypto mail record dkim dns)))
BINDINGS = $(wildcard csrc/lua/*.c)
TARGETS  = $(patsubst csrc/fuzz/%.c,%,$(wildcard csrc/fuzz/*.c))
# Modules, and the files that some of them read.
MODULES  = $(patsubst lua/%,%,$(shell find lua -type f 2>/dev/null))

# A Lua is found where its header is.
PREFIXES    = /usr /usr/local /usr/local/openresty/luajit /opt/homebrew
LUA54_INC  ?= $(patsubst %/lua.h,%,$(firstword $(wildcard $(PREFIXES:%=%/include/lua5.4/lua.h))))
LUAJIT_INC ?= $(patsubst %/lua.h,%,$(firstword $(wildcard $(PREFIXES:%=%/include/luajit-2.1/lua.h))))
LUAS       := $(if $(LUA54_INC),lua5.4) $(if $(LUAJIT_INC),luajit)
INC_lua5.4  = $(LUA54_INC)
INC_luajit  = $(LUAJIT_INC)
VERSION_lua5.4 = 5.4
VERSION_luajit = 5.1

# The one to run and to install for.
LUA ?= $(firstword $(LUAS) lua5.4)

CORE_OBJECTS = $(CORE:csrc/%.c=$(BUILD)/core/%.o)
BINDING_OBJECTS = $(BINDINGS:csrc/lua/%.c=$(BUILD)/$(1)/obj/%.o)

# ---- building

.PHONY: all
all: $(LUAS:%=$(BUILD)/%/mailseal/core.so) $(LUAS:%=$(BUILD)/%/mailseal_test.so) build/.found
	@:

# Says what is missing, once, before a compiler does so in its own words.
ifeq ($(LUAS),)
.PHONY: build/.found
endif
build/.found:
	@CC="$(CC)" sh spec/support/deps.sh check
	@mkdir -p build && touch $@

$(BUILD)/core/%.o: csrc/%.c | build/.found
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(CPPFLAGS) $(CFLAGS) $(STRICT) $(HIDDEN) -MMD -MP -c $< -o $@

define for_lua
$(BUILD)/$(1)/obj/%.o: csrc/lua/%.c | build/.found
	@mkdir -p $$(@D)
	$$(call say,CC) $$(CC) $$(CPPFLAGS) -I$$(INC_$(1)) $$(CFLAGS) $$(STRICT) $$(HIDDEN) -MMD -MP -c $$< -o $$@

$(BUILD)/$(1)/mailseal/core.so: $$(CORE_OBJECTS) $(BINDING_OBJECTS)
	@mkdir -p $$(@D)
	$$(call say,LD) $$(CC) -shared $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)

# What the tests alone ask of the core; linked with its objects, never installed.
$(BUILD)/$(1)/core_test.o: spec/support/core_test.c | build/.found
	@mkdir -p $$(@D)
	$$(call say,CC) $$(CC) $$(CPPFLAGS) -I$$(INC_$(1)) $$(CFLAGS) $$(STRICT) $$(HIDDEN) -MMD -MP -c $$< -o $$@

$(BUILD)/$(1)/mailseal_test.so: $(BUILD)/$(1)/core_test.o $$(CORE_OBJECTS) $(BINDING_OBJECTS)
	$$(call say,LD) $$(CC) -shared $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)

-include $(patsubst %.o,%.d,$(BINDING_OBJECTS)) $(BUILD)/$(1)/core_test.d
endef
$(foreach lua,lua5.4 luajit,$(eval $(call for_lua,$(lua))))
-include $(CORE_OBJECTS:.o=.d)

# ---- fuzz targets: csrc/fuzz/<target>.c, here with a main that replays files; `make fuzz` searches with libFuzzer

FUZZ_MAIN  = spec/support/replay.c
FUZZ_FLAGS =

$(BUILD)/fuzz/%.o: csrc/fuzz/%.c | build/.found
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(CPPFLAGS) $(CFLAGS) $(STRICT) -Wno-missing-prototypes -MMD -MP -c $< -o $@

$(BUILD)/fuzz/%: $(BUILD)/fuzz/%.o $(FUZZ_MAIN) $(CORE_OBJECTS)
	$(call say,LD) $(CC) $(CPPFLAGS) $(CFLAGS) $(FUZZ_FLAGS) -o $@ $^ $(LDFLAGS) $(LIBS)

.PHONY: fuzz-targets
.SECONDARY: $(TARGETS:%=$(BUILD)/fuzz/%.o)
fuzz-targets: $(TARGETS:%=$(BUILD)/fuzz/%)
	@:
-include $(TARGETS:%=$(BUILD)/fuzz/%.d)

# ---- the allocation sweep: a program of its own, with Lua 5.4 inside, through which every allocation goes

WRAPPED = malloc calloc realloc strdup strndup free

$(BUILD)/sweep.o: spec/alloc/sweep.c | build/.found
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(CPPFLAGS) -I$(INC_lua5.4) $(CFLAGS) $(STRICT) -MMD -MP -c $< -o $@

$(BUILD)/sweep: $(BUILD)/sweep.o $(CORE_OBJECTS) $(call BINDING_OBJECTS,lua5.4)
	$(call say,LD) $(CC) $(CFLAGS) $(WRAPPED:%=-Wl,--wrap=%) -o $@ $^ $(LDFLAGS) $(LIBS) -llua5.4
-include $(BUILD)/sweep.d

# ---- other builds

SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
AGAIN    = @+$(MAKE) --no-print-directory
ASAN     = BUILD=build/asan CFLAGS="-O1 -g $(SANITIZE)"
PORTABLE = BUILD=build/portable CFLAGS="-O2 -g -DMS_PORTABLE"
COVERAGE = BUILD=build/coverage CFLAGS="-O0 -g --coverage"
# An empty span may be NULL, and NULL + 0 is NULL wherever there is a compiler; clang's check counts it a fault.
FUZZ     = BUILD=build/fuzz CC=clang CFLAGS="-O1 -g $(SANITIZE) -fno-sanitize=pointer-overflow -fsanitize=fuzzer-no-link" \
           FUZZ_MAIN= FUZZ_FLAGS=-fsanitize=fuzzer

build/asan/preload.so: spec/support/preload.c
	@mkdir -p $(@D)
	$(call say,CC) $(CC) -O1 -g -shared -fPIC $< -o $@

# ---- the two commands

.PHONY: deps example-deps test-deps run example demo test
deps:
	@CC="$(CC)" sh spec/support/deps.sh build

example-deps:
	@CC="$(CC)" sh spec/support/deps.sh example

test-deps:
	@CC="$(CC)" sh spec/support/deps.sh test

# make run ARGS='--listen 127.0.0.1:9090'
run: deps
	$(AGAIN) all
	bin/mailseal serve $(ARGS)

# make example ARGS=example.com
example: example-deps
	$(AGAIN) all
	$(LUA) examples/onboard.lua $(ARGS)

# The service and its page, with made-up customers: make demo ARGS="--listen 127.0.0.1:8080"
demo: example-deps
	$(AGAIN) all
	$(LUA) examples/demo.lua $(ARGS)

# What has a version without vector instructions (csrc/base/simd.h), run on a core that has no other.
TEST_PORTABLE = MAILSEAL_BUILD=build/portable lua5.4 $(BUSTED) spec/mail spec/dkim spec/record

# Each suite is a title and a command; what it counts is added up, and one that fails fails the whole.
RUN    = @bash spec/support/run.sh
BUSTED = $$(command -v busted)
# What runs inside nginx is LuaJIT with the plain core, whichever Lua starts it, and so is what a browser sees: once is enough.
OUTSIDE_NGINX = --exclude-tags=nginx,browser

test: test-deps
	$(AGAIN) all
	$(AGAIN) $(PORTABLE) all
	$(AGAIN) $(ASAN) fuzz-targets
	$(RUN) \
	  "busted on Lua 5.4" "lua5.4 $(BUSTED) $(OUTSIDE_NGINX)" \
	  "busted on LuaJIT" "luajit $(BUSTED)" \
	  "without vector instructions" "$(TEST_PORTABLE)" \
	  "fuzz corpus" "bash spec/support/fuzz.sh replay build/asan/fuzz" \
	  "make install" "bash spec/support/install.sh" \
	  "LuaRocks" "bash spec/support/rock.sh lua5.4 && bash spec/support/rock.sh luajit"

# ---- checks

.PHONY: lint test-portable test-asan test-valgrind test-growth test-crash test-alloc fuzz fuzz-replay coverage bench bench-dns \
        bench-check bench-onboard bench-http
lint: test-deps
	$(AGAIN) all
	$(RUN) "lint" "bash spec/support/lint.sh"

test-portable: test-deps
	$(AGAIN) $(PORTABLE) all
	$(RUN) "without vector instructions" "$(TEST_PORTABLE)"

test-asan: test-deps
	$(AGAIN) $(ASAN) all build/asan/preload.so
	$(AGAIN) all
	$(RUN) \
	  "sanitized, Lua 5.4" "bash spec/support/sanitized.sh lua5.4 $(BUSTED) $(OUTSIDE_NGINX) --helper=spec/support/slow_clock.lua" \
	  "sanitized, LuaJIT" "bash spec/support/sanitized.sh luajit $(BUSTED) $(OUTSIDE_NGINX) --helper=spec/support/slow_clock.lua"

# What memcheck runs: the specs of what reads other people's octets, and the sweep's scenarios (keys, signing and
# verifying among them) without a failure. The specs that make keys and messages by the hundred take it too long.
VALGRIND_SPECS ?= spec/dns spec/mail spec/record
MEMCHECK = bash spec/support/valgrind.sh

test-valgrind: test-deps
	$(AGAIN) all build/sweep
	$(RUN) \
	  "memcheck, scenarios" "for scenario in spec/alloc/*.lua; do \
	    $(MEMCHECK) build/sweep \$$scenario core 1000000000 && echo ok \$$scenario || echo not ok \$$scenario; done" \
	  "memcheck, Lua 5.4" "$(MEMCHECK) lua5.4 $(BUSTED) --helper=spec/support/slow_clock.lua $(VALGRIND_SPECS)"

# Descriptors and memory, at a tenth of so many queries and in the end; `make test` asks fewer.
GROWTH_QUERIES ?= 1000000
test-growth: test-deps
	$(AGAIN) all
	$(RUN) \
	  "growth, Lua 5.4" "MAILSEAL_GROWTH=$(GROWTH_QUERIES) lua5.4 $(BUSTED) spec/dns/growth_spec.lua" \
	  "growth, LuaJIT" "MAILSEAL_GROWTH=$(GROWTH_QUERIES) luajit $(BUSTED) spec/dns/growth_spec.lua"

# Processes killed in the midst of their work, so many times on SQLite and a fifth of that on PostgreSQL; `make test` kills fewer.
CRASHES ?= 1000
test-crash: test-deps
	$(AGAIN) all
	$(RUN) \
	  "crashes, Lua 5.4" "MAILSEAL_CRASHES=$(CRASHES) lua5.4 $(BUSTED) --pattern=_crash_spec spec/store spec/onboard" \
	  "crashes, LuaJIT" "MAILSEAL_CRASHES=$(CRASHES) luajit $(BUSTED) --pattern=_crash_spec spec/store spec/onboard"

# On the sanitized core, so that a use of what a failure freed is seen.
test-alloc: test-deps
	$(AGAIN) $(ASAN) build/asan/sweep
	$(RUN) $(foreach scenario,$(wildcard spec/alloc/*.lua), \
	  "no memory: $(basename $(notdir $(scenario)))" "ASAN_OPTIONS=detect_leaks=0 build/asan/sweep $(scenario)")

# Every input of the corpora once, sanitized.
fuzz-replay: test-deps
	$(AGAIN) $(ASAN) fuzz-targets
	$(RUN) "fuzz corpus" "bash spec/support/fuzz.sh replay build/asan/fuzz"

# make fuzz FUZZ_SECONDS=600
FUZZ_SECONDS ?= 60
fuzz: test-deps
	$(AGAIN) $(FUZZ) fuzz-targets
	$(RUN) "fuzz" "bash spec/support/fuzz.sh search build/fuzz/fuzz $(FUZZ_SECONDS)"

# The core's lines that the tests run, at least so many of a hundred.
COVERAGE_LEAST ?= 95
coverage: test-deps
	$(AGAIN) $(COVERAGE) all fuzz-targets build/coverage/sweep
	$(AGAIN) all
	find build/coverage -name '*.gcda' -delete
	MAILSEAL_BUILD=build/coverage lua5.4 $(BUSTED)
	bash spec/support/fuzz.sh replay build/coverage/fuzz
	build/coverage/sweep spec/alloc/*.lua
	gcovr --root . --filter csrc/ --exclude csrc/fuzz/ --object-directory build/coverage \
	  --fail-under-line $(COVERAGE_LEAST) --txt --html-details build/coverage/index.html

# The table of speeds. What it is compared with is measured from C, in a module of its own.
BENCH_FLAGS  = $(shell pkg-config --exists opendkim 2>/dev/null && echo -DHAVE_OPENDKIM $$(pkg-config --cflags opendkim))
BENCH_LIBS   = -lcrypto $(shell pkg-config --libs opendkim 2>/dev/null)
BENCH_MODULE = $(if $(wildcard spec/bench/peers.c),$(LUAS:%=build/bench/%/mailseal_bench.so))

build/bench/%/mailseal_bench.so: spec/bench/peers.c spec/support/opendkim.h
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(CPPFLAGS) -I. -I$(INC_$*) $(BENCH_FLAGS) $(CFLAGS) $(STRICT) -fPIC -shared $< -o $@ $(BENCH_LIBS)

bench: all $(BENCH_MODULE)
	LUA_PATH="lua/?.lua;lua/?/init.lua;./?.lua;;" LUA_CPATH="build/$(LUA)/?.so;build/bench/$(LUA)/?.so;;" \
	  $(LUA) spec/bench/run.lua $(ARGS)

# The same of DNS; LUA=luajit for the other one. Wants Knot DNS, and two cores.
build/bench/%/mailseal_bench_dns.so: spec/bench/dns_floor.c
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(CPPFLAGS) -I. -I$(INC_$*) $(CFLAGS) $(STRICT) -fPIC -shared $< -o $@

bench-dns: all build/bench/$(LUA)/mailseal_bench_dns.so
	LUA_PATH="lua/?.lua;lua/?/init.lua;./?.lua;;" LUA_CPATH="build/$(LUA)/?.so;build/bench/$(LUA)/?.so;;" \
	  sh -c '$(LUA) spec/bench/dns.lua $(ARGS); status=$$?; $(LUA) spec/bench/dns_nginx.lua; exit $$status'

# How fast many domains are checked, and in how much memory: N=1000000 for the latter, LUAS=luajit for one Lua.
bench-check: all
	LUA_PATH="lua/?.lua;lua/?/init.lua;./?.lua;;" LUA_CPATH="build/$(LUA)/?.so;;" LUAS="$(LUAS)" $(LUA) spec/bench/check.lua

# A registry of very many domains, with LuaJIT where that is: N=100000 for fewer, LUAS=lua5.4, DB=sqlite for one database.
bench-onboard: all
	LUA_PATH="lua/?.lua;lua/?/init.lua;./?.lua;;" LUA_CPATH="build/$(LUA)/?.so;;" \
	  LUAS="$(if $(filter command line,$(origin LUAS)),$(LUAS),$(lastword $(LUAS)))" $(LUA) spec/bench/onboard.lua

# The service under load, asked by wrk; wants Knot DNS and two cores: ONLY=get, sign, verify or streams for one, ROUNDS=5.
bench-http: all
	LUA_PATH="lua/?.lua;lua/?/init.lua;./?.lua;;" LUA_CPATH="build/luajit/?.so;;" luajit spec/bench/http.lua

# ---- installing

PREFIX ?= /usr/local
DESTDIR ?=
LUA_SHARE = $(DESTDIR)$(PREFIX)/share/lua/$(VERSION_$(LUA))
LUA_LIB   = $(DESTDIR)$(PREFIX)/lib/lua/$(VERSION_$(LUA))

.PHONY: install uninstall
install: $(BUILD)/$(LUA)/mailseal/core.so
	@for module in $(MODULES); do install -D -m 644 "lua/$$module" "$(LUA_SHARE)/$$module" || exit 1; done
	install -D -m 755 $< "$(LUA_LIB)/mailseal/core.so"
	install -D -m 755 bin/mailseal "$(DESTDIR)$(PREFIX)/bin/mailseal"

uninstall:
	rm -rf "$(LUA_SHARE)/mailseal" "$(LUA_LIB)/mailseal"
	rm -f "$(DESTDIR)$(PREFIX)/bin/mailseal"

# ---- the rest

.PHONY: rockspec dist
rockspec:
	lua5.4 spec/support/rockspec.lua

# What `luarocks pack build/mailseal-scm-1.rockspec` packs: the tree without what was made from it, and a
# rockspec that says where it is.
dist:
	@mkdir -p build
	tar -czf build/mailseal-scm-1.tar.gz --exclude-vcs --exclude=./build --exclude='./mailseal.db*' \
	  --exclude=./master.key --exclude='*.o' --exclude='*.so' --exclude='*.rock' \
	  --transform='s,^\.,mailseal-scm-1,' .
	sed 's|file://build|file://$(CURDIR)/build|' mailseal-scm-1.rockspec >build/mailseal-scm-1.rockspec

.PHONY: doc clean help
doc: test-deps
	ldoc -c .config.ld .

clean:
	rm -rf build

help:
	@sed -n 's/^#: //p' Makefile

#: make                 build for every Lua found
#: make run             install what is missing, build, serve the page and the API at http://127.0.0.1:8080 (ARGS='--help' tells more)
#: make example         onboard a domain against a DNS server on loopback (ARGS=example.com for a real one)
#: make demo            the service with made-up customers in all kinds of trouble, to be clicked through without the Internet
#: make test            install what the tests need, run them all
#: make lint            formatting, static analysis, warnings as errors, the rules of the layers
#: make test-portable   the tests of what has vector instructions, on a core without them
#: make test-asan       the tests under AddressSanitizer and UndefinedBehaviorSanitizer, leaks included
#: make test-valgrind   the tests under memcheck (VALGRIND_SPECS=spec/dkim for some)
#: make test-growth     a million DNS queries leave no descriptor and no memory behind (GROWTH_QUERIES=100000 for fewer)
#: make test-alloc      every n-th allocation fails, once each
#: make test-crash      processes killed a thousand times lose nothing and do nothing twice (CRASHES=100 for fewer)
#: make fuzz            search for inputs that crash, FUZZ_SECONDS=60 a target
#: make fuzz-replay     the inputs kept
#: make coverage        the share of the core's lines that the tests run
#: make bench           the table of speeds; make bench-dns, that of DNS (LUA=luajit; QUICK=1, ROUNDS=15)
#: make bench-check     domains checked a second, and the memory that takes (N=1000000 for many)
#: make bench-onboard   a million domains in the registry: added, looked at, decided about (N=100000 for fewer; DB=sqlite)
#: make bench-http      the service under load (ONLY=get, sign, verify or streams for one; ROUNDS=5)
#: make install         PREFIX=/usr/local DESTDIR= LUA=lua5.4 (or luajit); make uninstall
#: make deps            install what building and running needs; make test-deps, what the tests need
#: make doc             the reference of the Lua modules, into build/doc
#: make dist            what luarocks pack wants, into build/; make rockspec writes the lists of the rockspec
#: make clean           remove build/
