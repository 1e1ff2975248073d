--- Azure DNS, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.azure-dns
return {
  id = "azure-dns",
  name = "Azure DNS",
  name_servers = { "ns#-#.azure-dns.com", "ns#-#.azure-dns.net", "ns#-#.azure-dns.org", "ns#-#.azure-dns.info" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain", most = 4096 },
  mx = "separate",
  record_sets = true,
  underscore_cname = true,
  labels = { name = "Name", value = { CNAME = "Alias", TXT = "Value", MX = "Mail exchange" }, priority = "Preference" },

  ttl = { default = 3600 },

  domain_connect = { supported = false },
  api = { available = true, note = "with Entra" },
  help = "https://learn.microsoft.com/azure/dns/",

  pitfalls = { { text = "In the national clouds a TXT record has 1024 characters at most.", types = { "TXT" } } },

  source = {
    "learn.microsoft.com, DnsRecordBase: TxtRecordMaxLength (1024), TxtRecordChunkSize (255)",
    "hashicorp/terraform-provider-azurerm #24152 (4096)",
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    final_dot = "general-knowledge",
    mx = "general-knowledge",
    record_sets = "general-knowledge",
    underscore_cname = "general-knowledge",
    labels = "general-knowledge",
    ttl = "general-knowledge",
    domain_connect = "general-knowledge",
  },
}
