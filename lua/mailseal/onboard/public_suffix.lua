--- Which names are public suffixes, under which strangers have names of their own (publicsuffix.org).
--
-- The list is the system's (Debian: `publicsuffix`), read when it is first asked for and kept: a few milliseconds, and under a
-- megabyte. Its form: a rule a line; `*` stands for any one label; `!` before a rule makes an exception to a rule with `*`; of several
-- rules that fit, an exception wins, else the longest. A top-level domain that no rule names is a suffix.
--
-- Both sections of it count, that of the registries ("ICANN": `com`, `co.uk`) and that of companies ("PRIVATE": `github.io`,
-- `uk.com`). Whoever has a name under either could publish the record that proves a domain to be theirs beside those of others:
-- `_mailseal-challenge.github.io` might be somebody's project, `_mailseal-challenge.co.uk` somebody's domain. So nobody can prove
-- to own the suffix, but `foo.github.io` is a domain like any other.
--
-- @module mailseal.onboard.public_suffix
local domains = require "mailseal.domain"

local M = {}

--- Where the list is looked for.
M.PATHS = {
  "/usr/share/publicsuffix/public_suffix_list.dat",
  "/usr/share/publicsuffix/effective_tld_names.dat",
  "/usr/local/share/publicsuffix/public_suffix_list.dat",
  "/usr/local/share/public_suffix_list/public_suffix_list.dat",
  "/opt/homebrew/share/publicsuffix/public_suffix_list.dat",
}

-- What the list has at its two sections' heads.
local MARKS = { "===BEGIN ICANN DOMAINS===", "===BEGIN PRIVATE DOMAINS===" }

-- What a name is by the rules: a suffix itself; one whose every name below is a suffix; an exception to that.
local SUFFIX, WILDCARD, BOTH, EXCEPTION = 1, 2, 3, 4

local List = {}
List.__index = List
List.__name = "mailseal.public_suffix_list"

-- A rule's name in A-labels; nil where it is no name.
local function name_of(rule)
  if rule:find "[^%l%d.-]" then
    rule = domains.to_ascii(rule)
  end
  return rule and domains.valid(rule) and rule or nil
end

-- Adds a line of the list to the rules.
local function add(rules, line)
  local exception, wildcard, rule = line:match "^(!?)(%*?)%.?(.+)$"
  local name = rule and name_of(rule)
  if not name then
    return
  elseif exception ~= "" then
    rules[name] = EXCEPTION
  else
    local kind, known = wildcard ~= "" and WILDCARD or SUFFIX, rules[name]
    rules[name] = known and known ~= kind and BOTH or kind
  end
end

--- A list from its text.
-- @tparam string text
-- @treturn[1] table the list
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_suffix_list`: it is none, or is cut
function M.parse(text)
  for _, mark in ipairs(MARKS) do
    if not text:find(mark, 1, true) then
      return nil, ("the public suffix list lacks its line \"%s\""):format(mark), "bad_suffix_list"
    end
  end
  local rules = {}
  for line in text:gmatch "[^\r\n]+" do
    if line:find "^[%l%d][%l%d.-]*$" then -- most are so
      rules[line] = rules[line] == WILDCARD and BOTH or rules[line] or SUFFIX
    elseif line:find "^[^%s/]" then
      add(rules, line:match "^%S+") -- a rule ends at white space
    end
  end
  return setmetatable({ rules = rules }, List)
end

--- Reads a list.
-- @tparam string path
-- @treturn[1] table the list
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `no_suffix_list` or `bad_suffix_list`
function M.load(path)
  local file, message = io.open(path, "rb")
  if not file then
    return nil, message, "no_suffix_list"
  end
  local text = file:read "*a"
  file:close()
  if not text then
    return nil, path .. ": cannot be read", "no_suffix_list"
  end
  local list, wrong, code = M.parse(text)
  if not list then
    return nil, path .. ": " .. wrong, code
  end
  return list
end

local kept

--- The system's list, read the first time.
-- @treturn[1] table the list
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `no_suffix_list`: it is at none of `PATHS`; `bad_suffix_list`
function M.system()
  if kept then
    return kept
  end
  for _, path in ipairs(M.PATHS) do
    local list, message, code = M.load(path)
    if list or code ~= "no_suffix_list" then
      kept = list
      return list, message, code
    end
  end
  return nil, "mailseal.onboard needs the public suffix list: apt install publicsuffix, or put that of https://publicsuffix.org/list/ at "
    .. M.PATHS[3], "no_suffix_list"
end

--- The list's methods.
-- @type list

-- Where in the name its suffix begins.
local function suffix_starts_at(rules, name)
  local start, longest = 1, nil
  while true do
    local kind = rules[name:sub(start)]
    local dot = name:find(".", start, true)
    local parent = dot and dot + 1
    if kind == EXCEPTION then
      return parent
    elseif not longest and (kind == SUFFIX or kind == BOTH) then
      longest = start
    elseif not longest and parent then
      local above = rules[name:sub(parent)]
      if above == WILDCARD or above == BOTH then
        longest = start
      end
    end
    if not parent then
      return longest or start
    end
    start = parent
  end
end

--- The public suffix of a name.
-- @tparam string name in lower-case A-labels, without a final dot
-- @treturn string the name itself where it is one
function List:suffix(name)
  return name:sub(suffix_starts_at(self.rules, name))
end

--- Is the name a public suffix, or one whose every name below is one (`kobe.jp`, for `*.kobe.jp`)?
-- @tparam string name in lower-case A-labels
-- @treturn boolean
function List:is_suffix(name)
  return self.rules[name] == WILDCARD or suffix_starts_at(self.rules, name) == 1
end

--- The domain that was registered: the suffix and one label more.
-- @tparam string name in lower-case A-labels
-- @treturn ?string nil where the name is a public suffix
function List:registrable(name)
  local start = suffix_starts_at(self.rules, name)
  if start == 1 then
    return nil
  end
  return name:sub(#(name:sub(1, start - 2):match "^(.*%.)" or "") + 1)
end

return M
