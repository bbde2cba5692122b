-- KEYS: session, events, requests, due, all. ARGV: id, channel.
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[5], ARGV[1])
if redis.call('DEL', KEYS[1], KEYS[2], KEYS[3]) > 0 then
  redis.call('PUBLISH', ARGV[2], ARGV[1])
end
return 'done'
