--- Interoperation both ways with libopendkim, dkimpy and Mail::DKIM: 220 odd messages and some marketing mail, in all four
-- canonicalisations, RSA and (where the peer can) Ed25519.
local corpus = require "spec.support.corpus"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local key = require "mailseal.key"
local peer = require "spec.support.peer"

local CANONICALIZATIONS = { "simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed" }
local KEYS = { rsa = assert(key.generate { type = "rsa" }), ed25519 = assert(key.generate { type = "ed25519" }) }
local PEM = { rsa = KEYS.rsa:pem(), ed25519 = KEYS.ed25519:pem() }

local records, zone = {}, {}
for selector, loaded in pairs(KEYS) do
  local name = selector .. "._domainkey.example.com"
  records[name] = loaded:record()
  zone[name] = { { type = "TXT", data = loaded:record() } }
end
local verifier = assert(dkim.verifier { resolver = assert(dns.resolver { zone = zone }) })

local messages = {
  { message = corpus.marketing { size = 10240 }, title = "marketing mail" },
  { message = corpus.marketing { size = 10240, encoding = "8bit", seed = 2 }, title = "marketing mail, 8bit" },
  { message = corpus.attachment { size = 100000 }, title = "a message with an attachment" },
}
for number = 1, 220 do
  messages[#messages + 1] = corpus.odd(number)
end

-- ---------------------------------------------------------------- what peers are known to do otherwise

local function relaxed_header(job)
  return job.canonicalization:find("^relaxed") ~= nil
end

local function relaxed_body(job)
  return job.canonicalization:find("relaxed$") ~= nil
end

local function body_of(job)
  return job.odd.message:match("\r\n\r\n(.*)$")
end

-- Each: whose fault, in which work, why it is not ours, the jobs that it may excuse, and how many of those go wrong with
-- the peers of Debian 12 (of 892 for each key and direction): where more do, something else is wrong.
local KNOWN = {
  {
    peer = "libopendkim", sign = true, verify = true, at_most = 160,
    why = "refuses a tab before the colon as a syntax error (obsolete, but RFC 5322 §4.5 allows it)",
    excuses = function(job) return job.odd.message:find("\nTo \t :", 1, true) ~= nil end,
  },
  {
    peer = "libopendkim", sign = true, at_most = 426,
    why = "makes Ed25519 signatures over simple headers that it does not verify itself",
    excuses = function(job) return job.algorithm == "ed25519" and not relaxed_header(job) end,
  },
  {
    peer = "libopendkim", sign = true, verify = true, at_most = 155,
    why = "loses what precedes, or keeps white space at the end, where relaxed meets a last line without line end",
    excuses = function(job)
      local body = body_of(job)
      return relaxed_body(job) and (job.odd.open_white_space or body:find("\r\n[ \t]*\r\n[^ \t\r\n]+$") ~= nil)
    end,
  },
  {
    peer = "libopendkim", sign = true, verify = true, at_most = 64,
    why = "takes vertical tabs and form feeds in relaxed header values for white space (which is SP and HTAB: RFC 6376 §2.8)",
    excuses = function(job) return relaxed_header(job) and job.odd.control end,
  },
  {
    peer = "dkimpy", sign = true, verify = true, at_most = 320,
    why = "refuses white space before the colon as unexpected characters (obsolete, but RFC 5322 §4.5 allows it)",
    excuses = function(job) return job.odd.obsolete_colon end,
  },
  {
    peer = "dkimpy", sign = true, verify = true, at_most = 320,
    why = "keeps white space at the end of a body without a last line end (RFC 6376 §3.4.4 (a) removes it first)",
    excuses = function(job) return relaxed_body(job) and job.odd.open_white_space end,
  },
  {
    peer = "dkimpy", sign = true, verify = true, at_most = 64,
    why = "strips vertical tabs and form feeds from the ends of relaxed header values (RFC 6376 §2.8)",
    excuses = function(job) return relaxed_header(job) and job.odd.control end,
  },
  {
    peer = "Mail::DKIM", sign = true, verify = true, at_most = 36,
    why = "takes a vertical tab behind the colon of a relaxed header for white space (RFC 6376 §2.8)",
    excuses = function(job) return relaxed_header(job) and job.odd.control end,
  },
  {
    peer = "Mail::DKIM", sign = true, verify = true, at_most = 394,
    why = "adds no line end to a simple body that lacks the last one (RFC 6376 §3.4.3)",
    excuses = function(job) return not relaxed_body(job) and job.odd.no_last_line_end end,
  },
}

-- ---------------------------------------------------------------- jobs

local function each_job(algorithm, work)
  local jobs = {}
  for _, odd in ipairs(messages) do
    for _, canonicalization in ipairs(CANONICALIZATIONS) do
      jobs[#jobs + 1] = {
        verb = work, algorithm = algorithm, canonicalization = canonicalization, domain = "example.com", selector = algorithm,
        message = odd.message, odd = odd,
      }
    end
  end
  return jobs
end

-- Jobs for a peer to verify what mailseal signed; the same for all peers.
local signed_jobs = {}
local function jobs_signed_by_mailseal(algorithm)
  if not signed_jobs[algorithm] then
    local jobs = each_job(algorithm, "verify")
    for _, job in ipairs(jobs) do
      local signer = assert(dkim.signer {
        domain = job.domain, selector = job.selector, key = KEYS[algorithm], canonicalization = job.canonicalization,
      })
      job.message = assert(signer:sign(job.odd.message, { now = os.time() })) .. job.odd.message
    end
    signed_jobs[algorithm] = jobs
  end
  return signed_jobs[algorithm]
end

-- Was it to be expected that this job went wrong?
local function is_excused(name, work, job)
  for _, known in ipairs(KNOWN) do
    if known.peer == name and known[work] and known.excuses(job) then
      known.seen = (known.seen or 0) + 1
      return true
    end
  end
end

local function collect(name, work, jobs, went_well)
  local wrong = {}
  for number, job in ipairs(jobs) do
    local good, text = went_well(number, job)
    if not good and not is_excused(name, work, job) then
      wrong[#wrong + 1] = ("%s, %s: %s"):format(job.canonicalization, job.odd.title, tostring(text))
    end
  end
  assert.same({}, wrong)
end

for _, known_peer in ipairs(peer.known) do
  local name = known_peer.name

  describe("interoperation with " .. name, function()
    local command = known_peer.find()
    if not command then
      pending("needs " .. known_peer.package)
      return
    end

    for _, algorithm in ipairs(known_peer.algorithms) do
      it("verifies there what mailseal signs, with " .. algorithm, function()
        local jobs = jobs_signed_by_mailseal(algorithm)
        local answers = peer.run(command, PEM, records, jobs)
        collect(name, "verify", jobs, function(number)
          return answers[number].ok, answers[number].text
        end)
      end)

      it("verifies in mailseal what is signed there, with " .. algorithm, function()
        local jobs = each_job(algorithm, "sign")
        local answers = peer.run(command, PEM, records, jobs)
        collect(name, "sign", jobs, function(number, job)
          if not answers[number].ok then
            return false, "not signed: " .. answers[number].text
          end
          local results = assert(verifier:verify(answers[number].text .. job.message, { now = os.time() }))
          return #results == 1 and results[1].result == "pass", results[1] and results[1].text
        end)
      end)
    end

    for _, known in ipairs(KNOWN) do
      if known.peer == name then
        it("does not where it " .. known.why, function()
          if not known.seen then
            return pending("it no longer does: the excuse can go")
          end
          assert.is_true(known.seen <= known.at_most, known.seen .. " jobs went wrong that it should excuse")
        end)
      end
    end
  end)
end
