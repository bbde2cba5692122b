-- Replay guard. KEYS: marks, marked_by. ARGV: nonce, session, until, now.
-- Answers the session that the nonce was claimed for first.
repeat
  local over = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[4], 'LIMIT', 0, 500)
  if #over > 0 then
    redis.call('ZREM', KEYS[1], unpack(over))
    redis.call('HDEL', KEYS[2], unpack(over))
  end
until #over < 500
local first = redis.call('HGET', KEYS[2], ARGV[1])
if first then
  return first
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return ARGV[2]
