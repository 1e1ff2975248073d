-- Whatever stands in DNS, no command lets it move a terminal's cursor or turn the direction of writing round.
local shell = require "spec.support.shell"

local unpack = table.unpack or unpack -- luacheck: ignore

-- ESC, NUL, CR, LF, a control of C1, a right-to-left override, an isolate, and an octet that is no UTF-8, as a zone file of JSON has
-- them.
local evil = [[\\027[2J\\000\\013\\010\\194\\155\\226\\128\\174\\226\\129\\166\\255]]

local records = {
  ["example.com"] = {
    TXT = { "v=spf1 include:" .. evil .. ".example a:" .. evil .. " exp=" .. evil .. " ~all" }, MX = "10 m\\\\027x.example.",
  },
  ["_dmarc.example.com"] = { TXT = { "v=DMARC1; p=none; rua=mailto:" .. evil .. "@example.net; " .. evil .. "=1; sp=" .. evil } },
  ["s1._domainkey.example.com"] = { TXT = { "v=DKIM1; k=" .. evil .. "; n=" .. evil .. "; p=" .. evil } },
  ["s2._domainkey.example.com"] = { CNAME = "s2\\\\027\\\\013.example." },
  ["s3._domainkey.example.com"] = { TXT = { evil } },
  ["_mta-sts.example.com"] = { TXT = { "v=STSv1; id=" .. evil } },
  ["_smtp._tls.example.com"] = { TXT = { "v=TLSRPTv1; rua=" .. evil } },
  ["default._bimi.example.com"] = { TXT = { "v=BIMI1; l=" .. evil .. "; a=" .. evil } },
  ["1.2.0.192.in-addr.arpa"] = { PTR = "h\\\\027\\\\000.example." },
}

local function zone_of()
  local names = {}
  for name, types in pairs(records) do
    local list = {}
    for kind, data in pairs(types) do
      local written = type(data) == "table" and '["' .. table.concat(data, '","') .. '"]' or '"' .. data .. '"'
      list[#list + 1] = ('{"type":"%s","data":%s}'):format(kind, written)
    end
    names[#names + 1] = ('"%s":[%s]'):format(name, table.concat(list, ","))
  end
  return "{" .. table.concat(names, ",") .. "}"
end

local harmful = {
  "[%z\1-\9\11-\31\127]", "\194[\128-\159]", "\226\128[\142\143\168-\174]", "\226\129[\166-\169]", "\216\156", "\255",
}

local function is_clean(text)
  for _, pattern in ipairs(harmful) do
    local at = text:find(pattern)
    assert.is_nil(at, at and ("%q"):format(text:sub(math.max(1, at - 60), at + 20)))
  end
end

describe("hostile text in DNS", function()
  local path, directory = shell.with_zone(zone_of(), teardown)

  -- What a command prints and says, as one text; it must have told of something.
  local function run(...)
    local result = shell.mailseal { ... }
    assert.is_true(result.status ~= 70, result.err)
    assert.is_true(#result.out + #result.err > 40)
    return result.out .. result.err
  end

  local check = { "--selector", "s1", "--selector", "s2", "--selector", "s3", "--address", "192.0.2.1", "--sender", "a@example.com" }

  it("reaches no terminal by check", function()
    local text = run("check", "example.com", "--zone", path, unpack(check))
    is_clean(text)
    assert.matches("\\027", text, 1, true)
    is_clean(run("check", "example.com", "--zone", path, "--json", (table.unpack or unpack)(check))) -- luacheck: ignore
  end)

  it("reaches no picture", function()
    local svg = directory .. "/picture.svg"
    run("check", "example.com", "--zone", path, "--svg", svg, unpack(check))
    is_clean(shell.read(svg))
  end)

  it("reaches no terminal by query, spf and dmarc", function()
    for name, types in pairs(records) do
      for kind in pairs(types) do
        is_clean(run("query", name, kind, "--zone", path))
      end
    end
    is_clean(run("spf", "--ip", "192.0.2.1", "--sender", "a@example.com", "--helo", "example.com", "--zone", path))
    is_clean(run("dmarc", "example.com", "--zone", path))
  end)

  it("reaches no terminal by record", function()
    local octets = "\27[2J\13\194\155\226\128\174\226\129\166\255"
    for kind, text in pairs {
      dkim = "v=DKIM1; k=%s; p=%s", spf = "v=spf1 include:%s a:%s ~all", dmarc = "v=DMARC1; p=%s; rua=%s",
      bimi = "v=BIMI1; l=%s; a=%s", ["mta-sts"] = "v=STSv1; id=%s; %s", ["tls-rpt"] = "v=TLSRPTv1; rua=%s; %s",
    } do
      is_clean(run("record", kind, (text:gsub("%%s", (octets:gsub("%%", "%%%%"))))))
    end
  end)
end)
