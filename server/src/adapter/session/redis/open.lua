-- KEYS: session, due, all, notes, note_texts.
-- ARGV: id, state, version, revision, epoch, due ('' for never), id, moment and JSON of the audit record.
local stored = redis.call('HGET', KEYS[1], 'state')
if stored then
  return stored == ARGV[2] and 'done' or 'taken'
end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'version', ARGV[3], 'revision', ARGV[4],
  'epoch', ARGV[5], 'line', replication_id())
redis.call('ZADD', KEYS[3], 0, ARGV[1])
if ARGV[6] ~= '' then redis.call('ZADD', KEYS[2], ARGV[6], ARGV[1]) end
redis.call('ZADD', KEYS[4], ARGV[8], ARGV[7])
redis.call('HSET', KEYS[5], ARGV[7], ARGV[9])
return 'done'
