--- DKIM: signing messages and verifying their signatures (RFC 6376, RFC 8301, RFC 8463, RFC 8616).
--
--     local signer = assert(dkim.signer { domain = "example.com", selector = "s1", key = k })
--     local header = assert(signer:sign(message))          -- stands before the message: header .. message
--
--     local results = assert(dkim.verify(message, { resolver = resolver }))
--     for _, r in ipairs(results) do print(r.result, r.domain, r.text) end
--
-- Messages have CRLF line ends. Nothing here waits but the resolver, which yields where it can, and a signing
-- callback, which may.
--
-- DKIM cannot prevent that a signed message is sent on to others (RFC 6376 §8.6). What helps: oversign To, Cc,
-- Subject and Date (`oversign`), and let signatures end soon (`expire`).
--
-- @module mailseal.dkim

local core = require "mailseal.core".dkim

local error, next, type, time = error, next, type, os.time

local M = {}

-- Wrong options are the programmer's mistake, and raise where the caller stands.
local function check_options(options, kinds, level)
  if type(options) ~= "table" then
    error("options are to be a table, not a " .. type(options), level + 1)
  end
  for name, value in pairs(options) do
    local kind = kinds[name]
    if not kind then
      error("unknown option '" .. tostring(name) .. "'", level + 1)
    elseif type(value) ~= kind and not (kind == "any" or (kind == "object" and (type(value) == "table" or type(value) == "userdata"))) then
      error("option '" .. name .. "' is to be a " .. kind .. ", not a " .. type(value), level + 1)
    end
  end
end

local COUNT_MAX = 2 ^ 31 - 1

local function check_count(options, name, otherwise, least, level)
  local value = options[name]
  if value == nil then
    return otherwise
  end
  if not (value >= least and value <= COUNT_MAX) or value ~= math.floor(value) then
    error(("option '%s' is to be a whole number from %d to %d"):format(name, least, COUNT_MAX), level + 1)
  end
  return value
end

local message_options = { now = "number" }

-- The time that the options of one message name. It is asked of every message, so where there is `now` alone, as a rule, no
-- list of options is gone through.
local function check_now(options, kinds, level)
  if options == nil then
    return time()
  end
  if type(options) ~= "table" or next(options) ~= "now" or next(options, "now") ~= nil then
    check_options(options, kinds, level + 1)
  end
  local now = options.now or time()
  if type(now) ~= "number" or not (now >= 0 and now < 2 ^ 53) then
    error("option 'now' is to be a time in seconds since 1970", level + 1)
  end
  return now
end

local function check_string(value, what, level)
  if type(value) ~= "string" then
    error(what .. " is to be a string", level + 1)
  end
end

-- ---- signing

local signer_methods = { __name = "mailseal.dkim.signer" }
signer_methods.__index = signer_methods

local sign_stream_methods = { __name = "mailseal.dkim.sign_stream" }
sign_stream_methods.__index = sign_stream_methods

local signer_options = {
  domain = "string", selector = "string", identity = "string", key = "object", signatures = "table",
  canonicalization = "string", headers = "table", oversign = "table", expire = "number", body_length = "boolean",
  copy_headers = "boolean", lint = "string", normalize = "boolean",
}
local signing_options = { domain = "string", selector = "string", identity = "string", key = "object" }
local canonicalizations = {
  ["simple/simple"] = { false, false }, ["simple/relaxed"] = { false, true },
  ["relaxed/simple"] = { true, false }, ["relaxed/relaxed"] = { true, true },
  simple = { false, false }, relaxed = { true, false },
}
local lints = { refuse = true, report = true, off = true }

-- The names with colons between, for the core, which judges each; what would not stay one name is judged here.
local function join_names(names, option, level)
  for _, name in ipairs(names) do
    if type(name) ~= "string" then
      error("option '" .. option .. "' is to be a list of header field names", level + 1)
    elseif name == "" or name:find "[:%s]" then
      return nil, ("%q is not the name of a header field"):format(name), "bad_header_name"
    end
  end
  return table.concat(names, ":")
end

