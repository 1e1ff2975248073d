--- Signed messages that were changed on their way, judged by mailseal and by dkimpy: the same must pass, and the same must not.
-- The changes are those of relays, lists and gateways, made at places that a pseudo-random source chooses, the same in every run.
local check = require "mailseal.check"
local corpus = require "spec.support.corpus"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local key = require "mailseal.key"
local peer = require "spec.support.peer"

local CANONICALIZATIONS = { "simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed" }
local MESSAGES = 40
local NAME = "rsa._domainkey.example.com"
local rsa, ed25519 = assert(key.generate { type = "rsa" }), assert(key.generate { type = "ed25519" })

local resolver = assert(dns.resolver { zone = { [NAME] = { { type = "TXT", data = rsa:record() } } } })
local verifier = assert(dkim.verifier { resolver = resolver })

-- ---------------------------------------------------------------- what happens on the way

local function cut(message)
  local stop = assert(message:find("\r\n\r\n", 1, true))
  return message:sub(1, stop + 1), message:sub(stop + 4)
end

-- One of the places where `pattern` starts, put through `change`.
local function at_one(text, pattern, random, change)
  local places, position = {}, 1
  while #places < 200 do
    local first, last = text:find(pattern, position)
    if not first then
      break
    end
    places[#places + 1] = { first, last }
    position = last + 1
  end
  if #places == 0 then
    return text
  end
  local place = places[random(#places)]
  return text:sub(1, place[1] - 1) .. change(text:sub(place[1], place[2])) .. text:sub(place[2] + 1)
end

local function in_header(pattern, by)
  return function(header, body, random)
    return at_one(header, pattern, random, function() return by end), body
  end
end

local function in_body(pattern, by)
  return function(header, body, random)
    return header, at_one(body, pattern, random, function() return by end)
  end
end

local function signature_and_rest(header)
  return header:match "^(DKIM%-Signature:.-\r\n)(%f[^\n][^ \t].*)$"
end

-- Each with what check.message must tell of it, where that is one thing.
local changes = {
  { title = "nothing is done", change = function(header, body) return header, body end },
  { title = "white space is added at a line's end", change = in_body("%f[\r]\r\n", " \t\r\n") },
  { title = "white space is doubled in the body", change = in_body(" ", "  ") },
  { title = "a space becomes a tab in the body", change = in_body(" ", "\t") },
  { title = "a space is lost in the body", change = in_body("%w %w", "ab") },
  { title = "an empty line is added in the body", change = in_body("\r\n", "\r\n\r\n") },
  { title = "an empty line is added at the top", change = function(header, body) return header, "\r\n" .. body end },
  { title = "empty lines are added at the end", change = function(header, body) return header, body .. "\r\n\r\n" end },
  { title = "blank lines are added at the end", change = function(header, body) return header, body .. "\r\n \t\r\n" end },
  { title = "a footer is added", told = "footer", change = function(header, body) return header, body .. "\r\n____\r\na list\r\n" end },
  { title = "a letter is changed in the body", change = in_body("%a", "7") },
  { title = "the body is lost", change = function(header) return header, "" end },
  {
    title = "a field is folded",
    change = function(header, body, random)
      local signature, rest = signature_and_rest(header)
      return signature .. at_one(rest, "%S \t?%S", random, function(text) return text:sub(1, 1) .. "\r\n " .. text:sub(-1) end), body
    end,
  },
  { title = "a field is unfolded", change = in_header("\r\n[ \t]+", " ") },
  { title = "a fold's tab becomes a space", change = in_header("\r\n[ \t]", "\r\n  ") },
  { title = "the subject gets a prefix", told = "subject_prefix", change = in_header("\r\nSubject:", "\r\nSubject: [list]") },
  { title = "names of fields are written in upper case", change = in_header("\r\n[Ff]rom:", "\r\nFROM:") },
  { title = "a field is added above", change = function(header, body) return "X-Added: yes\r\n" .. header, body end },
  {
    title = "a second From is added above", told = "fields_added",
    change = function(header, body) return "From: other@example.net\r\n" .. header, body end,
  },
  {
    title = "a second Subject is added below", told = "fields_added",
    change = function(header, body) return header .. "Subject: other\r\n", body end,
  },
  {
    title = "a Reply-To is added", told = "fields_added",
    change = function(header, body) return header .. "Reply-To: list@example.net\r\n", body end,
  },
}

-- ---------------------------------------------------------------- what dkimpy is known to do otherwise

local KNOWN = {
  {
    why = "refuses white space before the colon as unexpected characters (obsolete, but RFC 5322 §4.5 allows it)", at_most = 159,
    excuses = function(job) return job.odd.obsolete_colon end,
  },
  {
    why = "keeps white space at the end of a relaxed body without a last line end (RFC 6376 §3.4.4 (a) removes it first)", at_most = 136,
    excuses = function(job) return job.canonicalization:find "relaxed$" and job.message:find "[ \t]$" end,
  },
  {
    why = "strips vertical tabs and form feeds from the ends of relaxed header values (RFC 6376 §2.8)", at_most = 18,
    excuses = function(job) return job.canonicalization:find "^relaxed" and job.odd.control end,
  },
}

local function excuse_for(job)
  for _, known in ipairs(KNOWN) do
    if known.excuses(job) then
      return known
    end
  end
end

-- ---------------------------------------------------------------- jobs

local function messages()
  local list = { { message = corpus.marketing { size = 4000 }, title = "marketing mail" } }
  for number = 1, MESSAGES do
    list[#list + 1] = corpus.odd(number)
  end
  return list
end

local function make_jobs()
  local jobs, random = {}, corpus.random(2026)
  for _, odd in ipairs(messages()) do
    for _, canonicalization in ipairs(CANONICALIZATIONS) do
      local signer = assert(dkim.signer {
        domain = "example.com", selector = "rsa", key = rsa, canonicalization = canonicalization, lint = "report",
        oversign = { "Reply-To" },
      })
      local signed = assert(signer:sign(odd.message, { now = os.time() })) .. odd.message
      for _, case in ipairs(changes) do
        local header, body = cut(signed)
        header, body = case.change(header, body, random)
        jobs[#jobs + 1] = {
          verb = "verify", algorithm = "rsa", canonicalization = canonicalization, domain = "example.com", selector = "rsa",
          message = header .. "\r\n" .. body, odd = odd, title = case.title, told = case.told,
        }
      end
    end
  end
  return jobs
end

-- What check.message tells of a message with one signature.
local function changes_told(message)
  local report = assert(check.message(message, { resolver = resolver }))
  return report.dkim[1].changes or {}
end

describe("what check.message tells of changed messages", function()
  it("is what was done to them", function()
    local wrong, told = {}, 0
    for _, job in ipairs(make_jobs()) do
      local result = job.told and assert(verifier:verify(job.message, { now = os.time() }))[1]
      if result and result.result == "fail" then
        local kinds = {}
        for i, change in ipairs(changes_told(job.message)) do
          kinds[i] = change.kind
        end
        told = told + 1
        if table.concat(kinds, ", ") ~= job.told then
          wrong[#wrong + 1] = ("%s: %s, %s: %s"):format(job.canonicalization, job.odd.title, job.title, table.concat(kinds, ", "))
        end
      end
    end
    assert.same({}, wrong)
    assert.is_true(told > 500, told .. " are told")
  end)
end)

describe("changed messages, judged by dkimpy and by mailseal", function()
  local command
  for _, known in ipairs(peer.known) do
    command = command or known.name == "dkimpy" and known.find() or nil
  end
  if not command then
    pending "needs python3-dkim, python3-nacl"
    return
  end

  it("pass with both, or with neither", function()
    local jobs = make_jobs()
    local answers = peer.run(command, { rsa = rsa:pem(), ed25519 = ed25519:pem() }, { [NAME] = rsa:record() }, jobs)
    local wrong, passed = {}, 0
    for number, job in ipairs(jobs) do
      local results = assert(verifier:verify(job.message, { now = os.time() }))
      local ours = #results == 1 and results[1].result == "pass"
      passed = passed + (ours and 1 or 0)
      local known = ours ~= answers[number].ok and excuse_for(job)
      if known then
        known.seen = (known.seen or 0) + 1
      elseif ours ~= answers[number].ok then
        wrong[#wrong + 1] = ("%s: %s, %s: here %s, there %s %s"):format(job.canonicalization, job.odd.title, job.title,
          tostring(ours), tostring(answers[number].ok), answers[number].text)
      end
    end
    assert.same({}, wrong)
    assert.is_true(passed > #jobs / 10 and passed < #jobs * 9 / 10, passed .. " of " .. #jobs .. " pass")
  end)

  it("pass with both once a footer is taken away that check.message has told of", function()
    local jobs = {}
    for _, job in ipairs(make_jobs()) do
      local change = job.told == "footer" and changes_told(job.message)[1]
      if change then
        job.message = job.message:sub(1, -change.octets - 1)
        jobs[#jobs + 1] = job
      end
    end
    local answers = peer.run(command, { rsa = rsa:pem(), ed25519 = ed25519:pem() }, { [NAME] = rsa:record() }, jobs)
    local wrong = {}
    for number, job in ipairs(jobs) do
      if not answers[number].ok and not excuse_for(job) then
        wrong[#wrong + 1] = ("%s: %s: %s"):format(job.canonicalization, job.odd.title, answers[number].text)
      end
    end
    assert.same({}, wrong)
    assert.is_true(#jobs > 100)
  end)

  for _, known in ipairs(KNOWN) do
    it("differ where dkimpy " .. known.why, function()
      if not known.seen then
        return pending("it no longer does: the excuse can go")
      end
      assert.is_true(known.seen <= known.at_most, known.seen .. " jobs differ that it should excuse")
    end)
  end
end)
