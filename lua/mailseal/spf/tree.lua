--- The tree of a domain's includes and redirects, with what each costs: also past the ten look-ups that a receiver makes.
--
-- A check goes through the records until a term matches. The tree goes through all of them, for every client at once, a level
-- at a time: it takes as many round trips as it is deep.
-- @module mailseal.spf.tree
local definitive = require "mailseal.dns.answer".definitive
local facts_of = require "mailseal.spf.facts"
local questions = require "mailseal.spf.questions"
local records = require "mailseal.spf.record"

local uses = facts_of.uses

local M = {}

local SECONDS = 20

-- What a tree may have at most: records can include each other without end. A sound one has no more than eleven of any.
local NODES_MAX, DEPTH_MAX, TERMS_MAX = 200, 20, 1000

-- Octets of all records that are read, which are many where each has the size that DNS can hold. A sound tree has a few thousand.
local OCTETS_MAX = 100000

-- Of a client that is not known, the macros that tell of it, or of the sender; %{d} and %{o} are the domain's.
local UNKNOWN, NEVER_KNOWN = "slipvhcrt", "p"

-- ---- nodes

local function new_node(self, domain, term, parent)
  self.nodes = self.nodes + 1
  return {
    domain = domain, term = term, parent = parent, depth = parent and parent.depth + 1 or 0,
    findings = {}, children = {}, terms = {}, lookups = 0, total = 0, voids = 0,
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

-- What macros tell of; most records have none.
local function facts_for(self)
  self.facts = self.facts or assert(facts_of.new(self.given))
  return self.facts
end

-- The name that a term's domain-spec stands for; or nil and the problem.
local function name_of(self, spec, domain)
  if spec and uses(spec, self.client and NEVER_KNOWN or UNKNOWN .. NEVER_KNOWN) then
    return nil, "macro"
  end
  local name = facts_of.target(spec and spec:find("%", 1, true) and facts_for(self), spec, domain)
  return name, not name and "bad_domain" or nil
end

-- What an include or a redirect leads to. Whatever is the matter with it, there is a node that says so.
local function add_child(self, node, term, step, below)
  if self.nodes >= NODES_MAX or node.depth >= DEPTH_MAX then
    self.root.capped = true
    return
  end
  local spec = term.domain or term.value
  local name, problem = name_of(self, spec, node.domain)
  local child = new_node(self, name or spec, term.text, node)
  child.problem = name and is_above(node, name) and "cycle" or problem
  node.children[#node.children + 1], step.child = child, child
  if not child.problem then
    below.nodes[#below.nodes + 1] = child
  end
end

local kinds = { a = { "A", "AAAA" }, mx = { "MX" }, exists = { "A" } }

-- Notes what a term asks for, beside records: what finds nothing is a void look-up.
local function add_question(self, node, term, step, below)
  local name = self.hosts and kinds[term.name] and name_of(self, term.domain, node.domain)
  if name then
    step.target, step.node = name, node
    below.steps[#below.steps + 1] = step
  end
end

local has_record = { include = true, redirect = true }
local is_local = { ip4 = true, ip6 = true, all = true }

-- Notes a term that queries, and what it leads to.
local function add_step(self, node, term, below)
  local step = { term = term.text, name = term.name, cost = 1 }
  node.terms[#node.terms + 1] = step
  node.lookups = node.lookups + 1
  if has_record[term.name] then
    add_child(self, node, term, step, below)
  else
    add_question(self, node, term, step, below)
  end
end

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
  self.octets = self.octets + #text
  if self.terms >= TERMS_MAX or self.octets > OCTETS_MAX then
    self.root.capped = true
    return
  end
  node.findings, node.parsed = records.lint(node.answer.records[place].strings)
  if not node.parsed then
    node.problem = "syntax"
    return
  end
  for _, term in ipairs(records.read(text).terms) do
    if not is_local[term.name] and self.terms < TERMS_MAX then
      self.terms = self.terms + 1
      add_step(self, node, term, below)
    elseif not is_local[term.name] then
      self.root.capped = true
    end
  end
end

-- ---- levels

local function questions_of(level)
  local list = {}
  for _, node in ipairs(level.nodes) do
    list[#list + 1] = { node.domain, "TXT" }
  end
  for _, step in ipairs(level.steps) do
    for _, kind in ipairs(kinds[step.name]) do
      list[#list + 1] = { step.target, kind }
    end
  end
  return list
end

-- Notes what was answered to a term's questions; it is void where all of them have found nothing.
local function note_answers(self, step)
  local void = true
  step.answers = {}
  for i, kind in ipairs(kinds[step.name]) do
    local answer = self.questions:ask(step.target, kind)
    step.answers[i] = answer
    void = void and definitive[answer.status] and #answer.records == 0
  end
  step.void = void or nil
  step.node.voids = step.node.voids + (void and 1 or 0)
  step.node = nil
end

local function is_void(node)
  return node.answer ~= nil and definitive[node.status] and #node.answer.records == 0
end

-- Adds up what stands below each node.
local function add_up(node)
  for _, step in ipairs(node.terms) do
    local child = step.child
    if child then
      add_up(child)
      step.cost = 1 + child.total
      node.voids = node.voids + child.voids
      if is_void(child) then
        step.void, node.voids = true, node.voids + 1
      end
    end
    node.total = node.total + step.cost
  end
end

--- Looks for a domain's record and for all that it leads to. See `mailseal.spf`.
-- @tparam string domain
-- @tparam table options
-- @treturn ?table the root
-- @treturn ?string what is wrong
-- @treturn ?string a code
function M.build(domain, options)
  local given = {
    ip = options.ip or "0.0.0.0", sender = options.sender or "postmaster@" .. domain, helo = options.helo or domain,
    receiver = options.receiver, now = options.now,
  }
  if options.ip then
    local facts, message, code = facts_of.new(given)
    if not facts then
      return nil, message, code
    end
  end
  local self = {
    given = given, client = options.ip and options.sender and options.helo, hosts = options.hosts ~= false,
    nodes = 0, terms = 0, octets = 0,
    questions = questions.new(options.resolver, options.deadline or SECONDS),
  }
  local root = new_node(self, facts_of.ascii(domain))
  self.root = root
  if not facts_of.is_domain(root.domain) then
    root.problem = "bad_domain"
    return root
  end
  local level = { nodes = { root }, steps = {} }
  while level.nodes[1] or level.steps[1] do
    self.questions:ask_all(questions_of(level))
    local below = { nodes = {}, steps = {} }
    for _, node in ipairs(level.nodes) do
      read(self, node, below)
    end
    for _, step in ipairs(level.steps) do
      note_answers(self, step)
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
