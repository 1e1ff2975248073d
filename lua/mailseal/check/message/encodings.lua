--- Content-Transfer-Encodings that a relay may have given to what was plain (RFC 2045 §6).
-- @module mailseal.check.message.encodings
local core = require "mailseal.core".mail
local mime = require "mailseal.check.message.mime"

local M = {}

local numbers = {}
for number, name in ipairs(core.mendings()) do
  numbers[name] = number
end
local mendings = { ["quoted-printable"] = numbers.quoted_printable, base64 = numbers.base64 }

--- The encoding that fields name.
-- @tparam {table,...} fields as `mailseal.message.fields` has them
-- @treturn ?string "quoted-printable" or "base64"; nil where it is none of them
-- @treturn ?table the field
function M.of(fields)
  local value, field = mime.field(fields, "content-transfer-encoding")
  local encoding = (value or ""):lower()
  if mendings[encoding] then
    return encoding, field
  end
end

--- Decodes text.
-- @tparam string encoding as `of` has it
-- @tparam string text
-- @treturn string what cannot be decoded stays as it is
function M.decode(encoding, text)
  return core.mend(text, mendings[encoding])
end

return M
