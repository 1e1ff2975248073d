--- The tree walk against a second reading of the standard: RFC 9989 §4.10, its steps one after the other, as they are written.
local corpus = require "spec.support.corpus"
local dmarc = require "mailseal.dmarc"
local dns = require "mailseal.dns"

-- ---- The second reading. Policies are what the made-up records say: { p =, sp =, np =, psd = }.

-- Steps 2 and 6: the single record there is, whether it is one to stop at, and none where there are several.
local function retrieve(tree, target)
  local records = tree[target] or {}
  if #records ~= 1 then
    return nil, false
  end
  return records[1], records[1].psd ~= nil
end

-- §4.10: the records retrieved, in order, each with its domain.
local function walk(tree, domain)
  local retrieved, labels = {}, {}
  for label in domain:gmatch "[^.]+" do
    labels[#labels + 1] = label
  end
  local x, target = #labels, domain
  while true do
    local record, stop = retrieve(tree, target)
    if record then
      retrieved[#retrieved + 1] = { domain = target, record = record }
    end
    if stop then
      return retrieved
    end
    if target == domain and x >= 8 then -- step 4
      while select(2, target:gsub("[^.]+", "")) > 7 do
        target = target:gsub("^[^.]+%.", "")
      end
    else
      target = target:match "^[^.]+%.(.*)$"
    end
    if not target then
      return retrieved
    end
  end
end

-- §4.10.2: the organizational domain.
local function select_organizational(retrieved, start)
  for _, found in ipairs(retrieved) do
    if found.record.psd == "n" then
      return found.domain
    elseif found.record.psd == "y" and found.domain ~= start then
      local below = start
      while below:match "^[^.]+%.(.*)$" ~= found.domain do
        below = below:match "^[^.]+%.(.*)$"
      end
      return below
    end
  end
  return #retrieved > 0 and retrieved[#retrieved].domain or start
end

-- §4.10.1: the policy, and where it was found.
local function discover(tree, domain, exists)
  local own = retrieve(tree, domain)
  local retrieved = walk(tree, domain)
  local organizational = select_organizational(retrieved, domain)
  if own then
    return own.p, domain, organizational
  end
  local applied
  for _, found in ipairs(retrieved) do -- the organizational domain's is preferred to the public suffix's
    if found.domain == organizational or found.record.psd == "y" and not applied then
      applied = found
    end
  end
  if not applied then
    return nil, nil, organizational
  end
  local record = applied.record
  if exists then
    return record.sp or record.p, applied.domain, organizational
  end
  return record.np or record.sp or record.p, applied.domain, organizational
end

-- ---- Made-up trees

local POLICIES = { "none", "quarantine", "reject" }

local function text_of(record)
  local text = "v=DMARC1; p=" .. record.p
  for _, tag in ipairs { "sp", "np", "psd" } do
    text = record[tag] and ("%s; %s=%s"):format(text, tag, record[tag]) or text
  end
  return text
end

local function make_record(random)
  local function seldom(values)
    return random(3) == 1 and values[random(#values)] or nil
  end
  local psd = random(4) == 1 and ({ "y", "n" })[random(2)] or nil
  return { p = POLICIES[random(3)], sp = seldom(POLICIES), np = seldom(POLICIES), psd = psd }
end

-- A domain, records at some of the names above it, and the zone that has them.
local function make(random)
  local domain, tree, zone = "top", {}, {}
  local depth = random(11)
  for i = 1, depth do
    local count = ({ 0, 0, 0, 1, 1, 2 })[random(6)]
    tree[domain], zone["_dmarc." .. domain] = {}, count > 0 and {} or nil
    for j = 1, count do
      tree[domain][j] = make_record(random)
      zone["_dmarc." .. domain][j] = { type = "TXT", data = text_of(tree[domain][j]) }
    end
    if i < depth then
      domain = ("l%d.%s"):format(i, domain)
    end
  end
  local exists = random(2) == 1 or zone["_dmarc." .. domain] ~= nil
  if exists then
    zone[domain] = { { type = "A", data = "192.0.2.1" } }
  end
  return domain, tree, zone, exists
end

describe("the tree walk", function()
  it("comes to what the standard's steps come to, over 3,000 trees", function()
    local random, found_one, deep = corpus.random(9989), 0, 0
    for i = 1, 3000 do
      local domain, tree, zone, exists = make(random)
      local policy, place, organizational = discover(tree, domain, exists)
      local found = assert(dmarc.discover(domain, { resolver = assert(dns.resolver { zone = zone }) }))
      local case = ("tree %d: %s"):format(i, domain)
      assert.equal(place and "found" or "none", found.result, case)
      assert.same({ policy, place, organizational }, { found.policy, found.record_domain, found.organizational_domain }, case)
      assert.is_true(#found.queries <= 8)
      found_one = found_one + (place and place ~= domain and 1 or 0)
      deep = deep + (select(2, domain:gsub("%.", "")) > 7 and 1 or 0)
    end
    assert.is_true(found_one > 500 and deep > 300)
  end)
end)
