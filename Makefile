# mailseal: `make` builds for every Lua found; `make run` and `make test` are the README's two commands.
# `make help` lists the rest. Everything made goes under build/; the long recipes are scripts in spec/support/.

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

# ---- what there is

CORE     = $(wildcard $(addprefix csrc/,$(addsuffix /*.c,base crypto mail record dkim dns)))
BINDINGS = $(wildcard csrc/lua/*.c)
TARGETS  = $(patsubst csrc/fuzz/%.c,%,$(wildcard csrc/fuzz/*.c))
MODULES  = $(patsubst lua/%,%,$(shell find lua -name '*.lua' 2>/dev/null))

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
all: $(LUAS:%=$(BUILD)/%/mailseal/core.so) build/.found

# Says what is missing, once, before a compiler does so in its own words.
ifeq ($(LUAS),)
.PHONY: build/.found
endif
build/.found:
	@CC="$(CC)" sh spec/support/deps.sh check
	@mkdir -p build && touch $@

$(BUILD)/core/%.o: csrc/%.c | build/.found
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(STRICT) $(HIDDEN) -MMD -MP -c $< -o $@

define for_lua
$(BUILD)/$(1)/obj/%.o: csrc/lua/%.c | build/.found
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS) -I$$(INC_$(1)) $$(CFLAGS) $$(STRICT) $$(HIDDEN) -MMD -MP -c $$< -o $$@

$(BUILD)/$(1)/mailseal/core.so: $$(CORE_OBJECTS) $(BINDING_OBJECTS)
	@mkdir -p $$(@D)
	$$(CC) -shared $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)

-include $(patsubst %.o,%.d,$(BINDING_OBJECTS))
endef
$(foreach lua,lua5.4 luajit,$(eval $(call for_lua,$(lua))))
-include $(CORE_OBJECTS:.o=.d)

# ---- the two commands

.PHONY: deps test-deps run test
deps:
	@CC="$(CC)" sh spec/support/deps.sh build

test-deps:
	@CC="$(CC)" sh spec/support/deps.sh test

# make run ARGS=example.com
run: deps
	@$(MAKE) --no-print-directory all
	LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="$(BUILD)/$(LUA)/?.so;;" $(LUA) examples/onboard.lua $(ARGS)

# Each suite is a title and a command; what it counts is added up, and one that fails fails the whole.
RUN     = bash spec/support/run.sh
BUSTED  = $$(command -v busted)

test: test-deps
	@$(MAKE) --no-print-directory all
	@$(RUN) \
	  "busted on Lua 5.4" "lua5.4 $(BUSTED)" \
	  "busted on LuaJIT" "luajit $(BUSTED)"

# ---- checks

.PHONY: lint
lint: test-deps
	@$(MAKE) --no-print-directory all
	@$(RUN) "lint" "bash spec/support/lint.sh"

# ---- installing

PREFIX ?= /usr/local
DESTDIR ?=
LUA_SHARE = $(DESTDIR)$(PREFIX)/share/lua/$(VERSION_$(LUA))
LUA_LIB   = $(DESTDIR)$(PREFIX)/lib/lua/$(VERSION_$(LUA))

.PHONY: install uninstall
install: $(BUILD)/$(LUA)/mailseal/core.so
	@for module in $(MODULES); do install -D -m 644 "lua/$$module" "$(LUA_SHARE)/$$module" || exit 1; done
	install -D -m 755 $< $(LUA_LIB)/mailseal/core.so
	install -D -m 755 bin/mailseal $(DESTDIR)$(PREFIX)/bin/mailseal

uninstall:
	rm -rf $(LUA_SHARE)/mailseal $(LUA_LIB)/mailseal
	rm -f $(DESTDIR)$(PREFIX)/bin/mailseal

# ---- the rest

.PHONY: rockspec dist
rockspec:
	lua5.4 spec/support/rockspec.lua

# What `luarocks pack` packs: the tree, without what was made from it.
dist:
	@mkdir -p build
	tar -czf build/mailseal-scm-1.tar.gz --exclude-vcs --exclude=./build --exclude='*.o' --exclude='*.so' --exclude='*.rock' \
	  --transform='s,^\.,mailseal-scm-1,' .

.PHONY: doc clean help
doc: test-deps
	ldoc -c .config.ld .

clean:
	rm -rf build

help:
	@sed -n 's/^#: //p' Makefile

#: make               build for every Lua found
#: make run           install what is missing, build, onboard a domain (ARGS=example.com for a real one)
#: make test          install what the tests need, run them all
#: make lint          formatting, static analysis, warnings as errors, the rules of the layers
