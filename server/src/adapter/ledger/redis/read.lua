-- KEYS: line. Answers nothing, or the line.
return redis.call('HGET', KEYS[1], 'line')
