-- DNS messages made by hand, octet by octet, for the specs of what reads them.
local char = string.char

local M = { A = 1, NS = 2, CNAME = 5, SOA = 6, MX = 15, TXT = 16, DNAME = 39, OPT = 41, RRSIG = 46 }

function M.u16(number) return char(math.floor(number / 256) % 256, number % 256) end
function M.u32(number) return M.u16(math.floor(number / 65536)) .. M.u16(number % 65536) end

-- A name uncompressed.
function M.name(text)
  local labels = {}
  for label in text:gmatch "[^.]+" do labels[#labels + 1] = char(#label) .. label end
  return table.concat(labels) .. "\0"
end

-- The question of every message here that has no other: a.test TXT. It begins at octet 12, where a pointer finds its name.
M.QUESTION = M.name "a.test" .. M.u16(M.TXT) .. M.u16(1)
M.ASKED = "\192\012"
M.BEHIND = 12 + #M.QUESTION -- where records begin

function M.record(owner, type, data, ttl, class)
  return owner .. M.u16(type) .. M.u16(class or 1) .. M.u32(ttl or 60) .. M.u16(#data) .. data
end

-- The OPT record; its options are { code, data } each.
function M.opt(options, ttl)
  local parts = {}
  for i, option in ipairs(options or {}) do parts[i] = M.u16(option[1]) .. M.u16(#option[2]) .. option[2] end
  return M.record("\0", M.OPT, table.concat(parts), ttl or 0, 1232)
end

function M.reply(fields)
  return M.u16(fields.id or 1) .. M.u16(fields.flags or 0x8180) .. M.u16(fields.questions or 1)
    .. M.u16(fields.answers or 0) .. M.u16(fields.authorities or 0) .. M.u16(fields.additionals or 0)
    .. (fields.question or M.QUESTION) .. (fields.records or "")
end

return M
