--- The customers of the demo: who they are, at which DNS host, what they did so far, and what has come of it.
--
-- `story` is a list of what happened: how many days ago, a function of `demo.history` by its name, and what that is given. `status`
-- is what the domain's is by now, and `finding` the code of what is wrong; where `button` is false there is nothing to publish.
local slips = require "demo.slips"

-- A customer of Kraiter has three CNAMEs to publish, whose first labels the service has issued for his domain.
local function kraiter(first)
  return { region = "eu-west-1", tokens = { first .. "k7q2m4x9w3v8t6z1", first .. "y5n0p2r4s6d8f1g3", first .. "h9j2l4c6b8v0n3m5" } }
end

local OWN = { spf = "v=spf1 mx -all" }

return {
  {
    zone = "bakery.example", host = "godaddy", provider = "kraiter", vars = kraiter "ba",
    trouble = "typed the whole name into a form that appends the domain",
    story = { { 0.9, "create" }, { 0.8, "look" }, { 0.3, "publish", slips.doubled }, { 0.28, "look" } },
    status = "pending", finding = "record_name_doubled",
  },
  {
    zone = "bookshop.example", host = "cloudflare", provider = "own", vars = OWN,
    trouble = "pasted the key with quotes around it",
    story = { { 0.7, "create" }, { 0.2, "publish", slips.quoted }, { 0.19, "look" } },
    status = "pending", finding = "pasted_quotes",
  },
  {
    zone = "garden.example", host = "namecheap", provider = "kraiter", vars = kraiter "ga",
    trouble = "chose TXT where CNAME was asked for, and lets us set it up",
    story = { { 0.6, "create" }, { 0.5, "publish", slips.target_in_text }, { 0.49, "look" }, { 0, "let_in" } },
    status = "pending", finding = "cname_target_in_txt",
  },
  {
    zone = "yoga.example", host = "route53", provider = "kraiter", vars = kraiter "yo",
    trouble = "forgot one of three CNAMEs, and lets us set it up",
    story = { { 0.5, "create" }, { 0.45, "look" }, { 0.1, "publish", slips.one_forgotten }, { 0.09, "look" }, { 0, "let_in" } },
    status = "pending", finding = "record_missing",
  },
  {
    zone = "toys.example", host = "corner", provider = "own", vars = OWN,
    trouble = "has two SPF records, at a DNS host that nobody knows",
    story = { { 0.4, "create" }, { 0.2, "publish", slips.second_spf }, { 0.18, "look" } },
    status = "pending", finding = "spf_two_records",
  },
  {
    zone = "cinema.example", host = "digitalocean", provider = "own", vars = OWN,
    trouble = "did all well, but one of three name servers does not know of it yet",
    story = { { 0.3, "create" }, { 0.02, "publish_on_some", slips.none }, { 0.01, "look" } },
    status = "pending", finding = "name_servers_disagree",
  },
  {
    zone = "museum.example", host = "ionos", provider = "own", vars = OWN,
    trouble = "published another key",
    story = { { 0.8, "create" }, { 0.3, "publish", slips.wrong_key }, { 0.29, "look" } },
    status = "pending", finding = "dkim_wrong_key",
  },
  {
    zone = "fitness.example", host = "bluehost", provider = "keap-legacy", vars = { uuid = "0b8a5c1e-4f6d-4c0a-9a57-3f2b6c7d8e90" },
    trouble = "still points to Keap's old target: a migration",
    story = { { 0.5, "create" }, { 0.4, "publish", slips.old_target }, { 0.39, "look" } },
    status = "pending", finding = "record_migrating",
  },
  {
    zone = "clinic.example", host = "sleepy", provider = "kraiter", vars = kraiter "cl",
    trouble = "has name servers that do not answer",
    story = { { 0.2, "create" }, { 0.1, "look" } },
    status = "pending", finding = "name_servers_unreachable",
  },
  {
    zone = "theatre.example", host = "gandi", provider = "kraiter", vars = kraiter "th",
    trouble = "published nothing in three days: failed, to be started again",
    story = { { 5, "create" }, { 4.9, "publish", slips.proof_alone }, { 4.8, "look" }, { 1.9, "look" } },
    status = "failed", finding = "record_missing",
  },
  {
    zone = "coffee.example", host = "cloudflare", provider = "own", vars = OWN,
    trouble = "did everything right, and is in good health",
    story = {
      { 12, "create" }, { 11.9, "look" }, { 11.5, "publish", slips.none }, { 11.49, "look" },
      { 6.9, "report", { delivered = 900, bounced = 6, complained = 0 } }, { 0.1, "look" },
    },
    status = "verified", button = false,
  },
  {
    zone = "florist.example", host = "ovh", provider = "kraiter", vars = kraiter "fl",
    trouble = "was connected, and has lost a record since",
    story = {
      { 20, "create" }, { 19, "publish", slips.none }, { 18.9, "look" },
      { 6.9, "report", { delivered = 400, bounced = 9, complained = 0 } },
      { 0.2, "forget", "dkim2" }, { 0.15, "look" }, { 0.1, "look" },
    },
    status = "verified", finding = "record_missing",
  },
  {
    zone = "casino.example", host = "gandi", provider = "kraiter", vars = kraiter "ca",
    trouble = "sends to people who did not ask for it: bounces and complaints",
    story = {
      { 15, "create" }, { 14, "publish", slips.none }, { 13.9, "look" },
      { 6.9, "report", { delivered = 800, bounced = 30, complained = 1, bounced_more = 6 } },
    },
    status = "verified", health = "critical", button = false,
  },
  {
    zone = "travel.example", host = "porkbun", provider = "own", vars = OWN,
    trouble = "did not pay: disabled, its mail is held",
    story = {
      { 10, "create" }, { 9.5, "publish", slips.none }, { 9.4, "look" },
      { 6.9, "report", { delivered = 300, bounced = 14, complained = 0 } },
      { 1.5, "disable", "unpaid" }, { 1.4, "hold", { "newsletter-1041", "newsletter-1042", "receipt-7730" } },
    },
    status = "verified", enabled = false, button = false,
  },
  {
    zone = "school.example", host = "godaddy", provider = "own", vars = OWN,
    trouble = "is in use: deleting it is refused",
    story = {
      { 9, "create" }, { 8.5, "publish", slips.none }, { 8.4, "look" },
      { 6.9, "report", { delivered = 200, bounced = 2, complained = 0 } },
      { 3, "use", "sequence: welcome" }, { 2, "use", "newsletter of Friday" },
    },
    status = "verified", button = false,
  },
  -- Domains that nobody has added yet: to be typed into the page.
  { zone = "pottery.example", host = "cloudflare", trouble = "to be added" },
  { zone = "brewery.example", host = "godaddy", trouble = "to be added" },
}
