--- The tree of a domain's includes and redirects, with what each costs: also past the ten look-ups that a receiver makes.
--
-- A check goes through the records until a term matches. The tree goes through all of them, for every client at once, a level
-- at a time: it takes as many round trips as it is deep.
-- @module mailseal.spf.tree
local definitive = require "mailseal.dns.answer".definitive
local facts_of = require "mailseal.spf.facts"
local lint = require "mailseal.record.spf".lint
local questions = require "mailseal.spf.questions"
local records = require "mailseal.spf.record"

local uses = facts_of.uses

local M = {}

local SECONDS = 20

-- What a tree may have at most: hostile records include each other without end. Ten look-ups need no more than eleven.
local NODES_MAX, DEPTH_MAX = 200, 20

-- Of a client that is not known, the macros that tell of it, or of the sender; %{d} and %{o} are the domain's.
local UNKNOWN, NEVER_KNOWN = "slipvhcrt", "p"

-- ---- nodes

local function new_node(self, domain, term, parent)
  self.nodes = self.nodes + 1
  return {
    domain = domain, term = term, parent = parent, depth = parent and parent.depth + 1 or 0,
    findings = {}, children = {}, asked = {}, lookups = 0, total = 0, voids = 0,
  }
end

local function is_above(node, name)
  while node do
    if node.domain == name then
      return true
    end
    node = node.parent
  end
  return false
end

-- The name that a term's domain-spec stands for; or nil and the problem.
local function name_of(self, spec, domain)
  if spec and uses(spec, self.client and NEVER_KNOWN or UNKNOWN .. NEVER_KNOWN) then
    return nil, "macro"
  end
  local name = facts_of.target(self.facts, spec, domain)
  return name, not name and "bad_domain" or nil
end

-- What an include or a redirect leads to. Whatever is the matter with it, there is a node that says so.
local function add_child(self, node, term, below)
  local spec = term.domain or term.value
  local name, problem = name_of(self, spec, node.domain)
  local child = new_node(self, name or spec, term.text, node)
  node.children[#node.children + 1] = child
  if name and is_above(node, name) then
    problem = "cycle"
  elseif name and (self.nodes > NODES_MAX or child.depth > DEPTH_MAX) then
    problem, self.root.capped = "too_many", true
  end
  child.problem = problem
  if not problem then
    below.nodes[#below.nodes + 1] = child
  end
end

local kinds = { a = { "A", "AAAA" }, mx = { "MX" }, exists = { "A" } }

-- Notes what a term asks for, beside records: what finds nothing is a void look-up.
local function add_question(self, node, term, below)
  local name = self.hosts and kinds[term.name] and name_of(self, term.domain, node.domain)
  if not name then
    return
  end
  local asked = { node = node, term = term.text, name = name, types = kinds[term.name] }
  below.asked[#below.asked + 1] = asked
end

local has_record = { include = true, redirect = true }
local is_local = { ip4 = true, ip6 = true, all = true }

-- Reads a node's record, and notes what it leads to.
local function read(self, node, below)
  node.answer = self.questions:ask(node.domain, "TXT")
  node.status = node.answer.status
  local text, place = records.find(node.answer)
  if not text then
    node.problem = place
    return
  end
  node.record = text
  node.findings, node.parsed = lint(node.answer.records[place].strings)
  if not node.parsed then
    node.problem = "syntax"
    return
  end
  for _, term in ipairs(records.reachable(node.parsed)) do
    if not is_local[term.name] then
      node.lookups = node.lookups + 1
    end
    if has_record[term.name] and self.nodes <= 2 * NODES_MAX then
      add_child(self, node, term, below)
    else
      add_question(self, node, term, below)
    end
  end
end

-- ---- levels

local function questions_of(level)
  local list = {}
  for _, node in ipairs(level.nodes) do
    list[#list + 1] = { node.domain, "TXT" }
  end
  for _, asked in ipairs(level.asked) do
    for _, kind in ipairs(asked.types) do
      list[#list + 1] = { asked.name, kind }
    end
  end
  return list
end

-- Notes what was answered to a term's questions; it is void where all of them have found nothing.
local function note_answers(self, asked)
  local noted = { term = asked.term, name = asked.name, answers = {}, void = true }
  for i, kind in ipairs(asked.types) do
    local answer = self.questions:ask(asked.name, kind)
    noted.answers[i] = answer
    noted.void = noted.void and definitive[answer.status] and #answer.records == 0
  end
  local node = asked.node
  node.asked[#node.asked + 1] = noted
  node.voids = node.voids + (noted.void and 1 or 0)
end

local function is_void(node)
  return node.answer ~= nil and definitive[node.status] and #node.answer.records == 0
end

-- Adds up what stands below each node.
local function add_up(node)
  node.total = node.lookups
  for _, child in ipairs(node.children) do
    add_up(child)
    node.total = node.total + child.total
    node.voids = node.voids + child.voids + (is_void(child) and 1 or 0)
  end
end

--- Looks for a domain's record and for all that it leads to. See `mailseal.spf`.
-- @tparam string domain
-- @tparam table options
-- @treturn ?table the root
-- @treturn ?string what is wrong
-- @treturn ?string a code
function M.build(domain, options)
  local facts, message, code = facts_of.new {
    ip = options.ip or "0.0.0.0", sender = options.sender or "postmaster@" .. domain, helo = options.helo or domain,
    receiver = options.receiver, now = options.now,
  }
  if not facts then
    return nil, message, code
  end
  local self = {
    facts = facts, client = options.ip and options.sender and options.helo, hosts = options.hosts ~= false, nodes = 0,
    questions = questions.new(options.resolver, options.deadline or SECONDS),
  }
  local root = new_node(self, facts_of.ascii(domain))
  self.root = root
  if not facts_of.is_domain(root.domain) then
    root.problem = "bad_domain"
    return root
  end
  local level = { nodes = { root }, asked = {} }
  while level.nodes[1] or level.asked[1] do
    self.questions:ask_all(questions_of(level))
    local below = { nodes = {}, asked = {} }
    for _, node in ipairs(level.nodes) do
      read(self, node, below)
    end
    for _, asked in ipairs(level.asked) do
      note_answers(self, asked)
    end
    level = below
  end
  if self.questions.problem then
    return nil, self.questions.problem[1], self.questions.problem[2]
  end
  add_up(root)
  return root
end

return M
