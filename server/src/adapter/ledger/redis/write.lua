-- KEYS: line. ARGV: outcomes, line, when it goes in milliseconds.
local known = redis.call('HGET', KEYS[1], 'outcomes')
if known and tonumber(known) >= tonumber(ARGV[1]) then return 'known' end
redis.call('HSET', KEYS[1], 'outcomes', ARGV[1], 'line', ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
return 'done'
