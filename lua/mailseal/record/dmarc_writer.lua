--- Writes DMARC records, and changes single tags of them; `mailseal.record.dmarc` is the face.
-- @module mailseal.record.dmarc_writer
local core = require "mailseal.core".record
local domain = require "mailseal.domain"

local M = {}

local policies = { none = true, quarantine = true, reject = true }

-- Every octet that cannot stand in a mailto: URI of a DMARC record (RFC 3986 §2, RFC 6068 §2, RFC 9989 §4.8).
local function encode(local_part)
  return (local_part:gsub("[^%w%-._~$&'()*+=/]", function(octet)
    return ("%%%02X"):format(octet:byte())
  end))
end

-- An address as a URI; nil where it is none. Its domain may be in UTF-8.
local function to_mailto(address)
  local local_part, name = address:match("^(.+)@([^@]+)$")
  local ascii = name and domain.to_ascii(name)
  return ascii and domain.valid(ascii) and ("mailto:%s@%s"):format(encode(local_part), ascii) or nil
end

-- One of a list of addresses as a URI, which must stay one in the list and in the record.
local function to_uri(item)
  local uri = type(item) == "table" and item.uri or item
  if type(uri) ~= "string" then
    return nil
  elseif uri:find("^%a[%w+.-]*:") then
    return not uri:find("[,;%s]") and uri or nil
  end
  return to_mailto(uri)
end

-- Would a receiver read exactly so many addresses?
local function are_read(text, count)
  local read = core.parse_dmarc_report("v=DMARC1; rua=" .. text)
  return read and #read.aggregate_reports == count
end

local function to_uris(list)
  local uris = {}
  for i, item in ipairs(type(list) == "table" and list or { list }) do
    uris[i] = to_uri(item)
    if not uris[i] then
      return nil, ("%s is no address that reports can be sent to"):format(tostring(item)), "bad_address"
    end
  end
  local text = table.concat(uris, ",")
  if #uris > 0 and not are_read(text, #uris) then
    return nil, text .. " is no list of addresses that reports can be sent to, of 20 at most", "bad_address"
  end
  return #uris > 0 and text
end

local function to_policy(value)
  if not policies[value] then
    return nil, ("a policy is none, quarantine or reject, not '%s'"):format(tostring(value)), "bad_policy"
  end
  return value
end

-- A reader of one of a few values: what each is written as, false where it is the default.
local function one_of(words)
  return function(value, field)
    local text = words[value]
    if text == nil then
      return nil, ("%s cannot be '%s'"):format(field, tostring(value)), "bad_value"
    end
    return text
  end
end

local to_alignment = one_of { relaxed = false, strict = "s" }

-- Would a receiver read just those words?
local function are_options(text)
  local options = {}
  for _, word in ipairs(core.parse_dmarc("v=DMARC1; p=none; fo=" .. text).failure_options) do
    options[word] = true
  end
  for word in (text .. ":"):gmatch("([^:]*):") do
    if not options[word] then
      return false
    end
  end
  return true
end

local function to_options(list)
  local words = {}
  for i, word in ipairs(type(list) == "table" and list or { list }) do
    words[i] = tostring(word)
  end
  local text = table.concat(words, ":")
  if text:find("[^01ds:]") or not are_options(text) then
    return nil, ("failure_options cannot be '%s'"):format(text), "bad_value"
  end
  return text ~= "0" and text
end

-- The tags in the order in which they are written: the field, and what makes text of it (false: no tag).
local tags = {
  { "p", "policy", to_policy },
  { "sp", "subdomain_policy", to_policy },
  { "np", "nonexistent_policy", to_policy },
  { "adkim", "dkim_alignment", to_alignment },
  { "aspf", "spf_alignment", to_alignment },
  { "t", "testing", one_of { [true] = "y", [false] = false } },
  { "psd", "psd", one_of { y = "y", n = "n", u = false } },
  { "rua", "aggregate_reports", to_uris },
  { "ruf", "failure_reports", to_uris },
  { "fo", "failure_options", to_options },
}

local report_fields = { aggregate_reports = true, failure_reports = true }

local function write(record, is_written)
  local pieces = { "v=DMARC1" }
  for _, tag in ipairs(tags) do
    local name, field, to_text = tag[1], tag[2], tag[3]
    if record[field] ~= nil and is_written(field) then
      local text, message, code = to_text(record[field], field)
      if text == nil then
        return nil, message, code
      elseif text then
        pieces[#pieces + 1] = name .. "=" .. text
      end
    end
  end
  return table.concat(pieces, "; ")
end

--- The text of a policy record.
-- @tparam table record see `mailseal.record.dmarc.write`
-- @treturn ?string nil, a message and a code where it cannot be written
function M.write(record)
  if record.policy == nil then
    return nil, "a DMARC record needs a policy: none, quarantine or reject", "bad_policy"
  end
  return write(record, function() return true end)
end

--- The text of a report authorisation.
-- @tparam table record see `mailseal.record.dmarc_report.write`
-- @treturn ?string nil, a message and a code where it cannot be written
function M.write_report(record)
  return write(record, function(field) return report_fields[field] end)
end

-- ---- Changing

local function split(text)
  local pieces = {}
  for piece in (text .. ";"):gmatch("([^;]*);") do
    pieces[#pieces + 1] = piece
  end
  return pieces
end

local function find(pieces, name)
  for i, piece in ipairs(pieces) do
    if piece:match("^%s*(%a+)%s*=") == name then
      return i
    end
  end
end

-- Puts the tag where one of its name stands, or else at the end, the policy behind the version.
local function set(pieces, name, text)
  local at, last = find(pieces, name), #pieces
  if at then
    pieces[at] = pieces[at]:gsub("=.*$", function() return "=" .. text end)
  elseif name == "p" then
    table.insert(pieces, 2, " p=" .. text)
  elseif not pieces[last]:find("%S") then -- behind the semicolon at the end
    table.insert(pieces, last, " " .. name .. "=" .. text)
  else
    pieces[last + 1] = " " .. name .. "=" .. text
  end
end

local function remove(pieces, name)
  local at = find(pieces, name)
  if at then
    table.remove(pieces, at)
  end
end

local function check_fields(changes)
  local known = {}
  for _, tag in ipairs(tags) do
    known[tag[2]] = true
  end
  for field in pairs(changes) do
    if not known[field] then
      error("no field of a DMARC record that can be changed: " .. tostring(field), 4)
    end
  end
end

-- What the change makes of the tag: its text; false where it goes; nil, a message and a code where it cannot be.
local function new_text(tag, value)
  if value == false and tag[2] ~= "testing" then
    return false
  end
  return tag[3](value, tag[2])
end

--- Changes the tags of a policy record.
-- @tparam string text a DMARC record
-- @tparam table changes see `mailseal.record.dmarc.edit`
-- @treturn ?string nil, a message and a code where one cannot be written
function M.edit(text, changes)
  check_fields(changes)
  local pieces = split(text)
  for _, tag in ipairs(tags) do
    local value = changes[tag[2]]
    if value ~= nil then
      local new, message, code = new_text(tag, value)
      if new == nil then
        return nil, message, code
      elseif new then
        set(pieces, tag[1], new)
      else
        remove(pieces, tag[1])
      end
    end
  end
  return table.concat(pieces, ";")
end

return M
