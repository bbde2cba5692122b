-- KEYS: due. ARGV: now, how many at most. Answers members and their scores in turn.
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
