-- The rules of all providers: what is asked of each of them.
local ids = require "mailseal.provider.ids"
local literal = require "mailseal.rules.literal"
local provider = require "mailseal.provider"
local schema = require "mailseal.rules.schema"
local shell = require "spec.support.shell"
local trial = require "mailseal.cli.provider_trial"

-- Every provider that facts were gathered of.
local gathered = {
  "activecampaign", "aweber", "brevo-cname", "brevo-txt", "campaignmonitor", "coldletter", "constantcontact", "customerio", "elasticemail",
  "emailoctopus", "fastmail", "forwardemail", "google-workspace", "hubspot", "icloud", "improvmx", "kartra", "keap", "keap-legacy", "kit",
  "klaviyo-dynamic", "klaviyo-static", "kraiter", "lettermint", "loops", "m365", "m365-legacy", "mailchimp", "mailerlite", "mailersend",
  "mailgun", "mailgun-auto", "mailjet", "mandrill", "own-server", "postmark", "proton", "resend", "sendgrid-auto", "sendgrid-manual",
  "ses-byodkim", "ses-deed", "ses-easy-dkim", "ses-mail-from", "shopify-email", "smtp2go", "sparkpost", "squarespace-campaigns", "usesend",
  "zeptomail", "zoho-mail",
}

local function path_of(id) return ("lua/mailseal/provider/%s.lua"):format(id) end

describe("the providers", function()
  it("are all that facts were gathered of", function()
    local known = {}
    for _, id in ipairs(ids) do known[id] = true end
    for _, id in ipairs(gathered) do
      assert.is_true(known[id], id)
    end
    assert.equal(51, #gathered)
  end)

  it("have a file each, and no file is left out", function()
    local files = {}
    for name in shell.names("lua/mailseal/provider"):gmatch "%S+" do
      local id = name:match "^(.*)%.lua$"
      files[#files + 1] = id ~= "init" and id ~= "ids" and id or nil
    end
    table.sort(files)
    assert.same(files, ids)
  end)

  it("have no id and no alias in common", function()
    local owner = {}
    for _, id in ipairs(ids) do
      for _, name in ipairs { id, (table.unpack or unpack)(provider.find(id).aliases or {}) } do -- luacheck: ignore
        assert.is_nil(owner[name], name)
        owner[name] = id
      end
    end
  end)

  it("name other rules that there are", function()
    for _, id in ipairs(ids) do
      local rule = provider.find(id)
      for _, reason in ipairs(rule.not_applicable or {}) do
        assert.is_true(reason.see == nil or provider.find(reason.see) ~= nil, id)
      end
      for _, variant in pairs(rule.variants or {}) do
        assert.is_true(variant.rule == nil or provider.find(variant.rule) ~= nil, id)
      end
    end
  end)

  it("say the words of their domains and the time they take, where much depends on it", function()
    for _, id in ipairs {
      "kartra", "keap-legacy", "kraiter", "ses-easy-dkim", "ses-byodkim", "ses-mail-from", "sendgrid-auto", "sendgrid-manual", "mailgun",
      "mailgun-auto", "postmark", "elasticemail", "mailchimp", "ses-deed", "google-workspace", "m365", "m365-legacy", "own-server", "keap",
    } do
      local rule = provider.find(id)
      assert.is_string(rule.statuses.pending, id)
      assert.is_string(rule.statuses.verified, id)
      assert.is_true(rule.window ~= nil or id:find "^keap" ~= nil or id:find "^m365" ~= nil or id == "elasticemail", id)
      assert.is_true(rule.advice ~= nil or rule.automatic ~= nil, id)
    end
  end)

  it("were compared with their sources less than a year ago, or it is told", function()
    for _, id in ipairs(ids) do
      local rule = provider.find(id)
      if schema.is_stale(rule, os.time()) then -- no fault of whoever runs the tests
        io.stderr:write(("warning: %s was checked on %s, over a year ago\n"):format(path_of(id), rule.checked_on))
      end
    end
  end)

  for _, id in ipairs(ids) do
    describe(id, function()
      it("has a rule without a fault, with its sources, and of plain data", function()
        local rule = provider.find(id)
        assert.is_nil(provider.problem(rule))
        assert.equal(id, rule.id)
        assert.is_true(#rule.source > 0)
        assert.same(rule, assert(literal.read(shell.read(path_of(id)))))
      end)

      it("is found, missed, and seen to be wrong or as it was before", function()
        local wrong, results = {}, assert(trial.run(provider.find(id)))
        for _, result in ipairs(results) do
          if not result.ok then
            wrong[#wrong + 1] = ("%s, %s: %s, and not %s"):format(result.case, result.record, result.found, result.expected)
          end
        end
        assert.same({}, wrong)
        assert.is_true(#results > 0 or #provider.find(id).records == 0)
      end)
    end)
  end
end)

describe("a trial of a rule", function()
  local function rule(record)
    return {
      id = "acme", name = "Acme", source = { "https://acme.example/dns" }, checked_on = "2026-11-22", confidence = "confirmed",
      records = { record },
    }
  end
  local function wrong(of)
    local cases = {}
    for _, result in ipairs(assert(trial.run(of))) do
      if not result.ok then cases[#cases + 1] = ("%s %s"):format(result.case, result.found) end
    end
    return cases
  end

  it("tells a value that is not what is looked for", function()
    assert.same({ "published mismatch", "by its form mismatch" }, wrong(rule {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:acme.example ~all", include = "other.example", purpose = "spf",
      required = true, match = "spf_include",
    }))
  end)

  it("tells of what was right before that it is right now", function()
    local of = rule {
      id = "dkim", type = "CNAME", name = "a._domainkey.{domain}", target = "a.acme.example", purpose = "dkim", required = true,
      match = "cname_target", accept = { "old.acme.example" },
    }
    of.migrations = { { record = "dkim", from = "old.acme.example" } }
    assert.same({ "migrating found" }, wrong(of))
  end)

  it("tells of examples that give no records", function()
    local of = rule { id = "a", type = "TXT", name = "{x}.{domain}", value = "a", purpose = "ownership", required = true, match = "exact" }
    of.vars = { x = { text = "x", issued_by = "customer", form = "text", example = "no name" } }
    assert.is_nil(provider.problem(of))
    assert.same({ nil, "acme: no name.mail.example.com is no name that a record can have" }, { trial.run(of) })
  end)
end)
