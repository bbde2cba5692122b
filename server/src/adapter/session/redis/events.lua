-- KEYS: session, events. ARGV: first revision wanted ('' for none).
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
if ARGV[1] == '' then return {} end
return redis.call('XRANGE', KEYS[2], ARGV[1] .. '-0', '+')
