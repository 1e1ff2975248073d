--- The first day of a sending domain: two keys, their records, DNS, and the first signed message.
--
--    lua5.4 examples/onboard.lua                  a domain of its own, in a Knot DNS server that it starts on loopback
--    lua5.4 examples/onboard.lua example.org      a real domain, over the machine's resolvers
--         [--selector NAME]                       the keys' selectors are NAME-rsa and NAME-ed25519 (mail-…)
--         [--server ADDR[:PORT]]                  ask this DNS server
--         [--resolv-conf FILE]                    ask those that FILE names, in place of /etc/resolv.conf
--
-- A real domain's keys are kept in ./<selector>.<domain>.pem, and used again when the program is run again. It waits
-- for the records for as long as it takes; Ctrl-C ends it, and nothing is lost.
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local async = require "mailseal.async"
local authres = require "mailseal.authres"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local domain = require "mailseal.domain"
local key = require "mailseal.key"
local record = require "mailseal.record"
local rehearsal = require "support.rehearsal"
local terminal = require "support.terminal"

local directory = arg[0]:match("^.*/") or ""

--- Ends the program with one line; caught at the bottom of this file.
local function give_up(status, message)
  error({ status = status, message = message }, 0)
end

-- ---- settings

local USAGE = "usage: onboard.lua [DOMAIN] [--selector NAME] [--server ADDR[:PORT] | --resolv-conf FILE]"
local OPTIONS = { ["--selector"] = "selector", ["--server"] = "server", ["--resolv-conf"] = "resolv_conf" }

local function read_arguments(arguments)
  local settings = { selector = "mail" }
  local i = 1
  while arguments[i] do
    local option = OPTIONS[arguments[i]]
    if option then
      settings[option] = arguments[i + 1] or give_up(64, arguments[i] .. " wants a value")
      i = i + 1
    elseif arguments[i]:find("^%-") or settings.domain then
      give_up(64, USAGE)
    else
      local name, cause = domain.to_ascii((arguments[i]:gsub("%.$", "")))
      settings.domain = name or give_up(64, ("'%s' is no domain: %s"):format(arguments[i], cause))
    end
    i = i + 1
  end
  if not domain.valid(settings.selector .. "-ed25519") then
    give_up(64, ("'%s' is no selector"):format(settings.selector))
  end
  settings.real = settings.domain ~= nil
  settings.domain = settings.domain or "example.com"
  return settings
end

-- ---- the keys

local function load_or_make(path, options)
  local file = io.open(path)
  if file then
    file:close()
    local loaded, cause = key.load_file(path)
    return loaded or give_up(65, cause), "used again: " .. path
  end
  local made = assert(key.generate(options))
  local saved, cause = made:save(path)
  return saved and made or give_up(73, cause), "kept in " .. path .. ": keep it secret"
end

--- Both keys, each with the record to publish for it. A real domain's are kept in files.
local function make_keys(settings)
  local keys = {}
  for i, options in ipairs { { type = "rsa", bits = 2048 }, { type = "ed25519" } } do
    local selector = settings.selector .. "-" .. options.type
    local made, place
    if settings.real then
      made, place = load_or_make(("./%s.%s.pem"):format(selector, settings.domain), options)
    else
      made, place = assert(key.generate(options)), "kept in memory, for this rehearsal alone"
    end
    local name = selector .. "._domainkey." .. settings.domain
    keys[i] = { selector = selector, name = name, key = made, place = place, value = made:record() }
  end
  return keys
end

local function show_keys(keys)
  terminal.heading("1. Two keys")
  for _, one in ipairs(keys) do
    local kind = one.key:type() == "rsa" and ("RSA, %d bits"):format(one.key:bits()) or "Ed25519"
    terminal.line(("   %-13s  %-14s %s"):format(one.selector, kind, one.place))
  end
  terminal.heading("2. Two DNS records to publish")
  for _, one in ipairs(keys) do
    local line = record.zone_line(one.name, one.value, 3600):gsub("%s+$", "")
    terminal.line("   name    ", terminal.bold(one.name))
    terminal.line("   type    TXT")
    terminal.line("   value   ", one.value)
    terminal.line(terminal.dim("   or, in a zone file:"))
    terminal.line("   ", (line:gsub("\n", "\n   ")))
    terminal.line()
  end
end

-- ---- waiting for DNS

--- Do two texts, joined, make the key's record?
local function is_split(texts, one)
  return #texts == 2 and (one.key:matches(texts[1] .. texts[2]) or one.key:matches(texts[2] .. texts[1]))
end

--- What keeps a single TXT record from being the right one.
local function what_is_wrong(text)
  for _, finding in ipairs(record.lint("dkim", text)) do
    if finding.severity == "error" then
      return finding.message .. " " .. finding.fix
    end
  end
  return "Another key is published there: put the value above in its place."
end

