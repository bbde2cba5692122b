-- KEYS: formats. ARGV: name and version of each format, in turn.
-- Answers name and version of the first that a newer program has used here; otherwise nothing, and the versions are noted.
local changed = false
for i = 1, #ARGV, 2 do
  local held = redis.call('HGET', KEYS[1], ARGV[i])
  if held and tonumber(held) > tonumber(ARGV[i + 1]) then return { ARGV[i], held } end
  changed = changed or held ~= ARGV[i + 1]
end
if changed then redis.call('HSET', KEYS[1], unpack(ARGV)) end
return {}
