local xml = require "mailseal.publish.xml"

local ANSWER = [[<?xml version="1.0"?>
<ListHostedZonesByNameResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
  <HostedZones>
    <HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name><Config><PrivateZone>false</PrivateZone></Config></HostedZone>
    <HostedZone><Id>/hostedzone/Z2</Id><Name>a &amp; b &#233;</Name></HostedZone>
  </HostedZones>
  <IsTruncated>false</IsTruncated>
</ListHostedZonesByNameResponse>]]

local function refusal(text)
  local tree, message, code = xml.read(text)
  assert.is_nil(tree)
  assert.equal("bad_answer", code)
  return message
end

describe("an answer in XML", function()
  it("is read into elements, found by their names", function()
    local tree = assert(xml.read(ANSWER))
    assert.equal("ListHostedZonesByNameResponse", tree.name)
    assert.equal("false", xml.text(tree, "IsTruncated"))
    local zones = xml.all(tree, "HostedZones", "HostedZone")
    assert.equal(2, #zones)
    assert.equal("/hostedzone/Z1", xml.text(zones[1], "Id"))
    assert.equal("false", xml.text(zones[1], "Config", "PrivateZone"))
    assert.equal("a & b \195\169", xml.text(zones[2], "Name"))
    assert.is_nil(xml.text(zones[2], "Config", "PrivateZone"))
    assert.same({}, xml.all(tree, "Nothing", "HostedZone"))
    assert.same({}, xml.all(tree, "HostedZone"))
  end)

  it("is refused where it is cut off, something else, or two of them", function()
    for cut = 0, #ANSWER - 1, 7 do refusal(ANSWER:sub(1, cut)) end
    refusal "<html><body><p>Bad gateway</body></html>"
    refusal '{"message": "Forbidden"}'
    refusal "<a/><b/>"
    refusal "<a>\1</a>"
    refusal "<a>\255</a>"
  end)

  it("declares no document type, and so no entities", function()
    local laughs = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>'
    assert.matches("document type", refusal(laughs))
    assert.matches("document type", refusal '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')
    assert.matches("document type", refusal "<!DOCTYPE a><a/>")
    refusal "<a>&x;</a>"
  end)

  it("is neither nested without end, nor of more elements than are good", function()
    assert.matches("too deep", refusal(("<a>"):rep(40) .. ("</a>"):rep(40)))
    assert.matches("too many", refusal("<a>" .. ("<b/>"):rep(60000) .. "</a>"))
    local deep = assert(xml.read(("<a>"):rep(32) .. "x" .. ("</a>"):rep(32)))
    for _ = 1, 31 do deep = deep[1] end
    assert.equal("x", deep.text)
  end)
end)

describe("XML that is written", function()
  it("is read as what it was, whatever the text", function()
    local text = 'a<b>&"c"&amp; \195\169 ]]>'
    local written = xml.write("Change", { xml.write("Value", text), xml.write("TTL", 300) })
    local tree = assert(xml.read(written))
    assert.equal(text, xml.text(tree, "Value"))
    assert.equal("300", xml.text(tree, "TTL"))
    assert.equal('<Change><Value>a&lt;b&gt;&amp;&quot;c&quot;', written:sub(1, 43))
  end)
end)