--- The texts that are key records, be they good ones or not: verifiers pass over the others.
local function key_records(texts)
  local found = {}
  for _, text in ipairs(texts) do
    local _, _, code = record.parse("dkim", text)
    found[#found + 1] = code ~= "key_not_a_key" and text or nil
  end
  return found
end

--- What is wrong with the TXT records at a key's name; nil where nothing is.
local function judge(texts, one)
  if is_split(texts, one) then
    return "Split over two TXT records: make it one record, whose value is both parts joined."
  end
  local found = key_records(texts)
  if #found > 1 then
    return ("There are %d key records where one should be: delete all but the right one."):format(#found)
  end
  local text = found[1] or texts[1]
  return not one.key:matches(text) and what_is_wrong(text) or nil
end

--- How a key's record stands in DNS.
-- @return nil where it is as it should be; else a sentence that says what is wrong
local function look(resolver, one)
  local answer = assert(resolver:query(one.name, "TXT", { fresh = true }))
  if answer.status == "ok" then
    return judge(answer.text, one)
  elseif answer.status == "nxdomain" or answer.status == "nodata" then
    return "Not there yet."
  end
  return "DNS gives no answer: " .. (answer.reason or answer.status) .. ". It will be asked again."
end

--- Looks at all records, and tells what has changed since the last look.
-- @treturn number how many are not as they should be
local function look_at_all(resolver, keys, elapsed)
  local missing = 0
  for _, one in ipairs(keys) do
    local trouble = look(resolver, one)
    if (trouble or "") ~= one.told then
      one.told = trouble or ""
      local mark = trouble and terminal.red("-") or terminal.green("+")
      terminal.line(("   %4d s  %s %-13s "):format(elapsed, mark, one.selector), terminal.plain(trouble or "Visible, and right."))
    end
    missing = missing + (trouble and 1 or 0)
  end
  return missing
end

--- Returns when all records are visible. `play(elapsed)` may do something in the meantime, and says what.
local function wait_for_records(resolver, keys, play, pause)
  local start = os.time()
  terminal.heading("3. Waiting until they are visible in DNS (Ctrl-C ends it)")
  while true do
    local elapsed = os.time() - start
    local missing = look_at_all(resolver, keys, elapsed)
    if missing == 0 then
      return
    end
    for _ = 1, pause * 4 do
      elapsed = os.time() - start
      terminal.progress(("   %4d s  waiting for %d of %d records"):format(elapsed, missing, #keys))
      async.sleep(0.25)
    end
    local act = play(os.time() - start)
    if act then
      terminal.line(terminal.dim(("   %4d s    (%s)"):format(os.time() - start, act)))
    end
  end
end

-- ---- the message

local function read_message(author_domain)
  local file = assert(io.open(directory .. "message.eml", "rb"))
  local message = file:read("*a")
  file:close()
  return (message:gsub("\r?\n", "\r\n"):gsub("example%.com", (author_domain:gsub("%%", "%%%%"))))
end

--- A header field's lines, to stand under one another.
local function indented(field)
  return (field:gsub("\r\n$", ""):gsub("\r\n", "\n   "):gsub("\t", "    "))
end

local function sign(settings, keys)
  terminal.heading("4. A message, signed with both keys")
  local signatures = {}
  for i, one in ipairs(keys) do
    signatures[i] = { domain = settings.domain, selector = one.selector, key = one.key }
  end
  local signer = assert(dkim.signer { signatures = signatures, oversign = { "to", "cc", "subject", "date" } })
  local message = read_message(settings.domain)
  local header = assert(signer:sign(message))
  terminal.line("   ", indented(header))
  terminal.line("   ", (message:match("^From: [^\r]*")))
  terminal.line("   ", (message:match("Subject: [^\r]*")))
  terminal.line(terminal.dim(("   … and so on, %d octets in all"):format(#header + #message)))
  return header .. message
end

local function verify(message, resolver)
  terminal.heading("5. The signed message, verified through DNS")
  local results = dkim.verify(message, { resolver = resolver })
  local passed = 0
  for _, result in ipairs(results) do
    local good = result.result == "pass"
    local word = good and terminal.green("pass") or terminal.red(result.result)
    passed = passed + (good and 1 or 0)
    terminal.line(("   %s  %-13s  %s: %s"):format(word, result.selector, result.algorithm, terminal.plain(result.text)))
  end
  terminal.line()
  local field = assert(authres.write { authserv_id = "mx.example.net", results = results })
  terminal.line("   ", indented(field))
  return passed == #results and passed > 0
end

-- ---- the whole

--- The resolver of that server, or else of the machine's.
local function open_resolver(settings, address)
  local servers = address and { address } or nil
  local resolver, cause = dns.resolver { servers = servers, resolv_conf = not servers and settings.resolv_conf or nil }
  return resolver or give_up(64, cause)
end

local function onboard(settings, stage)
  local resolver = open_resolver(settings, stage and stage.address or settings.server)
  local keys = make_keys(settings)
  show_keys(keys)
  local play = function() end
  if stage then
    stage:prepare(keys)
    play = function(elapsed)
      return stage:play(elapsed)
    end
  end
  wait_for_records(resolver, keys, play, stage and 0.5 or 5)
  if not verify(sign(settings, keys), resolver) then
    give_up(1, "a signature does not pass")
  end
  terminal.line()
  terminal.line(terminal.green(settings.domain .. " is ready: its mail can leave signed."))
  if stage then
    terminal.line("With a domain of yours: make example ARGS=example.org")
  end
end

local function main()
  local settings = read_arguments(arg)
  if settings.real then
    terminal.line(terminal.bold("Onboarding " .. settings.domain))
    return onboard(settings)
  end
  local stage, cause = rehearsal.start(settings.domain)
  if not stage then
    give_up(69, cause)
  end
  terminal.line(terminal.bold("Onboarding " .. settings.domain), ", a rehearsal: its name server is a Knot DNS on ", stage.address)
  local ok, failure = pcall(onboard, settings, stage)
  stage:stop()
  if not ok then
    error(failure, 0)
  end
end

local ok, failure = pcall(main)
if ok then
  return
end
local interrupted = tostring(failure):find("interrupted!", 1, true)
if interrupted then
  failure = { status = 130, message = "interrupted; keys that were kept in files are used again next time" }
elseif type(failure) ~= "table" then
  failure = { status = 70, message = failure }
end
pcall(terminal.line)
io.stderr:write("onboard: ", tostring(failure.message), "\n")
os.exit(failure.status, true)
