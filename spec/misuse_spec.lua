--- What a programmer's mistake is told like: a sentence, at the line where the mistake was made.
local compile = loadstring or load -- luacheck: ignore loadstring

local calls = {
  record = {
    "tags()", "tags { {} }", "parse()", "parse 'dkim'", "lint()", "lint 'dkim'", "lint('dkim', { {} })",
    "split()", "split(1)", "split('a', 0)", "quote()", "quote { 'a', {} }", "zone_line()", "zone_line(nil, 'a')", "zone_line 'a'",
    "zone_line('a', 1)", "zone_line('a', { 1 })", "zone_line('a', 'a', -1)", "zone_line('a', { ('x'):rep(256) })",
  },
  domain = { "valid()", "to_ascii()", "to_unicode {}" },
  message = { "lint()", "normalize()", "author_domains(1)", "fields()" },
  authres = {
    "write()", "write {}", "write { authserv_id = '' }", "write { authserv_id = 'a', results = 1 }",
    "write { authserv_id = 'a', results = { 1 } }", "write { authserv_id = 'a', results = { {} } }",
    "write { authserv_id = 'a', results = { { result = 'pass', properties = 1 } } }",
    "write { authserv_id = 'a', results = { { method = 'a', result = 'pass', properties = { ['a b'] = 1 } } } }",
    "write { authserv_id = 'a', results = { { result = 'pass', comments = 1 } } }", "parse()", "strip()", "strip 'a'",
  },
  key = { "generate(1)", "generate { bit = 1 }", "load()", "load_file()" },
  dkim = { "signer()", "signer { frob = 1 }", "verifier()", "verify()", "verify 'a'" },
  dns = { "resolver(1)" },
  spf = {
    "check()", "check {}", "check { ip = '192.0.2.1' }", "check { ip = 1, resolver = {} }", "check { ip = 'a', resolver = {}, frob = 1 }",
    "check { ip = 'a', resolver = {}, identity = 'from' }", "check { ip = 'a', resolver = {}, deadline = -1 }",
    "tree()", "tree 'example.com'", "tree('example.com', {})", "tree('example.com', { resolver = 1 })", "tree(1, { resolver = {} })",
  },
  async = { "run()", "sleep()", "map()", "start()", "within()", "within(1)" },
  ["async.luv"] = { "start()", "start(print, 1)" },
}

describe("misuse", function()
  for name, arguments in pairs(calls) do
    for _, call in ipairs(arguments) do
      it("of mailseal." .. name .. " is told where it was made: " .. call, function()
        local line = ("local m = require 'mailseal.%s'\n\n\nlocal result = m.%s\nreturn result"):format(name, call)
        local ok, cause = pcall(assert(compile(line, "=caller")))
        assert.is_false(ok)
        assert.matches("^caller:4: %S", cause)
        assert.is_nil(cause:find("attempt to", 1, true), cause)
        assert.is_nil(cause:find("\n", 1, true), cause)
      end)
    end
  end
end)
