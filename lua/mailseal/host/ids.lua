--- The ids of the rules, in the order of the alphabet: the names of the files beside this one.
-- @module mailseal.host.ids
return {
  "alidns", "allinkl", "azure-dns", "bluehost", "cloudflare", "cpanel", "desec", "digitalocean", "dnsimple", "dnsmadeeasy", "dreamhost",
  "dynadot", "enom", "fastmail", "gandi", "godaddy", "google-cloud-dns", "he", "hetzner", "hostgator", "hostinger", "hover", "infomaniak",
  "inmotion", "ionos", "linode", "liquidweb", "loopia", "m365dns", "namecheap", "namecom", "namesilo", "netlify", "networksolutions", "ns1",
  "onecom", "ovh", "plesk", "porkbun", "registercom", "route53", "shopify", "siteground", "spaceship", "squarespace", "strato", "transip",
  "udag", "vercel", "wix", "wordpresscom",
}
