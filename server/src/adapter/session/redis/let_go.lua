-- KEYS: notes, note_texts. ARGV: names of notes.
redis.call('ZREM', KEYS[1], unpack(ARGV))
redis.call('HDEL', KEYS[2], unpack(ARGV))
return 'done'
