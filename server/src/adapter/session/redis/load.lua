-- KEYS: session. Answers nothing, or state, epoch, the replication id it was opened under, the present one.
local found = redis.call('HMGET', KEYS[1], 'state', 'epoch', 'line')
if not found[1] then return false end
return { found[1], found[2], found[3], replication_id() }
