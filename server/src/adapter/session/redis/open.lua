-- KEYS: session, due, all.
-- ARGV: id, state, version, revision, epoch, due ('' for never).
local stored = redis.call('HGET', KEYS[1], 'state')
if stored then
  return stored == ARGV[2] and 'done' or 'taken'
end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'version', ARGV[3], 'revision', ARGV[4],
  'epoch', ARGV[5], 'line', line_of_history())
redis.call('ZADD', KEYS[3], 0, ARGV[1])
if ARGV[6] ~= '' then redis.call('ZADD', KEYS[2], ARGV[6], ARGV[1]) end
return 'done'
