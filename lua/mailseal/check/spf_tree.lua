--- What is wrong below an SPF record: in what it includes, and in how much that is (RFC 7208 §4.6.4, §5.2).
-- @module mailseal.check.spf_tree
local M = {}

local LOOKUPS_MAX, VOIDS_MAX = 10, 2

-- From so many look-ups on there is hardly room for another service.
local LOOKUPS_MANY = 9

-- What a receiver makes of a record that an include or redirect leads to, where it cannot be used.
local codes = {
  no_domain = "spf_include_without_record", no_record = "spf_include_without_record", two_records = "spf_include_two_records",
  syntax = "spf_include_broken", bad_domain = "spf_include_bad_domain", cycle = "spf_include_cycle",
}

-- Goes through the nodes below one, calling with each.
local function each_below(node, fn)
  for _, child in ipairs(node.children) do
    fn(child)
    each_below(child, fn)
  end
end

-- What each term of a record costs, the dearest first, in words.
local function costs_of(root)
  local list = {}
  for i, term in ipairs(root.terms) do
    list[i] = { text = term.term, cost = term.cost, place = i }
  end
  table.sort(list, function(a, b)
    if a.cost ~= b.cost then
      return a.cost > b.cost
    end
    return a.place < b.place
  end)
  for i, item in ipairs(list) do
    list[i] = ("%s %d"):format(item.text, item.cost)
  end
  return list
end

-- The terms that find nothing, and how many of them do not lead to a record that is missing, of which it is told anyway.
local function voids_in(root)
  local list, includes = {}, 0
  local function note(node)
    for _, term in ipairs(node.terms) do
      if term.void then
        list[#list + 1] = term.term
      end
    end
  end
  note(root)
  each_below(root, function(node)
    note(node)
    includes = includes + (node.problem == "no_domain" and 1 or 0)
  end)
  return list, #list - includes
end

-- Of these slips in a term's name it is but the consequence that there is no record.
local slips = { spf_odd_name = true, spf_name_twice = true, spf_placeholder = true }

-- Has the lint of the first record told what is wrong with the term that led to the node?
local function is_told(root, node)
  if node.parent ~= root then
    return false
  end
  for _, finding in ipairs(root.findings) do
    if slips[finding.code] and finding.found == node.term then
      return true
    end
  end
  return false
end

-- Tells of each include that does not work; false where there is one.
local function judge_includes(context, root)
  local fine = true
  each_below(root, function(node)
    local code = codes[node.problem]
    fine = fine and not code
    if code and not is_told(root, node) then
      context:find(code, { name = root.domain, found = node.term, where = node.parent.domain, target = node.domain })
    elseif node.problem == "temporary" then
      context:temporary(node.answer)
    end
  end)
  return fine
end

--- Tells what is wrong below a record.
-- @tparam table context see `mailseal.check.context`
-- @tparam table root as of `spf.tree`, with a record that can be read
-- @treturn boolean can receivers use it, as far as is known?
function M.judge(context, root)
  local fine = judge_includes(context, root)
  local fields = { name = root.domain, found = root.total, expected = LOOKUPS_MAX, where = costs_of(root) }
  if root.total > LOOKUPS_MAX then
    fine = false
    context:find("spf_too_many_lookups", fields)
  elseif root.total >= LOOKUPS_MANY then
    context:find("spf_many_lookups", fields)
  end
  if root.voids > VOIDS_MAX then
    local list, others = voids_in(root)
    fine = false
    if others > 0 then
      context:find("spf_too_many_voids", { name = root.domain, found = root.voids, expected = VOIDS_MAX, where = list })
    end
  end
  return fine
end

return M
