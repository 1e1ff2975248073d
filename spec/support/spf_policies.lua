--- SPF policies made by chance, the same in every run: records with includes, redirects, macros and mistakes over a small DNS, and a
-- client that some of them are about.
local M = {}

local Chance = {}
Chance.__index = Chance

-- A generator whose numbers are the same in every Lua (Park and Miller's minimal standard).
local function chance_of(seed)
  return setmetatable({ state = seed }, Chance)
end

function Chance:below(n)
  self.state = self.state * 16807 % 2147483647
  return self.state % n
end

function Chance:one(list)
  return list[self:below(#list) + 1]
end

-- True so many times of a hundred.
function Chance:happens(percent)
  return self:below(100) < percent
end

-- ---- names and addresses

local hosts = { "a.example", "b.example", "c.example", "d.example", "mail.example.com", "none.example", "v6.example" }
local domains = { "one.example", "two.example", "three.example", "four.example" }
local troubles = { "none.example", "plain.example", "slow.example" } -- it does not exist, has no SPF record, does not answer

local function ipv4(chance)
  return "192.0.2." .. chance:below(8)
end

local function ipv6(chance)
  return ("2001:db8::%x"):format(chance:below(8))
end

-- ---- terms

local made_names = {
  "%{d}", "%{ir}.list.example", "%{l}.list.example", "%{o}", "%{h}", "%{d2}", "%{l1r-}.list.example", "%{v}.%{d}", "%{p}",
  "%{S}.list.example", "%{d1}.list.example", "%%.example", "a%-b.example", "%{lr-+}.list.example", "%{h2}.list.example", "%{P2}.example",
}

local function name(chance, list)
  if chance:happens(12) then
    return chance:one(made_names)
  end
  local found = chance:one(chance:happens(6) and troubles or list)
  if chance:happens(5) then
    found = found .. "."
  end
  return chance:happens(5) and found:upper() or found
end

local function sizes(chance)
  return chance:one {
    "", "", "", "/" .. 24 + chance:below(9), "/" .. 28 + chance:below(5), "//" .. 120 + chance:below(9),
    "/" .. 24 + chance:below(9) .. "//" .. 120 + chance:below(9), "/0", "//0",
  }
end

local makers = {
  function(c) return "ip4:" .. ipv4(c) .. c:one { "", "", "/29", "/30", "/32", "/0" } end,
  function(c) return "ip4:" .. ipv4(c) .. c:one { "", "", "/29", "/31" } end,
  function(c) return "ip6:" .. ipv6(c) .. c:one { "", "", "/125", "/126", "/128", "/0" } end,
  function(c) return "a" .. (c:happens(70) and ":" .. name(c, hosts) or "") .. sizes(c) end,
  function(c) return "a:" .. name(c, hosts) .. sizes(c) end,
  function(c) return "mx" .. (c:happens(70) and ":" .. name(c, domains) or "") .. sizes(c) end,
  function(c) return "include:" .. name(c, domains) end,
  function(c) return "include:" .. name(c, domains) end,
  function(c) return "exists:" .. name(c, hosts) end,
  function(c) return "ptr" .. (c:happens(60) and ":" .. c:one { "example", "example.com", "b.example" } or "") end,
  function(c) return c:one { "x=y", "x-y.z=%{d}", "op=auth", "v=1", "ra=%{l}", "default=pass" } end,
}

local mistakes = {
  "ip4:192.0.2.0/33", "ip4:192.0.2", "ip4", "ip6:2001:db8::/129", "ip6:1::2::3", "a:", "a:example", "a/33", "mx//129",
  "include", "include:", "exists", "all:x", "all/8", "moo", "a:%{x}.example", "exists:%(i)", "redirect=", "1x=y", "ptr:", "-", "?",
  "a:b.example/", "+-all", "ip4:1.2.3.4//8", "exp=%{r}.example", "x=%",
  "include:one", "a:192.0.2.1", "mx:b..example", "a::b.example", "redirect:x.example",
}

local function term(chance)
  if chance:happens(2) then
    return chance:one(mistakes)
  end
  local made = chance:one(makers)(chance)
  local is_modifier = made:find("^[%a%d._-]+=")
  if is_modifier then
    return made
  end
  return chance:one { "", "", "", "+", "-", "~", "?" } .. (chance:happens(5) and made:upper() or made)
end

local function record(chance)
  local terms = { chance:happens(4) and "V=SPF1" or "v=spf1" }
  for _ = 1, 1 + chance:below(5) do
    terms[#terms + 1] = term(chance)
  end
  if chance:happens(60) then
    terms[#terms + 1] = chance:one { "-all", "-all", "~all", "?all", "all", "-ALL" }
  elseif chance:happens(50) then
    terms[#terms + 1] = "redirect=" .. name(chance, domains)
  end
  if chance:happens(25) then
    terms[#terms + 1] = "exp=" .. chance:one { "why.example", "%{d}", "none.example", "%{l}.why.example", "slow.example" }
  end
  return table.concat(terms, chance:happens(5) and "  " or " ")
end

-- ---- zones

local function add(zone, owner, kind, data)
  zone[owner] = zone[owner] or {}
  table.insert(zone[owner], { type = kind, data = data })
end

local explanations = {
  "%{i} is not one of %{d}'s", "See http://%{o}/why?s=%{S}&h=%{h}", "%{c} %{v} %{p}", "100%%", "no%_good", "%{x}", "bad %", "%{r}",
}

local function add_domain(chance, zone, owner)
  for _ = 1, chance:happens(3) and 2 or 1 do
    add(zone, owner, "TXT", record(chance))
  end
  if chance:happens(20) then
    add(zone, owner, "TXT", "some-service=1234")
  end
  for _ = 1, chance:below(4) do
    add(zone, owner, "MX", ("%d %s."):format(10 + chance:below(2), chance:happens(3) and "slow.example" or chance:one(hosts)))
  end
  if chance:happens(50) then
    add(zone, owner, "A", ipv4(chance))
  end
end

local function add_hosts(chance, zone)
  for _, host in ipairs { "a.example", "b.example", "c.example", "mail.example.com" } do
    add(zone, host, "A", ipv4(chance))
    if chance:happens(40) then
      add(zone, host, "A", ipv4(chance))
    end
    if chance:happens(40) then
      add(zone, host, "AAAA", ipv6(chance))
    end
  end
  add(zone, "v6.example", "AAAA", ipv6(chance))
  add(zone, "d.example", "CNAME", chance:one { "a.example.", "b.example.", "nowhere.example." })
  add(zone, "plain.example", "TXT", "not about mail")
  zone["slow.example"] = { { error = "timeout" } }
  add(zone, "why.example", "TXT", chance:one(explanations))
  add(zone, "user.list.example", "A", "127.0.0.2")
  add(zone, "tag.user.list.example", "A", "127.0.0.2")
end

local function reverse(address)
  return ("%s.%s.%s.%s.in-addr.arpa"):format(address:match("(%d+)%.(%d+)%.(%d+)%.(%d+)")):gsub("^(%d+)%.(%d+)%.(%d+)%.(%d+)", "%4.%3.%2.%1")
end

local function add_pointers(chance, zone, ip)
  if ip:find("192", 1, true) then
    local owner = reverse(ip)
    for _ = 1, chance:below(3) do
      add(zone, owner, "PTR", (chance:happens(10) and "slow.example" or chance:one(hosts)) .. ".")
    end
  end
end

--- A policy, and a client to check.
-- @tparam number number which one, from 1
-- @treturn table `number`, `zone`, `ip`, `sender`, `helo`
function M.make(number)
  local chance = chance_of(number * 7919 + 17)
  for _ = 1, 10 do chance:below(2) end
  local zone = {}
  add_domain(chance, zone, "example.com")
  for _, owner in ipairs { "one.example", "two.example", "three.example", "four.example" } do
    add_domain(chance, zone, owner)
  end
  add_hosts(chance, zone)
  local ip = chance:one { ipv4(chance), ipv4(chance), ipv6(chance), "::ffff:" .. ipv4(chance) }
  add_pointers(chance, zone, ip)
  return {
    number = number, zone = zone, ip = ip, helo = chance:one { "mail.example.com", "a.example", "localhost" },
    sender = chance:one { "user@example.com", "user-tag@example.com", "a+b@Example.COM", "@example.com", "example.com" },
  }
end

return M
