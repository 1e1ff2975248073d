--- The picture in words, for who does not see it.
-- @module mailseal.check.picture.describe
local M = {}

local words = { ok = "in order", warning = "to be mended", error = "wrong", pending = "cannot be told yet", none = "not judged" }

local function dkim_words(dkim)
  local list = { ("DKIM: %s, %s"):format(words[dkim.state], dkim.words) }
  for i, row in ipairs(dkim.rows) do
    if i <= 5 then
      list[#list + 1] = ("%s: %s, %s"):format(row.selector, row.word, row.key)
    end
  end
  return table.concat(list, "; ")
end

local function spf_words(spf)
  local list = { "SPF: " .. words[spf.state] }
  list[#list + 1] = spf.words
  if spf.lookups then
    list[#list + 1] = ("%d of 10 look-ups"):format(spf.lookups)
  end
  return table.concat(list, ", ")
end

local function dmarc_words(dmarc)
  local list = { "DMARC: " .. words[dmarc.state] }
  list[#list + 1] = dmarc.words
  list[#list + 1] = dmarc.policy and "policy " .. dmarc.policy.policy
  for _, row in ipairs(dmarc.rows) do
    if row.state == "ok" then
      list[#list + 1] = "found at " .. row.name
    end
  end
  return table.concat(list, ", ")
end

--- The description.
-- @tparam table shown see `mailseal.check.picture.model`
-- @treturn string whatever octets DNS had
function M.text(shown)
  return ("The domain %s is %s. %s. %s. %s."):format(shown.domain, words[shown.state], dkim_words(shown.dkim), spf_words(shown.spf),
    dmarc_words(shown.dmarc))
end

return M
