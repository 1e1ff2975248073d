--- What the service owes to who use it and withstands of who misuse it, line by line, and the tests that show it: a line without one, or
-- one whose test is there no more, fails here.
local shell = require "spec.support.shell"

local lines = {
  {
    "another tenant's is not found, by any query, method or route",
    ["spec/store/tenancy_spec.lua"] = { "give a stranger nothing by " },
    ["spec/onboard/tenancy_spec.lua"] = { "has no method that is not tried here", "neither sees nor changes another's domain by " },
    ["spec/http/tenancy_spec.lua"] = { "has no route that is not tried here", "neither sees nor changes another's by " },
  },
  {
    "tokens are random, hashed, compared in constant time, shown once, and revocable",
    ["spec/seal_spec.lua"] = { "are compared octet by octet", "are drawn by chance" },
    ["spec/http/secrets_spec.lua"] = { "are shown once, and kept hashed", "are nobody's once they are revoked" },
  },
  {
    "ownership is proven before anything is signed, by one challenge a claim; a parent grants nothing; public suffixes are refused",
    ["spec/onboard/own_spec.lua"] = { "has no key activated before it is proven whose it is" },
    ["spec/onboard/ownership_spec.lua"] = { "makes challenges of 160 bits, each another one" },
    ["spec/onboard/ownership_store_spec.lua"] = {
      "lets two claims stand, of which the first that is proven has the domain", "is taken over by a fresh challenge alone",
      "grants nothing over what is below or above",
    },
    ["spec/onboard/claims_spec.lua"] = { "of two tenants who verify it at the same moment: one of them owns it" },
    ["spec/onboard/names_spec.lua"] = { "refuses public suffixes, those of registries and those of companies" },
    ["spec/http/abuse_spec.lua"] = { "signs nothing for a domain that is not proven" },
  },
  {
    "after a release all is new; targets cannot be guessed",
    ["spec/onboard/claims_spec.lua"] = { "needs a fresh challenge after the domain was removed, by the same tenant, too" },
    ["spec/onboard/keys_spec.lua"] = {
      "has another selector and another key when it is created again", "are led to by two CNAMEs, to names that nobody can guess",
    },
    ["spec/http/abuse_spec.lua"] = { "gives a domain that is removed and made again another challenge, selector and key" },
  },
  {
    "private keys are sealed, for their row alone, and seen nowhere",
    ["spec/seal_spec.lua"] = { "is never the same twice", "is written to a file of mode 0600, and read" },
    ["spec/onboard/keys_spec.lua"] = { "opens in its own row alone: not in another domain's, nor another tenant's" },
    ["spec/onboard/master_key_spec.lua"] = { "is refused where others may read it" },
    ["spec/http/secrets_spec.lua"] = { "are in no answer" },
  },
  {
    "log lines are lines, without secrets",
    ["spec/http/secrets_spec.lua"] = { "are in no line of the log" },
    ["spec/http/hostile_client_spec.lua"] = { "leaves nothing behind in the log that is no line of it" },
  },
  {
    "verify-now is limited, and concurrent calls coalesce",
    ["spec/http/verify_now_spec.lua"] = {
      "is refused where the domain was looked at too often, with when to come again",
      "is refused where the tenant's domains were looked at too often, and other tenants' are not",
      "is refused where there were too many in all",
      "is one for all who ask meanwhile, in whichever worker, and takes one turn",
    },
  },
  {
    "text from DNS is data, under a policy without inline script",
    ["spec/onboard/hostile_dns_spec.lua"] = { "A hostile text in DNS" },
    ["spec/cli/injection_spec.lua"] = { "reaches no picture" },
    ["spec/browser/hostile_spec.lua"] = { "shows what is hostile as text" },
    ["spec/browser/pages_spec.lua"] = { "is under a policy that lets no text become a script" },
    ["spec/web/domain_spec.lua"] = { "shows whatever stands in DNS as text" },
    ["spec/web/html_spec.lua"] = { "has no script, no style and no handler within, whoever asks for it" },
  },
  {
    "exports escape",
    ["spec/handover/bind_spec.lua"] = {
      "keeps every octet of hostile texts", "is read by BIND and Knot DNS as the records that it is made of",
    },
    ["spec/handover/formats_spec.lua"] = { "puts an apostrophe before whatever a spreadsheet would calculate, in any column" },
  },
  {
    "names are A-labels, with their U-labels beside; mixed scripts are warned of",
    ["spec/onboard/names_spec.lua"] = { "stores lower-case A-labels and shows U-labels", "warns of labels that mix scripts" },
    ["spec/http/abuse_spec.lua"] = { "keeps a name as A-labels, shows its U-labels, and is warned of mixed scripts" },
  },
  {
    "fetches to hosts that users named go to public addresses, over https, and end",
    ["spec/fetch/address_spec.lua"] = { "is connected to in private networks where that is allowed" },
    ["spec/fetch/request_spec.lua"] = {
      "connects to what it has looked up, and judged, alone", "wants https:// unless told otherwise",
      "follows a redirect only where it is told to", "is done with a server that is slow, drips, or never ends",
      "is done with what lies about its length, or goes on without end",
    },
  },
  {
    "SQL is parametrised; bodies, JSON and headers are bounded; clocks are the right ones",
    ["spec/onboard/tenancy_spec.lua"] = { "stands in no statement of SQL, nor does anything that he gives" },
    ["spec/http/hostile_client_spec.lua"] = {
      "gets a body refused that is too large", "gets JSON refused that is too deep", "gets a header refused that is too large",
    },
    ["spec/onboard/schedule_spec.lua"] = { "looks soon at first, then more and more seldom" },
  },
}

describe("the service", function()
  for number, line in ipairs(lines) do
    it(("%d: %s"):format(number, line[1]), function()
      for path, titles in pairs(line) do
        local text = path ~= 1 and shell.exists(path) and shell.read(path)
        assert(path == 1 or text, path .. " is not there")
        for _, title in ipairs(path ~= 1 and titles or {}) do
          assert(text:find('"' .. title, 1, true), ("%s has no \"%s\""):format(path, title))
        end
      end
    end)
  end
end)
