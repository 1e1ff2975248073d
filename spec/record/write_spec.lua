local record = require "mailseal.record"

local ALL = {}
for octet = 0, 255 do
  ALL[#ALL + 1] = string.char(octet)
end
ALL = table.concat(ALL)

describe("a record's text", function()
  it("is split into strings of at most 255 octets", function()
    assert.same({ "" }, record.split(""))
    assert.same({ "v=DKIM1" }, record.split("v=DKIM1"))
    assert.same({ ("a"):rep(255) }, record.split(("a"):rep(255)))
    assert.same({ ("a"):rep(255), "b" }, record.split(("a"):rep(255) .. "b"))
    assert.same({ "ab", "cd", "e" }, record.split("abcde", 2))
  end)

  it("is split into strings of 1 to 255 octets and no other size", function()
    for _, max in ipairs { 0, -1, 256, 1.5, "x" } do
      assert.has_error(function() record.split("abc", max) end)
    end
  end)
end)

describe("a zone file's line", function()
  it("holds name, TTL, class, type and strings", function()
    assert.equal('s1._domainkey.example.com. 3600 IN TXT "v=DKIM1\\; p="',
      record.zone_line("s1._domainkey.example.com", "v=DKIM1; p=", 3600))
    assert.equal('example.com. IN TXT "a"', record.zone_line("example.com.", "a"))
    assert.equal('example.com. 0 IN TXT "a" "" "b"', record.zone_line("example.com.", { "a", "", "b" }, 0))
  end)

  it("has strings of at most 255 octets", function()
    local line = record.zone_line("example.com", ("x"):rep(600))
    assert.equal(('example.com. IN TXT "%s" "%s" "%s"'):format(("x"):rep(255), ("x"):rep(255), ("x"):rep(90)), line)
    assert.has_error(function() record.zone_line("example.com", { ("x"):rep(256) }) end)
  end)

  it("escapes what means something, what cannot be seen and what is not ASCII", function()
    assert.equal([[a. IN TXT "\"\\\; \000\010\031\127\128\255~"]], record.zone_line("a", '"\\; \0\n\31\127\128\255~'))
    assert.equal([[\036a\059b\040\041\064\034\092\032\195\164.example.com. IN TXT ""]],
      record.zone_line('$a;b()@"\\ \195\164.example.com', ""))
    assert.equal('*._x-1.example.com. IN TXT ""', record.zone_line("*._x-1.example.com", ""))
  end)

  it("is not written for a name that is none", function()
    for _, name in ipairs { "", ".", "a..b", ".a", ("a"):rep(64), ("a."):rep(127) .. "a" } do
      local line, message, code = record.zone_line(name, "x")
      assert.is_nil(line)
      assert.matches("253", message)
      assert.equal("bad_name", code)
    end
  end)

  it("is not written for more data than a record holds", function()
    assert.is_string(record.zone_line("a", ("x"):rep(65279)))
    local line, _, code = record.zone_line("a", ("x"):rep(65280))
    assert.is_nil(line)
    assert.equal("text_too_long", code)
  end)

  it("has a TTL of 0 to 2147483647 whole seconds", function()
    assert.equal('a. 2147483647 IN TXT ""', record.zone_line("a", "", 2147483647))
    for _, ttl in ipairs { -1, 1.5, 2147483648, "x" } do
      assert.has_error(function() record.zone_line("a", "", ttl) end)
    end
  end)
end)

-- ---- through a DNS server

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local output = pipe:read("*a")
  pipe:close()
  return output
end

local function installed(program)
  return run("PATH=$PATH:/usr/sbin command -v " .. program) ~= ""
end

-- Serves a zone of these lines on a port of loopback; returns what asks it, and what stops it.
local function serve(lines)
  local directory = run("mktemp -d"):match("%S+")
  local port = 0 -- from the directory's random name, so that two runs do not meet
  for octet in directory:gmatch(".") do
    port = (port * 31 + octet:byte()) % 30000
  end
  port = port + 20000
  local function write(name, text)
    local file = assert(io.open(directory .. "/" .. name, "wb"))
    file:write(text)
    file:close()
  end
  write("zone", "$ORIGIN example.com.\n$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n"
    .. table.concat(lines, "\n") .. "\n")
  write("knot.conf", ([[
server:
    rundir: DIRECTORY
    listen: 127.0.0.1@PORT
database:
    storage: DIRECTORY
zone:
  - domain: example.com
    file: DIRECTORY/zone
]]):gsub("DIRECTORY", directory):gsub("PORT", port))
  run(("PATH=$PATH:/usr/sbin knotd -d -c %s/knot.conf"):format(directory))
  local function ask(name, kind)
    return run(("kdig @127.0.0.1 -p %d +tcp +short '%s' %s"):format(port, name, kind or "TXT"))
  end
  for _ = 1, 100 do -- until it listens
    if ask("example.com", "SOA"):match("^ns%.") then
      break
    end
    run("sleep 0.05")
  end
  local function stop()
    run(("PATH=$PATH:/usr/sbin knotc -c %s/knot.conf stop; rm -r %s"):format(directory, directory))
  end
  return ask, stop
end

-- The octets of what kdig prints: quoted strings with \DDD and \ before a character.
local function strings_in(output)
  local strings, rest = {}, output
  while rest:match('^%s*"') do
    local from, text = rest:match('^%s*"()(.*)$')
    assert(from)
    local at, octets = 1, {}
    while text:sub(at, at) ~= '"' do
      local digits = text:match("^\\(%d%d%d)", at)
      local character = digits and string.char(tonumber(digits)) or text:match("^\\?(.)", at)
      octets[#octets + 1] = character
      at = at + (digits and 4 or text:sub(at, at) == "\\" and 2 or 1)
    end
    strings[#strings + 1] = table.concat(octets)
    rest = text:sub(at + 1)
  end
  return strings
end

describe("a zone file's line, served by Knot DNS,", function()
  local usable = installed "knotd" and installed "kdig" and installed "knotc"

  it("gives every octet back", function()
    if not usable then
      return pending("needs knot and knot-dnsutils")
    end
    local texts = {
      all = ALL, hostile = '" ) ; $INCLUDE /etc/passwd\n@ IN TXT "x\\', key = "v=DKIM1; k=rsa; p=" .. ("A/+"):rep(300) .. "==",
      empty = "", backslashes = ("\\"):rep(300), utf8 = "n=gr\195\188n \226\152\131",
    }
    local lines = {}
    for name, text in pairs(texts) do
      lines[#lines + 1] = assert(record.zone_line(name .. ".example.com", text, 300))
    end
    lines[#lines + 1] = assert(record.zone_line('$a;b "c"@\\.example.com', "odd"))
    local ask, stop = serve(lines)
    local answers = {}
    for name in pairs(texts) do
      answers[name] = ask(name .. ".example.com")
    end
    local odd = ask [[\036a\059b\032\034c\034\064\092.example.com]]
    stop()
    for name, text in pairs(texts) do
      assert.same(record.split(text), strings_in(answers[name]), name .. ": " .. answers[name])
    end
    assert.same({ "odd" }, strings_in(odd))
  end)
end)
