-- KEYS: session, events, requests, due, notes, note_texts.
-- ARGV: id, idempotency key, its fingerprint, its reply, version expected, next version, revision before, next revision,
--       next state, due ('' for never), version whose request is forgotten ('' for none), channel,
--       how many events, then revision and event for each, then id, moment and JSON of each audit record.
local known = redis.call('HGET', KEYS[3], ARGV[2])
if known then
  if string.sub(known, 1, 64) ~= ARGV[3] then return { 'mismatch' } end
  return { 'replayed', string.sub(known, 65) }
end
-- Compared as text: a number in Lua has 53 bits.
local at = redis.call('HMGET', KEYS[1], 'version', 'revision')
if at[1] ~= ARGV[5] then return { 'conflict' } end
if at[2] ~= ARGV[7] then return { 'gap' } end

-- First what Redis itself could refuse: an entry that does not follow on the last one.
local notes = 14 + 2 * tonumber(ARGV[13])
for i = 14, notes - 1, 2 do
  redis.call('XADD', KEYS[2], ARGV[i] .. '-0', 'event', ARGV[i + 1])
end
redis.call('HSET', KEYS[1], 'version', ARGV[6], 'revision', ARGV[8], 'state', ARGV[9])
redis.call('HSET', KEYS[3], ARGV[2], ARGV[3] .. ARGV[4], 'v' .. ARGV[6], ARGV[2])
if ARGV[11] ~= '' then
  local old = redis.call('HGET', KEYS[3], 'v' .. ARGV[11])
  if old then redis.call('HDEL', KEYS[3], old, 'v' .. ARGV[11]) end
end
if ARGV[10] ~= '' then
  redis.call('ZADD', KEYS[4], ARGV[10], ARGV[1])
else
  redis.call('ZREM', KEYS[4], ARGV[1])
end
for i = notes, #ARGV, 3 do
  redis.call('ZADD', KEYS[5], ARGV[i + 1], ARGV[i])
  redis.call('HSET', KEYS[6], ARGV[i], ARGV[i + 2])
end
redis.call('PUBLISH', ARGV[12], ARGV[1])
return { 'done' }
