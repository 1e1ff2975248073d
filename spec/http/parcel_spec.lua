--- What a form carries, and nobody can read.
local dictionary = require "mailseal.http.dictionary"
local parcel = require "mailseal.http.parcel"

describe("A parcel", function()
  local time, service

  before_each(function()
    time, service = 1800000000, { options = {}, live = { dict = dictionary.new() } }
  end)

  local function call_of(tenant)
    return { service = service, tenant = { id = tenant, registry = { now = function() return time end } } }
  end

  local values = { via = "cloudflare", credentials = { token = "SECRET" }, consent = { "a@b" }, keep = true }

  it("is opened again by whoever made it", function()
    local text = parcel.seal(call_of "acme", "publish a.example", values)
    local opened = parcel.open(call_of "acme", "publish a.example", text)
    assert.equal("SECRET", opened.credentials.token)
    assert.equal("a@b", opened.consent[1])
    assert.is_true(opened.keep)
  end)

  it("shows nothing of what is in it, and is another one each time", function()
    local one, two = parcel.seal(call_of "acme", "x", values), parcel.seal(call_of "acme", "x", values)
    assert.is_nil(one:find("SECRET", 1, true))
    assert.is_nil(one:find("cloudflare", 1, true))
    assert.is_not.equal(one, two)
  end)

  it("is good for nobody else, and for nothing else", function()
    local text = parcel.seal(call_of "acme", "publish a.example", values)
    assert.is_nil(parcel.open(call_of "rival", "publish a.example", text))
    assert.is_nil(parcel.open(call_of "acme", "publish b.example", text))
    assert.is_nil(parcel.open(call_of "acme", "undo a.example", text))
  end)

  it("is good for a time, which nobody can lengthen", function()
    local text = parcel.seal(call_of "acme", "x", values)
    time = time + parcel.AGE - 1
    assert.is_truthy(parcel.open(call_of "acme", "x", text))
    time = time + 1
    assert.is_nil(parcel.open(call_of "acme", "x", text))
    assert.is_nil(parcel.open(call_of "acme", "x", (text:gsub("^%d+", ("%d"):format(time + 1000)))))
  end)

  it("ends with the service", function()
    local text = parcel.seal(call_of "acme", "x", values)
    service.live = { dict = dictionary.new() }
    assert.is_nil(parcel.open(call_of "acme", "x", text))
  end)

  it("is none where it was changed, or is something else", function()
    local text = parcel.seal(call_of "acme", "x", values)
    local odd = { "", ".", "1.", "9999999999.abc", text .. "A", text:sub(1, -2), (text:gsub(".$", "#")), ("9"):rep(40) .. ".x", "\0" }
    for _, one in ipairs(odd) do assert.is_nil(parcel.open(call_of "acme", "x", one), one) end
    assert.is_nil(parcel.open(call_of "acme", "x", nil))
  end)
end)
