-- KEYS: notes, note_texts. ARGV: ids of audit records.
redis.call('ZREM', KEYS[1], unpack(ARGV))
redis.call('HDEL', KEYS[2], unpack(ARGV))
return 'done'
