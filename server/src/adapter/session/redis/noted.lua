-- KEYS: notes, note_texts. ARGV: how many at most. Answers the texts of the oldest.
local names = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf', 'LIMIT', 0, ARGV[1])
if #names == 0 then return {} end
return redis.call('HMGET', KEYS[2], unpack(names))
