rockspec_format = "3.0"
package = "mailseal"
version = "scm-1"

-- In a checkout, `luarocks make` builds and installs, and asks nothing of the network. `make dist` makes the archive
-- named below, and build/mailseal-scm-1.rockspec that names it in full, for `luarocks pack` to make a source rock of.
-- The lists below are written by `make rockspec`, and `make lint` compares them with the tree.
source = { url = "file://build/mailseal-scm-1.tar.gz" }

description = {
  summary = "DKIM signing and verification, mail records and DNS, with a C core",
  detailed = [[
    Gets a sending domain from "customer typed a name" to "every message leaves signed": keys, DKIM signatures,
    the records that mail authentication lives on, and DNS. For Lua 5.4 and LuaJIT (OpenResty).
    The command mailseal also uses argparse and lua-cjson where they are installed.]],
  license = "MIT",
}

supported_platforms = { "unix" }
dependencies = { "lua >= 5.1" }
external_dependencies = {
  OPENSSL = { header = "openssl/evp.h", library = "crypto" },
  CARES = { header = "ares.h", library = "cares" },
}

build = {
  type = "builtin",
  modules = {
    ["mailseal.core"] = {
      sources = {
        -- sources: begin
        "csrc/base/base64.c",
        "csrc/base/buf.c",
        "csrc/base/error.c",
        "csrc/base/file.c",
        "csrc/base/random.c",
        "csrc/base/span.c",
        "csrc/base/utf8.c",
        "csrc/crypto/crypto.c",
        "csrc/crypto/der.c",
        "csrc/crypto/digest.c",
        "csrc/crypto/pem.c",
        "csrc/crypto/private_key.c",
        "csrc/crypto/public_key.c",
        "csrc/dkim/body_hash.c",
        "csrc/dkim/field_writer.c",
        "csrc/dkim/head.c",
        "csrc/dkim/header_hash.c",
        "csrc/dkim/key_cache.c",
        "csrc/dkim/reason.c",
        "csrc/dkim/sign.c",
        "csrc/dkim/sign_field.c",
        "csrc/dkim/sign_names.c",
        "csrc/dkim/signature.c",
        "csrc/dkim/verify.c",
        "csrc/dns/answer.c",
        "csrc/dns/channel.c",
        "csrc/dns/name.c",
        "csrc/dns/rdata.c",
        "csrc/dns/rdata_write.c",
        "csrc/dns/wire.c",
        "csrc/lua/async.c",
        "csrc/lua/binding.c",
        "csrc/lua/core.c",
        "csrc/lua/dkim.c",
        "csrc/lua/dns.c",
        "csrc/lua/dns_channel.c",
        "csrc/lua/dns_zone.c",
        "csrc/lua/file.c",
        "csrc/lua/key.c",
        "csrc/lua/key_cache.c",
        "csrc/lua/mail.c",
        "csrc/lua/record.c",
        "csrc/lua/signer.c",
        "csrc/lua/verifier.c",
        "csrc/mail/address.c",
        "csrc/mail/canon_body.c",
        "csrc/mail/canon_header.c",
        "csrc/mail/domain.c",
        "csrc/mail/header.c",
        "csrc/mail/lint.c",
        "csrc/mail/missing.c",
        "csrc/mail/normalize.c",
        "csrc/mail/punycode.c",
        "csrc/mail/scan.c",
        "csrc/mail/unicode.c",
        "csrc/mail/wsp.c",
        "csrc/record/dkim_key.c",
        "csrc/record/dkim_key_lint.c",
        "csrc/record/dkim_key_material.c",
        "csrc/record/dkim_key_public.c",
        "csrc/record/finding.c",
        "csrc/record/paste.c",
        "csrc/record/taglist.c",
        -- sources: end
      },
      defines = { "_GNU_SOURCE" },
      incdirs = { "csrc", "$(OPENSSL_INCDIR)", "$(CARES_INCDIR)" },
      libdirs = { "$(OPENSSL_LIBDIR)", "$(CARES_LIBDIR)" },
      libraries = { "crypto", "cares" },
    },
    -- modules: begin
    ["mailseal.async"] = "lua/mailseal/async/init.lua",
    ["mailseal.async.loop"] = "lua/mailseal/async/loop.lua",
    ["mailseal.async.task"] = "lua/mailseal/async/task.lua",
    ["mailseal.async.timers"] = "lua/mailseal/async/timers.lua",
    ["mailseal.authres"] = "lua/mailseal/authres.lua",
    ["mailseal.authres.reader"] = "lua/mailseal/authres/reader.lua",
    ["mailseal.authres.writer"] = "lua/mailseal/authres/writer.lua",
    ["mailseal.cli"] = "lua/mailseal/cli/init.lua",
    ["mailseal.cli.input"] = "lua/mailseal/cli/input.lua",
    ["mailseal.cli.json"] = "lua/mailseal/cli/json.lua",
    ["mailseal.cli.keygen"] = "lua/mailseal/cli/keygen.lua",
    ["mailseal.cli.options"] = "lua/mailseal/cli/options.lua",
    ["mailseal.cli.output"] = "lua/mailseal/cli/output.lua",
    ["mailseal.cli.query"] = "lua/mailseal/cli/query.lua",
    ["mailseal.cli.record"] = "lua/mailseal/cli/record.lua",
    ["mailseal.cli.resolver"] = "lua/mailseal/cli/resolver.lua",
    ["mailseal.cli.sign"] = "lua/mailseal/cli/sign.lua",
    ["mailseal.cli.status"] = "lua/mailseal/cli/status.lua",
    ["mailseal.cli.text"] = "lua/mailseal/cli/text.lua",
    ["mailseal.cli.verify"] = "lua/mailseal/cli/verify.lua",
    ["mailseal.dkim"] = "lua/mailseal/dkim.lua",
    ["mailseal.dns.ask"] = "lua/mailseal/dns/ask.lua",
    ["mailseal.dns.cares"] = "lua/mailseal/dns/cares.lua",
    ["mailseal.dns"] = "lua/mailseal/dns/init.lua",
    ["mailseal.dns.resolver"] = "lua/mailseal/dns/resolver.lua",
    ["mailseal.dns.resty"] = "lua/mailseal/dns/resty.lua",
    ["mailseal.dns.server"] = "lua/mailseal/dns/server.lua",
    ["mailseal.dns.system"] = "lua/mailseal/dns/system.lua",
    ["mailseal.dns.zone"] = "lua/mailseal/dns/zone.lua",
    ["mailseal.dns.zone_answer"] = "lua/mailseal/dns/zone_answer.lua",
    ["mailseal.dns.zone_data"] = "lua/mailseal/dns/zone_data.lua",
    ["mailseal.dns.zone_json"] = "lua/mailseal/dns/zone_json.lua",
    ["mailseal.dns.zone_master"] = "lua/mailseal/dns/zone_master.lua",
    ["mailseal.dns.zone_view"] = "lua/mailseal/dns/zone_view.lua",
    ["mailseal.domain"] = "lua/mailseal/domain.lua",
    ["mailseal.key"] = "lua/mailseal/key.lua",
    ["mailseal.message"] = "lua/mailseal/message.lua",
    ["mailseal.record"] = "lua/mailseal/record.lua",
    -- modules: end
  },
  install = { bin = { "bin/mailseal" } },
}
