# mailseal: `make` builds for every Lua found; `make run`, `make test` are the README's two commands.

CC      ?= gcc
CFLAGS  ?= -O2 -g
STRICT   = -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wno-sign-conversion
CPPFLAGS += -Icsrc -D_GNU_SOURCE
HIDDEN   = -fPIC -fvisibility=hidden
LIBS     = -lcrypto -lcares

CORE     = $(wildcard csrc/base/*.c csrc/crypto/*.c csrc/mail/*.c csrc/record/*.c csrc/dkim/*.c csrc/dns/*.c)
BINDINGS = $(wildcard csrc/lua/*.c)

# A Lua is found where its header is.
LUA54_INC  ?= /usr/include/lua5.4
LUAJIT_INC ?= /usr/include/luajit-2.1
LUAS := $(if $(wildcard $(LUA54_INC)/lua.h),lua5.4) $(if $(wildcard $(LUAJIT_INC)/lua.h),luajit)
INC_lua5.4 = $(LUA54_INC)
INC_luajit = $(LUAJIT_INC)

.PHONY: all clean
all: $(LUAS:%=build/%/mailseal/core.so)

build/core/%.o: csrc/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(STRICT) $(HIDDEN) -MMD -c $< -o $@

define for_lua
build/$(1)/obj/%.o: csrc/lua/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS) -I$$(INC_$(1)) $$(CFLAGS) $$(STRICT) $$(HIDDEN) -MMD -c $$< -o $$@

build/$(1)/mailseal/core.so: $$(CORE:csrc/%.c=build/core/%.o) $$(BINDINGS:csrc/lua/%.c=build/$(1)/obj/%.o)
	@mkdir -p $$(@D)
	$$(CC) -shared $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach lua,lua5.4 luajit,$(eval $(call for_lua,$(lua))))

-include $(wildcard build/core/*/*.d build/*/obj/*.d)

clean:
	rm -rf build
