--- Domain names: may one stand in a signature, and how is an internationalised one written?
--
-- Mail authentication compares and looks up names as lower-case A-labels (`xn--…`, RFC 5890 §2.3.2.1); people
-- type and read U-labels (`bücher.example`). Convert what comes from people or from an SMTPUTF8 message
-- with @{to_ascii}, store that, and show @{to_unicode} beside it (RFC 8616 §4).
--
-- @module mailseal.domain

local core = require "mailseal.core".mail

local M = {}

local function check(name)
  if type(name) ~= "string" then
    error("a domain name expected, got " .. type(name), 3)
  end
  return name
end

--- Is this a name that may be asked for in DNS and stand in `d=` or `s=` (RFC 6376 §3.5)?
-- Labels of 1 to 63 letters, digits, hyphens and underscores, 253 characters at most, no dot at the end.
-- @tparam string name
-- @treturn boolean
function M.valid(name)
  return core.domain_valid(check(name))
end

--- The name in lower-case A-labels.
-- Upper case and full-width characters are mapped, ideographic full stops are dots, letters followed by their accent are
-- composed (RFC 5895 §2). What an internationalised label must not hold (RFC 5892) is refused.
-- @tparam string name in UTF-8
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_utf8`, `bad_label`, `empty_label`, `label_too_long`, `name_too_long`
-- @usage domain.to_ascii("BÜCHER.example") --> "xn--bcher-kva.example"
function M.to_ascii(name)
  return core.to_ascii(check(name))
end

--- The name as people read it: lower case, A-labels turned into U-labels.
-- An `xn--` label that IDNA does not allow (an emoji, a symbol) stays as it is.
-- @tparam string name with labels of either kind
-- @treturn[1] string in UTF-8
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string as of @{to_ascii}
function M.to_unicode(name)
  return core.to_unicode(check(name))
end

--- The scripts that a label is written in (UTS 39 §5.1, §5.2).
-- Digits, hyphens and most marks belong to every script. What Japanese, Chinese and Korean are written with is no mixture, nor are
-- Latin letters beside that; any other two scripts in one label are.
-- @tparam string label a U-label; an A-label would be Latin
-- @treturn {string,...} the scripts' names in English, in order of appearance
-- @treturn boolean are some mixed that do not belong together?
-- @usage domain.scripts("pаypal") --> { "Latin", "Cyrillic" }, true
function M.scripts(label)
  return core.scripts(check(label))
end

return M
