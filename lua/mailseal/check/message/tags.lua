--- What the tags of a DKIM-Signature field mean (RFC 6376 §3.5), for somebody who looks at one for the first time.
-- @module mailseal.check.message.tags
local record = require "mailseal.core".record

local M = {}

local meanings = {
  v = "the version of DKIM, always 1",
  a = "the algorithm: the kind of key, and the hash",
  c = "how much change is tolerated, in the header and in the body: none (simple), or of white space (relaxed)",
  d = "the domain that signs, and vouches for the message",
  s = "the selector: the key is at SELECTOR._domainkey.DOMAIN",
  h = "the header fields that are signed; a name too often keeps others from adding such a field",
  bh = "the hash of the body",
  b = "the signature, over the fields of h= and this one",
  i = "on whose behalf the domain signs",
  l = "how many octets of the body are signed; whatever follows is not",
  q = "how to find the key, always dns/txt",
  t = "when it was signed, in seconds since 1970",
  x = "when it expires, in seconds since 1970",
  z = "copies of header fields as they were, for diagnosis",
}

-- Octets of a value that are shown.
local LONGEST = 1000

--- The tags of a signature, explained.
-- @tparam table field the DKIM-Signature field, as `mailseal.message.fields` has it
-- @treturn {table,...} in their order, each with `name`, `value` (without folds, cut where it is very long) and `meaning` (nil of one that
--   is not known); empty where they cannot be read
function M.explain(field)
  local list = {}
  for i, tag in ipairs(record.tags(field.value) or {}) do
    local value = tag.value:gsub("[ \t\r\n]+", "")
    list[i] = { name = tag.name, value = #value > LONGEST and value:sub(1, LONGEST) .. "..." or value, meaning = meanings[tag.name] }
  end
  return list
end

return M