local function is_callback(key)
  return type(key) == "table" and type(key.sign) == "function"
end

-- What the core needs of one signing: the key itself, or its type where a callback signs.
local function core_signing(signing, defaults, level)
  check_options(signing, signing_options, level + 1)
  local key = signing.key or defaults.key
  local domain, selector = signing.domain or defaults.domain, signing.selector or defaults.selector
  if not domain or not selector or not key then
    error("a signing needs 'domain', 'selector' and 'key'", level + 1)
  end
  local remote = is_callback(key)
  if remote and key.bits ~= nil and type(key.bits) ~= "number" then
    error("a signing callback's 'bits' is to be a number", level + 1)
  end
  if remote and key.type ~= "rsa" and key.type ~= "ed25519" then
    error("a signing callback needs type = \"rsa\" or \"ed25519\"", level + 1)
  elseif not remote and getmetatable(key) ~= "mailseal.key" then
    error("'key' is to be a key of mailseal.key, or a table with a function 'sign'", level + 1)
  end
  return {
    domain = domain, selector = selector, identity = signing.identity or defaults.identity,
    type = remote and key.type or key:type(), bits = remote and key.bits or nil, key = not remote and key or nil,
  }, remote and key or nil
end

--- Makes a signer, which signs any number of messages.
--
-- Several signatures, each with its own key, are made over one pass of the body: name them in `signatures`, each a table
-- with `domain`, `selector`, `key`, `identity`; what one of them leaves out is taken from the options themselves.
--
-- A key that is kept elsewhere (in an HSM, in another process) is a table `{ type = "rsa" | "ed25519", bits = 2048, sign = f }`; with
-- `bits`, which may be left out, the size of an RSA signature is checked. `f(octets, info)` returns the signature, or nil, a message
-- and a code; it may yield. For RSA, `octets` is what to sign with
-- PKCS#1 v1.5 and SHA-256; for Ed25519 it is the SHA-256 digest to sign as it is (RFC 8463 §3). `info` has `algorithm`, `digest`
-- (32 octets), `domain`, `selector` (as they stand in d= and s=).
--
-- @tparam table options
-- @tparam string options.domain d=, the signing domain; U-labels become A-labels (RFC 8616)
-- @tparam string options.selector s=
-- @tparam key options.key a private key (@{mailseal.key}), or a signing callback
-- @tparam[opt] {table,...} options.signatures several signings, as above
-- @tparam[opt] string options.identity i=, `"user@domain"` or `"@domain"`, within the signing domain
-- @tparam[opt="relaxed/relaxed"] string options.canonicalization c=: `simple` or `relaxed`, header/body (§3.4)
-- @tparam[opt] {string,...} options.headers names to sign where present, instead of the default list (@{default_headers});
--   From always is
-- @tparam[opt] {string,...} options.oversign names to sign once more than they occur, so that one added later breaks the
--   signature (§8.15); From always is. Not DKIM-Signature where there are several signings: each would break the others
-- @tparam[opt] number options.expire x=, seconds after the time of signing
-- @tparam[opt=false] boolean options.body_length write l=. **Anybody can then append to the body without breaking the signature**
--   (§8.2), and careful receivers, this library among them, do not let such a signature pass
-- @tparam[opt=false] boolean options.copy_headers write z=, the signed fields as they were, for diagnosis
-- @tparam[opt="refuse"] string options.lint what becomes of a message that is not fit to be signed (@{mailseal.message.lint}):
--   `refuse`; `report`, sign it all the same; `off`, the same without looking, and so without the list of findings
-- @tparam[opt=false] boolean options.normalize mend line ends first (@{mailseal.message.normalize}), and add Date and Message-ID where
--   they are missing (RFC 6409 §8). Then what is to be sent is the mended message, and the added fields stand among those returned
-- @treturn[1] signer
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_domain`, `bad_selector`, `bad_identity`, `bad_header_name`, `too_many_headers`, `no_memory`
function M.signer(options)
  check_options(options, signer_options, 2)
  local canonicalization = canonicalizations[options.canonicalization or "relaxed/relaxed"]
  if not canonicalization then
    error("unknown canonicalization '" .. options.canonicalization .. "'", 2)
  end
  local lint = options.lint or "refuse"
  if not lints[lint] then
    error("unknown lint '" .. lint .. "'", 2)
  end
  local signatures = options.signatures or { {} }
  if #signatures == 0 then
    error("option 'signatures' is to name one signing or more", 2)
  end
  local headers, message, code = join_names(options.headers or {}, "headers", 2)
  if not headers then
    return nil, message, code
  end
  local oversign
  oversign, message, code = join_names(options.oversign or {}, "oversign", 2)
  if not oversign then
    return nil, message, code
  end
  local made
  made, message, code = core.signer {
    relaxed_header = canonicalization[1], relaxed_body = canonicalization[2], headers = headers, oversign = oversign,
    expire = check_count(options, "expire", 0, 1, 2), body_length = options.body_length, copy_headers = options.copy_headers,
    lint = lint ~= "off", refuse = lint == "refuse", normalize = options.normalize,
  }
  if not made then
    return nil, message, code
  end
  local self = setmetatable({
    core = made, count = #signatures, callbacks = {}, lint = lint, normalize = options.normalize,
  }, signer_methods)
  for i, signing in ipairs(signatures) do
    local of_core
    of_core, self.callbacks[i] = core_signing(signing, options, 2)
    local ok
    ok, message, code = made:add(of_core)
    if not ok then
      return nil, message, code
    end
  end
  return self
end

--- The header fields that are signed by default, where present.
-- RFC 6376 §5.4.1, the unsubscribe fields of RFC 8058, the feedback fields of RFC 9477 and Gmail, BIMI's selector, and those of MIME.
-- @treturn {string,...} names
function M.default_headers()
  local names = {}
  for name in core.default_headers():gmatch "[^:]+" do
    names[#names + 1] = name
  end
  return names
end

local function ask_callback(callback, octets, info)
  local signature, message, code = callback.sign(octets, info)
  if type(signature) ~= "string" then
    return nil, message or "the signing callback returned no signature", code or "sign_failed"
  end
  return signature
end

-- One signing of a message that has come whole. A callback may yield: nothing of C is on the stack then.
local function sign_one(stream, index, signer)
  local callback = signer.callbacks[index]
  if not callback then
    return stream:sign(index)
  end
  local octets, digest, domain, selector = stream:octets(index)
  if not octets then
    return nil, digest, domain
  end
  local signature, message, code = ask_callback(callback, octets, {
    algorithm = callback.type == "rsa" and "rsa-sha256" or "ed25519-sha256", digest = digest, domain = domain, selector = selector,
  })
  if not signature then
    return nil, message, code
  end
  return stream:complete(index, signature)
end

local function finish(stream, signer)
  local rest, message, code = stream:close()
  if not rest then
    return nil, message, code
  end
  for index = 1, signer.count do
    local ok
    ok, message, code = sign_one(stream, index, signer)
    if not ok then
      return nil, message, code
    end
  end
  local fields
  fields, message, code = stream:fields()
  if not fields then
    return nil, message, code
  end
  return fields, signer.lint ~= "off" and stream:findings() or nil, rest
end

-- A stream of the core is used again, but never by two messages at once: a callback may yield in between.
local function take_stream(signer, now)
  local stream = signer.idle
  signer.idle = nil
  if not stream then
    local message, code
    stream, message, code = signer.core:stream()
    if not stream then
      return nil, message, code
    end
  end
  stream:start(now)
  return stream
end

--- Signs a message that is at hand.
-- @function signer:sign
-- @tparam string message header section, empty line and body, with CRLF line ends
-- @tparam[opt] table options `now`: seconds since 1970, UTC, for t= and x=
-- @treturn[1] string the DKIM-Signature fields (and those that `normalize` added), each with its CRLF, to stand before the message
-- @treturn[1] {table,...} what the lint found (nil where `lint` is `off`)
-- @treturn[1] ?string under `normalize`: the message to send behind them
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of the lint, `header_too_large`, `too_many_headers`, `sign_failed`, `bad_signature`, `no_memory`, or the
--   callback's own
function signer_methods:sign(message, options)
  check_string(message, "a message", 2)
  local stream, text, code = take_stream(self, check_now(options, message_options, 2))
  if not stream then
    return nil, text, code
  end
  local mended
  mended, text, code = stream:write(message)
  if not mended then
    self.idle = stream
    return nil, text, code
  end
  local header, findings, rest = finish(stream, self)
  self.idle = stream
  if not header then
    return nil, findings, rest
  end
  return header, findings, self.normalize and mended .. rest or nil
end

--- Begins to sign a message that comes in chunks; memory is bounded by the message's header section.
-- @function signer:stream
-- @tparam[opt] table options `now`: seconds since 1970, UTC
-- @treturn sign_stream
function signer_methods:stream(options)
  local stream, message, code = take_stream(self, check_now(options, message_options, 2))
  if not stream then
    return nil, message, code
  end
  return setmetatable({ signer = self, core = stream }, sign_stream_methods)
end

--- Takes a chunk of the message, of any size.
-- @function sign_stream:write
-- @tparam string chunk
-- @treturn[1] string what is to be sent for it: the chunk itself, or what `normalize` made of it
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `header_too_large` (or, unless `lint` lets it be, what the lint says of a header without end), `no_memory`
function sign_stream_methods:write(chunk)
  if not self.core then
    error("the stream is finished", 2)
  end
  check_string(chunk, "a chunk", 2)
  local mended, message, code = self.core:write(chunk)
  if not mended then
    self.core = nil
    return nil, message, code
  end
  return self.signer.normalize and mended or chunk
end

--- Ends the message.
-- @function sign_stream:finish
-- @treturn[1] string the DKIM-Signature fields, each with its CRLF, to stand before the message
-- @treturn[1] {table,...} what the lint found
-- @treturn[1] ?string under `normalize`: what is to be sent behind all that `write` returned
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string as for `signer:sign`
function sign_stream_methods:finish()
  local stream, signer = self.core, self.signer
  if not stream then
    error("the stream is finished", 2)
  end
  self.core = nil
  local header, findings, rest = finish(stream, signer)
  signer.idle = stream
  if not header then
    return nil, findings, rest
  end
  return header, findings, signer.normalize and rest or nil
end

-- ---- verifying

local verifier_methods = { __name = "mailseal.dkim.verifier" }
verifier_methods.__index = verifier_methods

local verify_stream_methods = { __name = "mailseal.dkim.verify_stream" }
verify_stream_methods.__index = verify_stream_methods

local verifier_options = {
  resolver = "table", key_cache = "any", minimum_key_bits = "number", accept_body_length = "boolean", clock_slack = "number",
  maximum_signatures = "number", normalize = "boolean",
}
local verify_options = { now = "number" } -- of M.verify, which takes both
for name, kind in pairs(verifier_options) do
  verify_options[name] = kind
end

--- Makes a cache of public keys, which verifiers may share.
-- A key is kept by the name it was found at, ready to verify, until its record's TTL ends; the least recently used goes when the
-- cache is full. It has the methods `clear()`, `count()`, and `advance(seconds)`, which lets its clock run ahead so that a test of
-- what uses it need not wait for a TTL to end.
-- @tparam[opt=1000] number size how many keys
-- @treturn key_cache
function M.key_cache(size)
  return core.key_cache(size or 1000)
end

-- A resolver's keys belong to that resolver: another may see another DNS.
local caches = setmetatable({}, { __mode = "k" })

local function cache_of(resolver)
  local cache = caches[resolver]
  if not cache then
    cache = M.key_cache()
    caches[resolver] = cache
  end
  return cache
end

local function make_verifier(options, kinds, level)
  check_options(options, kinds, level + 1)
  local resolver, cache = options.resolver, options.key_cache
  if not resolver or type(resolver.query) ~= "function" then
    error("a verifier needs a resolver, which has a method 'query'", level + 1)
  elseif cache and getmetatable(cache) ~= "mailseal.key_cache" then
    error("option 'key_cache' is to be a cache of dkim.key_cache, or false", level + 1)
  end
  if cache == nil then
    cache = cache_of(resolver)
  end
  return setmetatable({
    resolver = resolver,
    key_cache = cache or nil,
    settings = {
      minimum_key_bits = check_count(options, "minimum_key_bits", 1024, 0, level + 1),
      clock_slack = check_count(options, "clock_slack", 300, 0, level + 1),
      maximum_signatures = check_count(options, "maximum_signatures", 10, 1, level + 1),
      accept_body_length = options.accept_body_length,
      normalize = options.normalize,
    },
  }, verifier_methods)
end

--- Makes a verifier, which verifies any number of messages.
-- @tparam table options
-- @tparam resolver options.resolver answers for key records: a resolver of @{mailseal.dns}, or anything whose
--   `resolver:query(name, "TXT")` returns a table with `status`, `text` (a list of strings), `ttl` and `authentic`
-- @tparam[opt] key_cache options.key_cache instead of the resolver's own; `false` for none
-- @tparam[opt=1024] number options.minimum_key_bits of RSA; smaller keys give `policy`
-- @tparam[opt=false] boolean options.accept_body_length let l= that leaves octets unsigned pass (§8.2)
-- @tparam[opt=300] number options.clock_slack seconds by which x= may be past or t= ahead
-- @tparam[opt=10] number options.maximum_signatures how many are evaluated, from the top; of the rest only their number is told
-- @tparam[opt=false] boolean options.normalize take bare CR and bare LF for line ends, as in a file kept on Unix
-- @treturn[1] verifier
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `no_memory`
function M.verifier(options)
  local verifier = make_verifier(options, verifier_options, 2) -- no tail call, which would hide the caller
  return verifier
end

local function take_machine(self)
  local machine = self.idle
  self.idle = nil
  if machine then
    return machine
  end
  return core.verifier(self.settings)
end

local statuses = {
  ok = true, nodata = true, nxdomain = true, servfail = true, refused = true, timeout = true, bogus = true,
}

local function take_answer(self, machine, name, answer)
  local status = answer and answer.status
  if not statuses[status] then
    machine:answer(self.key_cache, name, "unavailable")
    return
  end
  machine:answer(self.key_cache, name, status, answer.text, answer.ttl, answer.authentic)
end

local function distinct(names)
  local list, seen = {}, {}
  for _, name in ipairs(names) do
    if not seen[name] then
      seen[name] = true
      list[#list + 1] = name
    end
  end
  return list
end

-- Asks for each name once: side by side where the resolver knows how, else in turn. While an answer is waited for, nothing of C
-- is on the stack.
local function answer_all(self, machine, names)
  names = #names > 1 and distinct(names) or names
  if #names > 1 and self.resolver.query_all then
    for place, answer in ipairs(self.resolver:query_all(names, "TXT")) do
      take_answer(self, machine, names[place], answer)
    end
    return
  end
  for _, name in ipairs(names) do
    take_answer(self, machine, name, self.resolver:query(name, "TXT"))
  end
end

-- The fields that every good signature has fit a table of 16; those that are rare are added when they are there.
local function read_result(machine, index)
  local result, reason, text, domain, selector, identity, algorithm, canonicalization, headers, signature, timestamp, expiration,
    body_length, key_name, key_bits, testing, authenticated_data, header_intact, octets_unsigned, in_future = machine:result(index)
  local read = {
    result = result, text = text, domain = domain, selector = selector, algorithm = algorithm, canonicalization = canonicalization,
    headers = headers, signature = signature, timestamp = timestamp, key_name = key_name, key_bits = key_bits, testing = testing,
    authenticated_data = authenticated_data, header_intact = header_intact, octets_unsigned = octets_unsigned,
  }
  if reason or identity or expiration or body_length or in_future then
    read.reason, read.identity, read.expiration, read.body_length, read.in_future = reason, identity, expiration, body_length, in_future
  end
  return read
end

local function results_of(self, machine, names, count, ignored)
  if names then
    answer_all(self, machine, names)
  end
  local results = { count > 0 and read_result(machine, 1) or nil }
  for index = 2, count do
    results[index] = read_result(machine, index)
  end
  if ignored > 0 then
    results.ignored = ignored
  end
  self.idle = machine
  return results
end

local function verify_whole(self, message, now)
  local machine, text, code = take_machine(self)
  if not machine then
    return nil, text, code
  end
  local ok, names, count, ignored = machine:whole(message, now, self.key_cache)
  if not ok then
    return nil, names, count
  end
  return results_of(self, machine, names, count, ignored)
end

--- Verifies every signature of a message (RFC 6376 §6).
--
-- The result is a list, in the order of the DKIM-Signature fields from the top; empty where there is none. Its field `ignored` tells how
-- many further signatures were not looked at. Each result is a table:
--
-- - `result`: `pass`, `fail`, `policy`, `neutral`, `temperror`, `permerror` (RFC 8601 §2.7.1)
-- - `reason`: nil for a pass, else a stable code, such as `body_hash_mismatch` (all of them: @{reasons}); `text`: a sentence for people
-- - `domain` (d=), `selector`, `identity` (i=), `algorithm`, `canonicalization`, `headers` (h=, colon-separated), `timestamp`,
--   `expiration`, `body_length` (l=), `signature` (the beginning of b=), each nil where the signature has none
-- - `in_future`: true where t= is ahead of the clock
-- - `key_name`: the name asked in DNS; `key_bits`, `testing` (t=y), `authenticated_data` (validated by DNSSEC, says the resolver)
-- - `octets_unsigned`: how much of the body l= leaves out
-- - `header_intact`: the signature over the header is good, whatever became of the body; nil where there was no key to
--   hold against it
-- @function verifier:verify
-- @tparam string message
-- @tparam[opt] table options `now`: seconds since 1970, UTC
-- @treturn[1] {table,...} results
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `header_too_large`, `no_memory`
function verifier_methods:verify(message, options)
  check_string(message, "a message", 2)
  return verify_whole(self, message, check_now(options, message_options, 2))
end

--- Begins to verify a message that comes in chunks.
-- @function verifier:stream
-- @tparam[opt] table options `now`: seconds since 1970, UTC
-- @treturn verify_stream
function verifier_methods:stream(options)
  local now = check_now(options, message_options, 2)
  local machine, message, code = take_machine(self)
  if not machine then
    return nil, message, code
  end
  machine:start(now)
  return setmetatable({ verifier = self, core = machine }, verify_stream_methods)
end

--- Takes a chunk of the message, of any size.
-- @function verify_stream:write
-- @tparam string chunk
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `header_too_large`, `no_memory`
function verify_stream_methods:write(chunk)
  if not self.core then
    error("the stream is finished", 2)
  end
  check_string(chunk, "a chunk", 2)
  local ok, message, code = self.core:write(chunk)
  if not ok then
    self.core = nil
    return nil, message, code
  end
  return true
end

--- Ends the message, asks for the keys, and verifies.
-- @function verify_stream:finish
-- @treturn[1] {table,...} results, as of `verifier:verify`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `header_too_large`, `no_memory`
function verify_stream_methods:finish()
  local machine = self.core
  if not machine then
    error("the stream is finished", 2)
  end
  self.core = nil
  local ok, names, count, ignored = machine:close(self.verifier.key_cache)
  if not ok then
    return nil, names, count
  end
  return results_of(self.verifier, machine, names, count, ignored)
end

--- Verifies one message: `dkim.verifier(options):verify(message)`.
-- @tparam string message
-- @tparam table options those of @{verifier}, and `now`: seconds since 1970, UTC
-- @treturn[1] {table,...} results, as of `verifier:verify`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `header_too_large`, `no_memory`
function M.verify(message, options)
  check_string(message, "a message", 2)
  local verifier = make_verifier(options, verify_options, 2)
  return verify_whole(verifier, message, check_now(options, verify_options, 2))
end

--- Every reason a signature can have for not passing.
-- @treturn {table,...} tables with `code`, `result` and `text`, whose %n is the name asked in DNS, %d the signing domain, %i the identity,
--   %t the part at fault
function M.reasons()
  return core.reasons()
end

return M
