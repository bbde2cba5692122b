-- KEYS: probe. Whether this shard takes a write.
redis.call('INCR', KEYS[1])
return 'done'
